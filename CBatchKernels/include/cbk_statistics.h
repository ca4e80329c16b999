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
// ACCURACY. No mean is formed before the end: what is kept are the sums of differences to a shift, which is near some
// elements, and of their squares, with twice the digits of Float64. Tiles are merged with an error of 2^-100 of those
// sums, which are at most (1 + n) times the squared deviations' sum. Within a tile, 16 elements of a lane at a time are
// added in Float64, and what rounding leaves of the sums of these is kept. With s the standard deviation, a tile adds at
// most 2^-49 s to the error of the mean, and 2^-49 to the relative one of the squares, usually less than 2^-53; where its
// first elements are far from all others, up to 257 times as much (see statistics_reals.h). Of bytes, all is exact, as
// integers, below 2^53 (1.3e11 bytes of a channel).
//
// RANGE. Sums are those of elements times a power of two, which depends on the largest magnitude of a channel alone: see
// `cbk_moments_exponent`. No sum exceeds the largest number, nor loses digits near the least.
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
  double count;
  double shift;                 // of bytes: 0
  double sum, sum_low;          // of differences to the shift, as the sum of two numbers
  double squares, squares_low;  // of those differences
  double minimum, maximum;      // as they are
} cbk_moments;

/// The shift, and the sums of differences, are in units of 2 to this, the squares in units of its square.
int cbk_moments_exponent(const cbk_moments *moments);

/// Merges the elements of channel c into moments[c].
void cbk_add_moments_f32(const float *values, cbk_moments *moments, size_t outer, size_t channels, size_t inner);
void cbk_add_moments_f64(const double *values, cbk_moments *moments, size_t outer, size_t channels, size_t inner);
void cbk_add_moments_u8(const uint8_t *values, cbk_moments *moments, size_t outer, size_t channels, size_t inner);

/// Merges others[c] into moments[c].
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
