// Exponential keys, and those of them that may be among the smallest.
#include <math.h>
#include <string.h>

#include "kernel_table.h"
#include "weighted_keys.h"
#include "weights.h"

enum {
  BLOCK_ITEMS = WEIGHTED_BLOCK_ITEMS,
  SUPERBLOCK_ITEMS = CBK_PHILOX_SUPERBLOCK_WORDS / 2,
  SPARE_KEYS = 2 * BLOCK_ITEMS,
};

static const uint64_t bits_of_infinity = 0x7FF0000000000000;

/// The weights below 1 and the others are brought 2^1024 nearer to each other, so that no key of either leaves f64; the
/// exponents of the keys of the former are as much too small.
static const double band_scale = 0x1p512;
static const uint64_t band_bits = 1024ull << 52;

/// Appends the keys below the limit. `weights` are those of the block's items where they come in two bands, or NULL.
CBK_INLINE size_t append_keys(const weighted_block *block, const double *weights, uint64_t first, uint64_t limit,
                              cbk_weighted_key *keys, size_t kept) {
  double values[BLOCK_ITEMS];
  cbk_kernels()->weighted->keys(block, values);
  for (size_t i = 0; i < block->found; ++i) {
    uint64_t bits;
    memcpy(&bits, &values[i], sizeof bits);
    if (weights != NULL && weights[block->offsets[i]] < 1 && bits > 0) bits += band_bits;
    keys[kept] = (cbk_weighted_key){bits, first + block->offsets[i]};
    kept += bits < limit;
  }
  return kept;
}

static double bound_of(uint64_t limit) {
  double bound;
  if (limit > bits_of_infinity) limit = bits_of_infinity;
  memcpy(&bound, &limit, sizeof bound);
  return bound * (1 + 0x1p-40);
}

/// The weights of a block as f64, in `converted` where they are not.
CBK_INLINE const double *block_weights(const void *weights, int type, uint64_t first, size_t count, double *converted) {
  if (type == CBK_WEIGHT_F64) return (const double *)weights + first;
  for (size_t i = 0; i < count; ++i) converted[i] = weight_at(weights, type, first + i);
  return converted;
}

static void scale_bands(const double *weights, size_t count, double *scaled) {
  for (size_t i = 0; i < count; ++i) scaled[i] = weights[i] * (weights[i] < 1 ? band_scale : 1 / band_scale);
}

/// Finds the items of a block, which is within superblocks from the one of `first`, that may have a key below
/// the limit, by -log(u) >= 1 - u: no logarithm is taken of most others. Where the product with the bound is
/// rounded down, or 1 - u over it, by at most 2^-52 of it, the limit is still not passed, as the bound is
/// 2^-40 above it. Of weights in two bands, it finds all that are positive.
CBK_INLINE void filter_block(const double *weights, double scale, cbk_stream stream, uint64_t first, size_t count,
                             uint64_t limit, weighted_block *block) {
  uint32_t words[BLOCK_ITEMS * 2];
  double banded[BLOCK_ITEMS];
  bool has_bands = scale == 0;
  if (has_bands) scale_bands(weights, count, banded);
  size_t skipped = first % SUPERBLOCK_ITEMS;
  cbk_philox_fill(stream, first / SUPERBLOCK_ITEMS, words, (skipped + count + SUPERBLOCK_ITEMS - 1) / SUPERBLOCK_ITEMS);
  cbk_kernels()->weighted->filter(words + 2 * skipped, has_bands ? banded : weights, has_bands ? 1 : scale,
                                  has_bands ? INFINITY : bound_of(limit), count, block);
}

size_t cbk_weighted_key_capacity(size_t wanted) { return 2 * wanted + SPARE_KEYS; }

CBK_INLINE cbk_weighted_scan scan(const void *weights, int type, double scale, cbk_stream stream,
                                  cbk_weighted_key *keys, uint64_t first, size_t count, size_t wanted) {
  cbk_weighted_scan result = {{CBK_WEIGHTS_FINE, 0}, 0, 0};
  // No item whose key is not below this is among the first.
  uint64_t limit = UINT64_MAX;
  while (count > 0) {
    size_t most = BLOCK_ITEMS - first % SUPERBLOCK_ITEMS;
    size_t items = count < most ? count : most;
    double converted[BLOCK_ITEMS];
    const double *own = block_weights(weights, type, first, items, converted);
    weighted_block block;
    filter_block(own, scale, stream, first, items, limit, &block);
    if (block.is_wrong) {
      result.check = first_fault(weights, type, first, first + items);
      return result;
    }
    result.positive += block.positive;
    result.kept = append_keys(&block, scale == 0 ? own : NULL, first, limit, keys, result.kept);
    if (result.kept > 2 * wanted + BLOCK_ITEMS) limit = cbk_weighted_reduce(keys, &result.kept, wanted);
    first += items;
    count -= items;
  }
  return result;
}

cbk_weighted_scan cbk_weighted_keys(cbk_weight_type type, const void *weights, double scale, cbk_stream stream,
                                    cbk_weighted_key *keys, uint64_t first, size_t count, size_t wanted) {
#define CBK_SCAN(type) scan(weights, type, scale, stream, keys, first, count, wanted)
  switch (type) {
  case CBK_WEIGHT_F64: return CBK_SCAN(CBK_WEIGHT_F64);
  case CBK_WEIGHT_F32: return CBK_SCAN(CBK_WEIGHT_F32);
  case CBK_WEIGHT_U64: return CBK_SCAN(CBK_WEIGHT_U64);
  }
#undef CBK_SCAN
}
