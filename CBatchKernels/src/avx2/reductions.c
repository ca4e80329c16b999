// Reductions with AVX2 and FMA: a vector of floats in two registers, one of doubles in four.
#if defined(__x86_64__)
#include "begin.h"
#include "reductions_vector.h"

/// All ones in the lanes l with first + l < count.
CBK_INLINE __m256i mask_8(int first, size_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count - first), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

CBK_INLINE __m256i mask_4(int first, size_t count) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x((int)count - first), _mm256_setr_epi64x(0, 1, 2, 3));
}

CBK_INLINE floats_8 load_masked_8(const float *p, __m256i mask, float padding) {
  return (floats_8)_mm256_blendv_ps(_mm256_set1_ps(padding), _mm256_maskload_ps(p, mask), (__m256)mask);
}

CBK_INLINE doubles_4 load_masked_4(const double *p, __m256i mask, double padding) {
  return (doubles_4)_mm256_blendv_pd(_mm256_set1_pd(padding), _mm256_maskload_pd(p, mask), (__m256d)mask);
}

CBK_INLINE floats load_first_f32(const float *p, size_t count, float padding) {
  floats v;
  v.lo = load_masked_8(p, mask_8(0, count), padding);
  v.hi = load_masked_8(p + 8, mask_8(8, count), padding);
  return v;
}

CBK_INLINE doubles load_first_f64(const double *p, size_t count, double padding) {
  doubles v;
  v.lo.lo = load_masked_4(p, mask_4(0, count), padding);
  v.lo.hi = load_masked_4(p + 4, mask_4(4, count), padding);
  v.hi.lo = load_masked_4(p + 8, mask_4(8, count), padding);
  v.hi.hi = load_masked_4(p + 12, mask_4(12, count), padding);
  return v;
}

// Halves, as the bits of the count have it: a masked store takes many times as long on Zen 3.
CBK_INLINE void store_first_f32(floats v, float *p, size_t count) {
  floats_8 eight = v.lo;
  if (count & 8) {
    _mm256_storeu_ps(p, (__m256)v.lo);
    p += 8;
    eight = v.hi;
  }
  __m128 four = _mm256_castps256_ps128((__m256)eight);
  if (count & 4) {
    _mm_storeu_ps(p, four);
    p += 4;
    four = _mm256_extractf128_ps((__m256)eight, 1);
  }
  if (count & 2) {
    _mm_storel_pi((__m64 *)p, four);
    p += 2;
    four = _mm_movehl_ps(four, four);
  }
  if (count & 1) _mm_store_ss(p, four);
}

CBK_INLINE void store_first_f64(doubles v, double *p, size_t count) {
  doubles_8 eight = v.lo;
  if (count & 8) {
    _mm256_storeu_pd(p, (__m256d)v.lo.lo);
    _mm256_storeu_pd(p + 4, (__m256d)v.lo.hi);
    p += 8;
    eight = v.hi;
  }
  doubles_4 four = eight.lo;
  if (count & 4) {
    _mm256_storeu_pd(p, (__m256d)eight.lo);
    p += 4;
    four = eight.hi;
  }
  __m128d two = _mm256_castpd256_pd128((__m256d)four);
  if (count & 2) {
    _mm_storeu_pd(p, two);
    p += 2;
    two = _mm256_extractf128_pd((__m256d)four, 1);
  }
  if (count & 1) _mm_store_sd(p, two);
}

#include "reductions_kernels.h"

#pragma clang attribute pop
#endif
