// Softmax and errors of rows of classes; included after reductions_template.h. The includer defines
// CBK_REDUCTION_KERNELS, the table to export.

// ---- Errors ---------------------------------------------------------------------------------------

/// Lanes where `score`, of class `first` and on, is above the label's or NaN, or equal to it and before it.
CBK_INLINE longs beats_label(doubles score, double label_score, int64_t first, int64_t label) {
  const longs ascending = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  longs before = ascending + first < label;
  return ~(score <= label_score) | (before & (score == label_score));
}

CBK_INLINE bool any(longs mask) { return __builtin_reduce_or(mask) != 0; }

CBK_INLINE bool is_error(const void *row, bool wide, int32_t label, size_t class_count) {
  double label_score = wide ? ((const double *)row)[label] : ((const float *)row)[label];
  size_t j = 0;
  for (; j + LANES <= class_count; j += LANES) {
    if (any(beats_label(load(row, wide, j), label_score, (int64_t)j, label))) return true;
  }
  if (j == class_count) return false;
  // Lanes behind the row are not before the label, nor is the padding above its score.
  return any(beats_label(load_first(row, wide, j, class_count - j, -INFINITY), label_score, (int64_t)j, label));
}

static size_t count_errors_f32(const float *scores, const int32_t *labels, int64_t ignored_label, size_t row_count,
                               size_t class_count) {
  size_t errors = 0;
  for (size_t r = 0; r < row_count; ++r) {
    if (labels[r] != ignored_label) errors += is_error(scores + r * class_count, false, labels[r], class_count);
  }
  return errors;
}

static size_t count_errors_f64(const double *scores, const int32_t *labels, int64_t ignored_label, size_t row_count,
                               size_t class_count) {
  size_t errors = 0;
  for (size_t r = 0; r < row_count; ++r) {
    if (labels[r] != ignored_label) errors += is_error(scores + r * class_count, true, labels[r], class_count);
  }
  return errors;
}

// ---- Softmax, Float32 -----------------------------------------------------------------------------

CBK_INLINE float row_maximum_f32(const float *row, size_t count) {
  floats a = -INFINITY, b = -INFINITY;
  size_t j = 0;
  for (; j + 2 * LANES <= count; j += 2 * LANES) {
    floats x = load_f32(row + j), y = load_f32(row + j + LANES);
    a = x > a ? x : a;
    b = y > b ? y : b;
  }
  if (j + LANES <= count) {
    floats x = load_f32(row + j);
    a = x > a ? x : a;
    j += LANES;
  }
  if (j < count) {
    floats x = load_first_f32(row + j, count - j, -INFINITY);
    b = x > b ? x : b;
  }
  return largest_f32(a > b ? a : b);
}

CBK_INLINE double row_exponentials_f32(const float *row, float maximum, float *exponentials, size_t count) {
  doubles sum = 0;
  size_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    floats e = exponential_f32(load_f32(row + j), maximum);
    if (exponentials != NULL) memcpy(exponentials + j, &e, sizeof e);
    sum += widened(e);
  }
  if (j < count) {
    floats e = exponential_f32(load_first_f32(row + j, count - j, -INFINITY), maximum);
    if (exponentials != NULL) store_first_f32(e, exponentials + j, count - j);
    sum += widened(e);
  }
  return sum_of_lanes(sum);
}

CBK_INLINE void scale_row_f32(float *row, float scale, float offset, size_t count) {
  size_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    floats v = fma_f32(load_f32(row + j), scale, offset);
    memcpy(row + j, &v, sizeof v);
  }
  if (j < count) store_first_f32(fma_f32(load_first_f32(row + j, count - j, 0), scale, offset), row + j, count - j);
}

static void softmax_f32(const float *logits, float *gradient, cbk_softmax_row *rows, double scale, double offset,
                        size_t row_count, size_t class_count) {
  for (size_t r = 0; r < row_count; ++r, logits += class_count) {
    float maximum = row_maximum_f32(logits, class_count);
    if (gradient == NULL) {
      rows[r] = (cbk_softmax_row){maximum, row_exponentials_f32(logits, maximum, NULL, class_count)};
      continue;
    }
    rows[r] = (cbk_softmax_row){maximum, row_exponentials_f32(logits, maximum, gradient, class_count)};
    scale_row_f32(gradient, (float)(scale / rows[r].sum), (float)offset, class_count);
    gradient += class_count;
  }
}

static double exponentials_f32(const float *values, float maximum, float *exponentials, size_t count) {
  return row_exponentials_f32(values, maximum, exponentials, count);
}

// ---- Softmax, Float64 -----------------------------------------------------------------------------

CBK_INLINE double row_maximum_f64(const double *row, size_t count) {
  doubles a = -INFINITY;
  size_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    doubles x = load_f64(row + j);
    a = x > a ? x : a;
  }
  if (j < count) {
    doubles x = load_first_f64(row + j, count - j, -INFINITY);
    a = x > a ? x : a;
  }
  return largest_f64(a);
}

CBK_INLINE double row_exponentials_f64(const double *row, double maximum, double *exponentials, size_t count) {
  doubles sum = 0;
  size_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    doubles e = exponential_f64(load_f64(row + j) - maximum);
    if (exponentials != NULL) memcpy(exponentials + j, &e, sizeof e);
    sum += e;
  }
  if (j < count) {
    doubles e = exponential_f64(load_first_f64(row + j, count - j, -INFINITY) - maximum);
    if (exponentials != NULL) store_first_f64(e, exponentials + j, count - j);
    sum += e;
  }
  return sum_of_lanes(sum);
}

CBK_INLINE void scale_row_f64(double *row, double scale, double offset, size_t count) {
  size_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    doubles v = fma_f64(load_f64(row + j), scale, offset);
    memcpy(row + j, &v, sizeof v);
  }
  if (j < count) store_first_f64(fma_f64(load_first_f64(row + j, count - j, 0), scale, offset), row + j, count - j);
}

static void softmax_f64(const double *logits, double *gradient, cbk_softmax_row *rows, double scale, double offset,
                        size_t row_count, size_t class_count) {
  for (size_t r = 0; r < row_count; ++r, logits += class_count) {
    double maximum = row_maximum_f64(logits, class_count);
    rows[r] = (cbk_softmax_row){maximum, row_exponentials_f64(logits, maximum, gradient, class_count)};
    if (gradient == NULL) continue;
    scale_row_f64(gradient, scale / rows[r].sum, offset, class_count);
    gradient += class_count;
  }
}

static double exponentials_f64(const double *values, double maximum, double *exponentials, size_t count) {
  return row_exponentials_f64(values, maximum, exponentials, count);
}

const cbk_reduction_kernels CBK_REDUCTION_KERNELS = {
    block_f32,        block_f64,        row_sums_f32, row_sums_f64, add_rows_f32,     add_rows_f64,
    count_errors_f32, count_errors_f64, softmax_f32,  softmax_f64,  exponentials_f32, exponentials_f64,
};
