// Counter-based randomness: Philox4x32-10 (Salmon et al., SC'11).
#ifndef CBK_RANDOM_H
#define CBK_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/// A stream of random words that is a pure function of its two members. The key is the Philox key
/// (low word first); the stream fills the upper half of the counter (low word first).
typedef struct cbk_stream {
  uint64_t key;
  uint64_t stream;
} cbk_stream;

enum { CBK_PHILOX_SUPERBLOCK_WORDS = 64 };

/// One Philox4x32-10 block: four words from a key and a counter.
void cbk_philox_block(const uint32_t key[2], const uint32_t counter[4], uint32_t words[4]);

/// Words 64 * first_superblock ... of the stream, `superblock_count` times 64 words, in "lane-16
/// order": word 64 s + 16 w + l is word w of the block whose counter is 16 s + l.
void cbk_philox_fill(cbk_stream stream, uint64_t first_superblock, uint32_t *words, size_t superblock_count);

/// What a derived key is for. Part of the order format: never renumbered.
enum {
  CBK_PURPOSE_PERMUTATION = 1,
  CBK_PURPOSE_GENERATOR = 2,
  CBK_PURPOSE_CONSTANT_ORDER = 3,
  CBK_PURPOSE_MEMBER = 4,
  CBK_PURPOSE_SAMPLER = 5,
  CBK_PURPOSE_WEIGHTED = 6,
  CBK_PURPOSE_SAMPLE = 7,
  CBK_PURPOSE_BLOCK_ORDER = 8,
};

/// A key for one purpose: a pure function of its arguments, independent of other purposes and ids.
/// The first two words (low word first) of the block with key `seed` and counter
/// (id low, id high, part, purpose).
uint64_t cbk_derive_key(uint64_t seed, uint64_t id, uint32_t part, uint32_t purpose);

#endif
