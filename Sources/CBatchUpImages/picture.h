// What the files of this target share: a picture in memory and how it is decoded into it.
#ifndef CBI_PICTURE_H
#define CBI_PICTURE_H

#include "cbatchup_images.h"

// Memory that grows as needed and is kept.
typedef struct cbi_buffer {
  void *bytes;
  size_t capacity;
} cbi_buffer;

// False where there is no memory; what was in the buffer is lost when it grows.
bool cbi_reserve(cbi_buffer *buffer, size_t count);

// Interleaved bytes, row by row.
typedef struct cbi_picture {
  cbi_buffer pixels;
  uint32_t width;
  uint32_t height;
  uint32_t channels;
  // Exif's: 1 is upright
  int orientation;
} cbi_picture;

// Which part of a picture becomes which part of the result, both in the picture's stored orientation.
typedef struct cbi_placement {
  uint32_t source_x, source_y, source_width, source_height;
  uint32_t x, y, width, height;
  // Of the whole result
  uint32_t result_width, result_height;
} cbi_placement;

cbi_placement cbi_place(uint32_t width, uint32_t height, int orientation, const cbi_request *request);

bool cbi_orientation_flips_x(int orientation);
bool cbi_orientation_flips_y(int orientation);
bool cbi_orientation_transposes(int orientation);

// Notes the dimensions in the report, and compares them with the limits.
cbi_status cbi_check_size(uint64_t width, uint64_t height, const cbi_request *request, cbi_report *report);

cbi_status cbi_decode_jpeg(const uint8_t *bytes, size_t count, const cbi_request *request, cbi_report *report,
                           cbi_picture *picture);
cbi_status cbi_decode_png(const uint8_t *bytes, size_t count, const cbi_request *request, cbi_report *report,
                          cbi_picture *picture);

// Where the pixel of column x and row y, both of the result in the picture's stored orientation, is in memory:
// origin + x * column_step + y * row_step, and channel_step from one channel to the next.
typedef struct cbi_target {
  uint8_t *origin;
  ptrdiff_t column_step, row_step, channel_step;
  // 3 where a gray picture is to have three equal channels
  uint32_t channels;
} cbi_target;

// The memory of the two tables of weights and of one row of sums.
typedef struct cbi_resampler {
  cbi_buffer columns, rows, sums;
} cbi_resampler;

bool cbi_resample_part(cbi_resampler *resampler, const cbi_picture *picture, const cbi_placement *placement,
                       const cbi_target *target);

void cbi_resampler_release(cbi_resampler *resampler);

#endif
