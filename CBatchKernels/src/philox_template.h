// Philox4x32-10 for x86-64 vectors; included by philox.c of its folder.
//
// The includer defines CBK_VECTOR_BYTES and
//   static inline lanes multiply(lanes a, uint32_t factor);   the low half of each lane, times factor
//   static inline lanes merge(lanes even, lanes odd);         even's low halves low, odd's low halves high
// on `lanes`, a vector of uint64_t.
//
// A 64-bit lane holds one word of one block in its low half. Its high half is whatever the last step
// left there: products are taken of low halves only, and the rounds need no shuffle. Blocks with an even
// and an odd number are kept in two vectors, so that one merge gives a vector of words in order.
#include "philox.h"

enum { VECTOR_LANES = CBK_VECTOR_BYTES / 8, VECTOR_BLOCKS = 2 * VECTOR_LANES };

typedef lanes unaligned_lanes __attribute__((aligned(1), may_alias));

typedef struct blocks {
  lanes c0, c1, c2, c3;
} blocks;

CBK_INLINE void philox_round(blocks *b, uint32_t k0, uint32_t k1) {
  lanes product0 = multiply(b->c0, philox_multiplier0);
  lanes product1 = multiply(b->c2, philox_multiplier1);
  b->c0 = product1 >> 32 ^ b->c1 ^ k0;
  b->c1 = product1;
  b->c2 = product0 >> 32 ^ b->c3 ^ k1;
  b->c3 = product0;
}

CBK_INLINE void fill_blocks(cbk_stream stream, uint64_t first_block, uint32_t *words) {
  lanes even = {0};
  for (size_t i = 0; i < VECTOR_LANES; ++i) even[i] = 2 * i;
  // No lane carries into the high word of the counter, as first_block is a multiple of the blocks here.
  even += (uint32_t)first_block;
  const lanes zero = even ^ even;
  blocks a = {
      even,
      zero + (first_block >> 32),
      zero + (uint32_t)stream.stream,
      zero + (stream.stream >> 32),
  };
  blocks b = a;
  b.c0 += 1;
  uint32_t k0 = (uint32_t)stream.key, k1 = (uint32_t)(stream.key >> 32);
#pragma clang loop unroll(full)
  for (int round = 0; round < PHILOX_ROUNDS; ++round) {
    philox_round(&a, k0, k1);
    philox_round(&b, k0, k1);
    k0 += philox_weyl0;
    k1 += philox_weyl1;
  }
  *(unaligned_lanes *)words = merge(a.c0, b.c0);
  *(unaligned_lanes *)(words + PHILOX_LANES) = merge(a.c1, b.c1);
  *(unaligned_lanes *)(words + 2 * PHILOX_LANES) = merge(a.c2, b.c2);
  *(unaligned_lanes *)(words + 3 * PHILOX_LANES) = merge(a.c3, b.c3);
}

static void fill(cbk_stream stream, uint64_t first_superblock, uint32_t *words, size_t superblock_count) {
  for (size_t s = 0; s < superblock_count; ++s) {
    for (size_t lane = 0; lane < PHILOX_LANES; lane += VECTOR_BLOCKS) {
      fill_blocks(stream, (first_superblock + s) * PHILOX_LANES + lane, words + lane);
    }
    words += CBK_PHILOX_SUPERBLOCK_WORDS;
  }
}

const cbk_philox_kernels CBK_KERNELS(philox) = {fill};
