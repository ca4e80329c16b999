// The order in constant memory with AVX2: eight positions at a time.
#if defined(__x86_64__)
#include "begin.h"

#define CBK_VECTOR_BYTES 32
#define CBK_BLOCK_VECTORS 8

typedef uint32_t lanes __attribute__((vector_size(CBK_VECTOR_BYTES)));

static inline lanes scale(lanes value, uint32_t count) {
  __m256i factors = _mm256_set1_epi32((int)count), values = (__m256i)value;
  __m256i even = _mm256_srli_epi64(_mm256_mul_epu32(values, factors), 32);
  __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(values, 32), factors);
  return (lanes)_mm256_blend_epi32(even, odd, 0xAA);
}

static inline bool any(lanes mask) { return !_mm256_testz_si256((__m256i)mask, (__m256i)mask); }

#include "constant_order_template.h"

#pragma clang attribute pop
#endif
