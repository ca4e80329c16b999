// Public row gather: all indices are checked before the first row is written.
#include "kernel_table.h"

// A share of the last-level cache. Prefetching gains nothing for a source below, and costs up to a fifth.
static const size_t cached_source_bytes = 8 * 1024 * 1024;

static bool exceeds_caches(size_t row_count, size_t row_bytes) {
  return row_bytes > cached_source_bytes / row_count;
}

size_t cbk_gather_u32(const void *source, size_t row_count, const uint32_t *indices, void *destination,
                      size_t count, size_t row_bytes) {
  const cbk_gather_kernels *kernels = cbk_kernels()->gather;
  size_t valid = kernels->first_outside_u32(indices, count, row_count);
  if (valid < count || count == 0 || row_bytes == 0) return valid;
  kernels->gather_u32(source, indices, destination, count, row_bytes, exceeds_caches(row_count, row_bytes));
  return count;
}

size_t cbk_gather_u64(const void *source, size_t row_count, const uint64_t *indices, void *destination,
                      size_t count, size_t row_bytes) {
  const cbk_gather_kernels *kernels = cbk_kernels()->gather;
  size_t valid = kernels->first_outside_u64(indices, count, row_count);
  if (valid < count || count == 0 || row_bytes == 0) return valid;
  kernels->gather_u64(source, indices, destination, count, row_bytes, exceeds_caches(row_count, row_bytes));
  return count;
}

size_t cbk_gather_rescaled_u32(const uint8_t *source, size_t row_count, const uint32_t *indices,
                               float *destination, size_t count, size_t row_length, float scale,
                               float offset) {
  const cbk_gather_kernels *kernels = cbk_kernels()->gather;
  size_t valid = kernels->first_outside_u32(indices, count, row_count);
  if (valid < count || count == 0 || row_length == 0) return valid;
  kernels->gather_rescaled_u32(source, indices, destination, count, row_length, scale, offset,
                               exceeds_caches(row_count, row_length));
  return count;
}

size_t cbk_gather_rescaled_u64(const uint8_t *source, size_t row_count, const uint64_t *indices,
                               float *destination, size_t count, size_t row_length, float scale,
                               float offset) {
  const cbk_gather_kernels *kernels = cbk_kernels()->gather;
  size_t valid = kernels->first_outside_u64(indices, count, row_count);
  if (valid < count || count == 0 || row_length == 0) return valid;
  kernels->gather_rescaled_u64(source, indices, destination, count, row_length, scale, offset,
                               exceeds_caches(row_count, row_length));
  return count;
}

void cbk_rescale(const uint8_t *source, float *destination, size_t count, float scale, float offset) {
  if (count == 0) return;
  cbk_kernels()->gather->rescale(source, destination, count, scale, offset);
}
