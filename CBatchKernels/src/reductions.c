// Public sums and means: blocks and segments, in order.
#include <math.h>

#include "kernel_table.h"
#include "reductions.h"

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

// ---- Arrays ---------------------------------------------------------------------------------------

static double segment_sum_f32(const cbk_reduction_kernels *kernels, cbk_term term, const float *x, const float *y,
                              size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i += CBK_REDUCTION_BLOCK) {
    sum += kernels->block_f32(term, x + i, y == NULL ? NULL : y + i, least(count - i, CBK_REDUCTION_BLOCK));
  }
  return sum;
}

static double block_f64(const cbk_reduction_kernels *kernels, cbk_term term, const double *x, const double *y,
                        size_t count) {
  return term == CBK_TERM_PRODUCT ? cbk_product_block_f64(x, y, count) : kernels->block_f64(term, x, y, count);
}

static double segment_sum_f64(const cbk_reduction_kernels *kernels, cbk_term term, const double *x, const double *y,
                              size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i += CBK_REDUCTION_BLOCK) {
    sum += block_f64(kernels, term, x + i, y == NULL ? NULL : y + i, least(count - i, CBK_REDUCTION_BLOCK));
  }
  return sum;
}

double cbk_term_sum_f32(cbk_term term, const float *x, const float *y, size_t count) {
  const cbk_reduction_kernels *kernels = cbk_kernels()->reductions;
  double sum = 0;
  for (size_t i = 0; i < count; i += CBK_REDUCTION_SEGMENT) {
    sum += segment_sum_f32(kernels, term, x + i, y == NULL ? NULL : y + i, least(count - i, CBK_REDUCTION_SEGMENT));
  }
  return sum;
}

double cbk_term_sum_f64(cbk_term term, const double *x, const double *y, size_t count) {
  const cbk_reduction_kernels *kernels = cbk_kernels()->reductions;
  double sum = 0;
  for (size_t i = 0; i < count; i += CBK_REDUCTION_SEGMENT) {
    sum += segment_sum_f64(kernels, term, x + i, y == NULL ? NULL : y + i, least(count - i, CBK_REDUCTION_SEGMENT));
  }
  return sum;
}

// Of no elements: 0 / 0, which is NaN.

double cbk_term_mean_f32(cbk_term term, const float *x, const float *y, size_t count) {
  return cbk_term_sum_f32(term, x, y, count) / (double)count;
}

double cbk_term_mean_f64(cbk_term term, const double *x, const double *y, size_t count) {
  return cbk_term_sum_f64(term, x, y, count) / (double)count;
}

double cbk_mean_f32(const float *values, size_t count) {
  return cbk_term_mean_f32(CBK_TERM_VALUE, values, NULL, count);
}

double cbk_mean_f64(const double *values, size_t count) {
  return cbk_term_mean_f64(CBK_TERM_VALUE, values, NULL, count);
}

double cbk_weighted_mean_f32(const float *values, const float *weights, size_t count) {
  double total = cbk_term_sum_f32(CBK_TERM_VALUE, weights, NULL, count);
  return total == 0 ? NAN : cbk_term_sum_f32(CBK_TERM_PRODUCT, values, weights, count) / total;
}

double cbk_weighted_mean_f64(const double *values, const double *weights, size_t count) {
  double total = cbk_term_sum_f64(CBK_TERM_VALUE, weights, NULL, count);
  return total == 0 ? NAN : cbk_term_sum_f64(CBK_TERM_PRODUCT, values, weights, count) / total;
}

void cbk_row_means_f32(const float *values, double *means, size_t row_count, size_t column_count) {
  if (column_count > CBK_REDUCTION_BLOCK) {
    for (size_t r = 0; r < row_count; ++r) means[r] = cbk_mean_f32(values + r * column_count, column_count);
    return;
  }
  cbk_kernels()->reductions->row_sums_f32(values, means, row_count, column_count);
  for (size_t r = 0; r < row_count; ++r) means[r] /= (double)column_count;
}

void cbk_row_means_f64(const double *values, double *means, size_t row_count, size_t column_count) {
  if (column_count > CBK_REDUCTION_BLOCK) {
    for (size_t r = 0; r < row_count; ++r) means[r] = cbk_mean_f64(values + r * column_count, column_count);
    return;
  }
  cbk_kernels()->reductions->row_sums_f64(values, means, row_count, column_count);
  for (size_t r = 0; r < row_count; ++r) means[r] /= (double)column_count;
}

// ---- Columns --------------------------------------------------------------------------------------

// Rows shorter than NARROW are added several at a time, as one row of whole vectors: row r of a segment goes to
// fold r mod folds, and the folds are added in order. Longer rows are added in tiles whose sums stay in the
// first-level cache.
enum { NARROW = 64, VECTOR = 16, TILE = NARROW * VECTOR };

/// How many rows make a whole number of vectors.
static size_t fold_count(size_t column_count) {
  size_t folds = 1;
  while (column_count < NARROW && column_count * folds % VECTOR != 0) folds *= 2;
  return folds;
}

static void add_folds(const double *folded, double *sums, size_t folds, size_t column_count) {
  for (size_t k = 0; k < folds; ++k) {
    for (size_t c = 0; c < column_count; ++c) sums[c] += folded[k * column_count + c];
  }
}

/// The first `width` columns at `values`, of a segment.
static void add_segment_f32(const cbk_reduction_kernels *kernels, const float *values, double *sums, size_t row_count,
                            size_t width, size_t stride) {
  double folded[TILE] = {0};
  size_t folds = width == stride ? fold_count(width) : 1, rest = row_count % folds;
  kernels->add_rows_f32(values, folded, row_count / folds, folds * width, folds * stride);
  kernels->add_rows_f32(values + (row_count - rest) * stride, folded, 1, rest * width, stride);
  add_folds(folded, sums, folds, width);
}

static void add_segment_f64(const cbk_reduction_kernels *kernels, const double *values, double *sums, size_t row_count,
                            size_t width, size_t stride) {
  double folded[TILE] = {0};
  size_t folds = width == stride ? fold_count(width) : 1, rest = row_count % folds;
  kernels->add_rows_f64(values, folded, row_count / folds, folds * width, folds * stride);
  kernels->add_rows_f64(values + (row_count - rest) * stride, folded, 1, rest * width, stride);
  add_folds(folded, sums, folds, width);
}

void cbk_column_sums_f32(const float *values, double *sums, size_t row_count, size_t column_count) {
  const cbk_reduction_kernels *kernels = cbk_kernels()->reductions;
  for (size_t c = 0; c < column_count; ++c) sums[c] = 0;
  for (size_t r = 0; r < row_count; r += CBK_REDUCTION_ROWS) {
    size_t rows = least(row_count - r, CBK_REDUCTION_ROWS);
    for (size_t c = 0; c < column_count; c += TILE) {
      add_segment_f32(kernels, values + r * column_count + c, sums + c, rows, least(column_count - c, TILE),
                      column_count);
    }
  }
}

void cbk_column_sums_f64(const double *values, double *sums, size_t row_count, size_t column_count) {
  const cbk_reduction_kernels *kernels = cbk_kernels()->reductions;
  for (size_t c = 0; c < column_count; ++c) sums[c] = 0;
  for (size_t r = 0; r < row_count; r += CBK_REDUCTION_ROWS) {
    size_t rows = least(row_count - r, CBK_REDUCTION_ROWS);
    for (size_t c = 0; c < column_count; c += TILE) {
      add_segment_f64(kernels, values + r * column_count + c, sums + c, rows, least(column_count - c, TILE),
                      column_count);
    }
  }
}

void cbk_column_means_f32(const float *values, double *means, size_t row_count, size_t column_count) {
  cbk_column_sums_f32(values, means, row_count, column_count);
  for (size_t c = 0; c < column_count; ++c) means[c] /= (double)row_count;
}

void cbk_column_means_f64(const double *values, double *means, size_t row_count, size_t column_count) {
  cbk_column_sums_f64(values, means, row_count, column_count);
  for (size_t c = 0; c < column_count; ++c) means[c] /= (double)row_count;
}
