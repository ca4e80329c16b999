// Statistics for one instruction set; included by portable.c of its folder.
#include "reductions_vector.h"

_Static_assert((int)LANES == (int)STATISTICS_LANES, "vectors of reductions_vector.h");

enum {
  PREFETCH_BYTES = 8192,
  ROWS_AT_ONCE = 16,  // of a chunk, whose sums are in registers
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

// ---- Sums of two numbers ---------------------------------------------------------------------------

/// A number and what rounding has left of it: together they have twice the digits.
typedef struct pair {
  double high, low;
} pair;

/// Of a number and one that is not above it in magnitude (T. J. Dekker, 1971).
CBK_INLINE pair fast_two_sum(double a, double b) {
  double sum = a + b;
  return (pair){sum, b - (sum - a)};
}

/// D. E. Knuth, The Art of Computer Programming, 4.2.2.
CBK_INLINE pair two_sum(double a, double b) {
  double sum = a + b, other = sum - a;
  return (pair){sum, (a - (sum - other)) + (b - other)};
}

CBK_INLINE pair sum_of_pairs(pair a, pair b) {
  pair sum = two_sum(a.high, b.high);
  return fast_two_sum(sum.high, sum.low + (a.low + b.low));
}

CBK_INLINE pair product_of_pairs(pair a, pair b) {
  double product = a.high * b.high;
  double low = __builtin_fma(a.high, b.high, -product) + (a.high * b.low + a.low * b.high);
  return fast_two_sum(product, low);
}

// ---- Chunks ----------------------------------------------------------------------------------------

/// Sums of a few elements of each lane.
typedef struct chunk_sums {
  doubles differences, squares;
} chunk_sums;

/// Sums of the chunks, and what rounding has left of them.
typedef struct lane_sums {
  doubles differences, differences_low, squares, squares_low;
} lane_sums;

/// What rounding leaves of the squares is exact where their sum is at least the chunk's, as it is but for the first few.
CBK_INLINE void add_chunk(lane_sums *sums, chunk_sums *chunk) {
  doubles a = sums->differences, b = chunk->differences, sum = a + b, other = sum - a;
  sums->differences_low += (a - (sum - other)) + (b - other);
  sums->differences = sum;
  doubles squares = sums->squares + chunk->squares;
  sums->squares_low += chunk->squares - (squares - sums->squares);
  sums->squares = squares;
  *chunk = (chunk_sums){0, 0};
}

/// The lanes added in halves.
CBK_INLINE pair sum_of_all(doubles a, doubles b, doubles low) {
  double sums[2 * LANES], lows[2 * LANES] = {0};
  memcpy(sums, &a, sizeof a);
  memcpy(sums + LANES, &b, sizeof b);
  memcpy(lows, &low, sizeof low);
  for (size_t width = LANES; width > 0; width /= 2) {
    for (size_t l = 0; l < width; ++l) {
      pair sum = two_sum(sums[l], sums[l + width]);
      sums[l] = sum.high;
      lows[l] += sum.low + lows[l + width];
    }
  }
  return fast_two_sum(sums[0], lows[0]);
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
  return (cbk_moments){.count = (double)count, .sum = sum, .squares = squares, .minimum = least, .maximum = most};
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
    moments[c] = (cbk_moments){.count = (double)rows,
                               .sum = state.sums[c],
                               .squares = state.squares[c],
                               .minimum = state.least[c],
                               .maximum = state.most[c]};
  }
}

// ---- Merging ---------------------------------------------------------------------------------------

/// With e the difference of the shifts, the other's differences become d + e, and their squares d^2 + e (2 d + e).
static void merge(cbk_moments *moments, const cbk_moments *other) {
  pair e = two_sum(other->shift, -moments->shift), d = {other->sum, other->sum_low}, n = {other->count, 0};
  pair sum = sum_of_pairs(d, product_of_pairs(n, e)), added = product_of_pairs(e, sum_of_pairs(d, sum));
  pair squares = sum_of_pairs((pair){other->squares, other->squares_low}, added);
  sum = sum_of_pairs((pair){moments->sum, moments->sum_low}, sum);
  squares = sum_of_pairs((pair){moments->squares, moments->squares_low}, squares);
  moments->count += other->count;
  moments->sum = sum.high;
  moments->sum_low = sum.low;
  moments->squares = squares.high;
  moments->squares_low = squares.low;
}

const cbk_statistics_kernels CBK_KERNELS(statistics) = {run_f32, run_f64, run_u8, tile_f32, tile_f64, tile_u8, merge};
