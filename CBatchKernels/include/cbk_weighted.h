// Weighted random choice: with replacement from an alias table, and without by exponential keys.
//
// Weights are f64, f32 or u64, not negative, of any scale, and their sum may exceed the largest number of their
// type: an item's probability is its weight over their sum. All results are pure functions of the weights and the stream, the same on every instruction set and
// for every number of parts.
#ifndef CBK_WEIGHTED_H
#define CBK_WEIGHTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cbk_random.h"

/// The type of weights, which `weights` points to.
typedef enum cbk_weight_type {
  CBK_WEIGHT_F64,
  CBK_WEIGHT_F32,
  CBK_WEIGHT_U64,
} cbk_weight_type;

// ---- Refusals -------------------------------------------------------------------------------------

typedef enum cbk_weights_fault {
  CBK_WEIGHTS_FINE = 0,
  CBK_WEIGHTS_EMPTY,
  CBK_WEIGHTS_TOO_MANY,  // more than 2^32 - 1
  CBK_WEIGHTS_NOT_A_NUMBER,
  CBK_WEIGHTS_NEGATIVE,  // -0.0 is not
  CBK_WEIGHTS_INFINITE,
  CBK_WEIGHTS_ALL_ZERO,
} cbk_weights_fault;

/// A fault of one weight comes with the position of the first weight that has one, and before the others;
/// a fault of all together with their count.
typedef struct cbk_weights_check {
  cbk_weights_fault fault;
  uint64_t position;
} cbk_weights_check;

// ---- Alias table: A. J. Walker, 1977 --------------------------------------------------------------

/// Changes whenever the table of some weights, or the draws from it, change.
enum { CBK_ALIAS_FORMAT = 1 };

/// A column of `capacity` units: the first `threshold` of them belong to the item with the column's
/// number, the others to the item `alias`.
typedef struct cbk_alias_entry {
  uint32_t threshold, alias;
} cbk_alias_entry;

/// What a table is built from, besides weights. Items have masses, which are integers that add up to
/// count * capacity.
///
/// u64 weights with a sum of at most 2^32: the capacity is the sum, and the masses, weight * count, are
/// exact. Otherwise the capacity is 2^32, and a mass is weight / sum * count * 2^32 rounded down, but not to
/// 0 where the weight is positive; the heaviest item (the first of them) has what the others leave. Its
/// share of the error included, the total variation distance to the exact probabilities is below 2^-31:
/// each other item is less than one unit of count * 2^32 off, which sums to 2^-32, and the sum of the
/// weights is off by a factor of 1 + 2^-32.9 at most (2^20 blocks of 2^9 additions to each partial sum).
typedef struct cbk_alias_plan {
  uint64_t count, capacity;
  uint64_t heaviest, heaviest_mass;
  double power, scale;  // mass = weight * power * scale, where `power` is one of two, which is exact
  double key_scale;     // for the keys of draws without replacement
} cbk_alias_plan;

/// What comes before a block of items.
typedef struct cbk_alias_block {
  uint64_t deficit, excess;  // of masses under and over the capacity
  uint64_t lights, heavies;  // how many have one
} cbk_alias_block;

/// How many blocks `cbk_alias_prepare` fills for this number of weights.
size_t cbk_alias_block_count(size_t count);

/// Checks the weights and prepares the building of a table.
cbk_weights_check cbk_alias_prepare(cbk_weight_type type, const void *weights, size_t count, cbk_alias_block *blocks,
                                    cbk_alias_plan *plan);

/// Writes one part of the `plan->count` entries of a table: part `part` of `part_count`, on any thread. The
/// parts together write each entry once, and their number does not change it.
void cbk_alias_build(cbk_weight_type type, const void *weights, const cbk_alias_plan *plan,
                     const cbk_alias_block *blocks, cbk_alias_entry *entries, uint32_t part, uint32_t part_count);

/// indices[i] = draw number first + i from a table of `item_count` entries, for i in 0..<count. Draws are
/// independent of each other, and items with weight 0 are never drawn.
///
/// Draw d is made from words 2 d (the low half) and 2 d + 1 of the stream, as one number r in 0..<2^64:
/// the column is floor(r * item_count / 2^64), each with the same probability up to item_count / 2^64, and
/// the unit within it is floor(rest * capacity / 2^64), where rest = r * item_count mod 2^64.
void cbk_alias_draw(const cbk_alias_entry *entries, uint64_t item_count, uint64_t capacity, cbk_stream stream,
                    uint64_t first, uint32_t *indices, size_t count);

// ---- Without replacement: Efraimidis, Spirakis: Weighted random sampling with a reservoir (2006) --

/// Changes whenever the keys of some weights change.
enum { CBK_WEIGHTED_KEYS_FORMAT = 2 };

/// Item i has the key -log(u) / weight, where u = 1 - floor(r / 2^11) / 2^53 is in (0, 1] and r, in
/// 0..<2^64, is made from words 2 i (the low half) and 2 i + 1 of the stream. Items in the order of their
/// keys, and of their indices where keys are equal, are in the order of successive draws without
/// replacement, each with a probability proportional to weight among the items left; items with weight 0
/// have no key. The logarithm is within 2 units in the last place, with the same bits everywhere.
///
/// Keys are multiplied by a power of two, which is the same for all and does not change their order: f64 cannot hold
/// the keys of some weights. `bits` are those of an f64 whose exponent has 12 bits and takes in the sign's.
typedef struct cbk_weighted_key {
  uint64_t bits;
  uint64_t index;
} cbk_weighted_key;

/// `check` is as for alias tables, but that nothing is summed: all weights may be 0, or none be there.
typedef struct cbk_weighted_scan {
  cbk_weights_check check;
  uint64_t positive;  // weights above 0, where there is no fault
  size_t kept;        // keys written
} cbk_weighted_scan;

/// How many keys a scan for the `wanted` smallest needs room for: somewhat over twice as many.
size_t cbk_weighted_key_capacity(size_t wanted);

/// Among items first ..< first + count of `weights` (whose element 0 is item 0), the keys of the
/// `wanted` first in order, or all where there are fewer, and some others. `keys` has room for
/// cbk_weighted_key_capacity(wanted). Indices ascend.
///
/// `scale` is that of the weights' plan. It is a power of two that brings all weights into 2^-1018 ... 2^961, or 0 where
/// there may be none: each key then has its own power, which takes more time.
///
/// For several threads, give each a range; the keys of all, concatenated in the order of ranges, hold the
/// `wanted` first of all.
cbk_weighted_scan cbk_weighted_keys(cbk_weight_type type, const void *weights, double scale, cbk_stream stream,
                                    cbk_weighted_key *keys, uint64_t first, size_t count, size_t wanted);

/// The indices of the `wanted` first keys, in order. There are at least as many `keys`, with ascending
/// indices below 2^32; they are overwritten, and so is `scratch`, which has as much room. False, with
/// nothing written, where there are fewer.
bool cbk_weighted_take(cbk_weighted_key *keys, cbk_weighted_key *scratch, uint32_t *indices, size_t key_count,
                       size_t wanted);

#endif
