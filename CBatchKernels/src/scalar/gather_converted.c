// Row gather with conversion, without vector instructions: the specification of the other versions.
#include <string.h>

#include "kernel_table.h"

#pragma STDC FP_CONTRACT OFF

/// Exact. A NaN becomes a quiet one.
static float widened(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, magnitude = half & 0x7fff;
  if (magnitude < 0x400) {  // zero or subnormal: a multiple of 2^-24
    float value = (float)magnitude * 0x1p-24f;
    return sign ? -value : value;
  }
  uint32_t exponent_bias = magnitude < 0x7c00 ? (127 - 15) << 23 : (255 - 31) << 23;
  uint32_t quiet = magnitude > 0x7c00 ? 1 << 22 : 0;
  uint32_t bits = sign | ((magnitude << 13) + exponent_bias) | quiet;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static float load(const uint8_t *source, cbk_element element) {
  uint16_t half;
  int16_t halfword;
  int32_t word;
  float value;
  switch (element) {
  case CBK_ELEMENT_UINT8: return *source;
  case CBK_ELEMENT_INT8: return (int8_t)*source;
  case CBK_ELEMENT_UINT16: memcpy(&half, source, 2); return half;
  case CBK_ELEMENT_INT16: memcpy(&halfword, source, 2); return halfword;
  case CBK_ELEMENT_INT32: memcpy(&word, source, 4); return (float)word;
  case CBK_ELEMENT_FLOAT16: memcpy(&half, source, 2); return widened(half);
  case CBK_ELEMENT_FLOAT32: memcpy(&value, source, 4); return value;
  }
}

static void convert_line(const uint8_t *source, const cbk_row_conversion *conversion, size_t plane, bool flipped,
                         float *destination) {
  size_t width = conversion->width, channels = conversion->channels;
  size_t size = cbk_element_bytes(conversion->element);
  for (size_t x = 0; x < width; ++x) {
    size_t pixel = (flipped ? width - 1 - x : x) * channels;
    for (size_t channel = 0; channel < channels; ++channel) {
      float value = load(source + (pixel + channel) * size, conversion->element);
      size_t factor = plane + channel;  // one of the two is always 0
      float scale = conversion->varying ? conversion->scales[factor] : conversion->scale;
      float offset = conversion->varying ? conversion->offsets[factor] : conversion->offset;
      float product = value * scale;
      destination[x * channels + channel] = product + offset;
    }
  }
}

static void gather(const uint8_t *source, cbk_row_list rows, const cbk_row_conversion *conversion, const uint8_t *flips,
                   float *destination, size_t count, bool prefetch) {
  (void)prefetch;
  size_t size = cbk_element_bytes(conversion->element);
  size_t row_bytes = cbk_row_length(conversion) * size;
  size_t line_length = conversion->width * conversion->channels;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t *line = source + cbk_row_at(rows, i) * row_bytes;
    for (size_t plane = 0; plane < conversion->planes; ++plane) {
      for (size_t y = 0; y < conversion->height; ++y) {
        convert_line(line, conversion, plane, flips && flips[i], destination);
        line += line_length * size;
        destination += line_length;
      }
    }
  }
}

const cbk_gather_converted_kernels cbk_gather_converted_scalar = {gather};
