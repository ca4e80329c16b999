// MT19937 and NumPy's draws from it, word by word: the parts that every instruction set shares.
#ifndef CBK_MT19937_PRIVATE_H
#define CBK_MT19937_PRIVATE_H

#include "cbk_mt19937.h"

enum {
  MT_WORDS = CBK_MT19937_WORDS,
  MT_FAR = 397,                   // a new word depends on the word so far ahead
  MT_BEHIND = MT_WORDS - MT_FAR,  // or, from word MT_BEHIND on, on the new word so far behind
};

static const uint32_t mt_upper = 0x80000000, mt_lower = 0x7FFFFFFF, mt_matrix = 0x9908B0DF;
static const uint32_t mt_temper_b = 0x9D2C5680, mt_temper_c = 0xEFC60000;

typedef struct cbk_mt19937_kernels {
  // Replaces the block by the next one.
  void (*twist)(uint32_t *key);
  // count words, or count doubles from 2 count words, of a block.
  void (*temper)(const uint32_t *key, uint32_t *words, size_t count);
  void (*temper_f64)(const uint32_t *key, double *values, size_t count);
  // The words that masked rejection keeps, in order; the result is how many. Writes at most `count`
  // values, those after the result being scratch.
  size_t (*accept)(const uint32_t *words, uint32_t maximum, uint32_t *values, size_t count);
  // The same with a maximum that falls by 1 with each value. `count` is at most `maximum`, so that no
  // word is left over.
  size_t (*accept_descending)(const uint32_t *words, uint32_t maximum, uint32_t *values, size_t count);
} cbk_mt19937_kernels;

/// Tempers the next words of the engine's block, a new one if need be: at least 1 and at most `most`
/// (at least 1) or MT_WORDS. The result is how many.
size_t cbk_mt19937_next_words(cbk_mt19937 *engine, uint32_t *words, size_t most);

/// RandomState.random_sample(): the next of cbk_mt19937_fill_f64.
double cbk_mt19937_next_f64(cbk_mt19937 *engine);

static inline uint32_t mt_twisted(uint32_t here, uint32_t next, uint32_t distant) {
  uint32_t y = (here & mt_upper) | (next & mt_lower);
  return distant ^ y >> 1 ^ (-(y & 1) & mt_matrix);
}

static inline uint32_t mt_tempered(uint32_t y) {
  y ^= y >> 11;
  y ^= y << 7 & mt_temper_b;
  y ^= y << 15 & mt_temper_c;
  return y ^ y >> 18;
}

/// NumPy's (a * 67108864.0 + b) / 9007199254740992.0 with a = first >> 5, b = second >> 6. That sum is
/// an integer below 2^53 and the division exact: nothing here rounds.
static inline double mt_double(uint32_t first, uint32_t second) {
  return (double)((uint64_t)(first >> 5) << 26 | second >> 6) * 0x1p-53;
}

/// The least 2^k - 1 that is not below `maximum`, which is not 0.
static inline uint32_t mt_mask(uint32_t maximum) { return UINT32_MAX >> __builtin_clz(maximum); }

/// `accept_descending` while the maximum is at least `lowest`, all such maxima having the mask `mask`;
/// without a branch on random data. The result is the number of words used; *accepted grows by the number
/// of values.
static inline size_t mt_accept_band(const uint32_t *words, uint32_t maximum, uint32_t mask, uint32_t lowest,
                                    uint32_t *values, size_t *accepted, size_t count) {
  size_t used = 0, kept = 0;
  const size_t room = maximum - lowest + (size_t)1;
  for (; used < count && kept < room; ++used) {
    uint32_t candidate = words[used] & mask;
    values[kept] = candidate;
    kept += candidate <= maximum - (uint32_t)kept;
  }
  *accepted += kept;
  return used;
}

#endif
