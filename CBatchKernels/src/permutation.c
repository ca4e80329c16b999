// Plans of permutations, and sorting positions into buckets (the format and the memory: permutation.h).
#include "permutation.h"

#include <string.h>

enum {
  MOST_SHUFFLED_BITS = 20,  // of the count of a permutation without buckets
  BUCKET_BITS = 16,
  MOST_BUCKETS_BITS = 11,
  LABEL_BITS = 16,
  SUPERBLOCK_LABELS = 2 * CBK_PHILOX_SUPERBLOCK_WORDS,
  LINE_LABELS = 32,
};

cbk_permutation_plan cbk_permutation_plan_make(uint64_t key, uint64_t count) {
  cbk_permutation_plan plan = {key, count, 0};
  if (count <= 1ull << MOST_SHUFFLED_BITS) return plan;
  while (plan.bucket_bits < MOST_BUCKETS_BITS && (count - 1) >> BUCKET_BITS >> plan.bucket_bits != 0) {
    ++plan.bucket_bits;
  }
  return plan;
}

size_t cbk_permutation_plan_scratch_bytes(const cbk_permutation_plan *plan) {
  if (plan->bucket_bits == 0) return 0;
  size_t rows = permutation_chunk_count(plan) * permutation_row_stride(plan);
  return permutation_table_offset(plan) + rows * sizeof(uint32_t);
}

size_t cbk_permutation_scratch_bytes(uint64_t count) {
  cbk_permutation_plan plan = cbk_permutation_plan_make(0, count);
  return cbk_permutation_plan_scratch_bytes(&plan);
}

/// The 16-bit pieces of the label stream for the positions first..<first + length; `first` is a multiple of CHUNK.
static void fill_labels(uint64_t key, uint64_t first, uint16_t *labels, size_t length) {
  const cbk_stream stream = {key, permutation_label_stream};
  const uint64_t superblock = first / SUPERBLOCK_LABELS;
  const size_t whole = length / SUPERBLOCK_LABELS, rest = length % SUPERBLOCK_LABELS;
  cbk_philox_fill(stream, superblock, (uint32_t *)labels, whole);
  if (rest == 0) return;
  uint32_t last[CBK_PHILOX_SUPERBLOCK_WORDS];
  cbk_philox_fill(stream, superblock + whole, last, 1);
  memcpy(labels + whole * SUPERBLOCK_LABELS, last, rest * sizeof *labels);
}

/// Sorts 0..<length by label, stably. `ends` has room for all buckets.
static void sort_chunk(const uint16_t *labels, uint16_t *entries, uint32_t *ends, size_t length, uint32_t bucket_bits) {
  const size_t buckets = (size_t)1 << bucket_bits;
  const uint32_t shift = LABEL_BITS - bucket_bits;
  memset(ends, 0, buckets * sizeof *ends);
  for (size_t i = 0; i < length; i += LINE_LABELS) {
    // The entries will be written all over the chunk, which no hardware prefetcher foresees.
    __builtin_prefetch(entries + i, 1);
    const size_t end = permutation_smaller(i + LINE_LABELS, length);
    for (size_t j = i; j < end; ++j) ++ends[labels[j] >> shift];
  }
  uint32_t start = 0;
  for (size_t bucket = 0; bucket < buckets; ++bucket) {
    uint32_t size = ends[bucket];
    ends[bucket] = start;
    start += size;
  }
  // Each start grows to the end of its bucket.
  for (size_t i = 0; i < length; ++i) entries[ends[labels[i] >> shift]++] = (uint16_t)i;
}

void cbk_permutation_scatter(const cbk_permutation_plan *plan, void *permutation, void *scratch, size_t part,
                             size_t part_count) {
  if (plan->bucket_bits == 0) return;
  const uint64_t chunks = permutation_chunk_count(plan);
  const uint64_t first = chunks * part / part_count, end = chunks * (part + 1) / part_count;
  uint32_t *table = (uint32_t *)((uint8_t *)scratch + permutation_table_offset(plan));
  for (uint64_t chunk = first; chunk < end; ++chunk) {
    const size_t length = permutation_smaller(CHUNK, plan->count - chunk * CHUNK);
    // The place of the part's first values, at least 4 bytes each: used again and again, it stays in a cache.
    uint16_t *labels = (uint16_t *)permutation + 2 * first * CHUNK;
    fill_labels(plan->key, chunk * CHUNK, labels, length);
    sort_chunk(labels, (uint16_t *)scratch + chunk * CHUNK_STRIDE, table + chunk * permutation_row_stride(plan), length,
               plan->bucket_bits);
  }
}
