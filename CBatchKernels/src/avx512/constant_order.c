// The order in constant memory with AVX-512: sixteen positions at a time.
#if defined(__x86_64__)
#include "begin.h"

#define CBK_VECTOR_BYTES 64
#define CBK_BLOCK_VECTORS 4

typedef uint32_t lanes __attribute__((vector_size(CBK_VECTOR_BYTES)));

static inline lanes scale(lanes value, uint32_t count) {
  __m512i factors = _mm512_set1_epi32((int)count), values = (__m512i)value;
  __m512i even = _mm512_srli_epi64(_mm512_mul_epu32(values, factors), 32);
  __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(values, 32), factors);
  return (lanes)_mm512_mask_blend_epi32(0xAAAA, even, odd);
}

static inline bool any(lanes mask) { return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask) != 0; }

#include "constant_order_template.h"

#pragma clang attribute pop
#endif
