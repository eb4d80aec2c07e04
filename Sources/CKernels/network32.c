// The loops of networks that go over one array at a time. The Swift twins are LoopReference.swift:
// the same operations in the same order. Each place is computed by itself, so that vectors of any
// length give its bits.
#pragma STDC FP_CONTRACT OFF
#include "dispatch.h"

#include <string.h>

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

// In strips of columns whose sums stay in registers.
INLINE void add_rows(float *restrict sums, const float *restrict values, size_t rows,
                     size_t columns) {
  enum { STRIP = 64 };
  size_t left = 0;
  for (; left + STRIP <= columns; left += STRIP) {
    float strip[STRIP];
    for (size_t x = 0; x < STRIP; x++) strip[x] = sums[left + x];
    for (size_t row = 0; row < rows; row++) {
      for (size_t x = 0; x < STRIP; x++) strip[x] += values[row * columns + left + x];
    }
    for (size_t x = 0; x < STRIP; x++) sums[left + x] = strip[x];
  }
  for (size_t row = 0; row < rows; row++) {
    for (size_t x = left; x < columns; x++) sums[x] += values[row * columns + x];
  }
}

// In eight lanes, as OrderedReduction. A square of 24 bits is exact in 53.
INLINE void square_sum(double *sum, const float *values, size_t count) {
  double lanes[8] = {0};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t lane = 0; lane < 8; lane++) {
      const double value = values[i + lane];
      lanes[lane] += value * value;
    }
  }
  for (; i < count; i++) lanes[i & 7] += (double)values[i] * values[i];
  *sum = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
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

typedef float quad __attribute__((vector_size(16)));

// Four rows of four numbers.
INLINE void transpose_quad(float *restrict result, size_t result_row, const float *restrict values,
                           size_t row) {
  quad rows[4];
  for (size_t y = 0; y < 4; y++) memcpy(&rows[y], values + y * row, sizeof(quad));
  const quad head = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
  const quad tail = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
  const quad next_head = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
  const quad next_tail = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
  rows[0] = __builtin_shufflevector(head, next_head, 0, 1, 4, 5);
  rows[1] = __builtin_shufflevector(head, next_head, 2, 3, 6, 7);
  rows[2] = __builtin_shufflevector(tail, next_tail, 0, 1, 4, 5);
  rows[3] = __builtin_shufflevector(tail, next_tail, 2, 3, 6, 7);
  for (size_t y = 0; y < 4; y++) memcpy(result + y * result_row, &rows[y], sizeof(quad));
}

// In tiles, so that what is read and what is written both stay near.
INLINE void transpose(float *restrict result, const float *restrict values, size_t rows,
                      size_t columns) {
  enum { TILE = 16 };
  for (size_t top = 0; top < rows; top += TILE) {
    const size_t bottom = top + TILE < rows ? top + TILE : rows;
    for (size_t left = 0; left < columns; left += TILE) {
      const size_t right = left + TILE < columns ? left + TILE : columns;
      if (bottom - top == TILE && right - left == TILE) {
        for (size_t column = left; column < right; column += 4) {
          for (size_t row = top; row < bottom; row += 4) {
            transpose_quad(result + column * rows + row, rows, values + row * columns + column,
                           columns);
          }
        }
        continue;
      }
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
VERSIONS(square_sum, (double *sum, const float *values, size_t count), (sum, values, count))
VERSIONS(relu, (float *values, size_t count), (values, count))
VERSIONS(relu_slope, (float *gradients, const float *results, size_t count),
         (gradients, results, count))
VERSIONS(blend, (float *values, const float *others, float part, size_t count),
         (values, others, part, count))
