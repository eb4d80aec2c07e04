// SHA-256 block compression. Source: FIPS 180-4, 6.2.2 (https://doi.org/10.6028/NIST.FIPS.180-4).
#pragma STDC FP_CONTRACT OFF
#include "dispatch.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static const uint32_t round_constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static inline uint32_t rotate_right(uint32_t word, unsigned count) {
  return (word >> count) | (word << (32 - count));
}

static inline uint32_t load_big_endian(const uint8_t *bytes) {
  return ((uint32_t)bytes[0] << 24) | ((uint32_t)bytes[1] << 16) | ((uint32_t)bytes[2] << 8) |
         bytes[3];
}

static void compress_portable(uint32_t *state, const uint8_t *block) {
  uint32_t schedule[64];
  for (int i = 0; i < 16; i++) schedule[i] = load_big_endian(block + 4 * i);
  for (int i = 16; i < 64; i++) {
    const uint32_t early = schedule[i - 15], late = schedule[i - 2];
    const uint32_t sigma0 = rotate_right(early, 7) ^ rotate_right(early, 18) ^ (early >> 3);
    const uint32_t sigma1 = rotate_right(late, 17) ^ rotate_right(late, 19) ^ (late >> 10);
    schedule[i] = schedule[i - 16] + sigma0 + schedule[i - 7] + sigma1;
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; i++) {
    const uint32_t sum1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
    const uint32_t first = h + sum1 + ((e & f) ^ (~e & g)) + round_constants[i] + schedule[i];
    const uint32_t sum0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
    const uint32_t second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + first;
    d = c, c = b, b = a, a = first + second;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

#if defined(__x86_64__)

// Source: Gulley et al., "Intel SHA Extensions", 2013. The instructions keep the state as the
// vectors (a, b, e, f) and (c, d, g, h), highest lane first, and do two rounds each.
__attribute__((target("sha,sse4.1,ssse3"))) static void compress_sha_ni(
    uint32_t *state, const uint8_t *blocks, size_t block_count) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  const __m128i dcba = _mm_loadu_si128((const __m128i *)state);
  const __m128i hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
  const __m128i cdab = _mm_shuffle_epi32(dcba, 0xb1);
  const __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1b);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
  __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
  for (; block_count > 0; block_count--, blocks += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    const __m128i *words = (const __m128i *)blocks;
    __m128i w0 = _mm_shuffle_epi8(_mm_loadu_si128(words), swap);
    __m128i w1 = _mm_shuffle_epi8(_mm_loadu_si128(words + 1), swap);
    __m128i w2 = _mm_shuffle_epi8(_mm_loadu_si128(words + 2), swap);
    __m128i w3 = _mm_shuffle_epi8(_mm_loadu_si128(words + 3), swap);
#pragma clang loop unroll(full)
    for (int group = 0; group < 16; group++) {
      const __m128i constants = _mm_load_si128((const __m128i *)(round_constants + 4 * group));
      const __m128i input = _mm_add_epi32(w0, constants);
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, input);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(input, 0x0e));
      // The four words of group + 4; those past group 15 are computed and never used.
      const __m128i early = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
      const __m128i next = _mm_sha256msg2_epu32(early, w3);
      w0 = w1, w1 = w2, w2 = w3, w3 = next;
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

#endif

void tapedeck_sha256_compress(uint32_t *state, const uint8_t *blocks, size_t block_count) {
#if defined(__x86_64__)
  if (tapedeck_features() & TAPEDECK_FEATURE_SHA) {
    compress_sha_ni(state, blocks, block_count);
    return;
  }
#endif
  for (; block_count > 0; block_count--, blocks += 64) compress_portable(state, blocks);
}
