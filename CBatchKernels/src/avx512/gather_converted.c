// Row gather with conversion, with AVX-512 (F, BW, DQ and VL).
#if defined(__x86_64__)
#include "begin.h"

#pragma STDC FP_CONTRACT OFF

#define LANES 16
typedef __m512 floats;
typedef __m512i positions;

static inline floats broadcast(float value) { return _mm512_set1_ps(value); }

static inline floats load_floats(const float *source) { return _mm512_loadu_ps(source); }

/// The first LANES elements of a vector.
static inline __attribute__((always_inline)) floats widened(__m512i bytes, cbk_element element) {
  __m256i half = _mm512_castsi512_si256(bytes);
  __m128i quarter = _mm512_castsi512_si128(bytes);
  switch (element) {
  case CBK_ELEMENT_UINT8: return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(quarter));
  case CBK_ELEMENT_INT8: return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(quarter));
  case CBK_ELEMENT_UINT16: return _mm512_cvtepi32_ps(_mm512_cvtepu16_epi32(half));
  case CBK_ELEMENT_INT16: return _mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(half));
  case CBK_ELEMENT_INT32: return _mm512_cvtepi32_ps(bytes);
  case CBK_ELEMENT_FLOAT16: return _mm512_cvtph_ps(half);
  case CBK_ELEMENT_FLOAT32: return _mm512_castsi512_ps(bytes);
  }
}

static inline __attribute__((always_inline)) floats load(const uint8_t *source, cbk_element element) {
  switch (cbk_element_bytes(element)) {
  case 1: return widened(_mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)source)), element);
  case 2: return widened(_mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)source)), element);
  default: return widened(_mm512_loadu_si512(source), element);
  }
}

static inline floats scaled(floats values, floats scale, floats offset) {
  return _mm512_add_ps(_mm512_mul_ps(values, scale), offset);
}

static inline void store(float *destination, floats values) { _mm512_storeu_ps(destination, values); }

static inline void store_part(float *destination, size_t count, floats values) {
  _mm512_mask_storeu_ps(destination, (__mmask16)((1u << count) - 1), values);
}

static inline positions load_positions(const uint32_t *lanes) { return _mm512_loadu_si512(lanes); }

static inline positions lowered(positions lanes, uint32_t distance) {
  return _mm512_sub_epi32(lanes, _mm512_set1_epi32((int)distance));
}

static inline floats permuted(floats values, positions lanes) { return _mm512_permutexvar_ps(lanes, values); }

#include "gather_converted_template.h"

#pragma clang attribute pop
#endif
