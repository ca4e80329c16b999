// Public sums, means, losses and counts: blocks and segments, in order; labels are checked before the kernels run.
#include <math.h>

#include "kernel_table.h"
#include "reductions.h"

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

// ---- Columns --------------------------------------------------------------------------------------

// Rows shorter than CBK_NARROW are added several at a time, as one row of whole vectors: row r of a segment goes to
// fold r mod folds, and the folds are added in order. Longer rows are added in tiles whose sums stay in the
// first-level cache.
enum { TILE = CBK_NARROW * CBK_VECTOR };

static void add_folds(const double *folded, double *sums, size_t folds, size_t column_count) {
  for (size_t k = 0; k < folds; ++k) {
    for (size_t c = 0; c < column_count; ++c) sums[c] += folded[k * column_count + c];
  }
}

// ---- Labels ---------------------------------------------------------------------------------------

static bool is_valid(int32_t label, int64_t ignored_label, size_t class_count) {
  return label == ignored_label || (label >= 0 && (size_t)label < class_count);
}

size_t cbk_count_labels(const int32_t *labels, int64_t ignored_label, size_t *counted, size_t row_count,
                        size_t class_count) {
  size_t ignored = 0, valid = 0;
  for (size_t r = 0; r < row_count; ++r) {
    ignored += labels[r] == ignored_label;
    valid += is_valid(labels[r], ignored_label, class_count);
  }
  if (valid == row_count) {
    *counted = row_count - ignored;
    return row_count;
  }
  size_t position = 0;
  while (is_valid(labels[position], ignored_label, class_count)) ++position;
  return position;
}

// ---- Cross-entropy --------------------------------------------------------------------------------

/// How many rows from `first` on are all ignored, or all not, up to `end`.
static size_t run_length(const int32_t *labels, int64_t ignored_label, size_t first, size_t end) {
  size_t r = first + 1;
  while (r < end && (labels[r] == ignored_label) == (labels[first] == ignored_label)) ++r;
  return r - first;
}

/// With the largest logit m and the sum s of e^(x - m), log(s) + (1 - a) * (m - x[label]) + a * (m - mean of x):
/// no term is negative, so nothing cancels.
static double row_loss(cbk_softmax_row row, double label_logit, double smoothing, double mean_logit) {
  double loss = log(row.sum) + (1 - smoothing) * (row.maximum - label_logit);
  // Without smoothing, a mean of minus infinity has no effect.
  return smoothing == 0 ? loss : loss + smoothing * (row.maximum - mean_logit);
}

/// The derivative by the label's logit, in Float64 because 1 nearly cancels against a softmax near 1.
static double label_gradient(cbk_softmax_row row, double label_logit, const cbk_cross_entropy_options *options,
                             size_t class_count) {
  double softmax = exp(label_logit - row.maximum) / row.sum;
  return options->gradient_scale
         * (softmax - (1 - options->label_smoothing) - options->label_smoothing / (double)class_count);
}

#define CBK_TEMPLATE "reductions_template.h"
#include "each_real.h"
