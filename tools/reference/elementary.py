#!/usr/bin/env python3
"""Writes the reference values that Elementary is tested against: fixtures/elementary/*.txt.

A line holds the bits of the arguments and of the correctly rounded result in hexadecimal, and how
far the exact result lies from that, in its ulps: exact = rounded + difference * ulp(rounded).
The points are a fixed function of this file. At least 60 digits are computed, 400 where an angle
or a quantile needs them.

Usage: pip install mpmath && tools/reference/elementary.py
"""

import math
import random
import struct
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist

import mpmath
from mpmath import mp, mpf

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "elementary"
TINY = 5e-324
LEAST_NORMAL = 2.0**-1022
GREATEST = (2.0 - 2.0**-52) * 2.0**1023


def bits(value):
    return struct.pack(">d", value).hex()


def from_bits(pattern):
    return struct.unpack(">d", pattern.to_bytes(8, "big"))[0]


def rounded(value):
    """Returns the double nearest to an mpf, ties to even, subnormals and infinity included."""
    sign, mantissa, exponent, _ = value._mpf_
    exact = Fraction(int(mantissa)) * Fraction(2) ** exponent
    try:
        size = exact.numerator / exact.denominator
    except OverflowError:
        size = math.inf
    return -size if sign else size


def line(arguments, value):
    result = rounded(value)
    difference = mpf(0) if math.isinf(result) else (value - result) / mpf(math.ulp(result))
    return " ".join([*map(bits, arguments), bits(result), f"{float(difference):.4f}"])


def write(name, points, function):
    unique = list(dict.fromkeys(p if isinstance(p, tuple) else (p,) for p in points))
    lines = [line(p, function(*map(mpf, p))) for p in unique]
    (FOLDER / f"{name}.txt").write_text("\n".join(lines) + "\n")
    print(name, len(lines))


def wide(source, count, low, high, signs=(1, -1)):
    """Returns numbers spread evenly over binary exponents low to high."""
    return [source.choice(signs) * math.ldexp(1 + source.random(), source.randint(low, high))
            for _ in range(count)]


def exponentials(r):
    points = [0.5, 1.0, -1.0, 709.782712893384, -745.1332191019411, -708.3964185322641, TINY, -TINY]
    points += [r.uniform(-745.1, 709.7) for _ in range(500)]
    points += [r.uniform(-745.1, -708) for _ in range(200)]
    points += wide(r, 400, -60, 8)
    return points + [(k + 0.5) * math.log(2) * (1 + r.uniform(-1e-12, 1e-12))
                     for k in range(-1000, 1000, 5)]


def logarithms(r):
    points = [1.0, 2.0, TINY, LEAST_NORMAL, GREATEST, 0.5, math.sqrt(0.5), math.sqrt(2), math.e]
    points += [from_bits(r.randrange(1, 0x7FF << 52)) for _ in range(400)]
    points += [from_bits(r.randrange(1, 1 << r.randint(2, 52))) for _ in range(100)]
    points += [r.uniform(0.5, 2) for _ in range(700)]
    return points + [1 + s * 2.0**-k * (1 + r.random()) for k in range(1, 52) for s in (1, -1, 0.5)]


def increments(r):
    points = [1.0, -0.5, TINY, -TINY, -1 + 2.0**-53, GREATEST, -0.29, 0.41]
    points += wide(r, 600, -1074, 1023, (1,)) + wide(r, 500, -56, 3, (1,)) + wide(r, 300, -56, -2)
    return points + [r.uniform(-1, 1) for _ in range(400)] + [-1 + 2.0**-k for k in range(1, 54)]


def angles(r):
    points = [1.0, -1.0, 0.5, math.pi / 4, math.pi / 2, math.pi, TINY, GREATEST,
              math.ldexp(6381956970095103, 797), math.ldexp(5319372648326541, 255), 1e22]
    points += [r.uniform(-10, 10) for _ in range(500)] + wide(r, 400, -30, 1023)
    points += wide(r, 200, -1, 30)
    return points + [r.randrange(1, 2 ** r.randint(1, 50)) * (math.pi / 2) for _ in range(400)]


def tangents(r):
    points = [1.0, 0.35, 20.0, 19.0, TINY, LEAST_NORMAL, 0.5]
    points += wide(r, 400, -60, 3) + [r.uniform(0.2, 0.6) for _ in range(400)]
    return points + [r.uniform(-20, 20) for _ in range(600)]


def powers(r):
    points = [(2.0, 0.5), (10.0, 308.0), (10.0, -323.0), (-2.0, 3.0), (-3.0, 4.0), (TINY, 0.5),
              (GREATEST, 0.5), (GREATEST, -1.0), (1 + 2.0**-52, 2.0**61), (1 - 2.0**-53, 2.0**62)]
    points += [(float(r.randint(2, 30)), float(r.randint(-20, 20) or 1)) for _ in range(200)]
    points += [(from_bits(r.randrange(1, 0x7FF << 52)), r.uniform(-1, 1)) for _ in range(300)]
    for _ in range(900):
        near_one = 1 + r.uniform(-1, 1) * 2.0 ** -r.randint(2, 50)
        x = r.choice([r.uniform(0.5, 2), r.uniform(0, 100), near_one])
        if x not in (0.0, 1.0):
            points.append((x, r.uniform(-744, 709) / math.log(x)))
    return points + [(-r.uniform(0, 9), float(r.randint(-99, 99) or 1)) for _ in range(200)]


def probabilities(r):
    points = [TINY, LEAST_NORMAL, 2.0**-53, 1 - 2.0**-53, 0.075, 0.925, 0.25, math.exp(-25)]
    points += [r.random() for _ in range(700)]
    points += wide(r, 200, -1074, -1, (1,)) + wide(r, 300, -53, -2, (1,))
    points += [1 - p for p in wide(r, 200, -50, -2, (1,))]
    return points + [0.5 + p for p in wide(r, 200, -50, -2)]


def quantile(p):
    """Solves ncdf(x) = p by Newton's method from a start that has 15 digits."""
    if p == 0.5:
        return mpf(0)
    if p > 0.5:
        return -quantile(1 - p)
    if p > mpf(2) ** -1000:
        x = mpf(NormalDist().inv_cdf(float(p)))
    else:
        x = -mpmath.sqrt(-2 * mpmath.log(p))
    for _ in range(40):
        density = mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)
        below = mpmath.erfc(-x / mpmath.sqrt(2)) / 2
        step = mpmath.log(below / p) * below / density
        x -= step
        if abs(step) < abs(x) * mpf(10) ** -35:
            return x
    raise ValueError(f"no convergence at {p}")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    mp.dps = 60
    write("exp", exponentials(random.Random(1)), mpmath.exp)
    write("log", logarithms(random.Random(2)), mpmath.log)
    write("pow", powers(random.Random(3)), lambda x, y: mpmath.power(x, y))
    mp.dps = 400
    write("log1p", increments(random.Random(4)), lambda x: mpmath.log(1 + x))
    write("tanh", tangents(random.Random(5)),
          lambda x: x - x**3 / 3 if abs(x) < 1e-50 else mpmath.tanh(x))
    write("sin", angles(random.Random(6)), mpmath.sin)
    write("cos", angles(random.Random(7)), mpmath.cos)
    mp.dps = 70
    write("inverseNormal", probabilities(random.Random(8)), quantile)


if __name__ == "__main__":
    main()
