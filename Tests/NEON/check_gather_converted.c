// Compares the converting gather of every instruction set of this machine with the scalar one, between
// inaccessible pages.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cbatchkernels.h"

enum { ROWS = 4, COUNT = 3, CAPACITY = 1 << 16, MOST_CHANNELS = 20 };

static size_t differences;

/// CAPACITY bytes between two inaccessible pages.
static uint8_t *make_guarded(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  uint8_t *mapping = mmap(NULL, CAPACITY + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED || mprotect(mapping, page, PROT_NONE) != 0
      || mprotect(mapping + page + CAPACITY, page, PROT_NONE) != 0) {
    perror("mmap");
    exit(2);
  }
  return mapping + page;
}

static size_t bytes_of(cbk_element element) {
  static const size_t bytes[] = {1, 1, 2, 2, 4, 2, 4};
  return bytes[element];
}

/// One NaN for all: which one a result is depends on the machine.
static void unify_nans(float *values, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (values[i] != values[i]) memset(&values[i], 0xFF, sizeof(float));
  }
}

static void check(cbk_isa isa, const cbk_conversion *conversion, const uint8_t *flips, bool at_back) {
  static uint8_t *source, *outputs[2];
  static const uint32_t indices[COUNT] = {3, 0, 2};
  if (source == NULL) {
    source = make_guarded();
    outputs[0] = make_guarded();
    outputs[1] = make_guarded();
  }
  size_t row_length = conversion->channels * conversion->height * conversion->width;
  size_t source_bytes = ROWS * row_length * bytes_of(conversion->element);
  size_t output_bytes = COUNT * row_length * sizeof(float);
  uint8_t *start = source + (at_back ? CAPACITY - source_bytes : 0);
  uint32_t state = (uint32_t)row_length;
  for (size_t i = 0; i < source_bytes; ++i) {
    state = state * 1664525 + 1013904223;
    start[i] = (uint8_t)(state >> 24);
  }
  for (int i = 0; i < 2; ++i) {
    memset(outputs[i], 0xA5, CAPACITY);
    cbk_set_isa(i == 0 ? CBK_ISA_SCALAR : isa);
    float *output = (float *)(outputs[i] + (at_back ? CAPACITY - output_bytes : 0));
    if (cbk_gather_converted_u32(start, ROWS, indices, conversion, flips, output, COUNT) != COUNT) abort();
    unify_nans(output, COUNT * row_length);
  }
  if (memcmp(outputs[0], outputs[1], CAPACITY) == 0) return;
  if (differences++ < 10) {
    fprintf(stderr, "%s differs from scalar: element %d, layout %d, %zu channels, width %zu, flipped %d\n",
            cbk_isa_name(isa), conversion->element, conversion->layout, conversion->channels, conversion->width,
            flips != NULL);
  }
}

static void check_widths(cbk_isa isa, cbk_conversion conversion) {
  static const uint8_t flips[COUNT] = {1, 0, 1};
  for (conversion.width = 1; conversion.width <= 50; conversion.width += conversion.channels > 5 ? 7 : 1) {
    for (int variant = 0; variant < 4; ++variant) {
      check(isa, &conversion, variant % 2 ? flips : NULL, variant / 2);
    }
  }
}

/// All 16-bit patterns, as rows of 2^16 elements would not fit between the pages.
static void check_patterns(cbk_isa isa, cbk_element element) {
  static uint16_t source[1 << 16];
  static float outputs[2][1 << 16];
  static const float scale = 1 / 255.0f / 0.3081f, offset = -0.1307f / 0.3081f;
  cbk_conversion conversion = {element, CBK_LAYOUT_CHANNELS_LAST, 1, 1, 1 << 16, &scale, &offset, false};
  for (size_t i = 0; i < 1 << 16; ++i) source[i] = (uint16_t)i;
  for (int i = 0; i < 2; ++i) {
    cbk_set_isa(i == 0 ? CBK_ISA_SCALAR : isa);
    cbk_convert_rows(source, &conversion, NULL, outputs[i], 1);
    unify_nans(outputs[i], 1 << 16);
  }
  if (memcmp(outputs[0], outputs[1], sizeof outputs[0]) == 0) return;
  ++differences;
  fprintf(stderr, "%s: conversion of element %d differs from scalar\n", cbk_isa_name(isa), element);
}

/// The number of differences.
size_t check_gather_converted(void) {
  float scales[MOST_CHANNELS], offsets[MOST_CHANNELS];
  for (int i = 0; i < MOST_CHANNELS; ++i) {
    scales[i] = 0.007843137f * (float)(i + 1);
    offsets[i] = 0.1f - (float)i / 3;
  }
  for (int isa = 1; isa < CBK_ISA_COUNT; ++isa) {
    if (!cbk_set_isa((cbk_isa)isa)) continue;
    for (int element = CBK_ELEMENT_UINT8; element <= CBK_ELEMENT_FLOAT32; ++element) {
      for (int layout = 0; layout < 2; ++layout) {
        for (size_t channels = 1; channels <= MOST_CHANNELS; channels += channels < 9 ? 1 : 11) {
          for (int per_channel = 0; per_channel < 2; ++per_channel) {
            cbk_conversion conversion = {(cbk_element)element, (cbk_layout)layout, channels, 2, 1, scales, offsets,
                                         per_channel};
            check_widths((cbk_isa)isa, conversion);
          }
        }
      }
      if (bytes_of((cbk_element)element) == 2) check_patterns((cbk_isa)isa, (cbk_element)element);
    }
  }
  return differences;
}
