// Products of matrices of 32-bit numbers. The Swift twin is MatrixProductReference.swift.
//
// Every element of the result is one chain of fused multiply-adds with the depth ascending; vectors
// run over elements, never over the depth. So neither the length of vectors nor the shape of tiles,
// the number of rows or the thread that has them can change a bit.
#pragma STDC FP_CONTRACT OFF
#include "dispatch.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

static void multiply_portable(const tapedeck_product *p) {
  for (size_t i = 0; i < p->rows; i++) {
    for (size_t j = 0; j < p->columns; j++) {
      float sum = p->start ? p->start[i * p->start_row + j] : 0;
      for (size_t k = 0; k < p->depth; k++) {
        sum = __builtin_fmaf(
            p->a[i * p->a_row + k * p->a_column], p->b[k * p->b_row + j], sum);
      }
      p->c[i * p->c_row + j] = sum;
    }
  }
}

#if defined(__x86_64__)

// One tile: `height` rows from i on, `width` vectors of columns from j on, the last one masked where it
// is not `whole`. All three are constants where this is inlined, so that the sums stay in registers.
#define TILE(name, attributes, vector, lanes, limit_height, limit_width, zero, load, load_last,   \
             store, store_last, broadcast, fma)                                                   \
  attributes INLINE void name(const tapedeck_product *p, size_t i, size_t j, const size_t height, \
                              const size_t width, const int whole, mask_##name mask) {            \
    const size_t plain = whole ? width : width - 1;                                               \
    vector sums[limit_height][limit_width];                                                       \
    const float *a = p->a + i * p->a_row;                                                         \
    const float *b = p->b + j;                                                                    \
    float *c = p->c + i * p->c_row + j;                                                           \
    const float *start = p->start ? p->start + i * p->start_row + j : c;                          \
    _Pragma("unroll") for (size_t y = 0; y < height; y++) {                                       \
      _Pragma("unroll") for (size_t x = 0; x < width; x++) {                                      \
        const float *place = start + y * p->start_row + lanes * x;                                \
        sums[y][x] = !p->start ? zero : x < plain ? load(place) : load_last(place, mask);         \
      }                                                                                           \
    }                                                                                             \
    for (size_t k = 0; k < p->depth; k++) {                                                       \
      vector factors[limit_width];                                                                \
      _Pragma("unroll") for (size_t x = 0; x < width; x++) {                                      \
        const float *place = b + k * p->b_row + lanes * x;                                        \
        factors[x] = x < plain ? load(place) : load_last(place, mask);                            \
      }                                                                                           \
      _Pragma("unroll") for (size_t y = 0; y < height; y++) {                                     \
        const vector factor = broadcast(a[y * p->a_row + k * p->a_column]);                       \
        _Pragma("unroll") for (size_t x = 0; x < width; x++) {                                    \
          sums[y][x] = fma(factor, factors[x], sums[y][x]);                                       \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
    _Pragma("unroll") for (size_t y = 0; y < height; y++) {                                       \
      _Pragma("unroll") for (size_t x = 0; x < width; x++) {                                      \
        float *place = c + y * p->c_row + lanes * x;                                              \
        if (x < plain) {                                                                          \
          store(place, sums[y][x]);                                                               \
        } else {                                                                                  \
          store_last(place, mask, sums[y][x]);                                                    \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
  }

#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma")))

typedef __m256i mask_tile_avx2;
typedef __mmask16 mask_tile_avx512;

#define LOAD_LAST_512(place, mask) _mm512_maskz_loadu_ps(mask, place)

TILE(tile_avx2, AVX2, __m256, 8, 6, 2, _mm256_setzero_ps(), _mm256_loadu_ps, _mm256_maskload_ps,
     _mm256_storeu_ps, _mm256_maskstore_ps, _mm256_set1_ps, _mm256_fmadd_ps)
TILE(tile_avx512, AVX512, __m512, 16, 6, 4, _mm512_setzero_ps(), _mm512_loadu_ps, LOAD_LAST_512,
     _mm512_storeu_ps, _mm512_mask_storeu_ps, _mm512_set1_ps, _mm512_fmadd_ps)

#define RETURN_TILE(name, height, width, whole)              \
  switch (height) {                                          \
    case 1: return name(p, i, j, 1, width, whole, mask);     \
    case 2: return name(p, i, j, 2, width, whole, mask);     \
    case 3: return name(p, i, j, 3, width, whole, mask);     \
    case 4: return name(p, i, j, 4, width, whole, mask);     \
    case 5: return name(p, i, j, 5, width, whole, mask);     \
    default: return name(p, i, j, 6, width, whole, mask);    \
  }

// The most columns are whole tiles; the last ones may be any number.
AVX2 static void any_tile_avx2(const tapedeck_product *p, size_t i, size_t j, size_t height,
                               size_t columns, __m256i mask) {
  if (columns == 16) RETURN_TILE(tile_avx2, height, 2, 1)
  if (columns > 8) RETURN_TILE(tile_avx2, height, 2, 0)
  RETURN_TILE(tile_avx2, height, 1, 0)
}

AVX512 static void any_tile_avx512(const tapedeck_product *p, size_t i, size_t j, size_t height,
                                   size_t columns, __mmask16 mask) {
  if (columns == 64) RETURN_TILE(tile_avx512, height, 4, 1)
  if (columns > 48) RETURN_TILE(tile_avx512, height, 4, 0)
  if (columns > 32) RETURN_TILE(tile_avx512, height, 3, 0)
  if (columns > 16) RETURN_TILE(tile_avx512, height, 2, 0)
  RETURN_TILE(tile_avx512, height, 1, 0)
}

INLINE size_t least(size_t one, size_t other) { return one < other ? one : other; }

// Few columns of a result whose rows stand side by side in the first matrix: vectors run over rows, so
// that all their lanes have work. `height` vectors of rows from i on, for column j.
#define TALL(name, attributes, lanes)                                                             \
  typedef float vector_##name __attribute__((vector_size(4 * lanes), aligned(4)));                \
  attributes INLINE void name(const tapedeck_product *p, size_t i, size_t j, const size_t height) { \
    vector_##name sums[4];                                                                        \
    _Pragma("unroll") for (size_t y = 0; y < height; y++) {                                       \
      for (size_t lane = 0; lane < lanes; lane++) {                                               \
        const size_t row = i + lanes * y + lane;                                                  \
        sums[y][lane] = p->start ? p->start[row * p->start_row + j] : 0;                          \
      }                                                                                           \
    }                                                                                             \
    for (size_t k = 0; k < p->depth; k++) {                                                       \
      const float factor = p->b[k * p->b_row + j];                                                \
      _Pragma("unroll") for (size_t y = 0; y < height; y++) {                                     \
        const vector_##name rows =                                                                \
            *(const vector_##name *)(p->a + k * p->a_column + i + lanes * y);                     \
        sums[y] = __builtin_elementwise_fma(rows, factor - (vector_##name){0}, sums[y]);          \
      }                                                                                           \
    }                                                                                             \
    _Pragma("unroll") for (size_t y = 0; y < height; y++) {                                       \
      for (size_t lane = 0; lane < lanes; lane++) {                                               \
        p->c[(i + lanes * y + lane) * p->c_row + j] = sums[y][lane];                              \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
  attributes static void all_##name(const tapedeck_product *p) {                                  \
    for (size_t j = 0; j < p->columns; j++) {                                                     \
      size_t i = 0;                                                                               \
      for (; i + 4 * lanes <= p->rows; i += 4 * lanes) name(p, i, j, 4);                          \
      for (; i + lanes <= p->rows; i += lanes) name(p, i, j, 1);                                  \
    }                                                                                             \
  }

TALL(tall_avx2, AVX2, 8)
TALL(tall_avx512, AVX512, 16)

// Whether a result is so narrow that vectors do better over its rows, of which there are whole vectors.
INLINE int is_tall(const tapedeck_product *p, size_t lanes) {
  return p->a_row == 1 && p->columns <= 4 && p->rows > 0 && p->rows % lanes == 0;
}

AVX2 static void multiply_avx2(const tapedeck_product *p) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  for (size_t j = 0; j < p->columns; j += 16) {
    const size_t columns = least(16, p->columns - j);
    const int last = (int)((columns - 1) % 8 + 1);
    const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(last), lanes);
    for (size_t i = 0; i < p->rows; i += 6) {
      any_tile_avx2(p, i, j, least(6, p->rows - i), columns, mask);
    }
  }
}

AVX512 static void multiply_avx512(const tapedeck_product *p) {
  for (size_t j = 0; j < p->columns; j += 64) {
    const size_t columns = least(64, p->columns - j);
    const __mmask16 mask = (__mmask16)(0xffffu >> (15 - (columns - 1) % 16));
    for (size_t i = 0; i < p->rows; i += 6) {
      any_tile_avx512(p, i, j, least(6, p->rows - i), columns, mask);
    }
  }
}

#endif

void tapedeck_multiply_f32(const tapedeck_product *p) {
#if defined(__x86_64__)
  const unsigned features = tapedeck_features();
  if (features & TAPEDECK_FEATURE_AVX512) {
    return is_tall(p, 16) ? all_tall_avx512(p) : multiply_avx512(p);
  }
  if (features & TAPEDECK_FEATURE_AVX2) {
    return is_tall(p, 8) ? all_tall_avx2(p) : multiply_avx2(p);
  }
#endif
  multiply_portable(p);
}
