// Statistics for one instruction set; included by portable.c of its folder.
#include "reductions_vector.h"

_Static_assert((int)LANES == (int)STATISTICS_LANES, "vectors of reductions_vector.h");

enum {
  PREFETCH_BYTES = 8192,
  ROWS_AT_ONCE = 8,  // so that sums are loaded and stored once for so many elements
  MOST_STRIPS = STATISTICS_TILE_COLUMNS / LANES,
};

/// The lanes below `count`, and 0 in the others.
CBK_INLINE doubles first_lanes(doubles v, size_t count) {
  const longs ascending = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return (doubles)((longs)v & (ascending < (int64_t)count));
}

/// Where vector `strip` of a row begins. The last one overlaps the one before where the row is no multiple.
CBK_INLINE size_t strip_start(size_t strip, size_t columns) {
  return (strip + 1) * LANES <= columns ? strip * LANES : columns - LANES;
}

#define CBK_TEMPLATE "statistics_reals.h"
#include "each_real.h"

// ---- Bytes: loops that the compiler makes vectors of ----------------------------------------------

_Static_assert(CBK_STATISTICS_RUN * 255ull * 255ull <= UINT32_MAX, "a run's squares fit");

static cbk_moments run_u8(const void *values, size_t count) {
  const uint8_t *bytes = values;
  uint32_t sum = 0, squares = 0;
  uint8_t least = 255, most = 0;
  for (size_t i = 0; i < count; ++i) {
    uint32_t byte = bytes[i];
    sum += byte;
    squares += byte * byte;
  }
  for (size_t i = 0; i < count; ++i) {
    least = bytes[i] < least ? bytes[i] : least;
    most = bytes[i] > most ? bytes[i] : most;
  }
  return (cbk_moments){(double)count, sum, squares, least, most};
}

typedef struct byte_sums {
  uint32_t sums[STATISTICS_TILE_COLUMNS], squares[STATISTICS_TILE_COLUMNS];
  uint8_t least[STATISTICS_TILE_COLUMNS], most[STATISTICS_TILE_COLUMNS];
} byte_sums;

/// `rows` is a constant at every call.
CBK_INLINE void add_byte_rows(byte_sums *restrict state, const uint8_t *restrict bytes, size_t rows, size_t columns,
                              size_t stride) {
  for (size_t c = 0; c < columns; ++c) {
    uint16_t sum = 0;
    uint32_t squares = 0;
    for (size_t r = 0; r < rows; ++r) {
      uint16_t byte = bytes[r * stride + c], square = (uint16_t)(byte * byte);  // in vectors of 16-bit numbers
      sum = (uint16_t)(sum + byte);
      squares += square;
    }
    state->sums[c] += sum;
    state->squares[c] += squares;
  }
  for (size_t c = 0; c < columns; ++c) {
    uint8_t least = state->least[c], most = state->most[c];
    for (size_t r = 0; r < rows; ++r) {
      uint8_t byte = bytes[r * stride + c];
      least = byte < least ? byte : least;
      most = byte > most ? byte : most;
    }
    state->least[c] = least;
    state->most[c] = most;
  }
}

static void tile_u8(const void *values, cbk_moments *moments, size_t rows, size_t columns, size_t stride) {
  const uint8_t *bytes = values;
  byte_sums state = {{0}, {0}, {0}, {0}};
  memset(state.least, 255, sizeof state.least);
  size_t r = 0;
  for (; r + ROWS_AT_ONCE <= rows; r += ROWS_AT_ONCE) {
    add_byte_rows(&state, bytes + r * stride, ROWS_AT_ONCE, columns, stride);
  }
  for (; r < rows; ++r) add_byte_rows(&state, bytes + r * stride, 1, columns, stride);
  for (size_t c = 0; c < columns; ++c) {
    moments[c] = (cbk_moments){(double)rows, state.sums[c], state.squares[c], state.least[c], state.most[c]};
  }
}

const cbk_statistics_kernels CBK_KERNELS(statistics) = {run_f32, run_f64, run_u8, tile_f32, tile_f64, tile_u8};
