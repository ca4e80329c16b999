// Separable resampling with exact weights: a box filter (the mean over the area that a pixel covers) where an axis gets
// shorter, linear interpolation between the centres of pixels where it gets longer.
//
// All weights are integers that add up to the same total for each pixel of an axis, so that a result is
// round(sum / (total of columns * total of rows)), rounded once, halves upwards.
#include <stdlib.h>
#include <string.h>

#include "cbk_dispatch.h"
#include "picture.h"

bool cbi_reserve(cbi_buffer *buffer, size_t count) {
  if (count <= buffer->capacity) return true;
  free(buffer->bytes);
  buffer->bytes = malloc(count);
  buffer->capacity = buffer->bytes ? count : 0;
  return buffer->bytes != NULL;
}

// The weights of `count` source pixels from `first` on, which start at weights[start].
typedef struct tap {
  uint32_t first, count;
  size_t start;
} tap;

typedef struct axis {
  const tap *taps;
  const uint32_t *weights;
  uint32_t total;
} axis;

// Pixel i covers [i * length, (i + 1) * length) in units in which source pixel j covers [j * out, (j + 1) * out).
static uint32_t fill_box(tap *taps, uint32_t *weights, uint32_t length, uint32_t out) {
  size_t next = 0;
  for (uint64_t i = 0; i < out; ++i) {
    uint64_t begin = i * length, end = begin + length;
    uint64_t first = begin / out, last = (end - 1) / out;
    taps[i] = (tap){(uint32_t)first, (uint32_t)(last - first + 1), next};
    for (uint64_t j = first; j <= last; ++j) {
      uint64_t from = j * out > begin ? j * out : begin;
      uint64_t to = (j + 1) * out < end ? (j + 1) * out : end;
      weights[next++] = (uint32_t)(to - from);
    }
  }
  return length;
}

// The centre of pixel i is at ((2i + 1) * length - out) / (2 * out) in source pixels, counted from the first centre;
// beyond the first and the last centre, the picture goes on as it is there.
static uint32_t fill_linear(tap *taps, uint32_t *weights, uint32_t length, uint32_t out) {
  uint32_t total = 2 * out;
  for (uint64_t i = 0; i < out; ++i) {
    int64_t position = (int64_t)((2 * i + 1) * length) - (int64_t)out;
    if (position < 0) position = 0;
    uint32_t first = (uint32_t)(position / total), weight = (uint32_t)(position % total);
    bool is_last = first + 1 >= length;
    taps[i] = (tap){first, is_last ? 1 : 2, 2 * i};
    weights[2 * i] = is_last ? total : total - weight;
    weights[2 * i + 1] = weight;
  }
  return total;
}

static bool prepare(cbi_buffer *buffer, axis *axis, uint32_t length, uint32_t out) {
  // A box filter weighs each source pixel once, and those across a border of pixels once more.
  size_t weight_count = out > length ? 2 * (size_t)out : (size_t)length + out;
  if (!cbi_reserve(buffer, out * sizeof(tap) + weight_count * sizeof(uint32_t))) return false;
  tap *taps = buffer->bytes;
  uint32_t *weights = (uint32_t *)(taps + out);
  axis->taps = taps;
  axis->weights = weights;
  axis->total = (out > length ? fill_linear : fill_box)(taps, weights, length, out);
  return true;
}

// round(sum / total), halves upwards, for sum <= 255 * total. With n = sum + floor(total / 2), it is floor(n / total), and
// equally floor((n + 1/2) / total), which is at least 1 / (2 * total) away from any integer. Here total <= 2^41 (see
// area_limit; results have at most 2^16 columns and rows), so that n + 1/2 is exact in a double, and the reciprocal and
// the product, each rounded by up to 2^-53 of it, are off by less than 256 * 2^-52 = 2^-44 < 2^-42.
static inline uint8_t rounded(int64_t sum, double bias, double reciprocal) {
  return (uint8_t)(int32_t)(((double)sum + bias) * reciprocal);
}

typedef struct resampler_loops {
  void (*sum_rows)(const uint8_t *restrict rows, size_t row_size, const uint32_t *restrict weights, uint32_t row_count,
                   uint32_t *restrict sums, size_t count);
  void (*round_totals)(const uint32_t *restrict totals, size_t count, double bias, double reciprocal,
                       uint8_t *restrict out);
  void (*add_colours)(const uint32_t *sums, const axis *columns, uint32_t width, uint32_t *totals);
} resampler_loops;

typedef uint32_t four __attribute__((vector_size(16)));

#define NAMED(name) name##_scalar
#include "resample_loops.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define NAMED(name) name##_avx2
#include "resample_loops.h"
#pragma clang attribute pop
#endif

// Those of the instruction set that the kernels use.
static const resampler_loops *active_loops(void) {
  switch (cbk_active_isa()) {
#if defined(__x86_64__)
  case CBK_ISA_AVX2:
  case CBK_ISA_AVX512: return &loops_avx2;
#endif
  default: return &loops_scalar;
  }
}

static void add_grays(const uint32_t *sums, const axis *columns, uint32_t width, uint32_t *totals) {
  for (uint32_t x = 0; x < width; ++x) {
    tap tap = columns->taps[x];
    uint32_t total = 0;
    for (uint32_t t = 0; t < tap.count; ++t) total += columns->weights[tap.start + t] * sums[tap.first + t];
    totals[x] = total;
  }
}

// For totals beyond 32 bits: pictures of some millions of pixels.
static void add_wide(const uint32_t *sums, const axis *columns, uint32_t width, uint32_t channels, double bias,
                     double reciprocal, uint8_t *out) {
  for (uint32_t x = 0; x < width; ++x) {
    tap tap = columns->taps[x];
    for (uint32_t c = 0; c < channels; ++c) {
      uint64_t total = 0;
      for (uint32_t t = 0; t < tap.count; ++t)
        total += (uint64_t)columns->weights[tap.start + t] * sums[(size_t)(tap.first + t) * channels + c];
      *out++ = rounded((int64_t)total, bias, reciprocal);
    }
  }
}

// Puts a row of interleaved bytes to its place.
static void place_row(const uint8_t *restrict row, uint32_t width, uint32_t channels, const cbi_target *target,
                      uint8_t *restrict out) {
  if (channels == target->channels && target->channel_step == 1 && target->column_step == (ptrdiff_t)channels) {
    memcpy(out, row, (size_t)width * channels);
    return;
  }
  for (uint32_t c = 0; c < target->channels; ++c) {
    const uint8_t *from = row + (channels == 1 ? 0 : c);
    uint8_t *to = out + c * target->channel_step;
    for (uint32_t x = 0; x < width; ++x) to[(ptrdiff_t)x * target->column_step] = from[(size_t)x * channels];
  }
}

bool cbi_resample_part(cbi_resampler *resampler, const cbi_picture *picture, const cbi_placement *place,
                       const cbi_target *target) {
  axis columns, rows;
  uint32_t channels = picture->channels;
  size_t count = (size_t)place->source_width * channels, result_count = (size_t)place->width * channels;
  if (!prepare(&resampler->columns, &columns, place->source_width, place->width)
      || !prepare(&resampler->rows, &rows, place->source_height, place->height)
      || !cbi_reserve(&resampler->sums, (count + result_count + 2) * sizeof(uint32_t) + result_count))
    return false;
  uint32_t *sums = resampler->sums.bytes, *totals = sums + count + 1;
  uint8_t *bytes = (uint8_t *)(totals + result_count + 1);
  sums[count] = 0;
  uint64_t total = (uint64_t)columns.total * rows.total;
  double bias = (double)(total / 2) + 0.5, reciprocal = 1 / (double)total;
  size_t row_size = (size_t)picture->width * channels;
  const uint8_t *source =
      (const uint8_t *)picture->pixels.bytes + place->source_y * row_size + (size_t)place->source_x * channels;
  const resampler_loops *loops = active_loops();
  bool is_same_size = place->source_width == place->width && place->source_height == place->height;
  for (uint32_t y = 0; y < place->height; ++y) {
    const tap *row = &rows.taps[y];
    const uint8_t *from = source + row->first * row_size;
    uint8_t *to =
        target->origin + (ptrdiff_t)(place->y + y) * target->row_step + (ptrdiff_t)place->x * target->column_step;
    if (!is_same_size) {
      loops->sum_rows(from, row_size, rows.weights + row->start, row->count, sums, count);
      if (total > INT32_MAX / 255) {
        add_wide(sums, &columns, place->width, channels, bias, reciprocal, bytes);
      } else {
        (channels == 1 ? add_grays : loops->add_colours)(sums, &columns, place->width, totals);
        loops->round_totals(totals, result_count, bias, reciprocal, bytes);
      }
      from = bytes;
    }
    place_row(from, place->width, channels, target, to);
  }
  return true;
}

void cbi_resampler_release(cbi_resampler *resampler) {
  free(resampler->columns.bytes);
  free(resampler->rows.bytes);
  free(resampler->sums.bytes);
}

bool cbi_resample(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, uint8_t *out,
                  uint32_t out_width, uint32_t out_height) {
  cbi_picture picture = {{(void *)pixels, 0}, width, height, channels, 1};
  cbi_placement place = {0, 0, width, height, 0, 0, out_width, out_height, out_width, out_height};
  cbi_target target = {out, channels, (ptrdiff_t)out_width * channels, 1, channels};
  cbi_resampler resampler = {0};
  bool is_done = cbi_resample_part(&resampler, &picture, &place, &target);
  cbi_resampler_release(&resampler);
  return is_done;
}
