// Public functions of rows of classes: the labels are checked, then runs of counted rows go to the kernels.
#include <math.h>

#include "kernel_table.h"
#include "reductions.h"

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

size_t cbk_count_errors_f32(const float *scores, const int32_t *labels, int64_t ignored_label, size_t *errors,
                            size_t row_count, size_t class_count) {
  size_t counted, valid = cbk_count_labels(labels, ignored_label, &counted, row_count, class_count);
  if (valid < row_count) return valid;
  *errors = cbk_kernels()->reductions->count_errors_f32(scores, labels, ignored_label, row_count, class_count);
  return row_count;
}

size_t cbk_count_errors_f64(const double *scores, const int32_t *labels, int64_t ignored_label, size_t *errors,
                            size_t row_count, size_t class_count) {
  size_t counted, valid = cbk_count_labels(labels, ignored_label, &counted, row_count, class_count);
  if (valid < row_count) return valid;
  *errors = cbk_kernels()->reductions->count_errors_f64(scores, labels, ignored_label, row_count, class_count);
  return row_count;
}

double cbk_exponentials_f32(const float *values, float maximum, float *exponentials, size_t count) {
  return cbk_kernels()->reductions->exponentials_f32(values, maximum, exponentials, count);
}

double cbk_exponentials_f64(const double *values, double maximum, double *exponentials, size_t count) {
  return cbk_kernels()->reductions->exponentials_f64(values, maximum, exponentials, count);
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

/// At most CBK_REDUCTION_ROWS rows, none ignored; each loss is added to *sum in order. All that is needed of the
/// logits is read before the gradient, which may be in their place, is written.
static void add_run_f32(const float *logits, const int32_t *labels, const cbk_cross_entropy_options *options,
                        float *gradient, double *sum, size_t row_count, size_t class_count) {
  cbk_softmax_row rows[CBK_REDUCTION_ROWS];
  double label_logits[CBK_REDUCTION_ROWS], mean_logits[CBK_REDUCTION_ROWS] = {0};
  double smoothing = options->label_smoothing, scale = options->gradient_scale;
  for (size_t r = 0; r < row_count; ++r) label_logits[r] = logits[r * class_count + (size_t)labels[r]];
  if (smoothing != 0) cbk_row_means_f32(logits, mean_logits, row_count, class_count);
  cbk_kernels()->reductions->softmax_f32(logits, gradient, rows, scale, -scale * smoothing / (double)class_count,
                                         row_count, class_count);
  for (size_t r = 0; r < row_count; ++r) *sum += row_loss(rows[r], label_logits[r], smoothing, mean_logits[r]);
  if (gradient == NULL) return;
  for (size_t r = 0; r < row_count; ++r) {
    gradient[r * class_count + (size_t)labels[r]] =
        (float)label_gradient(rows[r], label_logits[r], options, class_count);
  }
}

static void add_run_f64(const double *logits, const int32_t *labels, const cbk_cross_entropy_options *options,
                        double *gradient, double *sum, size_t row_count, size_t class_count) {
  cbk_softmax_row rows[CBK_REDUCTION_ROWS];
  double label_logits[CBK_REDUCTION_ROWS], mean_logits[CBK_REDUCTION_ROWS] = {0};
  double smoothing = options->label_smoothing, scale = options->gradient_scale;
  for (size_t r = 0; r < row_count; ++r) label_logits[r] = logits[r * class_count + (size_t)labels[r]];
  if (smoothing != 0) cbk_row_means_f64(logits, mean_logits, row_count, class_count);
  cbk_kernels()->reductions->softmax_f64(logits, gradient, rows, scale, -scale * smoothing / (double)class_count,
                                         row_count, class_count);
  for (size_t r = 0; r < row_count; ++r) *sum += row_loss(rows[r], label_logits[r], smoothing, mean_logits[r]);
  if (gradient == NULL) return;
  for (size_t r = 0; r < row_count; ++r) {
    gradient[r * class_count + (size_t)labels[r]] = label_gradient(rows[r], label_logits[r], options, class_count);
  }
}

static double segment_loss_f32(const float *logits, const int32_t *labels, const cbk_cross_entropy_options *options,
                               float *gradient, size_t row_count, size_t class_count) {
  double sum = 0;
  for (size_t r = 0, rows; r < row_count; r += rows) {
    rows = run_length(labels, options->ignored_label, r, row_count);
    size_t start = r * class_count;
    float *run_gradient = gradient == NULL ? NULL : gradient + start;
    if (labels[r] != options->ignored_label) {
      add_run_f32(logits + start, labels + r, options, run_gradient, &sum, rows, class_count);
    } else if (gradient != NULL) {
      for (size_t j = 0; j < rows * class_count; ++j) run_gradient[j] = 0;
    }
  }
  return sum;
}

static double segment_loss_f64(const double *logits, const int32_t *labels, const cbk_cross_entropy_options *options,
                               double *gradient, size_t row_count, size_t class_count) {
  double sum = 0;
  for (size_t r = 0, rows; r < row_count; r += rows) {
    rows = run_length(labels, options->ignored_label, r, row_count);
    size_t start = r * class_count;
    double *run_gradient = gradient == NULL ? NULL : gradient + start;
    if (labels[r] != options->ignored_label) {
      add_run_f64(logits + start, labels + r, options, run_gradient, &sum, rows, class_count);
    } else if (gradient != NULL) {
      for (size_t j = 0; j < rows * class_count; ++j) run_gradient[j] = 0;
    }
  }
  return sum;
}

static size_t segment_rows(size_t rest) { return rest < CBK_REDUCTION_ROWS ? rest : CBK_REDUCTION_ROWS; }

size_t cbk_softmax_cross_entropy_f32(const float *logits, const int32_t *labels,
                                     const cbk_cross_entropy_options *options, float *gradient, cbk_loss *loss,
                                     size_t row_count, size_t class_count) {
  size_t counted, valid = cbk_count_labels(labels, options->ignored_label, &counted, row_count, class_count);
  if (valid < row_count) return valid;
  double sum = 0;
  for (size_t r = 0; r < row_count; r += CBK_REDUCTION_ROWS) {
    size_t start = r * class_count;
    sum += segment_loss_f32(logits + start, labels + r, options, gradient == NULL ? NULL : gradient + start,
                            segment_rows(row_count - r), class_count);
  }
  *loss = (cbk_loss){sum, counted};
  return row_count;
}

size_t cbk_softmax_cross_entropy_f64(const double *logits, const int32_t *labels,
                                     const cbk_cross_entropy_options *options, double *gradient, cbk_loss *loss,
                                     size_t row_count, size_t class_count) {
  size_t counted, valid = cbk_count_labels(labels, options->ignored_label, &counted, row_count, class_count);
  if (valid < row_count) return valid;
  double sum = 0;
  for (size_t r = 0; r < row_count; r += CBK_REDUCTION_ROWS) {
    size_t start = r * class_count;
    sum += segment_loss_f64(logits + start, labels + r, options, gradient == NULL ? NULL : gradient + start,
                            segment_rows(row_count - r), class_count);
  }
  *loss = (cbk_loss){sum, counted};
  return row_count;
}
