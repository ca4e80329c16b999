// Row gather without vector instructions: the specification of the other versions.
#include <string.h>

#include "kernel_table.h"

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

const cbk_gather_kernels cbk_gather_scalar = {first_outside_u32, first_outside_u64, gather_u32, gather_u64};
