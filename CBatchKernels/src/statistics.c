// Public statistics: an array cut into tiles, in order.
#include <math.h>
#include <string.h>

#include "kernel_table.h"
#include "statistics.h"

/// How to deal with one type of elements.
typedef struct element_kernels {
  size_t size;
  cbk_statistics_run *run;
  cbk_statistics_tile *tile;
  cbk_statistics_merge *merge;
} element_kernels;

/// A NaN wins.
static double least(double a, double b) { return a < b || a != a ? a : b; }
static double largest(double a, double b) { return a > b || a != a ? a : b; }

#pragma STDC FP_CONTRACT OFF

// ---- Units ----------------------------------------------------------------------------------------

enum { LARGE_EXPONENT = 600, SMALL_EXPONENT = -700 };

/// In these units, magnitudes are at most 2^480, differences of elements at least 2^-460, unless they are 0, and of
/// 2^53 elements no sum of squares is beyond the largest number.
int cbk_moments_exponent(const cbk_moments *moments) {
  double low = fabs(moments->minimum), high = fabs(moments->maximum), magnitude = low > high ? low : high;
  if (magnitude > 0x1p480) return magnitude < INFINITY ? LARGE_EXPONENT : 0;
  return magnitude < 0x1p-400 ? SMALL_EXPONENT : 0;
}

static void change_unit(cbk_moments *moments, int steps) {
  if (steps == 0) return;
  moments->shift = scalbn(moments->shift, steps);
  moments->sum = scalbn(moments->sum, steps);
  moments->sum_low = scalbn(moments->sum_low, steps);
  moments->squares = scalbn(moments->squares, 2 * steps);
  moments->squares_low = scalbn(moments->squares_low, 2 * steps);
}

// ---- Merging --------------------------------------------------------------------------------------

static bool is_finite(const cbk_moments *moments) { return moments->sum - moments->sum == 0; }

static void merge_reals(const element_kernels *kernels, cbk_moments *moments, const cbk_moments *other) {
  if (other->count == 0) return;
  if (moments->count == 0) {
    *moments = *other;
    return;
  }
  int before = cbk_moments_exponent(moments), exponent = cbk_moments_exponent(other);
  moments->minimum = least(moments->minimum, other->minimum);
  moments->maximum = largest(moments->maximum, other->maximum);
  if (!is_finite(moments) || !is_finite(other)) {
    moments->count += other->count;
    double sum = is_finite(moments) ? other->sum : is_finite(other) ? moments->sum : moments->sum + other->sum;
    moments->sum = sum;
    moments->squares = NAN;
    return;
  }
  int after = cbk_moments_exponent(moments);
  if (before == after && exponent == after) {
    kernels->merge(moments, other);
    return;
  }
  cbk_moments converted = *other;
  change_unit(&converted, exponent - after);
  change_unit(moments, before - after);
  kernels->merge(moments, &converted);
}

static void merge_bytes(cbk_moments *moments, const cbk_moments *other) {
  if (other->count == 0) return;
  moments->minimum = moments->count == 0 ? other->minimum : least(moments->minimum, other->minimum);
  moments->maximum = moments->count == 0 ? other->maximum : largest(moments->maximum, other->maximum);
  moments->count += other->count;
  moments->sum += other->sum;
  moments->squares += other->squares;
}

static void merge(const element_kernels *kernels, cbk_moments *moments, const cbk_moments *other) {
  if (kernels->size == 1) {
    merge_bytes(moments, other);
  } else {
    merge_reals(kernels, moments, other);
  }
}

void cbk_merge_moments(const cbk_moments *others, cbk_moments *moments, size_t channels, bool of_bytes) {
  element_kernels kernels = {.size = of_bytes ? 1 : sizeof(double), .merge = cbk_kernels()->statistics->merge};
  for (size_t c = 0; c < channels; ++c) merge(&kernels, &moments[c], &others[c]);
}

/// The tile anew, in the unit that its magnitudes ask for: those of Float32 elements and bytes ask for none.
static void change_tile(const element_kernels *kernels, const uint8_t *values, cbk_moments *tile, size_t stride) {
  int exponent = cbk_moments_exponent(tile);
  if (exponent == 0 || (tile->minimum == 0 && tile->maximum == 0)) return;
  double scaled[CBK_STATISTICS_RUN], least = tile->minimum, most = tile->maximum;
  size_t count = (size_t)tile->count;
  for (size_t i = 0; i < count; ++i) {
    double value;
    memcpy(&value, values + i * stride * kernels->size, sizeof value);
    scaled[i] = value * (exponent == LARGE_EXPONENT ? 0x1p-600 : 0x1p700);
  }
  *tile = kernels->run(scaled, count);
  tile->minimum = least;
  tile->maximum = most;
}

// ---- Long runs of a channel -----------------------------------------------------------------------

static void add_run(const element_kernels *kernels, const uint8_t *values, cbk_moments *moments, size_t count) {
  while (count > 0) {
    size_t length = count < CBK_STATISTICS_RUN ? count : CBK_STATISTICS_RUN;
    cbk_moments run = kernels->run(values, length);
    change_tile(kernels, values, &run, 1);
    merge(kernels, moments, &run);
    values += length * kernels->size;
    count -= length;
  }
}

static void add_runs(const element_kernels *kernels, const uint8_t *values, cbk_moments *moments, size_t outer,
                     size_t channels, size_t inner) {
  for (size_t o = 0; o < outer; ++o) {
    for (size_t c = 0; c < channels; ++c, values += inner * kernels->size) {
      add_run(kernels, values, &moments[c], inner);
    }
  }
}

// ---- Columns --------------------------------------------------------------------------------------

/// A tile of less than a vector's columns, in a copy with columns of zeros behind them.
static void narrow_tile(const element_kernels *kernels, const uint8_t *values, cbk_moments *moments, size_t rows,
                        size_t columns, size_t stride) {
  double padded[CBK_STATISTICS_ROWS * STATISTICS_LANES];
  memset(padded, 0, rows * STATISTICS_LANES * kernels->size);
  for (size_t r = 0; r < rows; ++r) {
    memcpy((uint8_t *)padded + r * STATISTICS_LANES * kernels->size, values + r * stride * kernels->size,
           columns * kernels->size);
  }
  kernels->tile(padded, moments, rows, STATISTICS_LANES, STATISTICS_LANES);
}

/// Columns `first` and on of rows of `channels` x `inner` elements, or of several such rows side by side.
static void add_tile(const element_kernels *kernels, const uint8_t *values, cbk_moments *moments, size_t rows,
                     size_t first, size_t columns, size_t stride, size_t channels, size_t inner) {
  cbk_moments tile[STATISTICS_TILE_COLUMNS];
  values += first * kernels->size;
  if (columns < STATISTICS_LANES) {
    narrow_tile(kernels, values, tile, rows, columns, stride);
  } else {
    kernels->tile(values, tile, rows, columns, stride);
  }
  size_t channel = first / inner % channels, rest = inner - first % inner;
  for (size_t j = 0; j < columns; ++j) {
    change_tile(kernels, values + j * kernels->size, &tile[j], stride);
    merge(kernels, &moments[channel], &tile[j]);
    if (--rest > 0) continue;
    rest = inner;
    if (++channel == channels) channel = 0;
  }
}

/// The width of the next tile of so many columns: no less than a vector is left over.
static size_t tile_width(size_t columns) {
  if (columns <= STATISTICS_TILE_COLUMNS) return columns;
  return columns - STATISTICS_TILE_COLUMNS < STATISTICS_LANES ? STATISTICS_TILE_COLUMNS / 2 : STATISTICS_TILE_COLUMNS;
}

static void add_matrix(const element_kernels *kernels, const uint8_t *values, cbk_moments *moments, size_t rows,
                       size_t width, size_t channels, size_t inner) {
  for (size_t r = 0; r < rows; r += CBK_STATISTICS_ROWS) {
    size_t tile_rows = rows - r < CBK_STATISTICS_ROWS ? rows - r : CBK_STATISTICS_ROWS;
    for (size_t first = 0, columns; first < width; first += columns) {
      columns = tile_width(width - first);
      add_tile(kernels, values + r * width * kernels->size, moments, tile_rows, first, columns, width, channels, inner);
    }
  }
}

static void add_columns(const element_kernels *kernels, const uint8_t *values, cbk_moments *moments, size_t outer,
                        size_t channels, size_t inner) {
  size_t width = channels * inner, folds = cbk_fold_count(width), rest = outer % folds;
  add_matrix(kernels, values, moments, outer / folds, folds * width, channels, inner);
  if (rest == 0) return;
  add_matrix(kernels, values + (outer - rest) * width * kernels->size, moments, 1, rest * width, channels, inner);
}

static void add_moments(element_kernels kernels, const void *values, cbk_moments *moments, size_t outer,
                        size_t channels, size_t inner) {
  if (outer == 0 || channels == 0 || inner == 0) return;
  if (channels == 1) {
    add_run(&kernels, values, moments, outer * inner);
  } else if (inner >= CBK_STATISTICS_LONG) {
    add_runs(&kernels, values, moments, outer, channels, inner);
  } else {
    add_columns(&kernels, values, moments, outer, channels, inner);
  }
}

#define CBK_ADD_MOMENTS(type, suffix)                                                                                  \
  void cbk_add_moments_##suffix(const type *values, cbk_moments *moments, size_t outer, size_t channels,               \
                                size_t inner) {                                                                        \
    const cbk_statistics_kernels *kernels = cbk_kernels()->statistics;                                                 \
    element_kernels element = {sizeof *values, kernels->run_##suffix, kernels->tile_##suffix, kernels->merge};         \
    add_moments(element, values, moments, outer, channels, inner);                                                     \
  }

CBK_ADD_MOMENTS(float, f32)
CBK_ADD_MOMENTS(double, f64)
CBK_ADD_MOMENTS(uint8_t, u8)
