// What the kernels of every instruction set share: their interface, constants and coefficients.
#ifndef CBK_REDUCTIONS_INTERNAL_H
#define CBK_REDUCTIONS_INTERNAL_H

#include "cbk_reductions.h"

/// Of a row of logits: the largest, and the sum of the exponentials of the differences to it.
typedef struct cbk_softmax_row {
  double maximum;
  double sum;
} cbk_softmax_row;

typedef struct cbk_reductions_kernels {
  // `count` is at most CBK_REDUCTION_BLOCK. Not for products of doubles.
  double (*block_f32)(cbk_term term, const float *x, const float *y, size_t count);
  double (*block_f64)(cbk_term term, const double *x, const double *y, size_t count);

  // sums[c] += the sum of column c, one row after the other; rows are `stride` elements apart.
  void (*add_rows_f32)(const float *values, double *sums, size_t row_count, size_t column_count, size_t stride);
  void (*add_rows_f64)(const double *values, double *sums, size_t row_count, size_t column_count, size_t stride);

  // How many rows are errors; the labels are valid.
  size_t (*count_errors_f32)(const float *scores, const int32_t *labels, int64_t ignored_label, size_t row_count,
                             size_t class_count);
  size_t (*count_errors_f64)(const double *scores, const int32_t *labels, int64_t ignored_label, size_t row_count,
                             size_t class_count);

  // Rows are not empty. Where gradient is not NULL: gradient = softmax * scale + offset.
  void (*softmax_f32)(const float *logits, float *gradient, cbk_softmax_row *rows, double scale, double offset,
                      size_t row_count, size_t class_count);
  void (*softmax_f64)(const double *logits, double *gradient, cbk_softmax_row *rows, double scale, double offset,
                      size_t row_count, size_t class_count);
} cbk_reductions_kernels;

enum { CBK_NARROW = 64, CBK_VECTOR = 16 };

/// How many rows of fewer than CBK_NARROW columns make a whole number of vectors.
static inline size_t cbk_fold_count(size_t column_count) {
  size_t folds = 1;
  while (column_count < CBK_NARROW && column_count * folds % CBK_VECTOR != 0) folds *= 2;
  return folds;
}

/// The sum of x * y through OpenBLAS: its ddot was as fast as own code, in the caches and from memory. No version
/// hands at most CBK_REDUCTION_BLOCK elements to its threads (the lowest threshold is above 9,000), and none of its
/// process-wide settings is touched.
double cbk_product_block_f64(const double *x, const double *y, size_t count);

// ---- Exponential ----------------------------------------------------------------------------------

// e^x = 2^n * e^r with n = round(x / log 2), |r| <= log(2) / 2, and e^r = 1 + (r + r^2 * P(r)). Adding
// `exp_round_*` rounds to an integer, which then is in the low bits. Below `exp_lowest_*`, 2^n is not normal.

static const float exp_lowest_f32 = -87.3f, exp_round_f32 = 0x1.8p23f, exp_log2e_f32 = 0x1.715476p+0f;
// log 2 in two parts; products of the first and n are exact.
static const float exp_ln2_high_f32 = 0x1.62e400p-1f, exp_ln2_low_f32 = 0x1.7f7d1cp-20f;
// Fitted for the least error in units in the last place: 0.967 of them over all x in -87.3...0.
enum { EXP_TERMS_F32 = 5 };
static const float exp_coefficients_f32[EXP_TERMS_F32] = {0x1.6a23cep-10f, 0x1.123a2p-7f, 0x1.5558f2p-5f,
                                                          0x1.555492p-3f, 0x1.fffffcp-2f};

static const double exp_lowest_f64 = -708, exp_round_f64 = 0x1.8p52, exp_log2e_f64 = 0x1.71547652b82fep+0;
// One part: an error of n * 2^-55 in r is enough.
static const double exp_ln2_f64 = 0x1.62e42fefa39efp-1;
// Taylor's: the first term left out is r^11 / 11! < 2.2e-13.
enum { EXP_TERMS_F64 = 9 };
static const double exp_coefficients_f64[EXP_TERMS_F64] = {
    1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2};

// ---- Logarithm ------------------------------------------------------------------------------------

// log((1 + s) / (1 - s)) = 2 s + 2 s^3 / 3 + 2 s^5 / 5 + ...: with |s| <= 1/3, the first term left out is below
// 3^-22 / 23 < 1.4e-12 of the value, and those after it together below an eighth of it.
enum { LOG_TERMS = 11 };
static const double log_coefficients[LOG_TERMS] = {2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13, 2.0 / 11,
                                                   2.0 / 9,  2.0 / 7,  2.0 / 5,  2.0 / 3,  2.0};
static const double log_ln2 = 0x1.62e42fefa39efp-1;
// The bits of the square root of 1/2: fractions are taken from there to the square root of 2.
static const uint64_t log_least_fraction = 0x3FE6A09E667F3BCD;
static const double log_least = -100;  // PyTorch's rule

#endif
