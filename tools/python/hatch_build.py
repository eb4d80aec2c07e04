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
            cwd=root, check=True)
        return root / ".build-python/swift/release/libTapedeckABI.so"
