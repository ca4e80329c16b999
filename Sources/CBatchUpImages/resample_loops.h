// The loops of the resampler that the compiler makes vectors of; included by resample.c for each instruction set.

// sums[i] = the weighted sum of a column; below 2^32, as no total exceeds 2^24.
static void NAMED(sum_rows)(const uint8_t *restrict rows, size_t row_size, const uint32_t *restrict weights,
                            uint32_t row_count, uint32_t *restrict sums, size_t count) {
  if (row_count >= 2) {
    const uint8_t *restrict second = rows + row_size;
    uint32_t a = weights[0], b = weights[1];
    for (size_t i = 0; i < count; ++i) sums[i] = a * rows[i] + b * second[i];
  } else {
    for (size_t i = 0; i < count; ++i) sums[i] = weights[0] * rows[i];
  }
  for (uint32_t r = 2; r < row_count; ++r) {
    const uint8_t *restrict row = rows + r * row_size;
    for (size_t i = 0; i < count; ++i) sums[i] += weights[r] * row[i];
  }
}

// As `rounded`, of totals below 2^31.
static void NAMED(round_totals)(const uint32_t *restrict totals, size_t count, double bias, double reciprocal,
                                uint8_t *restrict out) {
  for (size_t i = 0; i < count; ++i) out[i] = (uint8_t)(int32_t)(((double)(int32_t)totals[i] + bias) * reciprocal);
}

// Four numbers at a time, of which the fourth is the next pixel's and is overwritten by it: there is room for one more
// behind both arrays.
static void NAMED(add_colours)(const uint32_t *sums, const axis *columns, uint32_t width, uint32_t *totals) {
  for (uint32_t x = 0; x < width; ++x) {
    tap tap = columns->taps[x];
    const uint32_t *source = sums + (size_t)tap.first * 3, *weights = columns->weights + tap.start;
    four total = {0};
    for (uint32_t t = 0; t < tap.count; ++t) {
      four pixel;
      memcpy(&pixel, source + 3 * t, sizeof pixel);
      total += pixel * weights[t];
    }
    memcpy(totals + (size_t)x * 3, &total, sizeof total);
  }
}

static const resampler_loops NAMED(loops) = {NAMED(sum_rows), NAMED(round_totals), NAMED(add_colours)};

#undef NAMED
