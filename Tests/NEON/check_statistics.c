// Compares the NEON kernels of the statistics with the scalar ones: called by check_neon.c.
#include <stdio.h>
#include <string.h>

#include "cbatchkernels.h"

enum { MOST_ELEMENTS = 20000, MOST_CHANNELS = 600 };

size_t check_statistics(void);

static float floats[MOST_ELEMENTS];
static double doubles[MOST_ELEMENTS];
static uint8_t bytes[MOST_ELEMENTS];

/// All bits of the fractions in use.
static void fill(void) {
  uint32_t seed = 1;
  for (size_t i = 0; i < MOST_ELEMENTS; ++i) {
    seed = seed * 1664525 + 1013904223;
    floats[i] = (float)(int32_t)seed * 0x1p-28f;
    doubles[i] = (double)floats[i] + (double)seed * 0x1p-62;
    bytes[i] = (uint8_t)(seed >> 24);
  }
}

static void run(cbk_moments *moments, size_t outer, size_t channels, size_t inner) {
  memset(moments, 0, 3 * MOST_CHANNELS * sizeof *moments);
  cbk_add_moments_f32(floats, moments, outer, channels, inner);
  cbk_add_moments_f64(doubles, moments + MOST_CHANNELS, outer, channels, inner);
  cbk_add_moments_u8(bytes, moments + 2 * MOST_CHANNELS, outer, channels, inner);
}

static size_t differs(size_t outer, size_t channels, size_t inner) {
  static cbk_moments expected[3 * MOST_CHANNELS], actual[3 * MOST_CHANNELS];
  cbk_set_isa(CBK_ISA_SCALAR);
  run(expected, outer, channels, inner);
  cbk_set_isa(CBK_ISA_NEON);
  run(actual, outer, channels, inner);
  if (memcmp(expected, actual, sizeof expected) == 0) return 0;
  fprintf(stderr, "NEON differs from scalar: statistics %zu x %zu x %zu\n", outer, channels, inner);
  return 1;
}

/// The number of differences.
size_t check_statistics(void) {
  size_t differences = 0;
  fill();
  for (size_t channels = 1; channels < MOST_CHANNELS; channels += 1 + channels / 8) {
    for (size_t inner = 1; inner * channels * 2 <= MOST_ELEMENTS; inner += 1 + inner / 2) {
      differences += differs(2, channels, inner);
      differences += differs(MOST_ELEMENTS / (inner * channels), channels, inner);
    }
  }
  return differences;
}
