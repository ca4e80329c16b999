// Shuffling a permutation (the format: permutation.h); included by permutation_u32.c and permutation_u64.c.
//
// The includer defines CBK_INDEX, the type of a value, and the functions to export: CBK_PERMUTATION (the whole)
// and CBK_PERMUTATION_SHUFFLE (a part).
#include "permutation.h"

enum {
  MOST_DICE = 6,
  MOST_SUPERBLOCKS = 16,
  RUN = 8,              // entries expanded at a time
  SEGMENTS_AHEAD = 16,  // prefetched
};

// Up to this many sides, a word serves so many dice. Products stay below 2^60: words are thrown away with a
// probability below 1/16 for two dice, below 1/128 for more.
static const uint64_t largest_sides[MOST_DICE + 1] = {
    0, UINT64_MAX, 1ull << 30, 1ull << 19, 1ull << 14, 1ull << 11, 1ull << 9,
};

// ---- Words ----------------------------------------------------------------------------------------

typedef struct word_source {
  cbk_stream stream;
  uint64_t next_superblock;
  size_t count, next;  // 64-bit words in `words`, and the next of them
  uint32_t words[MOST_SUPERBLOCKS * CBK_PHILOX_SUPERBLOCK_WORDS];
} word_source;

/// Starts with one superblock and doubles, as a short list needs few words.
static void refill(word_source *source) {
  size_t superblocks = 4 * source->count / CBK_PHILOX_SUPERBLOCK_WORDS;
  if (superblocks == 0) superblocks = 1;
  if (superblocks > MOST_SUPERBLOCKS) superblocks = MOST_SUPERBLOCKS;
  cbk_philox_fill(source->stream, source->next_superblock, source->words, superblocks);
  source->next_superblock += superblocks;
  source->count = superblocks * CBK_PHILOX_SUPERBLOCK_WORDS / 2;
  source->next = 0;
}

static inline uint64_t word_at(const word_source *source, size_t i) {
  return (uint64_t)source->words[2 * i + 1] << 32 | source->words[2 * i];
}

/// Faces of dice with sides, sides + 1, ... sides; the result is what is left of the word.
CBK_INLINE uint64_t split_word(uint64_t word, uint64_t sides, size_t *faces, size_t dice) {
#pragma clang loop unroll(full)
  for (size_t i = 0; i < dice; ++i) {
    unsigned __int128 product = (unsigned __int128)word * (sides + i);
    faces[i] = (size_t)(product >> 64);
    word = (uint64_t)product;
  }
  return word;
}

/// Whether a word of which this is left may be used.
static __attribute__((noinline)) bool is_fair(uint64_t rest, uint64_t sides, size_t dice) {
  uint64_t product = sides;
  for (size_t i = 1; i < dice; ++i) product *= sides + i;
  return rest >= -product % product;
}

// ---- Shuffle --------------------------------------------------------------------------------------

/// Extends the shuffled start of the list while a word for `dice` positions ends at or before `end`; the result
/// is its new length. Values move as soon as a word is split: to collect faces first, in order to prefetch their
/// places, took 1.4 times as long in every cache.
CBK_INLINE size_t extend(word_source *source, CBK_INDEX *list, size_t length, size_t end, size_t dice) {
  while (length + dice <= end) {
    if (source->next == source->count) refill(source);
    const size_t words = permutation_smaller(source->count - source->next, (end - length) / dice);
    // Not below any product of sides here, so that products are computed for doubtful words only.
    uint64_t bound = 1;
    for (size_t i = 0; i < dice; ++i) bound *= length + words * dice;
    const size_t last = source->next + words;
    for (; source->next < last; ++source->next) {
      size_t faces[MOST_DICE];
      uint64_t word = word_at(source, source->next);
      CBK_TO_REGISTER(word);
      const uint64_t rest = split_word(word, length + 1, faces, dice);
      if (__builtin_expect(rest < bound, 0) && !is_fair(rest, length + 1, dice)) continue;
#pragma clang loop unroll(full)
      for (size_t i = 0; i < dice; ++i) {
        const CBK_INDEX value = list[length + i];
        list[length + i] = list[faces[i]];
        list[faces[i]] = value;
      }
      length += dice;
    }
  }
  return length;
}

static void shuffle(cbk_stream stream, CBK_INDEX *list, size_t count) {
  word_source source;
  source.stream = stream;
  source.next_superblock = 0;
  source.count = 0;
  source.next = 0;
  size_t length = 1;
  // One call for each number of dice, so that each loop is compiled for it.
  length = extend(&source, list, length, permutation_smaller(count, largest_sides[6]), 6);
  length = extend(&source, list, length, permutation_smaller(count, largest_sides[5]), 5);
  length = extend(&source, list, length, permutation_smaller(count, largest_sides[4]), 4);
  length = extend(&source, list, length, permutation_smaller(count, largest_sides[3]), 3);
  length = extend(&source, list, length, permutation_smaller(count, largest_sides[2]), 2);
  extend(&source, list, length, count, 1);
}

// ---- Buckets --------------------------------------------------------------------------------------

typedef struct segment {
  const uint16_t *entries;
  size_t count;
  size_t start;  // of the entries in their chunk
} segment;

/// The entries of a bucket in a chunk.
static inline segment find_segment(const cbk_permutation_plan *plan, const void *scratch, uint64_t chunk,
                                   size_t bucket) {
  const uint32_t *table = (const uint32_t *)((const uint8_t *)scratch + permutation_table_offset(plan));
  const uint32_t *ends = table + chunk * permutation_row_stride(plan);
  const size_t start = bucket == 0 ? 0 : ends[bucket - 1];
  return (segment){(const uint16_t *)scratch + chunk * CHUNK_STRIDE + start, ends[bucket] - start, start};
}

/// values[i] = base + entries[i].
static inline void expand(const uint16_t *entries, uint64_t base, CBK_INDEX *values, size_t count) {
  if (count < RUN) {
    for (size_t i = 0; i < count; ++i) values[i] = (CBK_INDEX)(base + entries[i]);
    return;
  }
  // The last run overlaps the one before.
  const size_t last = count - RUN;
  for (size_t i = 0; i < count; i += RUN) {
    const size_t start = permutation_smaller(i, last);
#pragma clang loop unroll(full)
    for (size_t j = 0; j < RUN; ++j) values[start + j] = (CBK_INDEX)(base + entries[start + j]);
  }
}

/// Lists the positions in a bucket in ascending order; the result is their number.
static size_t list_bucket(const cbk_permutation_plan *plan, const void *scratch, size_t bucket, CBK_INDEX *list) {
  const uint64_t chunks = permutation_chunk_count(plan);
  size_t size = 0;
  for (uint64_t chunk = 0; chunk < chunks; ++chunk) {
    if (chunk + SEGMENTS_AHEAD < chunks) {
      segment ahead = find_segment(plan, scratch, chunk + SEGMENTS_AHEAD, bucket);
      __builtin_prefetch(ahead.entries);
      __builtin_prefetch(ahead.entries + ahead.count);
    }
    segment s = find_segment(plan, scratch, chunk, bucket);
    expand(s.entries, chunk * CHUNK, list + size, s.count);
    size += s.count;
  }
  return size;
}

/// The number of positions in the buckets before.
static size_t bucket_start(const cbk_permutation_plan *plan, const void *scratch, size_t bucket) {
  size_t start = 0;
  for (uint64_t chunk = 0; chunk < permutation_chunk_count(plan); ++chunk) {
    start += find_segment(plan, scratch, chunk, bucket).start;
  }
  return start;
}

void CBK_PERMUTATION_SHUFFLE(const cbk_permutation_plan *plan, const void *scratch, CBK_INDEX *permutation, size_t part,
                             size_t part_count) {
  if (plan->bucket_bits == 0) {
    if (part != 0) return;
    for (size_t i = 0; i < plan->count; ++i) permutation[i] = (CBK_INDEX)i;
    shuffle((cbk_stream){plan->key, 0}, permutation, plan->count);
    return;
  }
  const size_t buckets = (size_t)1 << plan->bucket_bits;
  const size_t first = buckets * part / part_count, end = buckets * (part + 1) / part_count;
  if (first == end) return;
  CBK_INDEX *list = permutation + bucket_start(plan, scratch, first);
  for (size_t bucket = first; bucket < end; ++bucket) {
    const size_t size = list_bucket(plan, scratch, bucket, list);
    shuffle((cbk_stream){plan->key, permutation_bucket_stream + bucket}, list, size);
    list += size;
  }
}

void CBK_PERMUTATION(uint64_t key, CBK_INDEX *permutation, size_t count, void *scratch) {
  const cbk_permutation_plan plan = cbk_permutation_plan_make(key, count);
  cbk_permutation_scatter(&plan, permutation, scratch, 0, 1);
  CBK_PERMUTATION_SHUFFLE(&plan, scratch, permutation, 0, 1);
}
