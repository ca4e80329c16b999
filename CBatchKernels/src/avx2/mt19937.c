// MT19937 and masked rejection with AVX2: eight words at a time.
#if defined(__x86_64__)
#include "begin.h"
#include "mt19937_compress.h"

typedef uint32_t lanes __attribute__((vector_size(32)));
typedef uint64_t pairs __attribute__((vector_size(32)));
typedef double doubles __attribute__((vector_size(32)));

/// AVX2 has no such conversion: both halves become the low bits of doubles whose exponents give them
/// their weights, 2^32 and 1, and that much is taken off again. Nothing rounds.
static inline doubles to_doubles(pairs integers) {
  doubles high = (doubles)(integers >> 32 | 0x4530000000000000);          // 2^84 + 2^32 * half
  doubles low = (doubles)((integers & UINT32_MAX) | 0x4330000000000000);  // 2^52 + half
  return high - (0x1p84 + 0x1p52) + low;
}

static inline uint32_t at_most(lanes values, uint32_t bound) {
  __m256i vector = (__m256i)values;
  __m256i lesser = _mm256_min_epu32(vector, _mm256_set1_epi32((int)bound));
  return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(lesser, vector)));
}

static inline void compress_4(uint32_t *to, __m128i values, uint32_t kept) {
  __m128i order = _mm_load_si128((const __m128i *)mt_compress_order[kept]);
  _mm_storeu_si128((__m128i *)to, _mm_shuffle_epi8(values, order));
}

static inline void compress(uint32_t *to, lanes values, uint32_t kept) {
  compress_4(to, _mm256_castsi256_si128((__m256i)values), kept & 15);
  compress_4(to + __builtin_popcount(kept & 15), _mm256_extracti128_si256((__m256i)values, 1), kept >> 4);
}

#include "mt19937_template.h"

#pragma clang attribute pop
#endif
