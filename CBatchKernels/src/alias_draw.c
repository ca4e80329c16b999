// Draws from alias tables. One version serves all instruction sets: a draw is two multiplications and one
// load from anywhere, and the vectors are in the random words.
#include "cbk_weighted.h"

#include "kernel_table.h"

enum {
  BLOCK_DRAWS = 128,
  SUPERBLOCK_DRAWS = CBK_PHILOX_SUPERBLOCK_WORDS / 2,
  // Enough, as block_draws shortens a first block that does not begin at one.
  BLOCK_SUPERBLOCKS = BLOCK_DRAWS / SUPERBLOCK_DRAWS,
};

static inline uint32_t high_half(uint64_t a, uint64_t b, uint64_t *low) {
  unsigned __int128 product = (unsigned __int128)a * b;
  *low = (uint64_t)product;
  return (uint32_t)(product >> 64);
}

/// Where draws fall.
typedef struct block {
  uint32_t columns[BLOCK_DRAWS], units[BLOCK_DRAWS];
} block;

/// The draws from position `first` of its superblocks on, and their columns on their way to the cache.
static void locate(const cbk_alias_entry *entries, uint64_t item_count, uint64_t capacity, cbk_stream stream,
                   uint64_t first, block *draws, size_t count) {
  uint32_t words[BLOCK_SUPERBLOCKS * CBK_PHILOX_SUPERBLOCK_WORDS];
  size_t skipped = first % SUPERBLOCK_DRAWS;
  cbk_philox_fill(stream, first / SUPERBLOCK_DRAWS, words, (skipped + count + SUPERBLOCK_DRAWS - 1) / SUPERBLOCK_DRAWS);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t *halves = words + 2 * (skipped + i);
    uint64_t word = (uint64_t)halves[1] << 32 | halves[0], rest;
    CBK_TO_REGISTER(word);
    draws->columns[i] = high_half(word, item_count, &rest);
    draws->units[i] = high_half(rest, capacity, &rest);
    __builtin_prefetch(entries + draws->columns[i]);
  }
}

static void look_up(const cbk_alias_entry *entries, const block *draws, uint32_t *indices, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    cbk_alias_entry entry = entries[draws->columns[i]];
    // All bits set where the difference is negative; a comparison would become a branch, as good as
    // random.
    uint32_t own = (uint32_t)(((uint64_t)draws->units[i] - entry.threshold) >> 32);
    indices[i] = (draws->columns[i] & own) | (entry.alias & ~own);
  }
}

static size_t block_draws(uint64_t first, size_t count) {
  size_t most = BLOCK_DRAWS - first % SUPERBLOCK_DRAWS;
  return count < most ? count : most;
}

void cbk_alias_draw(const cbk_alias_entry *entries, uint64_t item_count, uint64_t capacity, cbk_stream stream,
                    uint64_t first, uint32_t *indices, size_t count) {
  if (count == 0) return;
  // A block's columns are fetched while the next block's words are made.
  block blocks[2];
  size_t located = block_draws(first, count);
  locate(entries, item_count, capacity, stream, first, &blocks[0], located);
  for (size_t current = 0; located > 0; current = 1 - current) {
    first += located;
    count -= located;
    size_t next = block_draws(first, count);
    if (next > 0) locate(entries, item_count, capacity, stream, first, &blocks[1 - current], next);
    look_up(entries, &blocks[current], indices, located);
    indices += located;
    located = next;
  }
}
