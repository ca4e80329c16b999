// Reductions with AVX-512.
#if defined(__x86_64__)
#include "begin.h"
#include "reductions_vector.h"

CBK_INLINE floats load_first_f32(const float *p, size_t count, float padding) {
  return (floats)_mm512_mask_loadu_ps(_mm512_set1_ps(padding), (__mmask16)((1u << count) - 1), p);
}

CBK_INLINE doubles load_first_f64(const double *p, size_t count, double padding) {
  unsigned mask = (1u << count) - 1;
  doubles v;
  v.lo = (doubles_8)_mm512_mask_loadu_pd(_mm512_set1_pd(padding), (__mmask8)mask, p);
  v.hi = (doubles_8)_mm512_mask_loadu_pd(_mm512_set1_pd(padding), (__mmask8)(mask >> 8), p + 8);
  return v;
}

CBK_INLINE void store_first_f32(floats v, float *p, size_t count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
}

CBK_INLINE void store_first_f64(doubles v, double *p, size_t count) {
  unsigned mask = (1u << count) - 1;
  _mm512_mask_storeu_pd(p, (__mmask8)mask, (__m512d)v.lo);
  _mm512_mask_storeu_pd(p + 8, (__mmask8)(mask >> 8), (__m512d)v.hi);
}

#include "reductions_kernels.h"

#pragma clang attribute pop
#endif
