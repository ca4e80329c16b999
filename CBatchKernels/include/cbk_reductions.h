// Sums, means and losses of Float32 and Float64 values, accumulated in Float64.
//
// SUMMATION ORDER. Blocks of CBK_REDUCTION_BLOCK elements are summed in 32 lanes, element i in lane i mod 32; the
// lanes are added in halves (l and l + 16, l and l + 8, ...). The sums of a segment's blocks are added in order, and
// so are the sums of the segments. Hence threads that each take whole segments, and whose results are added in the
// order of the segments, give the same bits as one call. Functions on rows have segments of CBK_REDUCTION_ROWS rows
// instead.
//
// Every instruction set gives the same bits (of a NaN: is one), but for products of Float64. Their blocks are OpenBLAS's ddot, in an order that depends on the machine. Everything else was slower with
// OpenBLAS: beside one plain reading of the memory, which these kernels keep up with, dsdot took three times as long.
// OpenBLAS starts no thread for these blocks, and neither does any function here.
//
// ACCURACY. Each term is computed in Float64 from the elements as they are, within 1e-11 of its value. A sum then
// loses at most (512 + number of segments) * 2^-53 of the sum of the terms' magnitudes, OpenBLAS's (8,320 + ...).
// Only the softmax of Float32 rows says something else.
#ifndef CBK_REDUCTIONS_H
#define CBK_REDUCTIONS_H

#include <stddef.h>
#include <stdint.h>

enum {
  CBK_REDUCTION_BLOCK = 8192,
  CBK_REDUCTION_SEGMENT = 1 << 20,  // elements
  CBK_REDUCTION_ROWS = 256,         // a segment of rows
};

// ---- Arrays ---------------------------------------------------------------------------------------

/// What is added up, for each pair of elements x and y.
typedef enum cbk_term {
  CBK_TERM_VALUE,           // x; y may be NULL
  CBK_TERM_SQUARE,          // x * x; y may be NULL
  CBK_TERM_PRODUCT,         // x * y
  CBK_TERM_SQUARED_ERROR,   // (x - y)^2
  CBK_TERM_ABSOLUTE_ERROR,  // |x - y|

  // -(y * log(x) + (1 - y) * log(1 - x)) for a probability x and a target y, both in 0...1. Each logarithm
  // is at least -100, as in PyTorch's binary_cross_entropy. NaN where x is outside 0...1.
  CBK_TERM_BINARY_CROSS_ENTROPY,

  // max(x, 0) - x * y + log(1 + e^-|x|): the same for the probability 1 / (1 + e^-x). An infinite x gives
  // infinity or NaN.
  CBK_TERM_LOGISTIC_CROSS_ENTROPY,
} cbk_term;

/// The sum of a term over all elements; 0 where count is 0.
double cbk_term_sum_f32(cbk_term term, const float *x, const float *y, size_t count);
double cbk_term_sum_f64(cbk_term term, const double *x, const double *y, size_t count);

// ---- Columns --------------------------------------------------------------------------------------

/// The sum of each column, divided by row_count; NaN where row_count is 0.
void cbk_column_means_f32(const float *values, double *means, size_t row_count, size_t column_count);
void cbk_column_means_f64(const double *values, double *means, size_t row_count, size_t column_count);

// ---- Classes --------------------------------------------------------------------------------------

/// A value for `ignored_label` that no label equals.
static const int64_t CBK_NO_IGNORED_LABEL = INT64_MIN;

/// Counts the labels that differ from `ignored_label`. The result is row_count, or the position of the first
/// of them that is not in 0..<class_count (then nothing is written).
size_t cbk_count_labels(const int32_t *labels, int64_t ignored_label, size_t *counted, size_t row_count,
                        size_t class_count);

/// Counts the rows whose largest score is not the label's. Of equal scores, the first is the largest; a row
/// that holds a NaN is an error. Rows with the ignored label are none. The result is as that of
/// `cbk_count_labels`. The counts of parts may be added in any order.
size_t cbk_count_errors_f32(const float *scores, const int32_t *labels, int64_t ignored_label, size_t *errors,
                            size_t row_count, size_t class_count);
size_t cbk_count_errors_f64(const double *scores, const int32_t *labels, int64_t ignored_label, size_t *errors,
                            size_t row_count, size_t class_count);

/// Counts the rows whose label is not among the `top` classes of the largest scores. Of equal scores, the first is the
/// larger; a NaN is larger than the label's score, and a label whose own score is one is an error. With `top` 1 and
/// numbers for scores, these are the errors of `cbk_count_errors_*`. The result is as there.
size_t cbk_count_top_errors_f32(const float *scores, const int32_t *labels, int64_t ignored_label, size_t top,
                                size_t *errors, size_t row_count, size_t class_count);
size_t cbk_count_top_errors_f64(const double *scores, const int32_t *labels, int64_t ignored_label, size_t top,
                                size_t *errors, size_t row_count, size_t class_count);

/// The class of the largest score of each row: the first of equal ones, or -1 where the row holds a NaN or nothing.
void cbk_largest_classes_f32(const float *scores, int32_t *classes, size_t row_count, size_t class_count);
void cbk_largest_classes_f64(const double *scores, int32_t *classes, size_t row_count, size_t class_count);

typedef struct cbk_cross_entropy_options {
  int64_t ignored_label;   // rows with this label are skipped, and not counted
  double label_smoothing;  // 0...1
  double gradient_scale;
} cbk_cross_entropy_options;

typedef struct cbk_loss {
  double sum;
  size_t row_count;  // of rows that are not ignored
} cbk_loss;

/// The sum over rows of the cross-entropy of softmax(logits) and the row's label: with the smoothing a,
///   log(sum of e^x over classes) - (1 - a) * x[label] - a * (mean of x over classes).
/// Where `gradient` is not NULL, it gets gradient_scale times the sum's derivative by each logit, in rows like
/// the logits' (ignored rows: 0); it may be the logits' own array.
///
/// A logit of minus infinity masks its class: its softmax is 0, and its loss infinite. A row with nothing else,
/// or with a NaN or an infinity, gives NaN.
///
/// With Float32 logits, the loss of a row is within 1.4e-7 of its value, plus 2^-52 * class_count; a gradient
/// within 4e-7 of its largest possible value in the row, gradient_scale.
///
/// The result is row_count, or the position of the first label that is neither in 0..<class_count nor ignored
/// (then nothing is written).
size_t cbk_softmax_cross_entropy_f32(const float *logits, const int32_t *labels,
                                     const cbk_cross_entropy_options *options, float *gradient, cbk_loss *loss,
                                     size_t row_count, size_t class_count);
size_t cbk_softmax_cross_entropy_f64(const double *logits, const int32_t *labels,
                                     const cbk_cross_entropy_options *options, double *gradient, cbk_loss *loss,
                                     size_t row_count, size_t class_count);

#endif
