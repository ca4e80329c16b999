// Reads the chunks that h5py compresses with `lzf`, a filter that it brings along and libhdf5 does not have.
#include <stdint.h>
#include <string.h>

#include "filters.h"

// Registered with the HDF Group for h5py.
enum { lzf_code = 32000 };

// The format of LibLZF. Below 32, a byte is the number of literal ones that follow, less one. Else its upper three bits
// are a length less two, 7 of them with a byte more of it behind, and its lower five and the next byte a distance less one
// to bytes that come again, those that they themselves make included. Returns how many bytes there are, 0 where they do
// not fit or the input is damaged.
static size_t expand(const uint8_t *in, size_t count, uint8_t *out, size_t capacity) {
  const uint8_t *end = in + count;
  size_t size = 0;
  while (in < end) {
    size_t head = *in++;
    if (head < 32) {
      size_t length = head + 1;
      if (length > (size_t)(end - in) || length > capacity - size) return 0;
      memcpy(out + size, in, length);
      in += length;
      size += length;
      continue;
    }
    size_t length = (head >> 5) + 2;
    if (head >> 5 == 7) {
      if (in == end) return 0;
      length += *in++;
    }
    if (in == end) return 0;
    size_t distance = ((head & 31) << 8 | *in++) + 1;
    if (distance > size || length > capacity - size) return 0;
    for (; length > 0; --length, ++size) out[size] = out[size - distance];
  }
  return size;
}

// The third value is the size of a chunk, which h5py writes. Three bytes become at most 264.
static size_t filter(unsigned flags, size_t value_count, const unsigned values[], size_t count, size_t *capacity,
                     void **bytes) {
  if (!(flags & H5Z_FLAG_REVERSE) || value_count < 3 || values[2] == 0 || values[2] / 88 > count) return 0;
  uint8_t *out = H5allocate_memory(values[2], false);
  if (!out) return 0;
  if (expand(*bytes, count, out, values[2]) != values[2]) {
    H5free_memory(out);
    return 0;
  }
  H5free_memory(*bytes);
  *bytes = out;
  *capacity = values[2];
  return values[2];
}

void cbh_register_filters(void) {
  static const H5Z_class2_t lzf = {
      .version = H5Z_CLASS_T_VERS,
      .id = lzf_code,
      .encoder_present = 0,
      .decoder_present = 1,
      .name = "lzf",
      .filter = filter,
  };
  // Where this fails, data sets with the filter cannot be read, and say so.
  if (H5Zfilter_avail(lzf_code) <= 0) H5Zregister(&lzf);
}
