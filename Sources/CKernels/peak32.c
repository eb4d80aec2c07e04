// Fused multiply-adds on registers alone: as many as a core does at all, which products of matrices are
// held against.
#pragma STDC FP_CONTRACT OFF
#include "dispatch.h"

// Enough chains to hide how long one operation takes; they all come to `round / (1 - 0.5)`.
#define PEAK(name, attributes, lanes, chains)                                              \
  typedef float vector_##name __attribute__((vector_size(4 * lanes)));                     \
  attributes static float name(size_t rounds) {                                            \
    vector_##name sums[chains], one = {0}, half = {0};                                     \
    one += 1;                                                                              \
    half += 0.5f;                                                                          \
    for (int chain = 0; chain < chains; chain++) sums[chain] = one * (float)chain;         \
    for (size_t round = 0; round < rounds; round++) {                                      \
      _Pragma("unroll") for (int chain = 0; chain < chains; chain++) {                     \
        sums[chain] = __builtin_elementwise_fma(sums[chain], half, one);                   \
      }                                                                                    \
      __asm__ volatile("" : : : "memory");                                                 \
    }                                                                                      \
    float sum = 0;                                                                         \
    for (int chain = 0; chain < chains; chain++) {                                         \
      for (int lane = 0; lane < lanes; lane++) sum += sums[chain][lane];                   \
    }                                                                                      \
    return sum / (chains * lanes);                                                         \
  }

PEAK(peak_portable, , 1, 4)
#if defined(__x86_64__)
PEAK(peak_avx2, __attribute__((target("avx2,fma"))), 8, 12)
PEAK(peak_avx512, __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma"))), 16, 24)
#endif

float tapedeck_peak_f32(size_t rounds, size_t *operations) {
#if defined(__x86_64__)
  const unsigned features = tapedeck_features();
  if (features & TAPEDECK_FEATURE_AVX512) {
    *operations = rounds * 2 * 24 * 16;
    return peak_avx512(rounds);
  }
  if (features & TAPEDECK_FEATURE_AVX2) {
    *operations = rounds * 2 * 12 * 8;
    return peak_avx2(rounds);
  }
#endif
  *operations = rounds * 2 * 4;
  return peak_portable(rounds);
}
