// Philox4x32-10, one block at a time: the specification of the vector versions.
#include "philox.h"

static uint32_t high_word(uint64_t value) { return (uint32_t)(value >> 32); }
static uint32_t low_word(uint64_t value) { return (uint32_t)value; }

void cbk_philox_block(const uint32_t key[2], const uint32_t counter[4], uint32_t words[4]) {
  uint32_t k0 = key[0], k1 = key[1];
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  for (int round = 0; round < PHILOX_ROUNDS; ++round) {
    uint64_t product0 = (uint64_t)philox_multiplier0 * c0;
    uint64_t product1 = (uint64_t)philox_multiplier1 * c2;
    c0 = high_word(product1) ^ c1 ^ k0;
    c1 = low_word(product1);
    c2 = high_word(product0) ^ c3 ^ k1;
    c3 = low_word(product0);
    k0 += philox_weyl0;
    k1 += philox_weyl1;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

static void fill(cbk_stream stream, uint64_t first_superblock, uint32_t *words, size_t superblock_count) {
  const uint32_t key[2] = {low_word(stream.key), high_word(stream.key)};
  for (size_t s = 0; s < superblock_count; ++s) {
    for (uint64_t lane = 0; lane < PHILOX_LANES; ++lane) {
      uint64_t block = (first_superblock + s) * PHILOX_LANES + lane;
      const uint32_t counter[4] = {low_word(block), high_word(block), low_word(stream.stream),
                                   high_word(stream.stream)};
      uint32_t output[4];
      cbk_philox_block(key, counter, output);
      for (size_t w = 0; w < 4; ++w) words[w * PHILOX_LANES + lane] = output[w];
    }
    words += CBK_PHILOX_SUPERBLOCK_WORDS;
  }
}

const cbk_philox_kernels cbk_philox_scalar = {fill};

void cbk_philox_fill(cbk_stream stream, uint64_t first_superblock, uint32_t *words, size_t superblock_count) {
  cbk_kernels()->philox->fill(stream, first_superblock, words, superblock_count);
}

uint64_t cbk_derive_key(uint64_t seed, uint64_t id, uint32_t part, uint32_t purpose) {
  const uint32_t key[2] = {low_word(seed), high_word(seed)};
  const uint32_t counter[4] = {low_word(id), high_word(id), part, purpose};
  uint32_t words[4];
  cbk_philox_block(key, counter, words);
  return (uint64_t)words[1] << 32 | words[0];
}
