// Row gather with conversion, with AVX2 and F16C.
#if defined(__x86_64__)
#include "begin.h"

#pragma STDC FP_CONTRACT OFF

#define LANES 8
typedef __m256 floats;
typedef __m256i positions;

static inline floats broadcast(float value) { return _mm256_set1_ps(value); }

static inline floats load_floats(const float *source) { return _mm256_loadu_ps(source); }

static inline __attribute__((always_inline)) floats load(const uint8_t *source, cbk_element element) {
  switch (element) {
  case CBK_ELEMENT_UINT8: return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)source)));
  case CBK_ELEMENT_INT8: return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)source)));
  case CBK_ELEMENT_UINT16: return _mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)source)));
  case CBK_ELEMENT_INT16: return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)source)));
  case CBK_ELEMENT_INT32: return _mm256_cvtepi32_ps(_mm256_loadu_si256((const __m256i *)source));
  case CBK_ELEMENT_FLOAT16: return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)source));
  case CBK_ELEMENT_FLOAT32: return _mm256_loadu_ps((const float *)source);
  }
}

static inline floats scaled(floats values, floats scale, floats offset) {
  return _mm256_add_ps(_mm256_mul_ps(values, scale), offset);
}

static inline void store(float *destination, floats values) { _mm256_storeu_ps(destination, values); }

static inline void store_part(float *destination, size_t count, floats values) {
  __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), lanes);
  _mm256_maskstore_ps(destination, mask, values);
}

static inline positions load_positions(const uint32_t *lanes) { return _mm256_loadu_si256((const __m256i *)lanes); }

static inline positions lowered(positions lanes, uint32_t distance) {
  return _mm256_sub_epi32(lanes, _mm256_set1_epi32((int)distance));
}

static inline floats permuted(floats values, positions lanes) { return _mm256_permutevar8x32_ps(values, lanes); }

#include "gather_converted_template.h"

#pragma clang attribute pop
#endif
