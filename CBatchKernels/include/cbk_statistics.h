// Statistics of the channels of arrays: counts, sums, squares, least and largest elements, in one reading of memory.
//
// An array is seen as `outer` x `channels` x `inner` elements, the last fastest: channel c has the elements
// (o, c, i). With 1 x 1 x n all elements make one channel, with n x columns x 1 each column of a matrix is one.
//
// ORDER. Elements are taken in tiles, and the tiles of a channel are merged in order. Where inner, or with a single
// channel outer x inner, is at least CBK_STATISTICS_LONG, a tile is up to CBK_STATISTICS_RUN elements side by side, in
// 32 lanes as in cbk_reductions.h; elsewhere it is one column of up to CBK_STATISTICS_ROWS rows, from the first row to
// the last, where several short rows side by side count as one. Every instruction set gives the same bits (of a NaN:
// is one).
//
// ACCURACY. With t the number of tiles of a channel, A the mean magnitude of its elements and s the standard deviation,
// the mean is within (t + 2^17) * 2^-53 * A, and the sum of squared deviations within (t + 2^17) * 2^-50 * (1 + A / s)
// of its value, where that is below 1. The 2^17 are for a tile whose first elements are far from all others; else they
// are some 100. (A tile's sums are of at most 256 differences a lane, and up to 257 times the results: see
// statistics_reals.h. The difference d of two means enters as d^2 n m / (n + m), of which all together are at most the
// result.) Of bytes, all is exact, as integers, below 2^53 (1.3e11 bytes of a channel).
//
// A NaN makes all but the count NaN. An infinity makes the squares NaN, and the sum that infinity, or NaN where there
// are both.
#ifndef CBK_STATISTICS_H
#define CBK_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  CBK_STATISTICS_LONG = 256,  // elements side by side
  CBK_STATISTICS_RUN = 4096,
  CBK_STATISTICS_ROWS = 256,
};

/// What is known of a channel. Without elements: all 0.
typedef struct cbk_moments {
  double count, sum;
  double squares;  // of the deviations from the mean; of bytes: of the elements themselves
  double minimum, maximum;
} cbk_moments;

/// Merges the elements of channel c into moments[c].
void cbk_add_moments_f32(const float *values, cbk_moments *moments, size_t outer, size_t channels, size_t inner);
void cbk_add_moments_f64(const double *values, cbk_moments *moments, size_t outer, size_t channels, size_t inner);
void cbk_add_moments_u8(const uint8_t *values, cbk_moments *moments, size_t outer, size_t channels, size_t inner);

/// Merges others[c] into moments[c] (Chan, Golub, LeVeque 1979).
void cbk_merge_moments(const cbk_moments *others, cbk_moments *moments, size_t channels, bool of_bytes);

/// products[a * columns + b] += the sum over rows of (x[a] - shifts[a]) * (x[b] - shifts[b]), for a <= b only, and
/// sums[a] += the sum of x[a] - shifts[a]. `shifted` has room for as many elements as `values`, and `scratch`
/// for columns * columns; rows * columns and columns * columns are below 2^31.
///
/// The products are OpenBLAS's syrk, in the elements' own precision and in an order that depends on the machine: with
/// u = 2^-24 (Float64: 2^-53), a sum is within (rows + 3) * u of the sum of its terms' magnitudes. OpenBLAS may share
/// the work among threads of its own.
void cbk_add_products_f32(const float *values, const float *shifts, float *shifted, float *scratch, double *products,
                          double *sums, size_t rows, size_t columns);
void cbk_add_products_f64(const double *values, const double *shifts, double *shifted, double *scratch,
                          double *products, double *sums, size_t rows, size_t columns);

#endif
