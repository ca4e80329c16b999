// The reductions of one type of numbers; included by reductions.c through each_real.h.

static double NAMED(block)(cbk_term term, const REAL *x, const REAL *y, size_t count) {
  double lanes[SUM_LANES] = {0};
  for (size_t i = 0; i < count; ++i) lanes[i % SUM_LANES] += term_of(term, x[i], y == NULL ? 0 : y[i]);
  return sum_of_lanes(lanes, SUM_LANES);
}

static void NAMED(add_rows)(const REAL *values, double *sums, size_t row_count, size_t column_count, size_t stride) {
  for (size_t r = 0; r < row_count; ++r) {
    for (size_t c = 0; c < column_count; ++c) sums[c] += values[r * stride + c];
  }
}

static size_t NAMED(count_errors)(const REAL *scores, const int32_t *labels, int64_t ignored_label, size_t row_count,
                                  size_t class_count) {
  size_t errors = 0;
  for (size_t r = 0; r < row_count; ++r, scores += class_count) {
    if (labels[r] == ignored_label) continue;
    size_t label = (size_t)labels[r], j = 0;
    while (j < class_count && (j < label ? scores[j] < scores[label] : scores[j] <= scores[label])) ++j;
    errors += j < class_count;
  }
  return errors;
}

static double NAMED(exponentials)(const REAL *values, REAL maximum, REAL *exponentials, size_t count) {
  double lanes[ROW_LANES] = {0};
  for (size_t j = 0; j < count; ++j) {
    REAL e = NAMED(exponential)(values[j], maximum);
    if (exponentials != NULL) exponentials[j] = e;
    lanes[j % ROW_LANES] += e;
  }
  return sum_of_lanes(lanes, ROW_LANES);
}

static void NAMED(softmax)(const REAL *logits, REAL *gradient, cbk_softmax_row *rows, double scale, double offset,
                           size_t row_count, size_t class_count) {
  for (size_t r = 0; r < row_count; ++r, logits += class_count) {
    REAL maximum = -INFINITY;
    for (size_t j = 0; j < class_count; ++j) maximum = logits[j] > maximum ? logits[j] : maximum;
    double sum = NAMED(exponentials)(logits, maximum, gradient, class_count);
    rows[r] = (cbk_softmax_row){maximum, sum};
    if (gradient == NULL) continue;
    REAL factor = (REAL)(scale / sum), addend = (REAL)offset;
    for (size_t j = 0; j < class_count; ++j) gradient[j] = NAMED(multiply_add)(gradient[j], factor, addend);
    gradient += class_count;
  }
}
