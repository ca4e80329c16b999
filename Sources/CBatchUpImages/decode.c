#include <stdlib.h>
#include <string.h>

#include "picture.h"

struct cbi_decoder {
  cbi_picture picture;
  cbi_resampler resampler;
};

// Sums of weighted bytes of a column stay below 2^32 with the first, and quotients are exact with the second.
static const uint64_t length_limit = 1 << 24, area_limit = (uint64_t)1 << 40;

static const uint8_t png_signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
static const uint8_t jpeg_signature[3] = {0xFF, 0xD8, 0xFF};

static bool starts_with(const uint8_t *bytes, size_t count, const uint8_t *signature, size_t length) {
  return memcmp(bytes, signature, count < length ? count : length) == 0;
}

bool cbi_may_be_image(const uint8_t *bytes, size_t count) {
  return starts_with(bytes, count, png_signature, sizeof png_signature)
         || starts_with(bytes, count, jpeg_signature, sizeof jpeg_signature);
}

cbi_decoder *cbi_decoder_create(void) { return calloc(1, sizeof(cbi_decoder)); }

void cbi_decoder_destroy(cbi_decoder *decoder) {
  if (!decoder) return;
  free(decoder->picture.pixels.bytes);
  cbi_resampler_release(&decoder->resampler);
  free(decoder);
}

cbi_status cbi_check_size(uint64_t width, uint64_t height, const cbi_request *request, cbi_report *report) {
  report->width = (uint32_t)width;
  report->height = (uint32_t)height;
  if (width > length_limit || height > length_limit || width * height > request->pixel_limit
      || width * height > area_limit)
    return CBI_TOO_LARGE;
  return CBI_OK;
}

// ITU-R BT.601 luma in 16 bits of fraction, as in most programs.
static void make_gray(cbi_picture *picture) {
  size_t count = (size_t)picture->width * picture->height;
  uint8_t *pixels = picture->pixels.bytes;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t *p = pixels + 3 * i;
    pixels[i] = (uint8_t)((p[0] * 19595u + p[1] * 38470u + p[2] * 7471u + 0x8000u) >> 16);
  }
  picture->channels = 1;
}

static cbi_target target_of(const cbi_request *request, int orientation, const cbi_placement *place, uint8_t *out) {
  ptrdiff_t pixel = request->channels_first ? 1 : request->channels;
  ptrdiff_t row = pixel * request->width;
  bool transposes = cbi_orientation_transposes(orientation);
  cbi_target target = {out, transposes ? row : pixel, transposes ? pixel : row, 1, request->channels};
  if (request->channels_first) target.channel_step = (ptrdiff_t)request->width * request->height;
  if (cbi_orientation_flips_x(orientation)) {
    target.origin += (ptrdiff_t)(place->result_width - 1) * target.column_step;
    target.column_step = -target.column_step;
  }
  if (cbi_orientation_flips_y(orientation)) {
    target.origin += (ptrdiff_t)(place->result_height - 1) * target.row_step;
    target.row_step = -target.row_step;
  }
  return target;
}

cbi_status cbi_decode(cbi_decoder *decoder, const uint8_t *bytes, size_t count, const cbi_request *request,
                      cbi_report *report, uint8_t *out) {
  cbi_picture *picture = &decoder->picture;
  memset(report, 0, sizeof *report);
  if (count == 0) return CBI_TRUNCATED;
  if (!cbi_may_be_image(bytes, count)) return CBI_NOT_AN_IMAGE;
  bool is_png = bytes[0] == png_signature[0];
  cbi_status status = (is_png ? cbi_decode_png : cbi_decode_jpeg)(bytes, count, request, report, picture);
  if (status != CBI_OK) return status;
  if (request->channels == 1 && picture->channels == 3) make_gray(picture);
  cbi_placement place = cbi_place(picture->width, picture->height, picture->orientation, request);
  size_t result_size = (size_t)request->width * request->height * request->channels;
  if (request->fitting == CBI_LETTERBOX) memset(out, 0, result_size);
  cbi_target target = target_of(request, picture->orientation, &place, out);
  return cbi_resample_part(&decoder->resampler, picture, &place, &target) ? CBI_OK : CBI_NO_MEMORY;
}
