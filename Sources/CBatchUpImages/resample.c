// Separable resampling with exact weights: a box filter (the mean over the area that a pixel covers) where an axis gets
// shorter, linear interpolation between the centres of pixels where it gets longer.
//
// All weights are integers that add up to the same total for each pixel of an axis, so that a result is
// round(sum / (total of columns * total of rows)), rounded once, halves upwards.
#include <stdlib.h>
#include <string.h>

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

// sums[i] = the weighted sum of a column; below 2^32, as no total exceeds 2^24.
static void sum_rows(
    const uint8_t *restrict rows, size_t row_size, const uint32_t *restrict weights, uint32_t row_count,
    uint32_t *restrict sums, size_t count) {
  if (row_count >= 2) {
    const uint8_t *restrict second = rows + row_size;
    uint32_t a = weights[0], b = weights[1];
    for (size_t i = 0; i < count; ++i) sums[i] = a * rows[i] + b * second[i];
  } else {
    for (size_t i = 0; i < count; ++i) sums[i] = weights[0] * rows[i];
  }
  for (uint32_t r = 2; r < row_count; ++r) {
    const uint8_t *restrict row = rows + r * row_size;
    for (size_t i = 0; i < count; ++i) sums[i] += weights[r] * row[i];
  }
}

// round(sum / total), halves upwards, for sum <= 255 * total. With n = sum + floor(total / 2), it is floor(n / total), and
// equally floor((n + 1/2) / total), which is at least 1 / (2 * total) away from any integer. Here total <= 2^41 (see
// area_limit; results have at most 2^16 columns and rows), so that n + 1/2 is exact in a double, and the reciprocal and
// the product, each rounded by up to 2^-53 of it, are off by less than 256 * 2^-52 = 2^-44 < 2^-42.
static inline uint8_t rounded(uint64_t sum, double bias, double reciprocal) {
  return (uint8_t)(uint32_t)(((double)(int64_t)sum + bias) * reciprocal);
}

// One row of the result. Inlined for each number of channels and width of sums.
#define CBI_DEFINE_SUM_COLUMNS(NAME, CHANNELS, SUM)                                                           \
  static void NAME(                                                                                           \
      const uint32_t *restrict sums, const axis *columns, uint32_t width, double bias, double reciprocal,     \
      const cbi_target *target, uint8_t *out) {                                                               \
    const tap *restrict taps = columns->taps;                                                                 \
    for (uint32_t x = 0; x < width; ++x, out += target->column_step) {                                        \
      const uint32_t *restrict source = sums + (size_t)taps[x].first * CHANNELS;                              \
      const uint32_t *restrict weights = columns->weights + taps[x].start;                                    \
      SUM total[CHANNELS] = {0};                                                                              \
      for (uint32_t t = 0; t < taps[x].count; ++t)                                                            \
        for (int c = 0; c < CHANNELS; ++c) total[c] += (SUM)weights[t] * source[t * CHANNELS + c];            \
      for (uint32_t c = 0; c < target->channels; ++c)                                                         \
        out[c * target->channel_step] = rounded(total[CHANNELS == 1 ? 0 : c], bias, reciprocal);              \
    }                                                                                                         \
  }

CBI_DEFINE_SUM_COLUMNS(sum_gray_narrow, 1, uint32_t)
CBI_DEFINE_SUM_COLUMNS(sum_colour_narrow, 3, uint32_t)
CBI_DEFINE_SUM_COLUMNS(sum_gray_wide, 1, uint64_t)
CBI_DEFINE_SUM_COLUMNS(sum_colour_wide, 3, uint64_t)

bool cbi_resample_part(
    cbi_resampler *resampler, const cbi_picture *picture, const cbi_placement *place, const cbi_target *target) {
  axis columns, rows;
  uint32_t channels = picture->channels;
  size_t count = (size_t)place->source_width * channels;
  if (!prepare(&resampler->columns, &columns, place->source_width, place->width)
      || !prepare(&resampler->rows, &rows, place->source_height, place->height)
      || !cbi_reserve(&resampler->sums, count * sizeof(uint32_t)))
    return false;
  uint64_t total = (uint64_t)columns.total * rows.total;
  bool is_narrow = total <= UINT32_MAX / 255;
  double bias = (double)(total / 2) + 0.5, reciprocal = 1 / (double)total;
  size_t row_size = (size_t)picture->width * channels;
  const uint8_t *source = (const uint8_t *)picture->pixels.bytes + place->source_y * row_size
      + (size_t)place->source_x * channels;
  for (uint32_t y = 0; y < place->height; ++y) {
    const tap *row = &rows.taps[y];
    sum_rows(source + row->first * row_size, row_size, rows.weights + row->start, row->count, resampler->sums.bytes,
             count);
    (channels == 1 ? (is_narrow ? sum_gray_narrow : sum_gray_wide)
                   : (is_narrow ? sum_colour_narrow : sum_colour_wide))(
        resampler->sums.bytes, &columns, place->width, bias, reciprocal, target,
        target->origin + (ptrdiff_t)(place->y + y) * target->row_step + (ptrdiff_t)place->x * target->column_step);
  }
  return true;
}

void cbi_resampler_release(cbi_resampler *resampler) {
  free(resampler->columns.bytes);
  free(resampler->rows.bytes);
  free(resampler->sums.bytes);
}

bool cbi_resample(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, uint8_t *out, uint32_t out_width,
    uint32_t out_height) {
  cbi_picture picture = {{(void *)pixels, 0}, width, height, channels, 1};
  cbi_placement place = {0, 0, width, height, 0, 0, out_width, out_height, out_width, out_height};
  cbi_target target = {out, channels, (ptrdiff_t)out_width * channels, 1, channels};
  cbi_resampler resampler = {0};
  bool is_done = cbi_resample_part(&resampler, &picture, &place, &target);
  cbi_resampler_release(&resampler);
  return is_done;
}
