// Philox4x32-10 with AVX2: eight blocks at a time.
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#define CBK_VECTOR_BYTES 32
#define CBK_PHILOX_FILL cbk_philox_fill_avx2

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
