// The keys of a block of items, and the choice of the smallest keys.
#ifndef CBK_WEIGHTED_KEYS_H
#define CBK_WEIGHTED_KEYS_H

#include "cbk_weighted.h"

/// Keeps the `wanted` first of the keys, which are more, and at most a quarter and 128 others, in the order
/// they have; `*count` becomes their number. No later item whose key is not below the result is among the
/// first.
uint64_t cbk_weighted_reduce(cbk_weighted_key *keys, size_t *count, size_t wanted);

enum { WEIGHTED_BLOCK_ITEMS = 256 };

/// Items of a block that may have a key below some limit, in order.
typedef struct weighted_block {
  bool is_wrong;  // there is a weight that is not a number, negative or infinite
  size_t positive, found;
  uint32_t offsets[WEIGHTED_BLOCK_ITEMS];
  double complements[WEIGHTED_BLOCK_ITEMS], weights[WEIGHTED_BLOCK_ITEMS];
} weighted_block;

typedef struct cbk_weighted_kernels {
  // Finds the items with complement <= weight * scale * bound and a positive weight, where an item's complement is
  // made from two of the words, as a multiple of 2^-53 in 0..<1. The block's weights are scaled ones.
  void (*filter)(const uint32_t *words, const double *weights, double scale, double bound, size_t count,
                 weighted_block *block);

  // keys[i] = -log(1 - complement) / weight of the item found.
  void (*keys)(const weighted_block *block, double *keys);
} cbk_weighted_kernels;

#endif
