// Vectors and the functions of reductions.h on them; included after begin.h.
//
// Vectors have 16 lanes everywhere: the compiler makes them of as many registers as they need. So this code is
// written once, and the lanes, hence the order of additions, are the same on every instruction set.
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "kernel_table.h"

#pragma STDC FP_CONTRACT OFF
// Every function with a vector argument is inlined.
#pragma clang diagnostic ignored "-Wpsabi"

enum { LANES = 16 };

typedef float floats __attribute__((ext_vector_type(LANES)));
typedef floats reals_f32;
typedef float floats_8 __attribute__((ext_vector_type(8)));
typedef float floats_4 __attribute__((ext_vector_type(4)));
typedef double doubles __attribute__((ext_vector_type(LANES)));
typedef doubles reals_f64;
typedef double doubles_8 __attribute__((ext_vector_type(8)));
typedef double doubles_4 __attribute__((ext_vector_type(4)));
typedef double doubles_2 __attribute__((ext_vector_type(2)));
typedef uint32_t words __attribute__((ext_vector_type(LANES)));
typedef int64_t longs __attribute__((ext_vector_type(LANES)));

CBK_INLINE floats load_f32(const float *p) {
  floats v;
  memcpy(&v, p, sizeof v);
  return v;
}

CBK_INLINE doubles load_f64(const double *p) {
  doubles v;
  memcpy(&v, p, sizeof v);
  return v;
}

CBK_INLINE doubles widened_f32(floats v) { return __builtin_convertvector(v, doubles); }
CBK_INLINE doubles widened_f64(doubles v) { return v; }

CBK_INLINE floats fma_f32(floats a, floats b, floats c) { return __builtin_elementwise_fma(a, b, c); }
CBK_INLINE doubles fma_f64(doubles a, doubles b, doubles c) { return __builtin_elementwise_fma(a, b, c); }

/// The lanes added in halves.
CBK_INLINE double sum_of_lanes(doubles v) {
  doubles_8 v8 = v.lo + v.hi;
  doubles_4 v4 = v8.lo + v8.hi;
  doubles_2 v2 = v4.lo + v4.hi;
  return v2.x + v2.y;
}

/// Of numbers. A NaN may be left out.
CBK_INLINE float largest_f32(floats v) {
  floats_8 v8 = v.lo > v.hi ? v.lo : v.hi;
  floats_4 v4 = v8.lo > v8.hi ? v8.lo : v8.hi;
  float a = v4.x > v4.z ? v4.x : v4.z, b = v4.y > v4.w ? v4.y : v4.w;
  return a > b ? a : b;
}

CBK_INLINE double largest_f64(doubles v) {
  doubles_8 v8 = v.lo > v.hi ? v.lo : v.hi;
  doubles_4 v4 = v8.lo > v8.hi ? v8.lo : v8.hi;
  double a = v4.x > v4.z ? v4.x : v4.z, b = v4.y > v4.w ? v4.y : v4.w;
  return a > b ? a : b;
}

// ---- Functions, as in scalar/reductions.c ---------------------------------------------------------

CBK_INLINE floats exponential_f32(floats x, float maximum) {
  floats difference = x - maximum, back = difference + maximum;
  floats error = (-maximum - (difference - back)) + (x - back);
  floats shifted = fma_f32(difference, exp_log2e_f32, exp_round_f32), n = shifted - exp_round_f32;
  floats r = fma_f32(-n, exp_ln2_low_f32, fma_f32(-n, exp_ln2_high_f32, difference)) + error;
  floats p = exp_coefficients_f32[0];
  for (int k = 1; k < EXP_TERMS_F32; ++k) p = fma_f32(p, r, exp_coefficients_f32[k]);
  words bits = ((words)shifted + 127) << 23;
  floats e = (1 + fma_f32(r * r, p, r)) * (floats)bits;
  return difference < exp_lowest_f32 ? 0 : e;
}

CBK_INLINE doubles exponential_f64(doubles x, double maximum) {
  x -= maximum;
  doubles shifted = fma_f64(x, exp_log2e_f64, exp_round_f64), n = shifted - exp_round_f64;
  doubles r = fma_f64(-n, exp_ln2_f64, x);
  doubles p = exp_coefficients_f64[0];
  for (int k = 1; k < EXP_TERMS_F64; ++k) p = fma_f64(p, r, exp_coefficients_f64[k]);
  longs bits = ((longs)shifted + 1023) << 52;
  doubles e = (1 + fma_f64(r * r, p, r)) * (doubles)bits;
  return x < exp_lowest_f64 ? 0 : e;
}

CBK_INLINE doubles log_ratio(doubles s) {
  doubles z = s * s, p = log_coefficients[0];
  for (int k = 1; k < LOG_TERMS; ++k) p = fma_f64(p, z, log_coefficients[k]);
  return s * p;
}

CBK_INLINE doubles clamped_log(doubles w) {
  longs bits = (longs)(w + 0.0);
  longs n = (bits - (int64_t)log_least_fraction) >> 52;
  doubles f = (doubles)(bits - (n << 52)) - 1;
  doubles result = fma_f64(__builtin_convertvector(n, doubles), log_ln2, log_ratio(f / (2 + f)));
  result = result < log_least ? log_least : result;
  return w >= 0 ? result : NAN;
}

CBK_INLINE doubles binary_cross_entropy(doubles x, doubles y) {
  doubles rest = 1 - x, lost = (1 - rest) - x;
  return y * -clamped_log(x) + (1 - y) * -(clamped_log(rest) + lost);
}

CBK_INLINE doubles logistic_cross_entropy(doubles x, doubles y) {
  doubles e = exponential_f64(-__builtin_elementwise_abs(x), 0);
  return ((x > 0 ? x : 0) - x * y) + log_ratio(e / (2 + e));
}

/// `term` is a constant at every call.
CBK_INLINE doubles term_of(cbk_term term, doubles x, doubles y) {
  switch (term) {
  case CBK_TERM_VALUE: return x;
  case CBK_TERM_SQUARE: return x * x;
  case CBK_TERM_PRODUCT: return x * y;
  case CBK_TERM_SQUARED_ERROR: return (x - y) * (x - y);
  case CBK_TERM_ABSOLUTE_ERROR: return __builtin_elementwise_abs(x - y);
  case CBK_TERM_BINARY_CROSS_ENTROPY: return binary_cross_entropy(x, y);
  case CBK_TERM_LOGISTIC_CROSS_ENTROPY: return logistic_cross_entropy(x, y);
  }
  return NAN;
}
