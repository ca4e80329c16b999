// The order in constant memory with NEON: four positions at a time.
#if defined(__aarch64__)
#include "begin.h"

#define CBK_VECTOR_BYTES 16
#define CBK_BLOCK_VECTORS 8

typedef uint32_t lanes __attribute__((vector_size(CBK_VECTOR_BYTES)));

static inline lanes scale(lanes value, uint32_t count) {
  uint32x4_t factors = vdupq_n_u32(count), values = (uint32x4_t)value;
  uint32x4_t first = vreinterpretq_u32_u64(vmull_u32(vget_low_u32(values), vget_low_u32(factors)));
  uint32x4_t second = vreinterpretq_u32_u64(vmull_high_u32(values, factors));
  return (lanes)vuzp2q_u32(first, second);
}

static inline bool any(lanes mask) { return vmaxvq_u32((uint32x4_t)mask) != 0; }

#include "constant_order_template.h"
#endif
