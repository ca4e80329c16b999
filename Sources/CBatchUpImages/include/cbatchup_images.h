// Decodes JPEG and PNG files in memory to pictures of a given size, through libjpeg and libpng.
//
// The two libraries report errors by longjmp. All setjmp and longjmp stay in this target, so that no frame of another
// language is ever jumped over. Nothing here is shared among threads; a decoder is for one thread at a time.
#ifndef CBATCHUP_IMAGES_H
#define CBATCHUP_IMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum cbi_status {
  CBI_OK,
  CBI_NOT_AN_IMAGE,
  CBI_TRUNCATED,
  CBI_DAMAGED,
  CBI_UNSUPPORTED,
  CBI_TOO_LARGE,
  CBI_NO_MEMORY
} cbi_status;

typedef enum cbi_fitting { CBI_STRETCH, CBI_CROP_CENTRE, CBI_LETTERBOX } cbi_fitting;

// What a decoded picture is to look like.
typedef struct cbi_request {
  uint32_t width;
  uint32_t height;
  // 1 (gray) or 3 (red, green, blue)
  uint32_t channels;
  // true: channels, rows, columns; false: rows, columns, channels
  bool channels_first;
  cbi_fitting fitting;
  // Whether damage that libjpeg can go on after is ignored.
  bool tolerates_damage;
  // Files whose header tells of more pixels are refused before any memory is taken for them.
  uint64_t pixel_limit;
} cbi_request;

// What was found in a file, as far as decoding got.
typedef struct cbi_report {
  // As stored, before the orientation is applied; 0 where the header was not reached.
  uint32_t width;
  uint32_t height;
  // The library's message where there is one, else empty.
  char reason[256];
} cbi_report;

typedef struct cbi_decoder cbi_decoder;

// NULL where there is no memory. The decoder keeps the memory of one picture for the next.
cbi_decoder *cbi_decoder_create(void);
void cbi_decoder_destroy(cbi_decoder *decoder);

// Whether a file that starts with these bytes, at most 8 are looked at, may be a JPEG or PNG file.
bool cbi_may_be_image(const uint8_t *bytes, size_t count);

// Fills `out`, width * height * channels bytes, unless an error is returned; then its contents are unspecified.
cbi_status cbi_decode(cbi_decoder *decoder, const uint8_t *bytes, size_t count, const cbi_request *request,
                      cbi_report *report, uint8_t *out);

// Resamples rows of interleaved bytes (1 or 3 channels) to another size, as cbi_decode does.
// False where there is no memory.
bool cbi_resample(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, uint8_t *out,
                  uint32_t out_width, uint32_t out_height);

// The value of the orientation tag, 1 to 8, in the TIFF structure of Exif data; 1 where there is none.
int cbi_exif_orientation(const uint8_t *tiff, size_t count);

// Encoded bytes, from malloc; `bytes` is NULL where encoding failed.
typedef struct cbi_encoded {
  uint8_t *bytes;
  size_t count;
} cbi_encoded;

// A PNG file of rows that are packed as the format has them, big-endian where 16 bits. `color_type` is PNG's own number;
// `palette` has 3 bytes an entry, and is used for color type 3 only.
cbi_encoded cbi_encode_png(const uint8_t *rows, uint32_t width, uint32_t height, int bit_depth, int color_type,
                           bool interlaced, const uint8_t *palette, int palette_count);

// A JPEG file of 1 (gray), 3 (red, green, blue) or 4 (inverted cyan, magenta, yellow, black, as Adobe has them)
// interleaved channels; `as_ycck` converts the last to luminance and chrominance.
cbi_encoded cbi_encode_jpeg(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int quality,
                            bool progressive, bool as_ycck);

// What a plain loop over libjpeg does with a file: reads it and decodes it at scale_num/8 to red, green and blue, row by
// row into `out`. Returns the number of rows, 0 where the file cannot be read or `out` is too small; a file that is no
// JPEG file ends the process. For benchmarks.
uint32_t cbi_plain_jpeg(const char *path, uint32_t scale_num, uint8_t *out, size_t capacity);

#endif
