#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "libraries.h"
#include "picture.h"

// The standard limit of newer versions of libpng; older ones have none.
static const size_t chunk_limit = 8000000;

typedef struct png_job {
  png_structp png;
  png_infop info;
  jmp_buf escape;
  const uint8_t *next;
  size_t remaining;
  const cbi_request *request;
  cbi_report *report;
  cbi_status status;
} png_job;

static _Noreturn void fail(png_job *job, cbi_status status) {
  job->status = status;
  longjmp(job->escape, 1);
}

static void on_error(png_structp png, png_const_charp message) {
  png_job *job = png_get_error_ptr(png);
  snprintf(job->report->reason, sizeof job->report->reason, "%s", message);
  fail(job, strstr(message, "emory") ? CBI_NO_MEMORY : CBI_DAMAGED);
}

// libpng warns of what does not change the pixels: profiles, times, text.
static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void read_bytes(png_structp png, png_bytep bytes, size_t count) {
  png_job *job = png_get_io_ptr(png);
  if (count > job->remaining) fail(job, CBI_TRUNCATED);
  memcpy(bytes, job->next, count);
  job->next += count;
  job->remaining -= count;
}

// To 8 bits and one or three channels. Alpha and transparent colours are dropped; no gamma is applied.
static void set_conversions(png_job *job) {
  png_set_palette_to_rgb(job->png);
  png_set_expand_gray_1_2_4_to_8(job->png);
  png_set_scale_16(job->png);
  png_set_strip_alpha(job->png);
}

static void read_rows(png_job *job, cbi_picture *picture) {
  int pass_count = png_set_interlace_handling(job->png);
  png_read_update_info(job->png, job->info);
  picture->width = png_get_image_width(job->png, job->info);
  picture->height = png_get_image_height(job->png, job->info);
  picture->channels = png_get_channels(job->png, job->info);
  size_t row_size = (size_t)picture->width * picture->channels;
  if (png_get_rowbytes(job->png, job->info) != row_size || (picture->channels != 1 && picture->channels != 3))
    fail(job, CBI_UNSUPPORTED);
  if (!cbi_reserve(&picture->pixels, row_size * picture->height)) fail(job, CBI_NO_MEMORY);
  uint8_t *pixels = picture->pixels.bytes;
  for (int pass = 0; pass < pass_count; ++pass)
    for (uint32_t y = 0; y < picture->height; ++y) png_read_row(job->png, pixels + y * row_size, NULL);
}

static int hexadecimal(char digit) {
  const char *digits = "0123456789abcdef0123456789ABCDEF", *place = digit ? strchr(digits, digit) : NULL;
  return place ? (int)((place - digits) % 16) : -1;
}

// ImageMagick keeps Exif data as a text as well: the word exif and the number of bytes, each on a line of its own, and
// the bytes in hexadecimal digits, `Exif` and two zeros before the others. Orientations are near their beginning.
static int orientation_of_profile(const char *text) {
  static const uint8_t name[] = {'E', 'x', 'i', 'f', 0, 0};
  uint8_t bytes[1 << 14];
  size_t count = 0;
  int head_length = 0;
  sscanf(text, " exif %*u%n", &head_length);
  if (head_length == 0) return 1;
  for (text += head_length; *text && count < sizeof bytes; ++text) {
    int high = hexadecimal(text[0]);
    if (high < 0) continue;
    int low = hexadecimal(*++text);
    if (low < 0) break;
    bytes[count++] = (uint8_t)(high << 4 | low);
  }
  if (count < sizeof name || memcmp(bytes, name, sizeof name) != 0) return 1;
  return cbi_exif_orientation(bytes + sizeof name, count - sizeof name);
}

static int orientation_of(png_job *job) {
#ifdef PNG_eXIf_SUPPORTED
  png_bytep exif = NULL;
  png_uint_32 count = 0;
  if (png_get_eXIf_1(job->png, job->info, &count, &exif)) return cbi_exif_orientation(exif, count);
#endif
  png_textp texts = NULL;
  int text_count = png_get_text(job->png, job->info, &texts, NULL);
  for (int i = 0; i < text_count; ++i)
    if (strcmp(texts[i].key, "Raw profile type exif") == 0) return orientation_of_profile(texts[i].text);
  return 1;
}

// Whether no chunk tells of more bytes than the file has. For some, libpng takes the memory before it reads them.
static bool has_whole_chunks(const png_job *job) {
  size_t position = 8;
  while (position + 8 <= job->remaining) {
    const uint8_t *header = job->next + position;
    if (memcmp(header + 4, "IEND", 4) == 0) break;
    size_t length = png_get_uint_32(header);
    if (length > job->remaining - position - 8) return false;
    position += 8 + length + 4;
  }
  return true;
}

static void decode(png_job *job, cbi_picture *picture) {
  png_set_read_fn(job->png, job, read_bytes);
  // Ours come first, and tell the two numbers.
  png_set_user_limits(job->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  if (!has_whole_chunks(job)) fail(job, CBI_TRUNCATED);
  // Of compressed profiles and texts; longer ones are left out.
  png_set_chunk_malloc_max(job->png, job->remaining > chunk_limit ? job->remaining : chunk_limit);
  png_read_info(job->png, job->info);
  cbi_status status = cbi_check_size(png_get_image_width(job->png, job->info),
                                     png_get_image_height(job->png, job->info), job->request, job->report);
  if (status != CBI_OK) fail(job, status);
  set_conversions(job);
  read_rows(job, picture);
  png_read_end(job->png, job->info);
  picture->orientation = orientation_of(job);
}

cbi_status cbi_decode_png(const uint8_t *bytes, size_t count, const cbi_request *request, cbi_report *report,
                          cbi_picture *picture) {
  png_job job;
  memset(&job, 0, sizeof job);
  job.next = bytes;
  job.remaining = count;
  job.request = request;
  job.report = report;
  job.status = CBI_OK;
  if (setjmp(job.escape) == 0) {
    job.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &job, on_error, on_warning);
    if (job.png) job.info = png_create_info_struct(job.png);
    if (job.info) decode(&job, picture);
    else job.status = CBI_NO_MEMORY;
  }
  png_destroy_read_struct(&job.png, &job.info, NULL);
  return job.status;
}
