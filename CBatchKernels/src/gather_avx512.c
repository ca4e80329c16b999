// Row gather with AVX-512 (F, BW, DQ and VL).
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)
#pragma STDC FP_CONTRACT OFF

static inline __m512 rescaled(__m128i bytes, __m512 scale, __m512 offset) {
  __m512 product = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes)), scale);
  return _mm512_add_ps(product, offset);
}

static inline void rescale_16(const uint8_t *source, float *destination, __m512 scale, __m512 offset) {
  _mm512_storeu_ps(destination, rescaled(_mm_loadu_si128((const __m128i *)source), scale, offset));
}

static inline void rescale_row(const uint8_t *source, float *destination, size_t count, float scale,
                               float offset) {
  __m512 scales = _mm512_set1_ps(scale), offsets = _mm512_set1_ps(offset);
  if (count < 16) {
    __mmask16 mask = (__mmask16)((1u << count) - 1);
    __m512 floats = rescaled(_mm_maskz_loadu_epi8(mask, source), scales, offsets);
    _mm512_mask_storeu_ps(destination, mask, floats);
    return;
  }
  for (size_t i = 0; i < count - 16; i += 16) rescale_16(source + i, destination + i, scales, offsets);
  rescale_16(source + count - 16, destination + count - 16, scales, offsets);
}

#define CBK_GATHER_KERNELS cbk_gather_avx512
#include "gather_template.h"

#pragma clang attribute pop
#endif
