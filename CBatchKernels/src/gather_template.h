// Row gather for one instruction set; included by portable.c of its folder. Copies are calls of memcpy with constant
// sizes, which become loads and stores of the target's widest registers. `wide`, `size`, `twice` and `prefetch` are
// constants at every call: each loop is specialised.
#include <stdbool.h>
#include <string.h>

#include "kernel_table.h"

#ifndef CBK_MOST_ROW_BYTES
#define CBK_MOST_ROW_BYTES 32768  // longer rows are left to memcpy, which avoids reading what it overwrites
#endif

enum {
  BLOCK_BYTES = 64,           // also the cache line that one prefetch fetches
  SIDE_ROWS = 8,              // copied side by side,
  LEAST_SIDE_BYTES = 1024,    // from rows of this length on,
  SIDE_PREFETCH_BYTES = 512,  // each is prefetched this many bytes ahead
};

CBK_INLINE size_t row_index(const void *indices, bool wide, size_t i) {
  return wide ? (size_t)((const uint64_t *)indices)[i] : ((const uint32_t *)indices)[i];
}

// ---- Check ----------------------------------------------------------------------------------------

#define CBK_FIRST_OUTSIDE(type, suffix)                                                                                \
  static size_t first_outside_##suffix(const type *indices, size_t count, size_t row_count) {                          \
    type largest = 0;                                                                                                  \
    for (size_t i = 0; i < count; ++i) largest = indices[i] > largest ? indices[i] : largest;                          \
    if (count == 0 || largest < row_count) return count;                                                               \
    size_t position = 0;                                                                                               \
    while (indices[position] < row_count) ++position;                                                                  \
    return position;                                                                                                   \
  }

CBK_FIRST_OUTSIDE(uint32_t, u32)
CBK_FIRST_OUTSIDE(uint64_t, u64)

// ---- Copies ---------------------------------------------------------------------------------------

/// Rows of size bytes, or of size + 1 to 2 * size bytes as two overlapping blocks.
CBK_INLINE void gather_blocks(const uint8_t *source, const void *indices, bool wide, uint8_t *destination, size_t count,
                              size_t row_bytes, size_t size, bool twice, bool prefetch) {
  for (size_t i = 0; i < count; ++i) {
    if (prefetch) {
      size_t ahead = i + CBK_MOST_PREFETCH_ROWS < count ? i + CBK_MOST_PREFETCH_ROWS : count - 1;
      __builtin_prefetch(source + row_index(indices, wide, ahead) * row_bytes);
    }
    const uint8_t *row = source + row_index(indices, wide, i) * row_bytes;
    memcpy(destination, row, size);
    if (twice) memcpy(destination + row_bytes - size, row + row_bytes - size, size);
    destination += row_bytes;
  }
}

/// Rows of at least LEAST_SIDE_BYTES bytes as long as there are SIDE_ROWS of them; the result is the number copied. The
/// lines of all of them are fetched at once, and their pages are looked up at once: on Zen 4, 1.4 times the throughput of
/// one row after the other at 3 KiB, and 1.5 times at 30 KiB. Half as many rows, or prefetching further ahead, gave less.
CBK_INLINE size_t gather_side_by_side(const uint8_t *source, const void *indices, bool wide, uint8_t *destination,
                                      size_t count, size_t row_bytes) {
  const size_t last = row_bytes - BLOCK_BYTES;
  size_t i = 0;
  for (; i + SIDE_ROWS <= count; i += SIDE_ROWS) {
    const uint8_t *rows[SIDE_ROWS], *later[SIDE_ROWS];
    for (size_t k = 0; k < SIDE_ROWS; ++k) {
      const size_t ahead = i + SIDE_ROWS + k < count ? i + SIDE_ROWS + k : count - 1;
      rows[k] = source + row_index(indices, wide, i + k) * row_bytes;
      later[k] = source + row_index(indices, wide, ahead) * row_bytes;
    }
    size_t offset = 0;
    for (; offset + SIDE_PREFETCH_BYTES < row_bytes; offset += BLOCK_BYTES) {
#pragma clang loop unroll(full)
      for (size_t k = 0; k < SIDE_ROWS; ++k) {
        __builtin_prefetch(rows[k] + offset + SIDE_PREFETCH_BYTES);
        memcpy(destination + k * row_bytes + offset, rows[k] + offset, BLOCK_BYTES);
      }
    }
    // The ends of these rows, and the starts of those behind them.
    for (size_t start = 0; start < SIDE_PREFETCH_BYTES; offset += BLOCK_BYTES, start += BLOCK_BYTES) {
      if (offset > last) offset = last;
#pragma clang loop unroll(full)
      for (size_t k = 0; k < SIDE_ROWS; ++k) {
        __builtin_prefetch(later[k] + start);
        memcpy(destination + k * row_bytes + offset, rows[k] + offset, BLOCK_BYTES);
      }
    }
    destination += SIDE_ROWS * row_bytes;
  }
  return i;
}

/// Rows of more than BLOCK_BYTES bytes, one after the other. Prefetching a later row line by line, at the pace of the
/// copy, gave 1.4 to 2 times the throughput of a loop of memcpy from memory on Zen 5.
CBK_INLINE void gather_rows(const uint8_t *source, const void *indices, bool wide, uint8_t *destination, size_t count,
                            size_t row_bytes, bool prefetch) {
  size_t i = 0;
  if (prefetch && row_bytes >= LEAST_SIDE_BYTES) {
    i = gather_side_by_side(source, indices, wide, destination, count, row_bytes);
    destination += i * row_bytes;
  }
  size_t distance = cbk_prefetch_distance(row_bytes), last = row_bytes - BLOCK_BYTES;
  for (; i < count; ++i) {
    const uint8_t *row = source + row_index(indices, wide, i) * row_bytes;
    const uint8_t *later =
        source + row_index(indices, wide, i + distance < count ? i + distance : count - 1) * row_bytes;
    for (size_t offset = 0; offset < last; offset += BLOCK_BYTES) {
      if (prefetch) __builtin_prefetch(later + offset);
      memcpy(destination + offset, row + offset, BLOCK_BYTES);
    }
    if (prefetch) __builtin_prefetch(later + row_bytes - 1);
    memcpy(destination + last, row + last, BLOCK_BYTES);
    destination += row_bytes;
  }
}

CBK_INLINE void gather_long_rows(const uint8_t *source, const void *indices, bool wide, uint8_t *destination,
                                 size_t count, size_t row_bytes) {
  for (size_t i = 0; i < count; ++i) {
    memcpy(destination + i * row_bytes, source + row_index(indices, wide, i) * row_bytes, row_bytes);
  }
}

/// Rows of 1 to BLOCK_BYTES bytes.
CBK_INLINE void gather_short_rows(const uint8_t *source, const void *indices, bool wide, uint8_t *destination,
                                  size_t count, size_t row_bytes, bool prefetch) {
#define CBK_ROWS_OF(size)                                                                                              \
  case size: return gather_blocks(source, indices, wide, destination, count, row_bytes, size, false, prefetch)
#define CBK_ROWS_ABOVE(size)                                                                                           \
  if (row_bytes > size) return gather_blocks(source, indices, wide, destination, count, row_bytes, size, true, prefetch)
  switch (row_bytes) {
    CBK_ROWS_OF(1);
    CBK_ROWS_OF(2);
    CBK_ROWS_OF(4);
    CBK_ROWS_OF(8);
    CBK_ROWS_OF(16);
    CBK_ROWS_OF(32);
    CBK_ROWS_OF(64);
  }
  CBK_ROWS_ABOVE(32);
  CBK_ROWS_ABOVE(16);
  CBK_ROWS_ABOVE(8);
  CBK_ROWS_ABOVE(4);
  CBK_ROWS_ABOVE(2);
#undef CBK_ROWS_OF
#undef CBK_ROWS_ABOVE
}

CBK_INLINE void gather_any_rows(const uint8_t *source, const void *indices, bool wide, uint8_t *destination,
                                size_t count, size_t row_bytes, bool prefetch) {
  if (row_bytes > CBK_MOST_ROW_BYTES) {
    gather_long_rows(source, indices, wide, destination, count, row_bytes);
  } else if (row_bytes > BLOCK_BYTES) {
    gather_rows(source, indices, wide, destination, count, row_bytes, prefetch);
  } else {
    gather_short_rows(source, indices, wide, destination, count, row_bytes, prefetch);
  }
}

static void gather(const uint8_t *source, cbk_row_list rows, uint8_t *destination, size_t count, size_t row_bytes,
                   bool prefetch) {
  if (rows.narrow && prefetch) {
    gather_any_rows(source, rows.narrow, false, destination, count, row_bytes, true);
  } else if (rows.narrow) {
    gather_any_rows(source, rows.narrow, false, destination, count, row_bytes, false);
  } else if (prefetch) {
    gather_any_rows(source, rows.wide, true, destination, count, row_bytes, true);
  } else {
    gather_any_rows(source, rows.wide, true, destination, count, row_bytes, false);
  }
}

const cbk_gather_kernels CBK_KERNELS(gather) = {first_outside_u32, first_outside_u64, gather};
