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

#define CBK_INLINE static inline __attribute__((always_inline))

// Keeps the compiler from multiplying a word right out of memory: on Zen 4, shuffles then took up to three times as long,
// and draws from alias tables a fifth longer.
#define CBK_TO_REGISTER(word) __asm__("" : "+r"(word))

typedef struct cbk_gather_kernels {
  // The position of the first index that is not below row_count, or count.
  size_t (*first_outside_u32)(const uint32_t *indices, size_t count, size_t row_count);
  size_t (*first_outside_u64)(const uint64_t *indices, size_t count, size_t row_count);

  // Indices are valid and rows not empty. `prefetch` is a hint that the source exceeds the caches.
  void (*gather)(const uint8_t *source, cbk_row_list rows, uint8_t *destination, size_t count, size_t row_bytes,
                 bool prefetch);
} cbk_gather_kernels;

typedef struct cbk_philox_kernels {
  void (*fill)(cbk_stream stream, uint64_t first_superblock, uint32_t *words, size_t superblock_count);
} cbk_philox_kernels;

// Each instruction set has a folder, which defines cbk_<family>_<isa> for each of these.
#define CBK_FOR_EACH_FAMILY(FAMILY)                                                                                    \
  FAMILY(gather)                                                                                                       \
  FAMILY(gather_converted)                                                                                             \
  FAMILY(philox)                                                                                                       \
  FAMILY(mt19937)                                                                                                      \
  FAMILY(constant_order)                                                                                               \
  FAMILY(reductions)                                                                                                   \
  FAMILY(statistics)                                                                                                   \
  FAMILY(weight_tree)                                                                                                  \
  FAMILY(weighted)

#define CBK_MEMBER(family) const cbk_##family##_kernels *family;
#define CBK_DECLARATION(family)                                                                                        \
  extern const cbk_##family##_kernels cbk_##family##_scalar, cbk_##family##_avx2, cbk_##family##_avx512,               \
      cbk_##family##_neon;

typedef struct cbk_kernel_table {
  cbk_isa isa;
  CBK_FOR_EACH_FAMILY(CBK_MEMBER)
} cbk_kernel_table;

CBK_FOR_EACH_FAMILY(CBK_DECLARATION)

/// The table in use; chosen by the first call.
const cbk_kernel_table *cbk_kernels(void);

#endif
