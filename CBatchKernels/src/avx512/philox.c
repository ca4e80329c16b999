// Philox4x32-10 with AVX-512: sixteen blocks at a time.
#if defined(__x86_64__)
#include "begin.h"

#define CBK_VECTOR_BYTES 64

typedef uint64_t lanes __attribute__((vector_size(CBK_VECTOR_BYTES)));

static inline lanes multiply(lanes a, uint32_t factor) {
  return (lanes)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64(factor));
}

static inline lanes merge(lanes even, lanes odd) {
  return (lanes)_mm512_mask_blend_epi32(0xAAAA, (__m512i)even, (__m512i)(odd << 32));
}

#include "philox_template.h"

#pragma clang attribute pop
#endif
