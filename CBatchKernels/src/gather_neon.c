// Row gather with NEON.
#if defined(__aarch64__)
#include <arm_neon.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma STDC FP_CONTRACT OFF

static inline void rescale_4(uint16x4_t bytes, float *destination, float32x4_t scale, float32x4_t offset) {
  float32x4_t product = vmulq_f32(vcvtq_f32_u32(vmovl_u16(bytes)), scale);
  vst1q_f32(destination, vaddq_f32(product, offset));
}

static inline void rescale_8(const uint8_t *source, float *destination, float32x4_t scale,
                             float32x4_t offset) {
  uint16x8_t bytes = vmovl_u8(vld1_u8(source));
  rescale_4(vget_low_u16(bytes), destination, scale, offset);
  rescale_4(vget_high_u16(bytes), destination + 4, scale, offset);
}

static inline void rescale_row(const uint8_t *source, float *destination, size_t count, float scale,
                               float offset) {
  if (count < 8) {
    for (size_t i = 0; i < count; ++i) {
      float product = (float)source[i] * scale;
      destination[i] = product + offset;
    }
    return;
  }
  float32x4_t scales = vdupq_n_f32(scale), offsets = vdupq_n_f32(offset);
  for (size_t i = 0; i < count - 8; i += 8) rescale_8(source + i, destination + i, scales, offsets);
  rescale_8(source + count - 8, destination + count - 8, scales, offsets);
}

#define CBK_GATHER_KERNELS cbk_gather_neon
#include "gather_template.h"
#endif
