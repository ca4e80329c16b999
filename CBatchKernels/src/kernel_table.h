// The kernels of one instruction set, as the dispatcher sees them.
#ifndef CBK_KERNEL_TABLE_H
#define CBK_KERNEL_TABLE_H

#include "cbatchkernels.h"
#include "constant_order.h"
#include "gather_converted.h"
#include "mt19937.h"
#include "reductions.h"
#include "statistics.h"
#include "weight_tree.h"
#include "weighted_keys.h"

// Keeps the compiler from multiplying a word right out of memory: on Zen 4, shuffles then took up to three times as long,
// and draws from alias tables a fifth longer.
#define CBK_TO_REGISTER(word) __asm__("" : "+r"(word))

typedef struct cbk_gather_kernels {
  // The position of the first index that is not below row_count, or count.
  size_t (*first_outside_u32)(const uint32_t *indices, size_t count, size_t row_count);
  size_t (*first_outside_u64)(const uint64_t *indices, size_t count, size_t row_count);

  // Indices are valid and rows not empty. `prefetch` is a hint that the source exceeds the caches.
  void (*gather_u32)(const uint8_t *source, const uint32_t *indices, uint8_t *destination, size_t count,
                     size_t row_bytes, bool prefetch);
  void (*gather_u64)(const uint8_t *source, const uint64_t *indices, uint8_t *destination, size_t count,
                     size_t row_bytes, bool prefetch);
} cbk_gather_kernels;

typedef void cbk_philox_fill_kernel(cbk_stream stream, uint64_t first_superblock, uint32_t *words,
                                    size_t superblock_count);

typedef struct cbk_kernel_table {
  cbk_isa isa;
  const cbk_gather_kernels *gather;
  cbk_gather_converted_kernel *gather_converted;
  cbk_philox_fill_kernel *philox_fill;
  const cbk_mt19937_kernels *mt19937;
  const cbk_constant_order_kernels *constant_order;
  const cbk_reduction_kernels *reductions;
  const cbk_statistics_kernels *statistics;
  const cbk_weight_tree_kernels *weight_tree;
  const cbk_weighted_kernels *weighted;
} cbk_kernel_table;

/// The table in use; chosen by the first call.
const cbk_kernel_table *cbk_kernels(void);

extern const cbk_gather_kernels cbk_gather_scalar;
cbk_philox_fill_kernel cbk_philox_fill_scalar;
extern const cbk_mt19937_kernels cbk_mt19937_scalar;
#if defined(__x86_64__)
extern const cbk_gather_kernels cbk_gather_avx2;
extern const cbk_gather_kernels cbk_gather_avx512;
cbk_philox_fill_kernel cbk_philox_fill_avx2;
cbk_philox_fill_kernel cbk_philox_fill_avx512;
extern const cbk_mt19937_kernels cbk_mt19937_avx2;
extern const cbk_mt19937_kernels cbk_mt19937_avx512;
#elif defined(__aarch64__)
extern const cbk_gather_kernels cbk_gather_neon;
cbk_philox_fill_kernel cbk_philox_fill_neon;
extern const cbk_mt19937_kernels cbk_mt19937_neon;
#endif

#endif
