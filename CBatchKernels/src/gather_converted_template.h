// Row gather with conversion for one instruction set; included by gather_converted.c of its folder.
//
// The includer defines LANES and
//   floats                                           a vector of LANES floats
//   positions                                        a vector of lane numbers
//   floats broadcast(float value);
//   floats load_floats(const float *source);
//   floats load(const uint8_t *source, cbk_element element);
//   floats scaled(floats values, floats scale, floats offset);
//   void store(float *destination, floats values);
//   void store_part(float *destination, size_t count, floats values);
//   positions load_positions(const uint32_t *lanes);
//   positions lowered(positions lanes, uint32_t distance);
//   floats permuted(floats values, positions lanes);         anything in lanes from a position out of range
// `element` is a constant at every call: each loop is specialised.
#include <string.h>

#include "kernel_table.h"

enum {
  LINE_BYTES = 64,  // what one prefetch fetches
};

// `ahead` is the distance in bytes from the row to a later one, which is prefetched at the pace of the
// conversion; 0 for none. Rows of 3,072 bytes from memory were written with 1.9 to 2.3 times the
// throughput of plain copies of as many bytes, those of 3,072 floats with 0.85 to 1.25 times; where each row
// was prefetched as a whole, it was 1.5 and 0.5 to 0.7 times.

CBK_INLINE void prefetch(const uint8_t *source, size_t byte_count, ptrdiff_t ahead) {
  if (ahead == 0) return;
  for (size_t i = 0; i < byte_count; i += LINE_BYTES) __builtin_prefetch(source + ahead + i);
}

/// The first `count` lanes. Not by a masked load, which waits for the lines that it would touch without the
/// mask: rows of 8 Int32 were gathered at a third of the speed from memory.
CBK_INLINE floats load_part(const uint8_t *source, size_t count, cbk_element element) {
  uint8_t elements[LANES * 4] = {0};
  memcpy(elements, source, count * cbk_element_bytes(element));
  return load(elements, element);
}

// ---- Runs with one scale and offset ---------------------------------------------------------------

CBK_INLINE void convert_run(const uint8_t *source, float *destination, size_t count, cbk_element element, floats scale,
                            floats offset, ptrdiff_t ahead) {
  size_t size = cbk_element_bytes(element), block = LINE_BYTES / size, i = 0;
  if (count < LANES) {
    store_part(destination, count, scaled(load_part(source, count, element), scale, offset));
    return;
  }
  size_t last = count - LANES;
  for (; i + block <= last; i += block) {
    prefetch(source + i * size, LINE_BYTES, ahead);
#pragma clang loop unroll(full)
    for (size_t j = 0; j < block; j += LANES) {
      store(destination + i + j, scaled(load(source + (i + j) * size, element), scale, offset));
    }
  }
  prefetch(source + i * size, (count - i) * size, ahead);
  for (; i < last; i += LANES) {
    store(destination + i, scaled(load(source + i * size, element), scale, offset));
  }
  store(destination + last, scaled(load(source + last * size, element), scale, offset));
}

// ---- Runs with scales and offsets that alternate --------------------------------------------------

/// In place of vectors of factors that rotate in registers, which would be code for each number of channels:
/// element i of a run has scales[i mod group], and i may exceed `group` by two vectors' length; those from
/// a vector's length before are also readable.
typedef struct factor_cycle {
  const float *scales, *offsets;
  size_t group;
} factor_cycle;

CBK_INLINE void convert_cycle(const uint8_t *source, float *destination, size_t count, cbk_element element,
                              factor_cycle cycle, ptrdiff_t ahead) {
  size_t size = cbk_element_bytes(element), start = 0;
  if (count < LANES) {
    floats values = load_part(source, count, element);
    store_part(destination, count, scaled(values, load_floats(cycle.scales), load_floats(cycle.offsets)));
    return;
  }
  for (; count - start >= cycle.group; start += cycle.group) {
    prefetch(source + start * size, cycle.group * size, ahead);
    for (size_t i = 0; i < cycle.group; i += LANES) {
      floats values = load(source + (start + i) * size, element);
      values = scaled(values, load_floats(cycle.scales + i), load_floats(cycle.offsets + i));
      store(destination + start + i, values);
    }
  }
  size_t rest = count - start;
  prefetch(source + start * size, rest * size, ahead);
  for (size_t i = 0; i < rest; i += LANES) {
    ptrdiff_t first = i + LANES <= rest ? (ptrdiff_t)i : (ptrdiff_t)rest - LANES;
    floats values = load(source + (ptrdiff_t)(start * size) + first * (ptrdiff_t)size, element);
    values = scaled(values, load_floats(cycle.scales + first), load_floats(cycle.offsets + first));
    store(destination + (ptrdiff_t)start + first, values);
  }
}

// ---- Mirrored lines -------------------------------------------------------------------------------

/// How LANES elements that end at a pixel's end become whole pixels in reverse order, in the first `step`
/// lanes, with these factors.
typedef struct pixel_mirror {
  positions lanes;
  floats scale, offset;
  size_t step;
} pixel_mirror;

CBK_INLINE void mirror_line(const uint8_t *source, float *destination, size_t count, cbk_element element,
                            pixel_mirror mirror) {
  size_t size = cbk_element_bytes(element), done = 0;
  for (; done + LANES <= count; done += mirror.step) {
    floats values = permuted(load(source + (count - done - LANES) * size, element), mirror.lanes);
    // The lanes behind `step` are overwritten by what follows in the line.
    store(destination + done, scaled(values, mirror.scale, mirror.offset));
  }
  size_t rest = count - done;
  if (rest == 0) return;
  if (mirror.step == LANES && count >= LANES) {  // a pixel begins at a vector's length before the end
    floats values = permuted(load(source, element), mirror.lanes);
    store(destination + count - LANES, scaled(values, mirror.scale, mirror.offset));
    return;
  }
  floats values = count < LANES ? load_part(source, rest, element) : load(source, element);
  values = permuted(values, lowered(mirror.lanes, (uint32_t)(LANES - rest)));
  store_part(destination + done, rest, scaled(values, mirror.scale, mirror.offset));
}

// ---- Rows -----------------------------------------------------------------------------------------

/// What is computed once per call. `scales` and `offsets` repeat those of a row's channels.
typedef struct row_kernel {
  const cbk_row_conversion *form;
  size_t plane_length, row_length;
  floats scale, offset;
  factor_cycle cycle;   // of pixels
  pixel_mirror mirror;  // where a pixel fits in a vector
  _Alignas(64) float scales[(LANES + 3) * LANES];
  _Alignas(64) float offsets[(LANES + 3) * LANES];
} row_kernel;

/// Factors from a vector's length before a group, which is aligned, to two behind.
CBK_INLINE factor_cycle cycle_of_pixels(row_kernel *kernel) {
  const cbk_row_conversion *form = kernel->form;
  bool varying = form->varying && form->planes == 1;
  size_t channels = form->channels, channel = (channels - LANES % channels) % channels;
  for (size_t i = 0; i < (channels + 3) * LANES; ++i) {
    kernel->scales[i] = varying ? form->scales[channel] : form->scale;
    kernel->offsets[i] = varying ? form->offsets[channel] : form->offset;
    if (++channel == channels) channel = 0;
  }
  return (factor_cycle){kernel->scales + LANES, kernel->offsets + LANES, channels * LANES};
}

CBK_INLINE pixel_mirror mirror_of_pixels(size_t channels, factor_cycle cycle) {
  uint32_t lanes[LANES];
  for (uint32_t i = 0, pixel = 0, channel = 0; i < LANES; ++i) {
    lanes[i] = LANES - (pixel + 1) * (uint32_t)channels + channel;
    if (++channel == channels) {
      channel = 0;
      ++pixel;
    }
  }
  return (pixel_mirror){load_positions(lanes), load_floats(cycle.scales), load_floats(cycle.offsets),
                        LANES / channels * channels};
}

CBK_INLINE void prepare(row_kernel *kernel, const cbk_row_conversion *form) {
  kernel->form = form;
  kernel->plane_length = form->height * form->width * form->channels;
  kernel->row_length = kernel->plane_length * form->planes;
  kernel->scale = broadcast(form->scale);
  kernel->offset = broadcast(form->offset);
  if (form->channels > LANES) {
    kernel->cycle = (factor_cycle){form->scales, form->offsets, SIZE_MAX};
    return;
  }
  kernel->cycle = cycle_of_pixels(kernel);
  kernel->mirror = mirror_of_pixels(form->channels, kernel->cycle);
}

/// Pixels of more channels than a vector has lanes.
CBK_INLINE void convert_wide_pixels(const uint8_t *source, const row_kernel *kernel, bool flipped, float *destination,
                                    cbk_element element, ptrdiff_t ahead) {
  size_t width = kernel->form->width, channels = kernel->form->channels;
  for (size_t y = 0; y < kernel->form->height; ++y) {
    for (size_t x = 0; x < width; ++x) {
      size_t pixel = y * width + (flipped ? width - 1 - x : x);
      const uint8_t *elements = source + pixel * channels * cbk_element_bytes(element);
      if (kernel->form->varying) {
        convert_cycle(elements, destination, channels, element, kernel->cycle, ahead);
      } else {
        convert_run(elements, destination, channels, element, kernel->scale, kernel->offset, ahead);
      }
      destination += channels;
    }
  }
}

CBK_INLINE void mirror_lines(const uint8_t *source, const row_kernel *kernel, pixel_mirror mirror, float *destination,
                             cbk_element element, ptrdiff_t ahead) {
  size_t line_length = kernel->form->width * kernel->form->channels;
  size_t line_bytes = line_length * cbk_element_bytes(element);
  for (size_t y = 0; y < kernel->form->height; ++y) {
    prefetch(source + y * line_bytes, line_bytes, ahead);
    mirror_line(source + y * line_bytes, destination + y * line_length, line_length, element, mirror);
  }
}

/// Planes of one channel each.
CBK_INLINE void convert_planes(const uint8_t *source, const row_kernel *kernel, bool flipped, float *destination,
                               cbk_element element, ptrdiff_t ahead) {
  pixel_mirror mirror = kernel->mirror;
  for (size_t plane = 0; plane < kernel->form->planes; ++plane) {
    if (kernel->form->varying) {
      mirror.scale = broadcast(kernel->form->scales[plane]);
      mirror.offset = broadcast(kernel->form->offsets[plane]);
    }
    if (flipped) {
      mirror_lines(source, kernel, mirror, destination, element, ahead);
    } else {
      convert_run(source, destination, kernel->plane_length, element, mirror.scale, mirror.offset, ahead);
    }
    source += kernel->plane_length * cbk_element_bytes(element);
    destination += kernel->plane_length;
  }
}

CBK_INLINE void convert_row(const uint8_t *source, const row_kernel *kernel, bool flipped, float *destination,
                            cbk_element element, ptrdiff_t ahead) {
  const cbk_row_conversion *form = kernel->form;
  if (!flipped && !form->varying) {
    convert_run(source, destination, kernel->row_length, element, kernel->scale, kernel->offset, ahead);
  } else if (form->channels > LANES) {
    convert_wide_pixels(source, kernel, flipped, destination, element, ahead);
  } else if (form->planes > 1) {
    convert_planes(source, kernel, flipped, destination, element, ahead);
  } else if (flipped) {
    mirror_lines(source, kernel, kernel->mirror, destination, element, ahead);
  } else {
    convert_cycle(source, destination, kernel->row_length, element, kernel->cycle, ahead);
  }
}

/// The distance in bytes from row i to the one to prefetch meanwhile.
CBK_INLINE ptrdiff_t bytes_ahead(cbk_row_list rows, size_t i, size_t distance, size_t count, size_t row_bytes) {
  size_t later = i + distance < count ? i + distance : count - 1;
  return (ptrdiff_t)((cbk_row_at(rows, later) - cbk_row_at(rows, i)) * row_bytes);
}

/// Rows that are one run each.
CBK_INLINE void gather_runs(const uint8_t *source, cbk_row_list rows, const row_kernel *kernel, float *destination,
                            size_t count, bool prefetch, cbk_element element) {
  size_t row_length = kernel->row_length, row_bytes = row_length * cbk_element_bytes(element);
  size_t distance = cbk_prefetch_distance(row_bytes);
  for (size_t i = 0; i < count; ++i) {
    const uint8_t *row = source + cbk_row_at(rows, i) * row_bytes;
    ptrdiff_t ahead = prefetch ? bytes_ahead(rows, i, distance, count, row_bytes) : 0;
    if (prefetch) __builtin_prefetch(row + ahead + row_bytes - 1);
    convert_run(row, destination + i * row_length, row_length, element, kernel->scale, kernel->offset, ahead);
  }
}

CBK_INLINE void gather_converted(const uint8_t *source, cbk_row_list rows, const cbk_row_conversion *form,
                                 const uint8_t *flips, float *destination, size_t count, bool prefetch,
                                 cbk_element element) {
  row_kernel kernel;
  prepare(&kernel, form);
  if (flips == NULL && !form->varying) {
    gather_runs(source, rows, &kernel, destination, count, prefetch, element);
    return;
  }
  size_t row_bytes = kernel.row_length * cbk_element_bytes(element);
  size_t distance = cbk_prefetch_distance(row_bytes);
  for (size_t i = 0; i < count; ++i) {
    const uint8_t *row = source + cbk_row_at(rows, i) * row_bytes;
    ptrdiff_t ahead = prefetch ? bytes_ahead(rows, i, distance, count, row_bytes) : 0;
    if (prefetch) __builtin_prefetch(row + ahead + row_bytes - 1);
    convert_row(row, &kernel, flips && flips[i], destination, element, ahead);
    destination += kernel.row_length;
  }
}

static void gather(const uint8_t *source, cbk_row_list rows, const cbk_row_conversion *form, const uint8_t *flips,
                   float *destination, size_t count, bool prefetch) {
#define CBK_CASE(element)                                                                                              \
  case element: return gather_converted(source, rows, form, flips, destination, count, prefetch, element)
  switch (form->element) {
    CBK_CASE(CBK_ELEMENT_UINT8);
    CBK_CASE(CBK_ELEMENT_INT8);
    CBK_CASE(CBK_ELEMENT_UINT16);
    CBK_CASE(CBK_ELEMENT_INT16);
    CBK_CASE(CBK_ELEMENT_INT32);
    CBK_CASE(CBK_ELEMENT_FLOAT16);
    CBK_CASE(CBK_ELEMENT_FLOAT32);
  }
#undef CBK_CASE
}

const cbk_gather_converted_kernels CBK_KERNELS(gather_converted) = {gather};
