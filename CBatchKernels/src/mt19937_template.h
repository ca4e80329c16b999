// MT19937 and masked rejection in vectors; included by mt19937.c of its folder.
//
// The includer defines vectors `lanes` of uint32_t and, of the
// same size, `pairs` of uint64_t and `doubles`, and
//   static inline doubles to_doubles(pairs integers);          of integers below 2^53
//   static inline uint32_t at_most(lanes values, uint32_t bound);            bit l: value l <= bound
//   static inline void compress(uint32_t *to, lanes values, uint32_t kept);  writes LANES words, first the
//                                                                       values whose bits are set
#include "kernel_table.h"

enum {
  LANES = sizeof(lanes) / sizeof(uint32_t),
  // Words judged by one bound, several vectors of them: the next bound waits for the count of kept words,
  // and with one vector a turn that wait is most of the time. With 64 words, more are left undecided: slower
  // for short arrays by as much as faster for long ones.
  GROUP = 32,
};

typedef lanes unaligned_lanes __attribute__((aligned(4), may_alias));
typedef doubles unaligned_doubles __attribute__((aligned(8), may_alias));

static inline lanes load(const uint32_t *from) { return *(const unaligned_lanes *)from; }
static inline void store(uint32_t *to, lanes values) { *(unaligned_lanes *)to = values; }

static inline lanes twisted(lanes here, lanes next, lanes distant) {
  lanes y = (here & mt_upper) | (next & mt_lower);
  return distant ^ y >> 1 ^ (-(y & 1) & mt_matrix);
}

static inline lanes tempered(lanes y) {
  y ^= y >> 11;
  y ^= y << 7 & mt_temper_b;
  y ^= y << 15 & mt_temper_c;
  return y ^ y >> 18;
}

// Neither range of words is a multiple of all LANES: the last vector of each overlaps the one before it,
// and is read before that is overwritten.
static void twist(uint32_t *key) {
  const size_t first_end = MT_BEHIND - LANES, second_end = MT_WORDS - 1 - LANES;
  lanes last = twisted(load(key + first_end), load(key + first_end + 1), load(key + first_end + MT_FAR));
  for (size_t i = 0; i < first_end; i += LANES) {
    store(key + i, twisted(load(key + i), load(key + i + 1), load(key + i + MT_FAR)));
  }
  store(key + first_end, last);
  lanes here = load(key + second_end), next = load(key + second_end + 1);
  for (size_t i = MT_BEHIND; i < second_end; i += LANES) {
    store(key + i, twisted(load(key + i), load(key + i + 1), load(key + i - MT_BEHIND)));
  }
  store(key + second_end, twisted(here, next, load(key + second_end - MT_BEHIND)));
  key[MT_WORDS - 1] = mt_twisted(key[MT_WORDS - 1], key[0], key[MT_FAR - 1]);
}

// From LANES words on, a last vector that overlaps the one before stands for the tail.
static void temper(const uint32_t *key, uint32_t *words, size_t count) {
  if (count < LANES) {
    for (size_t i = 0; i < count; ++i) words[i] = mt_tempered(key[i]);
    return;
  }
  for (size_t i = 0; i < count - LANES; i += LANES) store(words + i, tempered(load(key + i)));
  store(words + count - LANES, tempered(load(key + count - LANES)));
}

/// mt_double of each pair of words, of which the first is the low half of a 64-bit lane.
static inline void temper_pairs(const uint32_t *key, double *values) {
  pairs words = (pairs)tempered(load(key));
  *(unaligned_doubles *)values = to_doubles((words & 0xFFFFFFE0) << 21 | words >> 38) * 0x1p-53;
}

static void temper_f64(const uint32_t *key, double *values, size_t count) {
  const size_t width = LANES / 2;
  if (count < width) {
    for (size_t i = 0; i < count; ++i) {
      values[i] = mt_double(mt_tempered(key[2 * i]), mt_tempered(key[2 * i + 1]));
    }
    return;
  }
  for (size_t i = 0; i < count - width; i += width) temper_pairs(key + 2 * i, values + i);
  temper_pairs(key + 2 * (count - width), values + count - width);
}

// A vector writes LANES words after the accepted ones: not past `count`, as no more words were accepted
// than used.
static size_t accept(const uint32_t *words, uint32_t maximum, uint32_t *values, size_t count) {
  const uint32_t mask = mt_mask(maximum);
  size_t accepted = 0, i = 0;
  for (; i + LANES <= count; i += LANES) {
    lanes candidates = load(words + i) & mask;
    uint32_t kept = at_most(candidates, maximum);
    compress(values + accepted, candidates, kept);
    accepted += (size_t)__builtin_popcount(kept);
  }
  for (; i < count; ++i) {
    values[accepted] = words[i] & mask;
    accepted += values[accepted] <= maximum;
  }
  return accepted;
}

/// Bit w: word w of a group is at most `bound`.
CBK_INLINE uint32_t group_at_most(const uint32_t *words, uint32_t mask, uint32_t bound) {
  uint32_t bits = 0;
#pragma clang loop unroll(full)
  for (size_t w = 0; w < GROUP; w += LANES) bits |= at_most(load(words + w) & mask, bound) << w;
  return bits;
}

/// The words of a group that masked rejection keeps where the maximum falls by 1 after each. Words above
/// the maximum are rejected, and words not above what it may have fallen to are kept, whatever the others
/// do; the few between are decided in order.
CBK_INLINE uint32_t kept_of_group(const uint32_t *words, uint32_t mask, uint32_t maximum) {
  uint32_t kept = group_at_most(words, mask, maximum - (GROUP - 1));
  uint32_t open = group_at_most(words, mask, maximum) & ~kept;
  for (; __builtin_expect(open != 0, 0); open &= open - 1) {
    uint32_t bit = open & -open;
    uint32_t bound = maximum - (uint32_t)__builtin_popcount(kept & (bit - 1));
    if ((words[__builtin_ctz(bit)] & mask) <= bound) kept |= bit;
  }
  return kept;
}

CBK_INLINE void compress_group(const uint32_t *words, uint32_t mask, uint32_t kept, uint32_t *values) {
#pragma clang loop unroll(full)
  for (size_t w = 0; w < GROUP; w += LANES) {
    uint32_t here = kept >> w & ((1u << LANES) - 1);
    compress(values, load(words + w) & mask, here);
    values += __builtin_popcount(here);
  }
}

static size_t accept_descending(const uint32_t *words, uint32_t maximum, uint32_t *values, size_t count) {
  size_t accepted = 0, used = 0;
  while (used < count) {
    uint32_t bound = maximum - (uint32_t)accepted;
    const uint32_t mask = mt_mask(bound), lowest = mask / 2 + 1;
    // All maxima that a group may meet have this mask.
    while (used + GROUP <= count && bound >= lowest && bound - lowest >= GROUP - 1) {
      uint32_t kept = kept_of_group(words + used, mask, bound);
      compress_group(words + used, mask, kept, values + accepted);
      size_t more = (size_t)__builtin_popcount(kept);
      accepted += more;
      bound -= (uint32_t)more;
      used += GROUP;
    }
    if (bound < lowest) continue;
    used += mt_accept_band(words + used, bound, mask, lowest, values + accepted, &accepted, count - used);
  }
  return accepted;
}

const cbk_mt19937_kernels CBK_KERNELS(mt19937) = {
    twist, temper, temper_f64, accept, accept_descending,
};
