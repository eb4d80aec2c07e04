// The loops of networks that go over one array at a time. The Swift twins are LoopReference.swift:
// the same operations in the same order. Each place is computed by itself, so that vectors of any
// length give its bits.
#pragma STDC FP_CONTRACT OFF
#include "dispatch.h"

#define INLINE static inline __attribute__((always_inline))

// 0 for what is less than any normal number: such numbers are slow, and never leave by themselves.
INLINE float normal(float value) {
  const float magnitude = value < 0 ? -value : value;
  return magnitude < 0x1p-126f ? 0 : value;
}

INLINE void adam(const tapedeck_adam *step, float *restrict parameters, float *restrict mean,
                 float *restrict square, const float *restrict gradient, size_t count) {
  const float one = step->beta1, two = step->beta2;
  for (size_t i = 0; i < count; i++) {
    const float given = gradient[i];
    mean[i] = normal(one * mean[i] + (1 - one) * given);
    square[i] = normal(two * square[i] + (1 - two) * (given * given));
    const float spread = __builtin_elementwise_sqrt(square[i]) * step->scale + step->epsilon;
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

INLINE void fill_rows(float *restrict values, const float *restrict row, size_t rows,
                      size_t columns) {
  for (size_t y = 0; y < rows; y++) {
    for (size_t x = 0; x < columns; x++) values[y * columns + x] = row[x];
  }
}

INLINE void relu(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = values[i] > 0 ? values[i] : 0;
}

INLINE void relu_slope(float *restrict gradients, const float *restrict results, size_t count) {
  for (size_t i = 0; i < count; i++) gradients[i] = results[i] > 0 ? gradients[i] : 0;
}

INLINE void blend(float *restrict values, const float *restrict others, float part, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = values[i] + part * (others[i] - values[i]);
}

// In tiles, so that what is read and what is written both stay near.
INLINE void transpose(float *restrict result, const float *restrict values, size_t rows,
                      size_t columns) {
  enum { TILE = 16 };
  for (size_t top = 0; top < rows; top += TILE) {
    const size_t bottom = top + TILE < rows ? top + TILE : rows;
    for (size_t left = 0; left < columns; left += TILE) {
      const size_t right = left + TILE < columns ? left + TILE : columns;
      for (size_t column = left; column < right; column++) {
        for (size_t row = top; row < bottom; row++) {
          result[column * rows + row] = values[row * columns + column];
        }
      }
    }
  }
}

void tapedeck_transpose_f32(float *result, const float *values, size_t rows, size_t columns) {
  transpose(result, values, rows, columns);
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
VERSIONS(fill_rows, (float *values, const float *row, size_t rows, size_t columns),
         (values, row, rows, columns))
VERSIONS(relu, (float *values, size_t count), (values, count))
VERSIONS(relu_slope, (float *gradients, const float *results, size_t count),
         (gradients, results, count))
VERSIONS(blend, (float *values, const float *others, float part, size_t count),
         (values, others, part, count))
