// Row gather with AVX2.
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#pragma STDC FP_CONTRACT OFF

static inline void rescale_8(const uint8_t *source, float *destination, __m256 scale, __m256 offset) {
  __m256i bytes = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)source));
  __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(bytes), scale);
  _mm256_storeu_ps(destination, _mm256_add_ps(product, offset));
}

static inline void rescale_row(const uint8_t *source, float *destination, size_t count, float scale,
                               float offset) {
  if (count < 8) {
    for (size_t i = 0; i < count; ++i) {
      float product = (float)source[i] * scale;
      destination[i] = product + offset;
    }
    return;
  }
  __m256 scales = _mm256_set1_ps(scale), offsets = _mm256_set1_ps(offset);
  for (size_t i = 0; i < count - 8; i += 8) rescale_8(source + i, destination + i, scales, offsets);
  rescale_8(source + count - 8, destination + count - 8, scales, offsets);
}

#define CBK_GATHER_KERNELS cbk_gather_avx2
#include "gather_template.h"

#pragma clang attribute pop
#endif
