// The loops of networks that go over one array at a time. The Swift twins are in the room Networks:
// the same operations in the same order. Each place is computed by itself, so that vectors of any
// length give its bits.
#pragma STDC FP_CONTRACT OFF
#include "dispatch.h"

#include <math.h>

#define INLINE static inline __attribute__((always_inline))

INLINE void adam(const tapedeck_adam *step, float *restrict parameters, float *restrict mean,
                 float *restrict square, const float *restrict gradient, size_t count) {
  const float one = step->beta1, two = step->beta2;
  for (size_t i = 0; i < count; i++) {
    const float given = gradient[i];
    mean[i] = one * mean[i] + (1 - one) * given;
    square[i] = two * square[i] + (1 - two) * (given * given);
    const float spread = sqrtf(square[i]) / step->root + step->epsilon;
    parameters[i] = parameters[i] * step->keep - step->size * (mean[i] / spread);
  }
}

INLINE void tanh_slope(float *restrict gradients, const float *restrict results, size_t count) {
  for (size_t i = 0; i < count; i++) gradients[i] *= 1 - results[i] * results[i];
}

INLINE void add_rows(float *restrict sums, const float *restrict values, size_t rows,
                     size_t columns) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t column = 0; column < columns; column++) {
      sums[column] += values[row * columns + column];
    }
  }
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))
#define VERSIONS(name, parameters, arguments)                       \
  AVX2 static void name##_avx2 parameters { name arguments; }       \
  AVX512 static void name##_avx512 parameters { name arguments; }   \
  void tapedeck_##name##_f32 parameters {                           \
    const unsigned features = tapedeck_features();                  \
    if (features & TAPEDECK_FEATURE_AVX512) {                       \
      name##_avx512 arguments;                                      \
    } else if (features & TAPEDECK_FEATURE_AVX2) {                  \
      name##_avx2 arguments;                                        \
    } else {                                                        \
      name arguments;                                               \
    }                                                               \
  }
#else
#define VERSIONS(name, parameters, arguments) \
  void tapedeck_##name##_f32 parameters { name arguments; }
#endif

VERSIONS(adam,
         (const tapedeck_adam *step, float *parameters, float *mean, float *square,
          const float *gradient, size_t count),
         (step, parameters, mean, square, gradient, count))
VERSIONS(tanh_slope, (float *gradients, const float *results, size_t count),
         (gradients, results, count))
VERSIONS(add_rows, (float *sums, const float *values, size_t rows, size_t columns),
         (sums, values, rows, columns))
