// Sums of blocks and columns; included after reductions_vector.h. The includer defines
//   floats load_first_f32(const float *p, size_t count, float padding)     the first count < 16 elements at p,
//   doubles load_first_f64(const double *p, size_t count, double padding)  the other lanes being `padding`
//   void store_first_f32(floats v, float *p, size_t count)                 the first count < 16 lanes
//   void store_first_f64(doubles v, double *p, size_t count)
// which touch no memory beyond.

enum {
  // One plain reading of memory gained a tenth, and a sum a quarter, from asking for lines so far ahead.
  PREFETCH_BYTES = 16384,
  LINE_BYTES = 64,
};

/// Elements of either size, as doubles. `wide` is a constant at every call.
CBK_INLINE doubles load(const void *p, bool wide, size_t i) {
  return wide ? load_f64((const double *)p + i) : widened(load_f32((const float *)p + i));
}

CBK_INLINE doubles load_first(const void *p, bool wide, size_t i, size_t count, double padding) {
  return wide ? load_first_f64((const double *)p + i, count, padding)
              : widened(load_first_f32((const float *)p + i, count, (float)padding));
}

/// Asks for the lines of the vector that is `ahead` bytes behind element i. An address beyond the array is a hint
/// without effect; it is made from an integer, as no pointer may point there.
CBK_INLINE void prefetch(const void *p, bool wide, size_t i, size_t ahead) {
  const size_t element_bytes = wide ? sizeof(double) : sizeof(float);
  for (size_t offset = 0; offset < LANES * element_bytes; offset += LINE_BYTES) {
    __builtin_prefetch((const void *)((uintptr_t)p + i * element_bytes + ahead + offset));
  }
}

CBK_INLINE double block(cbk_term term, const void *x, const void *y, bool wide, size_t count) {
  const bool has_y = term != CBK_TERM_VALUE && term != CBK_TERM_SQUARE;
  // A term of this and 0 is 0.
  const double padding = term == CBK_TERM_LOGISTIC_CROSS_ENTROPY ? -1000 : 0;
  doubles sums[2] = {0, 0};
  size_t i = 0;
  for (; i + 2 * LANES <= count; i += 2 * LANES) {
    for (size_t half = 0; half < 2; ++half) {
      size_t at = i + half * LANES;
      prefetch(x, wide, at, PREFETCH_BYTES);
      if (has_y) prefetch(y, wide, at, PREFETCH_BYTES);
      sums[half] += term_of(term, load(x, wide, at), has_y ? load(y, wide, at) : 0);
    }
  }
  size_t half = 0;
  if (i + LANES <= count) {
    sums[0] += term_of(term, load(x, wide, i), has_y ? load(y, wide, i) : 0);
    i += LANES;
    half = 1;
  }
  if (i < count) {
    doubles first = load_first(x, wide, i, count - i, padding);
    sums[half] += term_of(term, first, has_y ? load_first(y, wide, i, count - i, 0) : 0);
  }
  return sum_of_lanes(sums[0] + sums[1]);
}

CBK_INLINE double block_of(cbk_term term, const void *x, const void *y, bool wide, size_t count) {
  switch (term) {
  case CBK_TERM_VALUE: return block(CBK_TERM_VALUE, x, y, wide, count);
  case CBK_TERM_SQUARE: return block(CBK_TERM_SQUARE, x, y, wide, count);
  case CBK_TERM_PRODUCT: return wide ? NAN : block(CBK_TERM_PRODUCT, x, y, wide, count);
  case CBK_TERM_SQUARED_ERROR: return block(CBK_TERM_SQUARED_ERROR, x, y, wide, count);
  case CBK_TERM_ABSOLUTE_ERROR: return block(CBK_TERM_ABSOLUTE_ERROR, x, y, wide, count);
  case CBK_TERM_BINARY_CROSS_ENTROPY: return block(CBK_TERM_BINARY_CROSS_ENTROPY, x, y, wide, count);
  case CBK_TERM_LOGISTIC_CROSS_ENTROPY: return block(CBK_TERM_LOGISTIC_CROSS_ENTROPY, x, y, wide, count);
  }
  return NAN;
}

static double block_f32(cbk_term term, const float *x, const float *y, size_t count) {
  return block_of(term, x, y, false, count);
}

static double block_f64(cbk_term term, const double *x, const double *y, size_t count) {
  return block_of(term, x, y, true, count);
}

static void row_sums_f32(const float *values, double *sums, size_t row_count, size_t column_count) {
  for (size_t r = 0; r < row_count; ++r) {
    sums[r] = block(CBK_TERM_VALUE, values + r * column_count, NULL, false, column_count);
  }
}

static void row_sums_f64(const double *values, double *sums, size_t row_count, size_t column_count) {
  for (size_t r = 0; r < row_count; ++r) {
    sums[r] = block(CBK_TERM_VALUE, values + r * column_count, NULL, true, column_count);
  }
}

// ---- Columns --------------------------------------------------------------------------------------

/// Four rows at a time, so that a sum is loaded and stored once for four elements.
CBK_INLINE void add_rows(const void *values, bool wide, double *sums, size_t row_count, size_t column_count,
                         size_t stride) {
  size_t vectors = column_count / LANES * LANES, r = 0;
  for (; r + 4 <= row_count; r += 4) {
    for (size_t c = 0; c < vectors; c += LANES) {
      doubles sum = load_f64(sums + c);
      for (size_t k = 0; k < 4; ++k) {
        prefetch(values, wide, (r + k + 4) * stride + c, 0);
        sum += load(values, wide, (r + k) * stride + c);
      }
      memcpy(sums + c, &sum, sizeof sum);
    }
  }
  for (; r < row_count; ++r) {
    for (size_t c = 0; c < vectors; c += LANES) {
      doubles sum = load_f64(sums + c) + load(values, wide, r * stride + c);
      memcpy(sums + c, &sum, sizeof sum);
    }
  }
  size_t rest = column_count - vectors;
  if (rest == 0) return;
  doubles sum = load_first_f64(sums + vectors, rest, 0);
  for (r = 0; r < row_count; ++r) sum += load_first(values, wide, r * stride + vectors, rest, 0);
  store_first_f64(sum, sums + vectors, rest);
}

static void add_rows_f32(const float *values, double *sums, size_t row_count, size_t column_count, size_t stride) {
  add_rows(values, false, sums, row_count, column_count, stride);
}

static void add_rows_f64(const double *values, double *sums, size_t row_count, size_t column_count, size_t stride) {
  add_rows(values, true, sums, row_count, column_count, stride);
}
