"""Builds the library with the Swift runtime inside and puts it into the wheel."""
import os
import pathlib
import shutil
import subprocess

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = pathlib.Path(__file__).resolve().parent


class SwiftLibrary(BuildHookInterface):
    def initialize(self, version, build_data):
        """Adds libTapedeckABI.so; TAPEDECK_LIBRARY names one that is built already."""
        if version == "editable":
            return
        library = os.environ.get("TAPEDECK_LIBRARY") or self.build()
        build_data["force_include"][str(library)] = "tapedeck/libTapedeckABI.so"
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-linux_x86_64"

    def build(self):
        """A build of its own: these flags would rebuild everything in the usual folder."""
        root = HERE.parents[1]
        if shutil.which("swift") is None:
            raise SystemExit(
                "tapedeck: no `swift` on the PATH. A wheel needs none; to build from source, install "
                "Swift 6.3 or later (https://swift.org/install), then run tools/setup.")
        subprocess.run(
            ["swift", "build", "-c", "release", "--product", "TapedeckABI",
             "--scratch-path", str(root / ".build-python/swift"), "-Xswiftc", "-static-stdlib",
             "-Xlinker", f"--version-script={HERE / 'exports.map'}",
             "-Xlinker", "--gc-sections", "-Xlinker", "-s"],
            cwd=root, check=True,
            env=os.environ | {"PKG_CONFIG_PATH": self.archives(root / ".build-python/archives")})
        return root / ".build-python/swift/release/libTapedeckABI.so"

    def archives(self, folder):
        """A folder from which the system's libraries are linked statically: their archives alone,
        and what pkg-config says of them."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, package in (("lz4", "liblz4"), ("sqlite3", "sqlite3"), ("z", "zlib"), ("stdc++", None)):
            path = subprocess.run(["c++", f"-print-file-name=lib{name}.a"], capture_output=True,
                                  text=True, check=True).stdout.strip()
            if not os.path.isabs(path):
                raise SystemExit(f"tapedeck: there is no lib{name}.a; run tools/setup")
            link = folder / f"lib{name}.a"
            link.unlink(missing_ok=True)
            link.symlink_to(path)
            if package:
                (folder / f"{package}.pc").write_text(
                    f"Name: {package}\nDescription: {package}\nVersion: 0\nLibs: -L{folder} -l{name}\n")
        return str(folder)
