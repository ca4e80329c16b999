// The vector kernels of one type of numbers; included by reductions_kernels.h through each_real.h.

/// Element i and those after it, as doubles.
CBK_INLINE doubles NAMED(widened_at)(const REAL *p, size_t i) { return NAMED(widened)(NAMED(load)(p + i)); }

CBK_INLINE doubles NAMED(widened_first)(const REAL *p, size_t count, double padding) {
  return NAMED(widened)(NAMED(load_first)(p, count, (REAL)padding));
}

/// Asks for the lines of the vector that is `ahead` bytes behind element i. An address beyond the array is a hint
/// without effect; it is made from an integer, as no pointer may point there.
CBK_INLINE void NAMED(prefetch)(const REAL *p, size_t i, size_t ahead) {
  for (size_t offset = 0; offset < LANES * sizeof *p; offset += LINE_BYTES) {
    __builtin_prefetch((const void *)((uintptr_t)p + i * sizeof *p + ahead + offset));
  }
}

// ---- Blocks ---------------------------------------------------------------------------------------

/// `term` is a constant at every call.
CBK_INLINE double NAMED(term_block)(cbk_term term, const REAL *x, const REAL *y, size_t count) {
  const bool has_y = term != CBK_TERM_VALUE && term != CBK_TERM_SQUARE;
  // A term of this and 0 is 0.
  const double padding = term == CBK_TERM_LOGISTIC_CROSS_ENTROPY ? -1000 : 0;
  doubles sums[2] = {0, 0};
  size_t i = 0;
  for (; i + 2 * LANES <= count; i += 2 * LANES) {
    for (size_t half = 0; half < 2; ++half) {
      size_t at = i + half * LANES;
      NAMED(prefetch)(x, at, PREFETCH_BYTES);
      if (has_y) NAMED(prefetch)(y, at, PREFETCH_BYTES);
      sums[half] += term_of(term, NAMED(widened_at)(x, at), has_y ? NAMED(widened_at)(y, at) : 0);
    }
  }
  size_t half = 0;
  if (i + LANES <= count) {
    sums[0] += term_of(term, NAMED(widened_at)(x, i), has_y ? NAMED(widened_at)(y, i) : 0);
    i += LANES;
    half = 1;
  }
  if (i < count) {
    doubles first = NAMED(widened_first)(x + i, count - i, padding);
    sums[half] += term_of(term, first, has_y ? NAMED(widened_first)(y + i, count - i, 0) : 0);
  }
  return sum_of_lanes(sums[0] + sums[1]);
}

static double NAMED(block)(cbk_term term, const REAL *x, const REAL *y, size_t count) {
#define CBK_CASE(term)                                                                                                 \
  case term: return NAMED(term_block)(term, x, y, count)
  switch (term) {
    CBK_CASE(CBK_TERM_VALUE);
    CBK_CASE(CBK_TERM_SQUARE);
    CBK_CASE(CBK_TERM_PRODUCT);
    CBK_CASE(CBK_TERM_SQUARED_ERROR);
    CBK_CASE(CBK_TERM_ABSOLUTE_ERROR);
    CBK_CASE(CBK_TERM_BINARY_CROSS_ENTROPY);
    CBK_CASE(CBK_TERM_LOGISTIC_CROSS_ENTROPY);
  }
#undef CBK_CASE
  return NAN;
}

// ---- Columns --------------------------------------------------------------------------------------

/// Four rows at a time, so that a sum is loaded and stored once for four elements.
static void NAMED(add_rows)(const REAL *values, double *sums, size_t row_count, size_t column_count, size_t stride) {
  size_t vectors = column_count / LANES * LANES, r = 0;
  for (; r + 4 <= row_count; r += 4) {
    for (size_t c = 0; c < vectors; c += LANES) {
      doubles sum = load_f64(sums + c);
      for (size_t k = 0; k < 4; ++k) {
        NAMED(prefetch)(values, (r + k + 4) * stride + c, 0);
        sum += NAMED(widened_at)(values, (r + k) * stride + c);
      }
      memcpy(sums + c, &sum, sizeof sum);
    }
  }
  for (; r < row_count; ++r) {
    for (size_t c = 0; c < vectors; c += LANES) {
      doubles sum = load_f64(sums + c) + NAMED(widened_at)(values, r * stride + c);
      memcpy(sums + c, &sum, sizeof sum);
    }
  }
  size_t rest = column_count - vectors;
  if (rest == 0) return;
  doubles sum = load_first_f64(sums + vectors, rest, 0);
  for (r = 0; r < row_count; ++r) sum += NAMED(widened_first)(values + r * stride + vectors, rest, 0);
  store_first_f64(sum, sums + vectors, rest);
}

// ---- Errors ---------------------------------------------------------------------------------------

CBK_INLINE bool NAMED(is_error)(const REAL *row, int32_t label, size_t class_count) {
  double label_score = row[label];
  size_t j = 0;
  for (; j + LANES <= class_count; j += LANES) {
    if (any(beats_label(NAMED(widened_at)(row, j), label_score, (int64_t)j, label))) return true;
  }
  if (j == class_count) return false;
  // Lanes behind the row are not before the label, nor is the padding above its score.
  doubles last = NAMED(widened_first)(row + j, class_count - j, -INFINITY);
  return any(beats_label(last, label_score, (int64_t)j, label));
}

static size_t NAMED(count_errors)(const REAL *scores, const int32_t *labels, int64_t ignored_label, size_t row_count,
                                  size_t class_count) {
  size_t errors = 0;
  for (size_t r = 0; r < row_count; ++r) {
    if (labels[r] != ignored_label) errors += NAMED(is_error)(scores + r * class_count, labels[r], class_count);
  }
  return errors;
}

// ---- Softmax --------------------------------------------------------------------------------------

CBK_INLINE REAL NAMED(row_maximum)(const REAL *row, size_t count) {
  NAMED(reals) a = -INFINITY, b = -INFINITY;
  size_t j = 0;
  for (; j + 2 * LANES <= count; j += 2 * LANES) {
    NAMED(reals) x = NAMED(load)(row + j), y = NAMED(load)(row + j + LANES);
    a = x > a ? x : a;
    b = y > b ? y : b;
  }
  if (j + LANES <= count) {
    NAMED(reals) x = NAMED(load)(row + j);
    a = x > a ? x : a;
    j += LANES;
  }
  if (j < count) {
    NAMED(reals) x = NAMED(load_first)(row + j, count - j, -INFINITY);
    b = x > b ? x : b;
  }
  return NAMED(largest)(a > b ? a : b);
}

CBK_INLINE double NAMED(row_exponentials)(const REAL *row, REAL maximum, REAL *exponentials, size_t count) {
  doubles sum = 0;
  size_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    NAMED(reals) e = NAMED(exponential)(NAMED(load)(row + j), maximum);
    if (exponentials != NULL) memcpy(exponentials + j, &e, sizeof e);
    sum += NAMED(widened)(e);
  }
  if (j < count) {
    NAMED(reals) e = NAMED(exponential)(NAMED(load_first)(row + j, count - j, -INFINITY), maximum);
    if (exponentials != NULL) NAMED(store_first)(e, exponentials + j, count - j);
    sum += NAMED(widened)(e);
  }
  return sum_of_lanes(sum);
}

CBK_INLINE void NAMED(scale_row)(REAL *row, REAL scale, REAL offset, size_t count) {
  size_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    NAMED(reals) v = NAMED(fma)(NAMED(load)(row + j), scale, offset);
    memcpy(row + j, &v, sizeof v);
  }
  if (j == count) return;
  NAMED(reals) last = NAMED(load_first)(row + j, count - j, 0);
  NAMED(store_first)(NAMED(fma)(last, scale, offset), row + j, count - j);
}

static void NAMED(softmax)(const REAL *logits, REAL *gradient, cbk_softmax_row *rows, double scale, double offset,
                           size_t row_count, size_t class_count) {
  for (size_t r = 0; r < row_count; ++r, logits += class_count) {
    REAL maximum = NAMED(row_maximum)(logits, class_count);
    if (gradient == NULL) {  // a call of its own, compiled without stores
      rows[r] = (cbk_softmax_row){maximum, NAMED(row_exponentials)(logits, maximum, NULL, class_count)};
      continue;
    }
    rows[r] = (cbk_softmax_row){maximum, NAMED(row_exponentials)(logits, maximum, gradient, class_count)};
    NAMED(scale_row)(gradient, (REAL)(scale / rows[r].sum), (REAL)offset, class_count);
    gradient += class_count;
  }
}
