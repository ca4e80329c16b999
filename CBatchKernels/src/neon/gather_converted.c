// Row gather with conversion, with NEON: two vectors are one of eight lanes here.
#if defined(__aarch64__)
#include "begin.h"
#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define LANES 8
typedef float32x4x2_t floats;
typedef uint8x16x2_t positions;  // of bytes

static inline floats broadcast(float value) { return (floats){{vdupq_n_f32(value), vdupq_n_f32(value)}}; }

static inline floats load_floats(const float *source) { return (floats){{vld1q_f32(source), vld1q_f32(source + 4)}}; }

static inline floats from_unsigned(uint16x8_t values) {
  return (floats){{vcvtq_f32_u32(vmovl_u16(vget_low_u16(values))), vcvtq_f32_u32(vmovl_high_u16(values))}};
}

static inline floats from_signed(int16x8_t values) {
  return (floats){{vcvtq_f32_s32(vmovl_s16(vget_low_s16(values))), vcvtq_f32_s32(vmovl_high_s16(values))}};
}

static inline floats from_halves(uint8x16_t bytes) {
  float16x8_t values = vreinterpretq_f16_u8(bytes);
  return (floats){{vcvt_f32_f16(vget_low_f16(values)), vcvt_high_f32_f16(values)}};
}

static inline __attribute__((always_inline)) floats load(const uint8_t *source, cbk_element element) {
  switch (element) {
  case CBK_ELEMENT_UINT8: return from_unsigned(vmovl_u8(vld1_u8(source)));
  case CBK_ELEMENT_INT8: return from_signed(vmovl_s8(vreinterpret_s8_u8(vld1_u8(source))));
  case CBK_ELEMENT_UINT16: return from_unsigned(vreinterpretq_u16_u8(vld1q_u8(source)));
  case CBK_ELEMENT_INT16: return from_signed(vreinterpretq_s16_u8(vld1q_u8(source)));
  case CBK_ELEMENT_INT32:
    return (floats){{vcvtq_f32_s32(vreinterpretq_s32_u8(vld1q_u8(source))),
                     vcvtq_f32_s32(vreinterpretq_s32_u8(vld1q_u8(source + 16)))}};
  case CBK_ELEMENT_FLOAT16: return from_halves(vld1q_u8(source));
  case CBK_ELEMENT_FLOAT32:
    return (floats){{vreinterpretq_f32_u8(vld1q_u8(source)), vreinterpretq_f32_u8(vld1q_u8(source + 16))}};
  }
}

static inline floats scaled(floats values, floats scale, floats offset) {
  return (floats){{vaddq_f32(vmulq_f32(values.val[0], scale.val[0]), offset.val[0]),
                   vaddq_f32(vmulq_f32(values.val[1], scale.val[1]), offset.val[1])}};
}

static inline void store(float *destination, floats values) {
  vst1q_f32(destination, values.val[0]);
  vst1q_f32(destination + 4, values.val[1]);
}

static inline void store_part(float *destination, size_t count, floats values) {
  float elements[LANES];
  store(elements, values);
  memcpy(destination, elements, count * sizeof(float));
}

static inline uint8x16_t byte_positions(uint32x4_t lanes) {
  uint32x4_t firsts = vmulq_n_u32(lanes, 0x04040404);
  return vreinterpretq_u8_u32(vaddq_u32(firsts, vdupq_n_u32(0x03020100)));
}

static inline positions load_positions(const uint32_t *lanes) {
  return (positions){{byte_positions(vld1q_u32(lanes)), byte_positions(vld1q_u32(lanes + 4))}};
}

static inline positions lowered(positions lanes, uint32_t distance) {
  uint8x16_t bytes = vdupq_n_u8((uint8_t)(4 * distance));
  return (positions){{vsubq_u8(lanes.val[0], bytes), vsubq_u8(lanes.val[1], bytes)}};
}

static inline floats permuted(floats values, positions lanes) {
  uint8x16x2_t bytes = {{vreinterpretq_u8_f32(values.val[0]), vreinterpretq_u8_f32(values.val[1])}};
  return (floats){
      {vreinterpretq_f32_u8(vqtbl2q_u8(bytes, lanes.val[0])), vreinterpretq_f32_u8(vqtbl2q_u8(bytes, lanes.val[1]))}};
}

#include "gather_converted_template.h"
#endif
