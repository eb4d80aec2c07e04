// C kernels behind the room Determinism. Each has a Swift twin there that defines its bits; every
// version here returns those bits on every processor. Nothing here reads the environment. The last
// function has no bits: it is a hint.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

// Levels of the run-time dispatch. SSE4.2 and SHA-NI count as allowed from level 2.
enum {
  TAPEDECK_KERNELS_AUTOMATIC = 0,
  TAPEDECK_KERNELS_SCALAR = 1,
  TAPEDECK_KERNELS_AVX2 = 2,
  TAPEDECK_KERNELS_AVX512 = 3,
};

// Asks for a level: the processor's best one up to `level` is used from the next call on.
// 0 asks for the best there is; any other number outside 1...3 is read as 0. Thread safe.
void tapedeck_kernels_select(int level);

// Returns the level in use (1, 2 or 3), after what was asked is cut to what the processor has.
int tapedeck_kernels_active(void);

// Continues the CRC-32C `checksum` of earlier bytes (0 at the start) over `count` more.
uint32_t tapedeck_crc32c(uint32_t checksum, const uint8_t *bytes, size_t count);

// Compresses `block_count` blocks of 64 bytes into `state`, eight words a...h of SHA-256.
void tapedeck_sha256_compress(uint32_t *state, const uint8_t *blocks, size_t block_count);

// Replace each of `count` numbers by e^x, tanh x and the natural logarithm of it. A NaN, and a
// logarithm of less than 0, give the bits 0x7fc00000.
void tapedeck_exp_f32(float *values, size_t count);
void tapedeck_tanh_f32(float *values, size_t count);
void tapedeck_log_f32(float *values, size_t count);

// A product of matrices: c = start + a b. Element (i, k) of `a` stands at i * a_row + k * a_column; those
// of a row of `b`, `c` and `start` stand side by side. `start` is NULL for zeros, may be `c`, and is one row
// for all where `start_row` is 0; else `c` overlaps nothing.
typedef struct tapedeck_product {
  size_t rows, columns, depth;
  const float *a;
  size_t a_row, a_column;
  const float *b;
  size_t b_row;
  float *c;
  size_t c_row;
  const float *start;
  size_t start_row;
} tapedeck_product;

// Computes it: each element by fused multiply-adds, one after the other, with the depth ascending.
void tapedeck_multiply_f32(const tapedeck_product *product);

// Does nothing but fused multiply-adds on registers, as many as the core can; tells how many operations that
// was, a multiply-add being two. Returns 2, whatever the level, from 30 rounds on.
float tapedeck_peak_f32(size_t rounds, size_t *operations);

// What one step of Adam does to all parameters: `size` is the rate over 1 - beta1^t, `scale` 1 over the
// root of 1 - beta2^t, `keep` what decay leaves of a parameter.
typedef struct tapedeck_adam {
  float beta1, beta2, epsilon, size, scale, keep;
} tapedeck_adam;

// Moves `count` parameters against their gradient; no two arrays overlap.
void tapedeck_adam_f32(const tapedeck_adam *step, float *parameters, float *mean, float *square,
                       const float *gradient, size_t count);

// Multiplies gradients by the slope of tanh, 1 - r^2, where it came to `results`.
void tapedeck_tanh_slope_f32(float *gradients, const float *results, size_t count);

// Replaces each number that is not above 0 by 0.
void tapedeck_relu_f32(float *values, size_t count);

// Replaces gradients by 0 where max(0, x) came to no result above 0.
void tapedeck_relu_slope_f32(float *gradients, const float *results, size_t count);

// Moves numbers a part of the way to others: v + part (w - v).
void tapedeck_blend_f32(float *values, const float *others, float part, size_t count);

// Writes a matrix with its rows as columns; the two do not overlap.
void tapedeck_transpose_f32(float *result, const float *values, size_t rows, size_t columns);

// Adds to each of `columns` sums the numbers of its column, row after row.
void tapedeck_add_rows_f32(float *sums, const float *values, size_t rows, size_t columns);

// Sums the squares of numbers in 64 bits, in the order of OrderedReduction.
void tapedeck_square_sum_f32(double *sum, const float *values, size_t count);

// Asks for the line of memory that `place` is in, which will be read and written soon. It is a hint:
// nothing is read, so that any address will do, and no result depends on it.
static inline void tapedeck_prefetch(const void *place) { __builtin_prefetch(place, 1); }

#endif
