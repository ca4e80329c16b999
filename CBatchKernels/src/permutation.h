// Uniform permutations: what their files share.
//
// THE ORDER FORMAT (CBK_PERMUTATION_FORMAT).
//
// Words. Random words have 64 bits: word i of a stream is made of words 2 i (low half) and 2 i + 1 (high half)
// of cbk_philox_fill. They are consumed in order, without gaps.
//
// Shuffle. A list is shuffled with a stream of its own: for positions t = 1, 2, ... the values at t and at j
// change places, where j <= t is the face of a die with t + 1 sides. One word gives the dice of k positions
// t ... t + k - 1: k is the largest of 6, 5, 4, 3, 2, 1 with t + k <= min(count, limit of k) (see
// permutation_template.h). A word is a fraction w / 2^64. For each die in turn, face = floor(w * sides / 2^64),
// and w becomes w * sides mod 2^64. The k faces are exactly uniform if, with P the product of the sides, words
// whose last w is below 2^64 mod P are thrown away and the next word is used in their place (Brackett-Rozinsky,
// Lemire: Batched ranged random integer generation, 2024).
//
// Up to 2^20 values, the permutation is the list 0, 1, 2, ... shuffled with stream {key, 0}.
//
// Buckets. Beyond, there are 2^b buckets, with the smallest b <= 11 for which a bucket has at most 2^16 values
// on average, or b = 11. The label of position i is the top b bits of the i-th 16-bit piece of the words of
// stream {key, 2^56} (low halves first). Bucket l lists the positions with label l in ascending order, shuffled
// with stream {key, 2^57 + l}; the permutation is bucket 0, bucket 1, ... Independent uniform labels and uniform
// shuffles make every permutation equally likely (Rao 1961, Sandelius 1962). Bucket sizes are what comes out.
//
// One shuffle is the faster way as long as a last-level cache holds the list (measured on Zen 5: 1.0 ns per
// value at 10^6 against 1.7 ns with buckets), so that is the limit, not the second-level cache. And one level of
// buckets is enough: with a second one, 2^28 values took twice as long, since shuffling buckets of 2^17 or 2^18
// values costs less than a second pass over them.
#ifndef CBK_PRIVATE_PERMUTATION_H
#define CBK_PRIVATE_PERMUTATION_H

#include "kernel_table.h"

static const uint64_t permutation_label_stream = 1ull << 56, permutation_bucket_stream = 1ull << 57;

// THE SCRATCH MEMORY (no part of the format). Positions are sorted into buckets chunk by chunk, inside a cache,
// so that an entry is a 16-bit position in its chunk, memory is written in order, and no bucket has a limit.
// Chunk c has CHUNK_STRIDE entries, of which the first ones are used; behind all chunks there is a table with,
// for chunk c and bucket l, the number of entries of the chunk in buckets 0...l.
enum {
  CHUNK = 1 << 16,
  // A little more than a power of two: a bucket's segments, one in each chunk, would else compete for the same
  // few sets of a cache.
  CHUNK_STRIDE = CHUNK + 32,
  ROW_PADDING = 16,
};

static inline uint64_t permutation_chunk_count(const cbk_permutation_plan *plan) {
  return (plan->count + CHUNK - 1) / CHUNK;
}

static inline size_t permutation_row_stride(const cbk_permutation_plan *plan) {
  return ((size_t)1 << plan->bucket_bits) + ROW_PADDING;
}

/// The table, in bytes from the start of the scratch memory.
static inline size_t permutation_table_offset(const cbk_permutation_plan *plan) {
  return permutation_chunk_count(plan) * CHUNK_STRIDE * sizeof(uint16_t);
}

static inline size_t permutation_smaller(size_t a, size_t b) { return a < b ? a : b; }

#endif
