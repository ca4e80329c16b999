// Philox4x32-10 with NEON: four blocks at a time.
#if defined(__aarch64__)
#include "begin.h"
#include "philox.h"

typedef struct blocks {
  uint32x4_t c0, c1, c2, c3;
} blocks;

/// The high words of the products go to *high, the low words are the result.
static inline uint32x4_t multiply(uint32x4_t a, uint32_t factor, uint32x4_t *high) {
  uint32x4_t factors = vdupq_n_u32(factor);
  uint32x4_t first = vreinterpretq_u32_u64(vmull_u32(vget_low_u32(a), vget_low_u32(factors)));
  uint32x4_t second = vreinterpretq_u32_u64(vmull_high_u32(a, factors));
  *high = vuzp2q_u32(first, second);
  return vuzp1q_u32(first, second);
}

static inline void philox_round(blocks *b, uint32_t k0, uint32_t k1) {
  uint32x4_t high0, high1;
  uint32x4_t low0 = multiply(b->c0, philox_multiplier0, &high0);
  uint32x4_t low1 = multiply(b->c2, philox_multiplier1, &high1);
  b->c0 = veorq_u32(veorq_u32(high1, b->c1), vdupq_n_u32(k0));
  b->c1 = low1;
  b->c2 = veorq_u32(veorq_u32(high0, b->c3), vdupq_n_u32(k1));
  b->c3 = low0;
}

static inline void fill_blocks(cbk_stream stream, uint64_t first_block, uint32_t *words) {
  static const uint32_t ascending[4] = {0, 1, 2, 3};
  // No lane carries into the high word of the counter, as first_block is a multiple of four.
  blocks b = {
      vaddq_u32(vld1q_u32(ascending), vdupq_n_u32((uint32_t)first_block)),
      vdupq_n_u32((uint32_t)(first_block >> 32)),
      vdupq_n_u32((uint32_t)stream.stream),
      vdupq_n_u32((uint32_t)(stream.stream >> 32)),
  };
  uint32_t k0 = (uint32_t)stream.key, k1 = (uint32_t)(stream.key >> 32);
  for (int round = 0; round < PHILOX_ROUNDS; ++round) {
    philox_round(&b, k0, k1);
    k0 += philox_weyl0;
    k1 += philox_weyl1;
  }
  vst1q_u32(words, b.c0);
  vst1q_u32(words + PHILOX_LANES, b.c1);
  vst1q_u32(words + 2 * PHILOX_LANES, b.c2);
  vst1q_u32(words + 3 * PHILOX_LANES, b.c3);
}

static void fill(cbk_stream stream, uint64_t first_superblock, uint32_t *words, size_t superblock_count) {
  for (size_t s = 0; s < superblock_count; ++s) {
    for (size_t lane = 0; lane < PHILOX_LANES; lane += 4) {
      fill_blocks(stream, (first_superblock + s) * PHILOX_LANES + lane, words + lane);
    }
    words += CBK_PHILOX_SUPERBLOCK_WORDS;
  }
}

const cbk_philox_kernels cbk_philox_neon = {fill};
#endif
