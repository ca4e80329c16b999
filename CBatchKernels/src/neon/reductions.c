// Reductions with NEON: a vector of floats in four registers, one of doubles in eight.
#if defined(__aarch64__)
#include "begin.h"
#include "reductions_vector.h"

CBK_INLINE floats load_first_f32(const float *p, size_t count, float padding) {
  floats v = padding;
  memcpy(&v, p, count * sizeof *p);
  return v;
}

CBK_INLINE doubles load_first_f64(const double *p, size_t count, double padding) {
  doubles v = padding;
  memcpy(&v, p, count * sizeof *p);
  return v;
}

CBK_INLINE void store_first_f32(floats v, float *p, size_t count) { memcpy(p, &v, count * sizeof *p); }

CBK_INLINE void store_first_f64(doubles v, double *p, size_t count) { memcpy(p, &v, count * sizeof *p); }

#include "reductions_kernels.h"
#endif
