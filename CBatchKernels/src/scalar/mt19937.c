// MT19937 and masked rejection word by word: the specification of the vector versions.
#include "kernel_table.h"

static void twist(uint32_t *key) {
  for (size_t i = 0; i < MT_BEHIND; ++i) key[i] = mt_twisted(key[i], key[i + 1], key[i + MT_FAR]);
  for (size_t i = MT_BEHIND; i < MT_WORDS - 1; ++i) {
    key[i] = mt_twisted(key[i], key[i + 1], key[i - MT_BEHIND]);
  }
  key[MT_WORDS - 1] = mt_twisted(key[MT_WORDS - 1], key[0], key[MT_FAR - 1]);
}

static void temper(const uint32_t *key, uint32_t *words, size_t count) {
  for (size_t i = 0; i < count; ++i) words[i] = mt_tempered(key[i]);
}

static void temper_f64(const uint32_t *key, double *values, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    values[i] = mt_double(mt_tempered(key[2 * i]), mt_tempered(key[2 * i + 1]));
  }
}

static size_t accept(const uint32_t *words, uint32_t maximum, uint32_t *values, size_t count) {
  const uint32_t mask = mt_mask(maximum);
  size_t accepted = 0;
  for (size_t i = 0; i < count; ++i) {
    values[accepted] = words[i] & mask;
    accepted += values[accepted] <= maximum;
  }
  return accepted;
}

static size_t accept_descending(const uint32_t *words, uint32_t maximum, uint32_t *values, size_t count) {
  size_t accepted = 0, used = 0;
  while (used < count) {
    const uint32_t bound = maximum - (uint32_t)accepted, mask = mt_mask(bound);
    used += mt_accept_band(words + used, bound, mask, mask / 2 + 1, values + accepted, &accepted, count - used);
  }
  return accepted;
}

const cbk_mt19937_kernels cbk_mt19937_scalar = {
    twist, temper, temper_f64, accept, accept_descending,
};
