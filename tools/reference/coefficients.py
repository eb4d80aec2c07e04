#!/usr/bin/env python3
"""Prints the polynomial coefficients and constants used in Sources/Determinism/Elementary*.swift.

Each polynomial is a Chebyshev interpolant in 60-digit arithmetic, rounded to binary64, lowest
order first. The printed error is relative to the whole function, not to the polynomial alone.

Usage: pip install mpmath && tools/reference/coefficients.py
"""

from mpmath import atanh, chebyfit, cos, exp, log, mp, mpf, pi, polyval, sin, sqrt, tanh, taylor

mp.dps = 60


def fit(name, function, low, high, count, weight):
    """Prints `count` coefficients for `function` on [low, high] and the weighted worst error."""
    coefficients = [mpf(float(c)) for c in chebyfit(function, [low, high], count)]
    worst = mpf(0)
    for step in range(1, 400):
        x = low + (high - low) * mpf(step) / 400
        worst = max(worst, abs(polyval(coefficients, x) - function(x)) * weight(x))
    print(f"{name}: {count} coefficients, weighted error 2^{float(log(worst, 2)):.1f}")
    for c in reversed(coefficients):
        print("  ", float(c).hex())


def series(function, switch=mpf("1e-4"), order=24):
    """Replaces `function` near zero, where it cancels, by its Taylor polynomial there."""
    terms = taylor(function, mpf("0.001"), order)
    return lambda x: polyval(terms[::-1], x - mpf("0.001")) if abs(x) < switch else function(x)


def split(name, value, bits):
    """Prints value as a head of `bits` significant bits and a binary64 tail."""
    scale = mpf(2) ** (bits - 1 - int(mp.floor(log(value, 2))))
    head = mpf(int(mp.floor(value * scale))) / scale
    print(name, float(head).hex(), float(value - head).hex())


half_log2 = log(2) / 2 + mpf("1e-4")
fit("exp: (e^r - 1 - r) / r^2", series(lambda r: (exp(r) - 1 - r) / r**2),
    -half_log2, half_log2, 11, lambda r: r**2)
s_max = (sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)
fit("log: (2 atanh(s)/s - 2) / z, z = s^2",
    series(lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2) / z),
    mpf(0), s_max**2, 8, lambda z: z / 2)
fit("pow: (2 atanh(s)/s - 2 - 2z/3 - 2z^2/5 - 2z^3/7) / z^4",
    series(lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2 - 2 * z / 3 - 2 * z**2 / 5 - 2 * z**3 / 7)
           / z**4, mpf("1e-3")), mpf(0), s_max**2, 7, lambda z: z**4 / 2)
angle = pi / 4 + mpf("1e-6")
fit("sin: (sin(r)/r - 1) / z, z = r^2", series(lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z),
    mpf(0), angle**2, 7, lambda z: z)
fit("cos: (cos(r) - 1 + z/2) / z^2",
    series(lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, mpf("1e-3")),
    mpf(0), angle**2, 7, lambda z: z**2)
fit("tanh: (tanh(x)/x - 1) / z, z = x^2", series(lambda z: (tanh(sqrt(z)) / sqrt(z) - 1) / z),
    mpf(0), mpf("0.35") ** 2, 10, lambda z: z)

split("ln 2", log(2), 42)
split("pi / 2", pi / 2, 53)
split("1 / ln 2", 1 / log(2), 53)
for n in (3, 5, 7):
    split(f"2 / {n}", mpf(2) / n, 53)
mp.prec = 1400
bits = int(mp.floor(2 / pi * mpf(2) ** (64 * 20)))
print("2 / pi:")
for word in range(20):
    digits = f"{(bits >> (64 * (19 - word))) & (2**64 - 1):016x}"
    print("  0x" + "_".join(digits[i : i + 4] for i in range(0, 16, 4)))
