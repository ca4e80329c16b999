// Uniform permutations by the inside-out Fisher-Yates shuffle.
//
// THE ORDER FORMAT (CBK_PERMUTATION_FORMAT). The permutation grows from {0}: position t = 1, 2, ... gets
// the value at position j <= t, where j is the face of a die with t + 1 sides, and position j gets t.
//
// Random words have 64 bits: word i is made of words 2 i (low half) and 2 i + 1 (high half) of
// cbk_philox_fill on the stream {key, 0}. They are consumed in order, without gaps.
//
// One word gives the dice of k positions t ... t + k - 1: k is the largest of 6, 5, 4, 3, 2, 1 with
// t + k <= min(count, limit of k) (see largest_sides). A word is a fraction w / 2^64. For each die in
// turn, face = floor(w * sides / 2^64), and w becomes w * sides mod 2^64. The k faces are exactly uniform
// if, with P the product of the sides, words whose last w is below 2^64 mod P are thrown away and the
// next word is used in their place (Brackett-Rozinsky, Lemire: Batched ranged random integer generation,
// 2024).
#include "kernel_table.h"

enum {
  MOST_DICE = 6,
  MOST_FACES = 480,    // rolled before the first is used: so many where positions are prefetched,
  NEAR_FACES = 120,    // so many where the permutation still fits a cache
  MOST_SUPERBLOCKS = 16,
};

// Up to this many sides, a word serves so many dice. Products stay below 2^60: words are thrown away
// with a probability below 1/16 for two dice, below 1/128 for more, and of 2^-32 for one.
static const uint64_t largest_sides[MOST_DICE + 1] = {
    0, 1ull << 32, 1ull << 30, 1ull << 19, 1ull << 14, 1ull << 11, 1ull << 9,
};

typedef struct word_source {
  cbk_stream stream;
  uint64_t next_superblock;
  size_t superblocks;  // in `words`
  size_t next;         // index into `words`
  uint32_t words[MOST_SUPERBLOCKS * CBK_PHILOX_SUPERBLOCK_WORDS];
} word_source;

/// Starts with one superblock and doubles, as a short permutation needs few words.
static void refill(word_source *source) {
  source->next_superblock += source->superblocks;
  if (source->superblocks == 0) {
    source->superblocks = 1;
  } else if (source->superblocks < MOST_SUPERBLOCKS) {
    source->superblocks *= 2;
  }
  cbk_philox_fill(source->stream, source->next_superblock, source->words, source->superblocks);
  source->next = 0;
}

static inline uint64_t next_word(word_source *source) {
  if (source->next == source->superblocks * CBK_PHILOX_SUPERBLOCK_WORDS) refill(source);
  uint64_t low = source->words[source->next], high = source->words[source->next + 1];
  source->next += 2;
  return high << 32 | low;
}

/// Faces of dice with sides, sides + 1, ... sides; the result is what is left of the word.
static inline __attribute__((always_inline)) uint64_t split_word(uint64_t word, uint64_t sides,
                                                                 uint32_t *faces, size_t dice) {
  for (size_t i = 0; i < dice; ++i) {
    unsigned __int128 product = (unsigned __int128)word * (sides + i);
    faces[i] = (uint32_t)(product >> 64);
    word = (uint64_t)product;
  }
  return word;
}

static inline __attribute__((always_inline)) void roll(word_source *source, uint64_t sides, uint32_t *faces,
                                                       size_t dice) {
  uint64_t rest = split_word(next_word(source), sides, faces, dice);
  uint64_t product = sides;
  for (size_t i = 1; i < dice; ++i) product *= sides + i;
  if (__builtin_expect(rest >= product, 1)) return;
  uint64_t excess = -product % product;
  while (rest < excess) rest = split_word(next_word(source), sides, faces, dice);
}

static uint64_t end_of_dice(size_t dice, uint64_t count) {
  return count < largest_sides[dice] ? count : largest_sides[dice];
}

/// Extends the permutation while a word for `dice` positions ends at or before `end`; the result is the
/// new length.
static inline __attribute__((always_inline)) uint64_t extend(word_source *source, uint32_t *permutation,
                                                             uint64_t length, uint64_t end, size_t dice) {
  // One or two dice: from 2^19 positions (2 MiB) on. Both numbers of faces are multiples of all `dice`.
  const bool prefetch = dice <= 2;
  const size_t most = prefetch ? MOST_FACES : NEAR_FACES;
  uint32_t faces[MOST_FACES];
  while (length + dice <= end) {
    size_t rolled = 0;
    for (; rolled < most && length + rolled + dice <= end; rolled += dice) {
      roll(source, length + rolled + 1, faces + rolled, dice);
      if (!prefetch) continue;
      for (size_t i = 0; i < dice; ++i) __builtin_prefetch(permutation + faces[rolled + i], 1);
    }
    for (size_t i = 0; i < rolled; ++i, ++length) {
      // Where the face is `length` itself, this moves a value never written, and then replaces it.
      permutation[length] = permutation[faces[i]];
      permutation[faces[i]] = (uint32_t)length;
    }
  }
  return length;
}

void cbk_permutation_u32(uint64_t key, uint32_t *permutation, size_t count) {
  if (count == 0) return;
  permutation[0] = 0;
  word_source source;
  source.stream = (cbk_stream){key, 0};
  source.next_superblock = 0;
  source.superblocks = 0;
  source.next = 0;
  uint64_t length = 1;
  // One call for each number of dice, so that each loop is compiled for it.
  length = extend(&source, permutation, length, end_of_dice(6, count), 6);
  length = extend(&source, permutation, length, end_of_dice(5, count), 5);
  length = extend(&source, permutation, length, end_of_dice(4, count), 4);
  length = extend(&source, permutation, length, end_of_dice(3, count), 3);
  length = extend(&source, permutation, length, end_of_dice(2, count), 2);
  extend(&source, permutation, length, end_of_dice(1, count), 1);
}
