// Tiles of one type of real elements; included by statistics_template.h through each_real.h.
//
// One pass, with differences d to a pivot p that is near the mean m. As p is the mean of k elements of the tile, sum(d^2)
// is at most 1 + n / k times the sum of the squared deviations: k (p - m)^2 is at most the squares' sum over the k
// elements. The pivots of Float32 elements are Float32, so that differences to them are exact as a rule.

/// What is summed of each lane.
typedef struct NAMED(sums) {
  lane_sums totals;
  NAMED(reals) least, most;
} NAMED(sums);

CBK_INLINE NAMED(reals) NAMED(load_padded)(const REAL *p, size_t count, REAL padding) {
  NAMED(reals) v = padding;
  memcpy(&v, p, count * sizeof *p);
  return v;
}

/// The lanes from `count` on must hold an element of the tile.
CBK_INLINE void NAMED(add)(NAMED(sums) * sums, chunk_sums *chunk, NAMED(reals) x, doubles pivots, size_t count) {
  doubles d = NAMED(widened)(x) - pivots;
  if (count < LANES) d = first_lanes(d, count);
  chunk->differences += d;
  chunk->squares += d * d;
  sums->least = x < sums->least ? x : sums->least;
  sums->most = x > sums->most ? x : sums->most;
}

/// For what has no finite sum of differences, where the comparisons may have left out a NaN. Where all elements are
/// finite, so that their differences have exceeded the largest number, the sums are of no use.
static cbk_moments NAMED(moments_of_any)(const REAL *values, size_t count, size_t stride) {
  cbk_moments moments = {.count = (double)count, .minimum = values[0], .maximum = values[0]};
  for (size_t i = 0; i < count; ++i) {
    double x = values[i * stride];
    if (x != x) return (cbk_moments){.count = (double)count, .sum = x, .squares = x, .minimum = x, .maximum = x};
    if (!(x - x == 0)) {
      moments.sum += x;
      moments.squares = NAN;
    }
    if (x < moments.minimum) moments.minimum = x;
    if (x > moments.maximum) moments.maximum = x;
  }
  return moments;
}

CBK_INLINE cbk_moments NAMED(moments)(const REAL *values, size_t count, size_t stride, double pivot, pair differences,
                                      pair squares, double least, double most) {
  if (!(differences.high - differences.high == 0)) return NAMED(moments_of_any)(values, count, stride);
  return (cbk_moments){(double)count, pivot, differences.high, differences.low, squares.high, squares.low, least, most};
}

// ---- Runs -----------------------------------------------------------------------------------------

/// The mean of the first elements.
CBK_INLINE double NAMED(run_pivot)(const REAL *values, size_t count) {
  if (count >= 2 * LANES) {
    return sum_of_lanes(NAMED(widened)(NAMED(load)(values)) + NAMED(widened)(NAMED(load)(values + LANES)))
           / (2 * LANES);
  }
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += values[i];
  return sum / (double)count;
}

static cbk_moments NAMED(run)(const void *run_values, size_t count) {
  const REAL *values = run_values;
  double pivot = (double)(REAL)NAMED(run_pivot)(values, count);
  NAMED(sums) sums[2] = {{{0}, values[0], values[0]}, {{0}, values[0], values[0]}};
  chunk_sums chunks[2] = {{0, 0}, {0, 0}};
  size_t i = 0, half = 0;
  for (; i + 2 * LANES <= count; i += 2 * LANES) {
    if (i > 0 && i % (2 * LANES * ROWS_AT_ONCE) == 0) {
      for (size_t k = 0; k < 2; ++k) add_chunk(&sums[k].totals, &chunks[k]);
    }
    for (size_t k = 0; k < 2; ++k) {
      const REAL *p = values + i + k * LANES;
      for (size_t byte = 0; byte < LANES * sizeof *p; byte += 64) {
        __builtin_prefetch((const void *)((uintptr_t)p + PREFETCH_BYTES + byte));
      }
      NAMED(add)(&sums[k], &chunks[k], NAMED(load)(p), pivot, LANES);
    }
  }
  for (; i < count; i += LANES, half = 1) {
    size_t rest = count - i < LANES ? count - i : LANES;
    NAMED(add)(&sums[half], &chunks[half], NAMED(load_padded)(values + i, rest, values[0]), pivot, rest);
  }
  for (size_t k = 0; k < 2; ++k) add_chunk(&sums[k].totals, &chunks[k]);
  double least = values[0], most = values[0];
  for (size_t l = 0; l < 2 * LANES; ++l) {
    double a = sums[l / LANES].least[l % LANES], b = sums[l / LANES].most[l % LANES];
    least = a < least ? a : least;
    most = b > most ? b : most;
  }
  const lane_sums *a = &sums[0].totals, *b = &sums[1].totals;
  return NAMED(moments)(values, count, 1, pivot,
                        sum_of_all(a->differences, b->differences, a->differences_low + b->differences_low),
                        sum_of_all(a->squares, b->squares, a->squares_low + b->squares_low), least, most);
}

// ---- Tiles of columns: the pivots are the first row -----------------------------------------------

CBK_INLINE void NAMED(add_rows)(NAMED(sums) * strip, const REAL *values, doubles pivots, size_t rows, size_t stride) {
  NAMED(sums) sums = *strip;
  chunk_sums chunk = {0, 0};
  for (size_t r = 0; r < rows; ++r) {
    const REAL *p = values + r * stride;
    // The same place some rows on; beyond the array it is a hint without effect.
    __builtin_prefetch((const void *)((uintptr_t)p + ROWS_AT_ONCE * stride * sizeof *p));
    NAMED(add)(&sums, &chunk, NAMED(load)(p), pivots, LANES);
  }
  add_chunk(&sums.totals, &chunk);
  *strip = sums;
}

static void NAMED(tile)(const void *tile_values, cbk_moments *moments, size_t rows, size_t columns, size_t stride) {
  const REAL *values = tile_values;
  NAMED(sums) strips[MOST_STRIPS];
  size_t strip_count = (columns + LANES - 1) / LANES;
  for (size_t s = 0; s < strip_count; ++s) {
    NAMED(reals) x = NAMED(load)(values + strip_start(s, columns));
    strips[s] = (NAMED(sums)){{0}, x, x};
  }
  for (size_t r = 0; r < rows; r += ROWS_AT_ONCE) {
    size_t some = rows - r < ROWS_AT_ONCE ? rows - r : ROWS_AT_ONCE;
    for (size_t s = 0; s < strip_count; ++s) {
      size_t start = strip_start(s, columns);
      NAMED(add_rows)
      (&strips[s], values + r * stride + start, NAMED(widened)(NAMED(load)(values + start)), some, stride);
    }
  }
  for (size_t s = 0; s < strip_count; ++s) {
    const NAMED(sums) *sums = &strips[s];
    const lane_sums *totals = &sums->totals;
    for (size_t l = 0; l < LANES; ++l) {
      size_t c = strip_start(s, columns) + l;
      pair differences = fast_two_sum(totals->differences[l], totals->differences_low[l]);
      pair squares = fast_two_sum(totals->squares[l], totals->squares_low[l]);
      moments[c] =
          NAMED(moments)(values + c, rows, stride, values[c], differences, squares, sums->least[l], sums->most[l]);
    }
  }
}
