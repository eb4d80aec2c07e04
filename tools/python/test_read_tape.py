"""Tests of read_tape.py.

The worked example of FORMAT.md is always read. Where the environment variable TAPEDECK_SAMPLES names a folder that
`TAPEDECK_SAMPLES=... swift test --filter SampleFolderTests` wrote, its tapes are read as well.
"""

import contextlib
import io
import os
import pathlib
import re
import struct
import tempfile
import unittest

import read_tape

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = os.environ.get("TAPEDECK_SAMPLES")


def example():
    """The bytes of the worked example."""
    data = b""
    for line in (ROOT / "FORMAT.md").read_text(encoding="utf-8").splitlines():
        match = re.match(r"([0-9a-f]{4}((?: [0-9a-f]{2})+)) *(;.*)?$", line)
        if match:
            assert int(line[:4], 16) == len(data)
            data += bytes.fromhex(match.group(2))
    return data


class ReadTapeTests(unittest.TestCase):
    def run_on(self, data, *options):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.tape")
            pathlib.Path(path).write_bytes(data)
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = read_tape.main([*options, path])
            return code, out.getvalue(), err.getvalue()

    def test_checksum(self):
        self.assertEqual(read_tape.crc32c(b"123456789"), 0xE3069283)

    def test_example(self):
        code, out, _ = self.run_on(example())
        self.assertEqual(code, 0)
        self.assertEqual(
            out.splitlines(),
            [
                '{"sequence":0,"tick":1,"time":1000000005,"kind":"agentWoken","cause":null,'
                '"agent":0,"key_tick":1,"ordinal":0,"delay":-1}',
                '{"sequence":1,"tick":1,"time":1000000005,"kind":"noteAdded","cause":0,"payload":"6869"}',
            ],
        )
        code, out, _ = self.run_on(example(), "--verify")
        self.assertEqual((code, out[:27]), (0, "sealed: 3 frames, 2 events,"))

    def test_every_bit_flip_is_refused(self):
        whole = example()
        for bit in range(len(whole) * 8):
            data = bytearray(whole)
            data[bit // 8] ^= 1 << bit % 8
            code, _, err = self.run_on(bytes(data), "--verify")
            self.assertEqual(code, 2, f"bit {bit}")
            if bit >= 64 * 8:
                self.assertRegex(err, r"frame \d+ at byte \d+")

    def test_truncations(self):
        whole = example()
        borders = {}
        offset, index = 64, 0
        while offset < len(whole):
            offset += 64 + (struct.unpack_from("<I", whole, offset + 8)[0] + 7) // 8 * 8
            index += 1
            borders[offset] = index
        for length in range(len(whole)):
            code, out, _ = self.run_on(whole[:length], "--verify")
            self.assertEqual(code, 0 if length in borders else 2, f"{length} bytes")
            if code == 0:
                self.assertTrue(out.startswith(f"open: {borders[length]} frames"))

    def test_columns(self):
        reader = read_tape.Reader(bytes.fromhex("01000102"))
        self.assertEqual(read_tape.read_column(reader, 2), [0, 1])
        for refused in ("020002", "010000", "01000201", "0100010a", "04", "0080000100"):
            with self.assertRaises(read_tape.TapeError):
                read_tape.read_column(read_tape.Reader(bytes.fromhex(refused)), 2)

    @unittest.skipUnless(SAMPLES, "TAPEDECK_SAMPLES is not set")
    def test_samples(self):
        tapes = sorted(pathlib.Path(SAMPLES).glob("*.tape"))
        self.assertTrue(tapes)
        for tape in tapes:
            code, out, err = self.run_on(tape.read_bytes())
            self.assertEqual((code, err), (0, ""), tape.name)
            self.assertTrue(out == tape.with_suffix(".jsonl").read_text(), tape.name)

    @unittest.skipUnless(SAMPLES, "TAPEDECK_SAMPLES is not set")
    def test_altered_samples(self):
        tapes = sorted(pathlib.Path(SAMPLES, "altered").glob("*.tape"))
        self.assertTrue(tapes)
        for tape in tapes:
            code, _, err = self.run_on(tape.read_bytes(), "--verify")
            # "event": only the ranges of fields are violated, which this reader does not check.
            if "-event" not in tape.name:
                self.assertEqual(code, 0 if "-ok" in tape.name else 2, f"{tape.name}: {err}")


if __name__ == "__main__":
    unittest.main()
