// Row gather without vector instructions: the specification of the other versions.
#include <string.h>

#include "kernel_table.h"

#pragma STDC FP_CONTRACT OFF

static size_t first_outside_u32(const uint32_t *indices, size_t count, size_t row_count) {
  for (size_t i = 0; i < count; ++i) {
    if (indices[i] >= row_count) return i;
  }
  return count;
}

static size_t first_outside_u64(const uint64_t *indices, size_t count, size_t row_count) {
  for (size_t i = 0; i < count; ++i) {
    if (indices[i] >= row_count) return i;
  }
  return count;
}

static void gather_u32(const uint8_t *source, const uint32_t *indices, uint8_t *destination, size_t count,
                       size_t row_bytes, bool prefetch) {
  (void)prefetch;
  for (size_t i = 0; i < count; ++i) {
    memcpy(destination + i * row_bytes, source + indices[i] * row_bytes, row_bytes);
  }
}

static void gather_u64(const uint8_t *source, const uint64_t *indices, uint8_t *destination, size_t count,
                       size_t row_bytes, bool prefetch) {
  (void)prefetch;
  for (size_t i = 0; i < count; ++i) {
    memcpy(destination + i * row_bytes, source + indices[i] * row_bytes, row_bytes);
  }
}

static void rescale(const uint8_t *source, float *destination, size_t count, float scale, float offset) {
  for (size_t i = 0; i < count; ++i) {
    float product = (float)source[i] * scale;
    destination[i] = product + offset;
  }
}

static void gather_rescaled_u32(const uint8_t *source, const uint32_t *indices, float *destination,
                                size_t count, size_t row_length, float scale, float offset,
                                bool prefetch) {
  (void)prefetch;
  for (size_t i = 0; i < count; ++i) {
    rescale(source + indices[i] * row_length, destination + i * row_length, row_length, scale, offset);
  }
}

static void gather_rescaled_u64(const uint8_t *source, const uint64_t *indices, float *destination,
                                size_t count, size_t row_length, float scale, float offset,
                                bool prefetch) {
  (void)prefetch;
  for (size_t i = 0; i < count; ++i) {
    rescale(source + indices[i] * row_length, destination + i * row_length, row_length, scale, offset);
  }
}

const cbk_gather_kernels cbk_gather_scalar = {
    first_outside_u32, first_outside_u64,   gather_u32,          gather_u64,
    gather_rescaled_u32, gather_rescaled_u64, rescale,
};
