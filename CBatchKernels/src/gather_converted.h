// What the gathering kernels of all instruction sets share.
#ifndef CBK_GATHER_CONVERTED_H
#define CBK_GATHER_CONVERTED_H

#include "cbk_gather.h"

static inline size_t cbk_element_bytes(cbk_element element) {
  switch (element) {
  case CBK_ELEMENT_UINT8:
  case CBK_ELEMENT_INT8: return 1;
  case CBK_ELEMENT_UINT16:
  case CBK_ELEMENT_INT16:
  case CBK_ELEMENT_FLOAT16: return 2;
  case CBK_ELEMENT_INT32:
  case CBK_ELEMENT_FLOAT32: return 4;
  }
}

/// Row numbers: the list that is not NULL, or 0, 1, 2 ... where both are.
typedef struct cbk_row_list {
  const uint32_t *narrow;
  const uint64_t *wide;
} cbk_row_list;

static inline size_t cbk_row_at(cbk_row_list rows, size_t i) {
  return rows.narrow ? rows.narrow[i] : rows.wide ? (size_t)rows.wide[i] : i;
}

enum {
  CBK_PREFETCH_BYTES = 8192,    // rows are prefetched this far ahead, in bytes,
  CBK_MOST_PREFETCH_ROWS = 20,  // but at most this many rows,
  CBK_LEAST_PREFETCH_ROWS = 2,  // and at least this many
};

static inline size_t cbk_prefetch_distance(size_t row_bytes) {
  size_t rows = CBK_PREFETCH_BYTES / row_bytes;
  if (rows > CBK_MOST_PREFETCH_ROWS) return CBK_MOST_PREFETCH_ROWS;
  return rows < CBK_LEAST_PREFETCH_ROWS ? CBK_LEAST_PREFETCH_ROWS : rows;
}

/// A cbk_conversion in one form for both layouts: a row has `planes` planes of `height` lines of `width`
/// pixels of `channels` elements, where `planes` or `channels` is 1.
typedef struct cbk_row_conversion {
  cbk_element element;
  size_t planes, height, width, channels;
  // Where `varying`, one per plane or channel, and not all are equal. Else `scale` and `offset` hold for all.
  bool varying;
  const float *scales, *offsets;
  float scale, offset;
} cbk_row_conversion;

static inline size_t cbk_row_length(const cbk_row_conversion *conversion) {
  return conversion->planes * conversion->height * conversion->width * conversion->channels;
}

typedef struct cbk_gather_converted_kernels {
  // Indices are valid and rows not empty. `prefetch` is a hint that the source exceeds the caches.
  void (*gather)(const uint8_t *source, cbk_row_list rows, const cbk_row_conversion *conversion, const uint8_t *flips,
                 float *destination, size_t count, bool prefetch);
} cbk_gather_converted_kernels;

#endif
