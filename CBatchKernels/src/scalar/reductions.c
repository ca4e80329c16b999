// Reductions without vector instructions: the specification of the other versions.
#include <math.h>
#include <string.h>

#include "kernel_table.h"

#pragma STDC FP_CONTRACT OFF

enum { SUM_LANES = 32, ROW_LANES = 16 };

/// lanes[l] += lanes[l + half] with half = lane_count / 2, / 4, ... 1.
static double sum_of_lanes(double *lanes, size_t lane_count) {
  for (size_t half = lane_count / 2; half > 0; half /= 2) {
    for (size_t l = 0; l < half; ++l) lanes[l] += lanes[l + half];
  }
  return lanes[0];
}

// ---- Functions ------------------------------------------------------------------------------------

/// e^(x - maximum). The difference is taken without error, as difference + error (Knuth's TwoSum), as its
/// rounding would be an error of the result.
static float exponential_f32(float x, float maximum) {
  float difference = x - maximum, back = difference + maximum;
  float error = (-maximum - (difference - back)) + (x - back);
  if (difference < exp_lowest_f32) return 0;
  float shifted = fmaf(difference, exp_log2e_f32, exp_round_f32), n = shifted - exp_round_f32;
  float r = fmaf(-n, exp_ln2_low_f32, fmaf(-n, exp_ln2_high_f32, difference)) + error;
  float p = exp_coefficients_f32[0];
  for (int k = 1; k < EXP_TERMS_F32; ++k) p = fmaf(p, r, exp_coefficients_f32[k]);
  uint32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return (1 + fmaf(r * r, p, r)) * power;
}

/// e^(x - maximum) for x <= maximum.
static double exponential_f64(double x, double maximum) {
  x -= maximum;
  if (x < exp_lowest_f64) return 0;
  double shifted = fma(x, exp_log2e_f64, exp_round_f64), n = shifted - exp_round_f64;
  double r = fma(-n, exp_ln2_f64, x);
  double p = exp_coefficients_f64[0];
  for (int k = 1; k < EXP_TERMS_F64; ++k) p = fma(p, r, exp_coefficients_f64[k]);
  uint64_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return (1 + fma(r * r, p, r)) * power;
}

/// log((1 + s) / (1 - s)) for |s| <= 1/3.
static double log_ratio(double s) {
  double z = s * s, p = log_coefficients[0];
  for (int k = 1; k < LOG_TERMS; ++k) p = fma(p, z, log_coefficients[k]);
  return s * p;
}

/// log(w), at least -100. NaN where w is negative. `w` is at most 1.
static double clamped_log(double w) {
  if (!(w >= 0)) return NAN;
  w += 0;  // minus zero becomes zero
  uint64_t bits;
  memcpy(&bits, &w, sizeof bits);
  int64_t n = (int64_t)(bits - log_least_fraction) >> 52;
  bits -= (uint64_t)n << 52;
  double fraction;
  memcpy(&fraction, &bits, sizeof fraction);
  double f = fraction - 1;
  double result = fma((double)n, log_ln2, log_ratio(f / (2 + f)));
  return result < log_least ? log_least : result;
}

static double binary_cross_entropy(double x, double y) {
  double rest = 1 - x;
  // log(1 - x) = log(rest) + lost / rest, lost being the error of rest: it matters only where rest is nearly 1.
  double lost = (1 - rest) - x;
  return y * -clamped_log(x) + (1 - y) * -(clamped_log(rest) + lost);
}

static double logistic_cross_entropy(double x, double y) {
  double e = exponential_f64(-fabs(x), 0);
  return ((x > 0 ? x : 0) - x * y) + log_ratio(e / (2 + e));
}

static double term_of(cbk_term term, double x, double y) {
  switch (term) {
  case CBK_TERM_VALUE: return x;
  case CBK_TERM_SQUARE: return x * x;
  case CBK_TERM_PRODUCT: return x * y;
  case CBK_TERM_SQUARED_ERROR: return (x - y) * (x - y);
  case CBK_TERM_ABSOLUTE_ERROR: return fabs(x - y);
  case CBK_TERM_BINARY_CROSS_ENTROPY: return binary_cross_entropy(x, y);
  case CBK_TERM_LOGISTIC_CROSS_ENTROPY: return logistic_cross_entropy(x, y);
  }
  return NAN;
}

static float multiply_add_f32(float a, float b, float c) { return fmaf(a, b, c); }
static double multiply_add_f64(double a, double b, double c) { return fma(a, b, c); }

#define CBK_TEMPLATE "scalar/reductions_template.h"
#include "each_real.h"

const cbk_reductions_kernels cbk_reductions_scalar = {
    block_f32, block_f64, add_rows_f32, add_rows_f64, count_errors_f32, count_errors_f64, softmax_f32, softmax_f64,
};
