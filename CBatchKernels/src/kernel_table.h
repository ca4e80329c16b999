// The kernels of one instruction set, as the dispatcher sees them.
#ifndef CBK_KERNEL_TABLE_H
#define CBK_KERNEL_TABLE_H

#include "cbatchkernels.h"

typedef struct cbk_gather_kernels {
  // The position of the first index that is not below row_count, or count.
  size_t (*first_outside_u32)(const uint32_t *indices, size_t count, size_t row_count);
  size_t (*first_outside_u64)(const uint64_t *indices, size_t count, size_t row_count);

  // Indices are valid and rows not empty. `prefetch` is a hint that the source exceeds the caches.
  void (*gather_u32)(const uint8_t *source, const uint32_t *indices, uint8_t *destination, size_t count,
                     size_t row_bytes, bool prefetch);
  void (*gather_u64)(const uint8_t *source, const uint64_t *indices, uint8_t *destination, size_t count,
                     size_t row_bytes, bool prefetch);
  void (*gather_rescaled_u32)(const uint8_t *source, const uint32_t *indices, float *destination,
                              size_t count, size_t row_length, float scale, float offset,
                                bool prefetch);
  void (*gather_rescaled_u64)(const uint8_t *source, const uint64_t *indices, float *destination,
                              size_t count, size_t row_length, float scale, float offset,
                                bool prefetch);
  void (*rescale)(const uint8_t *source, float *destination, size_t count, float scale, float offset);
} cbk_gather_kernels;

typedef void cbk_philox_fill_kernel(cbk_stream stream, uint64_t first_superblock, uint32_t *words,
                                    size_t superblock_count);

typedef struct cbk_kernel_table {
  cbk_isa isa;
  const cbk_gather_kernels *gather;
  cbk_philox_fill_kernel *philox_fill;
} cbk_kernel_table;

/// The table in use; chosen by the first call.
const cbk_kernel_table *cbk_kernels(void);

extern const cbk_gather_kernels cbk_gather_scalar;
cbk_philox_fill_kernel cbk_philox_fill_scalar;
#if defined(__x86_64__)
extern const cbk_gather_kernels cbk_gather_avx2;
extern const cbk_gather_kernels cbk_gather_avx512;
cbk_philox_fill_kernel cbk_philox_fill_avx2;
cbk_philox_fill_kernel cbk_philox_fill_avx512;
#elif defined(__aarch64__)
extern const cbk_gather_kernels cbk_gather_neon;
cbk_philox_fill_kernel cbk_philox_fill_neon;
#endif

#endif
