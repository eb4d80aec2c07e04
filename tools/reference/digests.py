#!/usr/bin/env python3
"""Prints test vectors of NoiseKey and DigestHasher, written from their documentation alone.

Usage: tools/reference/digests.py
"""

import hashlib
import struct

MASK = 2**64 - 1
A, B = 0x243F6A8885A308D3, 0x13198A2E03707345
C, D = 0xA4093822299F31D1, 0x082EFA98EC4E6C89


def fold(left, right):
    product = left * right
    return (product >> 64) ^ (product & MASK)


def combine(h, word):
    swapped = (word >> 32 | word << 32) & MASK
    return (fold(word ^ A, h ^ B) + (h ^ swapped)) & MASK


def combine_bytes(h, data):
    h = combine(h, len(data))
    for start in range(0, len(data), 8):
        h = combine(h, int.from_bytes(data[start : start + 8], "little"))
    return h


def finalize(h):
    x = (fold(h ^ C, D) + h) & MASK
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ x >> 27) * 0x94D049BB133111EB & MASK
    return x ^ x >> 31


def philox(key, counter):
    (k0, k1), x = key, list(counter)
    for _ in range(10):
        p0, p1 = x[0] * 0xD2511F53, x[2] * 0xCD9E8D57
        x = [p1 >> 32 ^ x[1] ^ k0, p1 & 0xFFFFFFFF, p0 >> 32 ^ x[3] ^ k1, p0 & 0xFFFFFFFF]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return x


def noise_key(seed, entity, purpose):
    data = struct.pack("<Q", seed)
    for text in (entity.encode(), purpose.encode()):
        data += struct.pack("<I", len(text)) + text
    return struct.unpack("<II", hashlib.sha256(data).digest()[:8])


def vectors():
    for name in [(0, "", ""), (1, "maker", "decision"), (MASK, "maker-\u00e9", "latency")]:
        key = noise_key(*name)
        for tick, slot, draw in [(0, 0, 0), (-1, 2, 3), (0x123456789A, 7, 2**32 - 1)]:
            block = philox(key, [tick & 0xFFFFFFFF, tick >> 32 & 0xFFFFFFFF, slot, draw])
            print(name, [f"{k:08x}" for k in key], (tick, slot, draw), [f"{x:08x}" for x in block])
    for domain in (0, 1, A):
        h = combine(0, domain)
        print(f"domain {domain:x}: empty {finalize(h):016x}")
        print(f"  words 1, 2, 3: {finalize(combine(combine(combine(h, 1), 2), 3)):016x}")
        print(f"  word -1: {finalize(combine(h, MASK)):016x}")
        print(f"  bytes 1...9: {finalize(combine_bytes(h, bytes(range(1, 10)))):016x}")
        print(f"  text tape: {finalize(combine_bytes(h, b'tape')):016x}")


if __name__ == "__main__":
    vectors()
