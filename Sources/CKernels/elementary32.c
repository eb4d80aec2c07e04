// exp, tanh and log of 32-bit numbers, computed in 64 bits and rounded once. The Swift twin is
// Elementary+Float.swift. Every result is the number nearest to the exact one, which is what makes the
// bits the same: versions for processors that have it fuse products and sums, which is quicker and
// errs less, and tools/checks/elementary-all goes through all 2^32 arguments of every version. The
// coefficients are those of the 64-bit functions (tools/reference/coefficients.py).
#pragma STDC FP_CONTRACT OFF
#include "dispatch.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

static const double log2_e = 0x1.71547652b82fep+0;
static const double ln2_head = 0x1.62e42fefa38p-1;
static const double ln2_tail = 0x1.ef35793c7673p-45;
// Added and taken away again it rounds to a whole number; in between that is in the low bits.
static const double shifter = 0x1.8p52;

INLINE uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

INLINE double from_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

INLINE float quiet_nan(void) {
  const uint32_t bits = 0x7fc00000;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// a * b + c, rounded once where `fused` and twice elsewhere.
INLINE double add_product(const int fused, double a, double b, double c) {
  return fused ? __builtin_fma(a, b, c) : a * b + c;
}

// e^y = power * (1 + rest), for |y| <= 128.
INLINE void exponential(const int fused, double y, double *power, double *rest) {
  const double shifted = add_product(fused, y, log2_e, shifter);
  const double k = shifted - shifter;
  const double r = add_product(fused, -k, ln2_tail, add_product(fused, -k, ln2_head, y));
  const double z = r * r;
  double even = 0x1.1f73102e57f8bp-29;
  even = add_product(fused, even, z, 0x1.27e4db5e389d2p-22);
  even = add_product(fused, even, z, 0x1.a01a01a6da7e2p-16);
  even = add_product(fused, even, z, 0x1.6c16c16c162d1p-10);
  even = add_product(fused, even, z, 0x1.5555555555556p-5);
  even = add_product(fused, even, z, 0x1.0p-1);
  double odd = 0x1.af4e000e84be8p-26;
  odd = add_product(fused, odd, z, 0x1.71de0226bd07ap-19);
  odd = add_product(fused, odd, z, 0x1.a01a01abeb69fp-13);
  odd = add_product(fused, odd, z, 0x1.11111111100d5p-7);
  odd = add_product(fused, odd, z, 0x1.5555555555557p-3);
  *rest = add_product(fused, z, add_product(fused, odd, r, even), r);
  *power = from_bits((bits_of(shifted) + 1023) << 52);
}

INLINE float exp_of(const int fused, float x) {
  float y = x > 90 ? 90 : x;  // infinite from 88.8 on
  y = y < -105 ? -105 : y;  // 0 from -104 on
  double power, rest;
  exponential(fused, y, &power, &rest);
  const float result = (float)add_product(fused, power, rest, power);
  return x != x ? quiet_nan() : result;
}

INLINE float tanh_of(const int fused, float x) {
  float magnitude = __builtin_fabsf(x);
  magnitude = magnitude > 10 ? 10 : magnitude;  // 1 from 9.02 on
  double power, rest;
  exponential(fused, magnitude + magnitude, &power, &rest);
  // e^2y - 1, of which no digit is lost where y is small
  const double grown = add_product(fused, power, rest, power - 1);
  const float result = (float)(grown / (grown + 2));
  return x != x ? quiet_nan() : __builtin_copysignf(result, x);
}

// Fused it is no quicker.
INLINE float log_of(float x) {
  const uint64_t bits = bits_of((double)x);
  // The exponent k for which x = m * 2^k with m from 0.707 to 1.415, as k + 1024 in the low bits.
  const uint64_t raised = (bits - 0x3fe6a09e00000000 + ((uint64_t)1024 << 52)) >> 52;
  const double k = from_bits(raised | 0x4330000000000000) - (0x1p52 + 1024);
  const double f = from_bits(bits - (raised << 52) + ((uint64_t)1024 << 52)) - 1;
  const double s = f / (2 + f);
  const double z = s * s;
  double series = 0x1.0c039c49989c6p-3;
  series = series * z + 0x1.0fbe95d716020p-3;
  series = series * z + 0x1.3b1c355a8f7a2p-3;
  series = series * z + 0x1.745cf9048dd95p-3;
  series = series * z + 0x1.c71c720159177p-3;
  series = series * z + 0x1.2492492476cccp-2;
  series = series * z + 0x1.9999999999a38p-2;
  series = series * z + 0x1.5555555555555p-1;
  const double half_square = 0.5 * f * f;
  const double small = s * (half_square + z * series) + k * ln2_tail;
  double sum = k * ln2_head - ((half_square - small) - f);
  // Here the exact value is so near to the middle between two numbers that 64 bits miss its side.
  sum = x == 0x1.827a74p-7f ? -0x1.1c2b1ep+2 : sum;
  sum = x == 0x1.2f1fd6p+3f ? 0x1.1fcbcep+1 : sum;
  sum = x == 0x1.bacb4ap+25f ? 0x1.1e0696p+4 : sum;
  sum = x == 0x1.b121a6p+76f ? 0x1.a9a3f2p+5 : sum;
  sum = x == 0x1.6351d8p+95f ? 0x1.08b512p+6 : sum;
  const float result = (float)sum;
  const float infinity = __builtin_inff();
  return x > 0 ? (x < infinity ? result : infinity) : (x == 0 ? -infinity : quiet_nan());
}

// Functions are computed of so many values at a time: two whole vectors or more. So what is done to values
// before and after the 64 bits is done to whole vectors too, and two chains of products run side by side.
enum { block = 32 };

#define VERSION(name, target, fused, lanes)                                               \
  target static void name(float *values, size_t count) {                                  \
    _Pragma(lanes) for (size_t i = 0; i < count; i++) values[i] = FUNCTION(fused, values[i]); \
  }

// What is left after whole blocks becomes one.
static void in_blocks(void (*function)(float *, size_t), float *values, size_t count) {
  const size_t whole = count - count % block;
  function(values, whole);
  if (whole == count) return;
  float rest[block] = {0};
  memcpy(rest, values + whole, (count - whole) * sizeof *rest);
  function(rest, block);
  memcpy(values + whole, rest, (count - whole) * sizeof *rest);
}

#define PORTABLE(name) VERSION(name##_portable, , 0, "clang loop vectorize_width(4)")

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma")))
#define VERSIONS(name)                                                                        \
  PORTABLE(name)                                                                              \
  VERSION(name##_avx2, AVX2, 1, "clang loop vectorize_width(8) interleave_count(2)")          \
  VERSION(name##_avx512, AVX512, 1, "clang loop vectorize_width(16) interleave_count(2)")     \
  void tapedeck_##name##_f32(float *values, size_t count) {                                   \
    const unsigned features = tapedeck_features();                                            \
    if (features & TAPEDECK_FEATURE_AVX512) return in_blocks(name##_avx512, values, count);   \
    if (features & TAPEDECK_FEATURE_AVX2) return in_blocks(name##_avx2, values, count);       \
    in_blocks(name##_portable, values, count);                                                \
  }
#else
#define VERSIONS(name)                                      \
  PORTABLE(name)                                            \
  void tapedeck_##name##_f32(float *values, size_t count) { \
    in_blocks(name##_portable, values, count);              \
  }
#endif

#define FUNCTION(fused, x) exp_of(fused, x)
VERSIONS(exp)
#undef FUNCTION
#define FUNCTION(fused, x) tanh_of(fused, x)
VERSIONS(tanh)
#undef FUNCTION
#define FUNCTION(fused, x) log_of(x)
VERSIONS(log)
