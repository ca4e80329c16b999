// MT19937 and masked rejection with NEON: four words at a time.
#if defined(__aarch64__)
#include "begin.h"
#include "mt19937_compress.h"

typedef uint32_t lanes __attribute__((vector_size(16)));
typedef uint64_t pairs __attribute__((vector_size(16)));
typedef double doubles __attribute__((vector_size(16)));

static inline doubles to_doubles(pairs integers) { return __builtin_convertvector(integers, doubles); }

static inline uint32_t at_most(lanes values, uint32_t bound) {
  static const uint32_t bits[4] = {1, 2, 4, 8};
  uint32x4_t below = vcleq_u32((uint32x4_t)values, vdupq_n_u32(bound));
  return vaddvq_u32(vandq_u32(below, vld1q_u32(bits)));
}

static inline void compress(uint32_t *to, lanes values, uint32_t kept) {
  uint8x16_t order = vld1q_u8(mt_compress_order[kept]);
  vst1q_u8((uint8_t *)to, vqtbl1q_u8((uint8x16_t)values, order));
}

#include "mt19937_template.h"
#endif
