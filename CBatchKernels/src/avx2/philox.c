// Philox4x32-10 with AVX2: eight blocks at a time.
#if defined(__x86_64__)
#include "begin.h"

#define CBK_VECTOR_BYTES 32

typedef uint64_t lanes __attribute__((vector_size(CBK_VECTOR_BYTES)));

static inline lanes multiply(lanes a, uint32_t factor) {
  return (lanes)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x(factor));
}

static inline lanes merge(lanes even, lanes odd) {
  return (lanes)_mm256_blend_epi32((__m256i)even, (__m256i)(odd << 32), 0xAA);
}

#include "philox_template.h"

#pragma clang attribute pop
#endif
