// The public reductions of one type of numbers; included by reductions.c through each_real.h.

// ---- Arrays ---------------------------------------------------------------------------------------

static double NAMED(block)(cbk_term term, const REAL *x, const REAL *y, size_t count) {
  if (sizeof(REAL) == sizeof(double) && term == CBK_TERM_PRODUCT) {
    return cbk_product_block_f64((const double *)x, (const double *)y, count);
  }
  return cbk_kernels()->reductions->NAMED(block)(term, x, y, count);
}

static double NAMED(segment_sum)(cbk_term term, const REAL *x, const REAL *y, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i += CBK_REDUCTION_BLOCK) {
    sum += NAMED(block)(term, x + i, y == NULL ? NULL : y + i, least(count - i, CBK_REDUCTION_BLOCK));
  }
  return sum;
}

double NAMED(cbk_term_sum)(cbk_term term, const REAL *x, const REAL *y, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i += CBK_REDUCTION_SEGMENT) {
    sum += NAMED(segment_sum)(term, x + i, y == NULL ? NULL : y + i, least(count - i, CBK_REDUCTION_SEGMENT));
  }
  return sum;
}

// ---- Columns --------------------------------------------------------------------------------------

/// The first `width` columns at `values`, of a segment.
static void NAMED(add_segment)(const REAL *values, double *sums, size_t row_count, size_t width, size_t stride) {
  const cbk_reductions_kernels *kernels = cbk_kernels()->reductions;
  double folded[TILE] = {0};
  size_t folds = width == stride ? cbk_fold_count(width) : 1, rest = row_count % folds;
  kernels->NAMED(add_rows)(values, folded, row_count / folds, folds * width, folds * stride);
  kernels->NAMED(add_rows)(values + (row_count - rest) * stride, folded, 1, rest * width, stride);
  add_folds(folded, sums, folds, width);
}

void NAMED(cbk_column_means)(const REAL *values, double *means, size_t row_count, size_t column_count) {
  for (size_t c = 0; c < column_count; ++c) means[c] = 0;
  for (size_t r = 0; r < row_count; r += CBK_REDUCTION_ROWS) {
    size_t rows = least(row_count - r, CBK_REDUCTION_ROWS);
    for (size_t c = 0; c < column_count; c += TILE) {
      NAMED(add_segment)(values + r * column_count + c, means + c, rows, least(column_count - c, TILE), column_count);
    }
  }
  for (size_t c = 0; c < column_count; ++c) means[c] /= (double)row_count;
}

// ---- Scores ---------------------------------------------------------------------------------------

size_t NAMED(cbk_count_errors)(const REAL *scores, const int32_t *labels, int64_t ignored_label, size_t *errors,
                               size_t row_count, size_t class_count) {
  size_t counted, valid = cbk_count_labels(labels, ignored_label, &counted, row_count, class_count);
  if (valid < row_count) return valid;
  *errors = cbk_kernels()->reductions->NAMED(count_errors)(scores, labels, ignored_label, row_count, class_count);
  return row_count;
}

/// How many classes are before the label's in the order of scores. A comparison with a NaN is false. Plain loops, which
/// the compiler makes vectors of.
static size_t NAMED(label_rank)(const REAL *row, size_t label, size_t class_count) {
  BITS before = row[label] != row[label];
  for (size_t j = 0; j < label; ++j) before += !(row[j] < row[label]);
  for (size_t j = label + 1; j < class_count; ++j) before += !(row[j] <= row[label]);
  return before;
}

size_t NAMED(cbk_count_top_errors)(const REAL *scores, const int32_t *labels, int64_t ignored_label, size_t top,
                                   size_t *errors, size_t row_count, size_t class_count) {
  size_t counted, valid = cbk_count_labels(labels, ignored_label, &counted, row_count, class_count), found = 0;
  if (valid < row_count) return valid;
  for (size_t r = 0; r < row_count; ++r) {
    if (labels[r] == ignored_label) continue;
    found += NAMED(label_rank)(scores + r * class_count, (size_t)labels[r], class_count) >= top;
  }
  *errors = found;
  return row_count;
}

void NAMED(cbk_largest_classes)(const REAL *scores, int32_t *classes, size_t row_count, size_t class_count) {
  for (size_t r = 0; r < row_count; ++r, scores += class_count) {
    size_t largest = 0;
    bool has_nan = class_count == 0;
    for (size_t j = 0; j < class_count; ++j) {
      has_nan |= scores[j] != scores[j];
      if (scores[j] > scores[largest]) largest = j;
    }
    classes[r] = has_nan ? -1 : (int32_t)largest;
  }
}

// ---- Cross-entropy --------------------------------------------------------------------------------

/// At most CBK_REDUCTION_ROWS rows, none ignored; each loss is added to *sum in order. All that is needed of the
/// logits is read before the gradient, which may be in their place, is written.
static void NAMED(add_run)(const REAL *logits, const int32_t *labels, const cbk_cross_entropy_options *options,
                           REAL *gradient, double *sum, size_t row_count, size_t class_count) {
  cbk_softmax_row rows[CBK_REDUCTION_ROWS];
  double label_logits[CBK_REDUCTION_ROWS], mean_logits[CBK_REDUCTION_ROWS] = {0};
  double smoothing = options->label_smoothing, scale = options->gradient_scale, classes = (double)class_count;
  for (size_t r = 0; r < row_count; ++r) {
    const REAL *row = logits + r * class_count;
    label_logits[r] = row[labels[r]];
    if (smoothing != 0) mean_logits[r] = NAMED(cbk_term_sum)(CBK_TERM_VALUE, row, NULL, class_count) / classes;
  }
  cbk_kernels()->reductions->NAMED(softmax)(logits, gradient, rows, scale, -scale * smoothing / classes, row_count,
                                            class_count);
  for (size_t r = 0; r < row_count; ++r) *sum += row_loss(rows[r], label_logits[r], smoothing, mean_logits[r]);
  if (gradient == NULL) return;
  for (size_t r = 0; r < row_count; ++r) {
    gradient[r * class_count + (size_t)labels[r]] =
        (REAL)label_gradient(rows[r], label_logits[r], options, class_count);
  }
}

static double NAMED(segment_loss)(const REAL *logits, const int32_t *labels, const cbk_cross_entropy_options *options,
                                  REAL *gradient, size_t row_count, size_t class_count) {
  double sum = 0;
  for (size_t r = 0, rows; r < row_count; r += rows) {
    rows = run_length(labels, options->ignored_label, r, row_count);
    size_t start = r * class_count;
    REAL *run_gradient = gradient == NULL ? NULL : gradient + start;
    if (labels[r] != options->ignored_label) {
      NAMED(add_run)(logits + start, labels + r, options, run_gradient, &sum, rows, class_count);
    } else if (gradient != NULL) {
      for (size_t j = 0; j < rows * class_count; ++j) run_gradient[j] = 0;
    }
  }
  return sum;
}

size_t NAMED(cbk_softmax_cross_entropy)(const REAL *logits, const int32_t *labels,
                                        const cbk_cross_entropy_options *options, REAL *gradient, cbk_loss *loss,
                                        size_t row_count, size_t class_count) {
  size_t counted, valid = cbk_count_labels(labels, options->ignored_label, &counted, row_count, class_count);
  if (valid < row_count) return valid;
  double sum = 0;
  for (size_t r = 0; r < row_count; r += CBK_REDUCTION_ROWS) {
    size_t start = r * class_count;
    sum += NAMED(segment_loss)(logits + start, labels + r, options, gradient == NULL ? NULL : gradient + start,
                               least(row_count - r, CBK_REDUCTION_ROWS), class_count);
  }
  *loss = (cbk_loss){sum, counted};
  return row_count;
}
