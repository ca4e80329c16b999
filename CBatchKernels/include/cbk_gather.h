// Row gather: rows of an array copied in the order of a list of indices, as they are or converted to Float32.
//
// `indices` are 32 or 64 bits wide. All are checked against `row_count` before anything is written: a result
// is `count`, or the position of the first index that is out of range (then `destination` is untouched).
// Rows are contiguous and of any size, also 0; no alignment is needed but that of floats in `destination`;
// `source` and `destination` must not overlap. Nothing outside the rows named is read or written. Threads
// may share the work by rows.
#ifndef CBK_GATHER_H
#define CBK_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Copies row indices[i] of `source` to row i of `destination`, for i in 0..<count, rows of `row_bytes`.
size_t cbk_gather_u32(const void *source, size_t row_count, const uint32_t *indices, void *destination, size_t count,
                      size_t row_bytes);
size_t cbk_gather_u64(const void *source, size_t row_count, const uint64_t *indices, void *destination, size_t count,
                      size_t row_bytes);

/// A gather in one value, for a caller that needs a function of one argument, such as a guard against faults.
typedef struct cbk_gather {
  const void *source;
  size_t row_count;
  const uint32_t *narrow;  // the indices; NULL where they are `wide`
  const uint64_t *wide;
  void *destination;
  size_t count, row_bytes;
  size_t valid;  // the result
} cbk_gather;

/// Performs the `cbk_gather` that `gather` points to.
void cbk_perform_gather(void *gather);

// ---- With conversion to Float32 -------------------------------------------------------------------

/// The type of a source's elements, in the machine's byte order.
typedef enum cbk_element {
  CBK_ELEMENT_UINT8 = 0,
  CBK_ELEMENT_INT8 = 1,
  CBK_ELEMENT_UINT16 = 2,
  CBK_ELEMENT_INT16 = 3,
  CBK_ELEMENT_INT32 = 4,
  CBK_ELEMENT_FLOAT16 = 5,
  CBK_ELEMENT_FLOAT32 = 6,
} cbk_element;

/// The axes of a row, the last one contiguous; the destination keeps the source's layout.
typedef enum cbk_layout {
  CBK_LAYOUT_CHANNELS_FIRST = 0,  // channel, line, pixel
  CBK_LAYOUT_CHANNELS_LAST = 1,   // line, pixel, channel
} cbk_layout;

/// How rows of channels * height * width elements become rows of as many floats:
///
///     float(element) * scale + offset
///
/// with the scale and offset of the element's channel, where float(element) is the nearest float (to even in
/// a tie, for Int32 beyond 2^24; all other types are exact), and the product and the sum are each rounded to
/// float in the rounding mode in force (to nearest, unless the process has changed it). Every instruction set
/// gives the same bits, of a NaN only that it is one.
///
/// Where all scales are 1 and all offsets 0, of either sign, floats are copied exactly: -0 stays -0, and all
/// bits of a quiet NaN are kept. (Otherwise -0 + 0 is 0.)
typedef struct cbk_conversion {
  cbk_element element;
  cbk_layout layout;
  size_t channels, height, width;
  const float *scales, *offsets;  // one per channel, or where `per_channel` is false, one for all
  bool per_channel;
} cbk_conversion;

/// As `cbk_gather_*`, with conversion. Row i of `destination` is mirrored left to right where flips[i] is not
/// 0: the pixels of every line are reversed, the channels of a pixel keep their order. `flips` has `count`
/// members, or is NULL for none.
size_t cbk_gather_converted_u32(const void *source, size_t row_count, const uint32_t *indices,
                                const cbk_conversion *conversion, const uint8_t *flips, float *destination,
                                size_t count);
size_t cbk_gather_converted_u64(const void *source, size_t row_count, const uint64_t *indices,
                                const cbk_conversion *conversion, const uint8_t *flips, float *destination,
                                size_t count);

/// Converts `count` rows that follow one another, as `cbk_gather_converted_*` with the indices 0..<count.
void cbk_convert_rows(const void *source, const cbk_conversion *conversion, const uint8_t *flips, float *destination,
                      size_t count);

#endif
