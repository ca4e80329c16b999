// Selects and sorts exponential keys by the digits of their bits.
#include <string.h>

#include "weighted_keys.h"

enum {
  DIGIT_BITS = 11,
  DIGIT_VALUES = 1 << DIGIT_BITS,
  DIGITS = 6,
  MOST_OTHERS = 128,  // kept beyond five quarters of the keys wanted
};

static inline size_t digit_at(uint64_t bits, int digit) {
  return (size_t)(bits >> (digit * DIGIT_BITS)) % DIGIT_VALUES;
}

// ---- Selection ------------------------------------------------------------------------------------

/// Keeps the keys below `limit`, and the first `equal` of those that equal it.
static size_t keep(cbk_weighted_key *keys, size_t count, uint64_t limit, size_t equal) {
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    cbk_weighted_key key = keys[i];
    uint64_t bits = key.bits;
    bool is_equal = bits == limit && equal > 0;
    keys[kept] = key;
    kept += bits < limit || is_equal;
    equal -= is_equal;
  }
  return kept;
}

uint64_t cbk_weighted_reduce(cbk_weighted_key *keys, size_t *count, size_t wanted) {
  uint64_t low = 0;   // the keys looked for have these digits before the current one
  size_t before = 0;  // keys below it
  uint64_t limit = 0;
  for (int digit = DIGITS - 1; digit >= 0; --digit) {
    uint32_t counts[DIGIT_VALUES] = {0};
    int above = (digit + 1) * DIGIT_BITS;
    for (size_t i = 0; i < *count; ++i) {
      uint64_t bits = keys[i].bits;
      if (digit == DIGITS - 1 || bits >> above == low >> above) ++counts[digit_at(bits, digit)];
    }
    size_t value = 0;
    while (before + counts[value] < wanted) before += counts[value++];
    low |= (uint64_t)value << (digit * DIGIT_BITS);
    limit = low + (1ull << (digit * DIGIT_BITS));
    if (before + counts[value] <= wanted + wanted / 4 + MOST_OTHERS) {
      *count = keep(keys, *count, limit, 0);
      return limit;
    }
  }
  *count = keep(keys, *count, low, wanted - before);
  return low;
}

// ---- Sort -----------------------------------------------------------------------------------------

static void count_digits(const cbk_weighted_key *keys, size_t count, size_t counts[DIGITS][DIGIT_VALUES]) {
  memset(counts, 0, sizeof(size_t) * DIGITS * DIGIT_VALUES);
  for (size_t i = 0; i < count; ++i) {
    uint64_t bits = keys[i].bits;
    for (int digit = 0; digit < DIGITS; ++digit) ++counts[digit][digit_at(bits, digit)];
  }
}

/// Stable, so that equal keys stay in order. The sorted keys are in the result, `keys` or `scratch`.
static cbk_weighted_key *sorted(cbk_weighted_key *keys, cbk_weighted_key *scratch, size_t count) {
  size_t counts[DIGITS][DIGIT_VALUES];
  count_digits(keys, count, counts);
  for (int digit = 0; digit < DIGITS; ++digit) {
    size_t *starts = counts[digit];
    if (starts[digit_at(keys[0].bits, digit)] == count) continue;
    for (size_t value = 0, start = 0; value < DIGIT_VALUES; ++value) {
      size_t values = starts[value];
      starts[value] = start;
      start += values;
    }
    for (size_t i = 0; i < count; ++i) scratch[starts[digit_at(keys[i].bits, digit)]++] = keys[i];
    cbk_weighted_key *swapped = keys;
    keys = scratch;
    scratch = swapped;
  }
  return keys;
}

bool cbk_weighted_take(cbk_weighted_key *keys, cbk_weighted_key *scratch, uint32_t *indices, size_t key_count,
                       size_t wanted) {
  if (key_count < wanted) return false;
  if (wanted == 0) return true;
  if (key_count > wanted) cbk_weighted_reduce(keys, &key_count, wanted);
  keys = sorted(keys, scratch, key_count);
  for (size_t i = 0; i < wanted; ++i) indices[i] = (uint32_t)keys[i].index;
  return true;
}
