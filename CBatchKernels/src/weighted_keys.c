// Exponential keys, and those of them that may be among the smallest.
#include <math.h>

#include "kernel_table.h"
#include "weighted_keys.h"
#include "weights.h"

enum {
  BLOCK_ITEMS = WEIGHTED_BLOCK_ITEMS,
  SUPERBLOCK_ITEMS = CBK_PHILOX_SUPERBLOCK_WORDS / 2,
  SPARE_KEYS = 2 * BLOCK_ITEMS,
};

/// Appends the keys below the limit.
static size_t append_keys(const weighted_block *block, uint64_t first, double limit, cbk_weighted_key *keys,
                          size_t kept) {
  double values[BLOCK_ITEMS];
  cbk_kernels()->weighted->keys(block, values);
  for (size_t i = 0; i < block->found; ++i) {
    keys[kept] = (cbk_weighted_key){values[i], first + block->offsets[i]};
    kept += values[i] < limit;
  }
  return kept;
}

/// The weights of a block as f64, in `converted` where they are not.
CBK_INLINE const double *block_weights(const void *weights, int type, uint64_t first, size_t count, double *converted) {
  if (type == CBK_WEIGHT_F64) return (const double *)weights + first;
  for (size_t i = 0; i < count; ++i) converted[i] = weight_at(weights, type, first + i);
  return converted;
}

/// Finds the items of a block, which is within superblocks from the one of `first`, that may have a key below
/// the limit, by -log(u) >= 1 - u: no logarithm is taken of most others. Where the product with the bound is
/// rounded down, or 1 - u over it, by at most 2^-52 of it, the limit is still not passed, as the bound is
/// 2^-40 above it.
CBK_INLINE void filter_block(const void *weights, int type, cbk_stream stream, uint64_t first, size_t count,
                             double limit, weighted_block *block) {
  uint32_t words[BLOCK_ITEMS * 2];
  double converted[BLOCK_ITEMS];
  size_t skipped = first % SUPERBLOCK_ITEMS;
  cbk_philox_fill(stream, first / SUPERBLOCK_ITEMS, words, (skipped + count + SUPERBLOCK_ITEMS - 1) / SUPERBLOCK_ITEMS);
  cbk_kernels()->weighted->filter(words + 2 * skipped, block_weights(weights, type, first, count, converted),
                                  limit * (1 + 0x1p-40), count, block);
}

size_t cbk_weighted_key_capacity(size_t wanted) { return 2 * wanted + SPARE_KEYS; }

CBK_INLINE cbk_weighted_scan scan(const void *weights, int type, cbk_stream stream, cbk_weighted_key *keys,
                                  uint64_t first, size_t count, size_t wanted) {
  cbk_weighted_scan result = {{CBK_WEIGHTS_FINE, 0}, 0, 0};
  // No item whose key is not below this is among the first.
  double limit = INFINITY;
  while (count > 0) {
    size_t most = BLOCK_ITEMS - first % SUPERBLOCK_ITEMS;
    size_t items = count < most ? count : most;
    weighted_block block;
    filter_block(weights, type, stream, first, items, limit, &block);
    if (block.is_wrong) {
      result.check = first_fault(weights, type, first, first + items);
      return result;
    }
    result.positive += block.positive;
    result.kept = append_keys(&block, first, limit, keys, result.kept);
    if (result.kept > 2 * wanted + BLOCK_ITEMS) limit = cbk_weighted_reduce(keys, &result.kept, wanted);
    first += items;
    count -= items;
  }
  return result;
}

cbk_weighted_scan cbk_weighted_keys(cbk_weight_type type, const void *weights, cbk_stream stream,
                                    cbk_weighted_key *keys, uint64_t first, size_t count, size_t wanted) {
  switch (type) {
  case CBK_WEIGHT_F64: return scan(weights, CBK_WEIGHT_F64, stream, keys, first, count, wanted);
  case CBK_WEIGHT_F32: return scan(weights, CBK_WEIGHT_F32, stream, keys, first, count, wanted);
  case CBK_WEIGHT_U64: return scan(weights, CBK_WEIGHT_U64, stream, keys, first, count, wanted);
  }
}
