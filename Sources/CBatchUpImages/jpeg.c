#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "libraries.h"

#include <jerror.h>

#include "picture.h"

// A progressive file may have any number of scans, each of which costs a pass over all of the picture: a small file
// could take hours. Encoders make a dozen or so.
enum { scan_limit = 500 };

typedef struct jpeg_job {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  const uint8_t *bytes;
  const cbi_request *request;
  cbi_report *report;
  cbi_status status;
} jpeg_job;

static _Noreturn void fail(jpeg_job *job, cbi_status status) {
  job->status = status;
  longjmp(job->escape, 1);
}

static cbi_status status_of(int message) {
  switch (message) {
  case JERR_ARITH_NOTIMPL:
  case JERR_BAD_J_COLORSPACE:
  case JERR_BAD_PRECISION:
  case JERR_COMPONENT_COUNT:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_NOTIMPL:
  case JERR_SOF_UNSUPPORTED: return CBI_UNSUPPORTED;
  case JERR_OUT_OF_MEMORY: return CBI_NO_MEMORY;
  default: return CBI_DAMAGED;
  }
}

static void on_error(j_common_ptr info) {
  jpeg_job *job = info->client_data;
  char message[JMSG_LENGTH_MAX];
  info->err->format_message(info, message);
  snprintf(job->report->reason, sizeof job->report->reason, "%s", message);
  fail(job, status_of(info->err->msg_code));
}

// Whether the bytes that were skipped before a marker are zeros, with which some cameras fill up. Others show behind the
// data of a scan that its decoder lost its way.
static bool skipped_zeros(const jpeg_job *job, size_t count) {
  const uint8_t *end = job->source.next_input_byte;
  if (count > (size_t)(end - job->bytes)) return false;
  for (const uint8_t *byte = end - count; byte < end; ++byte)
    if (*byte != 0) return false;
  return true;
}

// Whether a warning tells that pixels may be wrong, and not only that the file is odd.
static bool is_damage(const jpeg_job *job) {
  switch (job->errors.msg_code) {
  case JWRN_ADOBE_XFORM:
  case JWRN_JFIF_MAJOR:
  case JWRN_NOT_SEQUENTIAL: return false;
  case JWRN_EXTRANEOUS_DATA:
    return job->info.input_scan_number > 0 && !skipped_zeros(job, (size_t)job->errors.msg_parm.i[0]);
  default: return true;
  }
}

static void on_message(j_common_ptr info, int level) {
  jpeg_job *job = info->client_data;
  if (level < 0 && !job->request->tolerates_damage && is_damage(job)) on_error(info);
}

static void on_progress(j_common_ptr info) {
  jpeg_job *job = info->client_data;
  if (job->info.input_scan_number <= scan_limit) return;
  snprintf(job->report->reason, sizeof job->report->reason, "it has more than %d scans", scan_limit);
  fail(job, CBI_UNSUPPORTED);
}

static void start_source(j_decompress_ptr info) { (void)info; }

// The bytes are all there from the start: being asked for more means that the file ends too early.
static boolean fill_source(j_decompress_ptr info) {
  static const JOCTET end_of_image[] = {0xFF, JPEG_EOI};
  jpeg_job *job = info->client_data;
  if (!job->request->tolerates_damage) fail(job, CBI_TRUNCATED);
  info->src->next_input_byte = end_of_image;
  info->src->bytes_in_buffer = sizeof end_of_image;
  return TRUE;
}

static void skip_source(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  if ((size_t)count > info->src->bytes_in_buffer) {
    fill_source(info);
    return;
  }
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= (size_t)count;
}

static void set_source(jpeg_job *job, const uint8_t *bytes, size_t count) {
  job->source = (struct jpeg_source_mgr){
      .next_input_byte = bytes,
      .bytes_in_buffer = count,
      .init_source = start_source,
      .fill_input_buffer = fill_source,
      .skip_input_data = skip_source,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = start_source,
  };
  job->info.src = &job->source;
}

static int orientation_of(const jpeg_job *job) {
  static const uint8_t name[] = {'E', 'x', 'i', 'f', 0, 0};
  for (jpeg_saved_marker_ptr marker = job->info.marker_list; marker; marker = marker->next) {
    if (marker->data_length < sizeof name || memcmp(marker->data, name, sizeof name) != 0) continue;
    return cbi_exif_orientation(marker->data + sizeof name, marker->data_length - sizeof name);
  }
  return 1;
}

// The smallest scale that leaves at least the pixels that are needed, so that what remains is a reduction by less than
// two. Of libjpeg-turbo's sixteen scales, these are the ones that it has vector code for.
static void choose_scale(jpeg_job *job, const cbi_placement *placement) {
  uint64_t width = placement->source_width, height = placement->source_height;
  unsigned scale = 1;
  while (scale < 8 && (width * scale / 8 < placement->width || height * scale / 8 < placement->height)) scale *= 2;
  job->info.scale_num = scale;
  job->info.scale_denom = 8;
}

static void choose_colors(jpeg_job *job) {
  switch (job->info.jpeg_color_space) {
  case JCS_CMYK:
  case JCS_YCCK: job->info.out_color_space = JCS_CMYK; break;
  case JCS_GRAYSCALE: job->info.out_color_space = JCS_GRAYSCALE; break;
  case JCS_YCbCr:
  case JCS_RGB: job->info.out_color_space = job->request->channels == 1 ? JCS_GRAYSCALE : JCS_RGB; break;
  default:
    snprintf(job->report->reason, sizeof job->report->reason, "it has %d channels of an unknown meaning",
             job->info.num_components);
    fail(job, CBI_UNSUPPORTED);
  }
}

// Inks on white paper to light: each of red, green and blue is what its ink and black let through. As Adobe's programs
// do, files store the light that passes, not the ink, whether they have Adobe's marker or not.
static void convert_inks(cbi_picture *picture) {
  size_t count = (size_t)picture->width * picture->height;
  uint8_t *pixels = picture->pixels.bytes;
  for (size_t i = 0; i < count; ++i) {
    uint32_t black = pixels[4 * i + 3];
    for (int c = 0; c < 3; ++c) pixels[3 * i + c] = (uint8_t)((pixels[4 * i + c] * black + 127) / 255);
  }
  picture->channels = 3;
}

static void read_rows(jpeg_job *job, cbi_picture *picture) {
  picture->width = job->info.output_width;
  picture->height = job->info.output_height;
  picture->channels = (uint32_t)job->info.output_components;
  size_t row_size = (size_t)picture->width * picture->channels;
  if (!cbi_reserve(&picture->pixels, row_size * picture->height)) fail(job, CBI_NO_MEMORY);
  uint8_t *pixels = picture->pixels.bytes;
  while (job->info.output_scanline < picture->height) {
    JSAMPROW rows[16];
    uint32_t first = job->info.output_scanline, count = picture->height - first;
    if (count > 16) count = 16;
    for (uint32_t i = 0; i < count; ++i) rows[i] = pixels + (first + i) * row_size;
    jpeg_read_scanlines(&job->info, rows, count);
  }
}

static void decode(jpeg_job *job, const uint8_t *bytes, size_t count, cbi_picture *picture) {
  jpeg_create_decompress(&job->info);
  set_source(job, bytes, count);
  job->progress.progress_monitor = on_progress;
  job->info.progress = &job->progress;
  jpeg_save_markers(&job->info, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(&job->info, TRUE);
  cbi_status status = cbi_check_size(job->info.image_width, job->info.image_height, job->request, job->report);
  if (status != CBI_OK) fail(job, status);
  picture->orientation = orientation_of(job);
  cbi_placement placement =
      cbi_place(job->info.image_width, job->info.image_height, picture->orientation, job->request);
  choose_scale(job, &placement);
  choose_colors(job);
  jpeg_start_decompress(&job->info);
  read_rows(job, picture);
  jpeg_finish_decompress(&job->info);
  if (picture->channels == 4) convert_inks(picture);
}

cbi_status cbi_decode_jpeg(const uint8_t *bytes, size_t count, const cbi_request *request, cbi_report *report,
                           cbi_picture *picture) {
  jpeg_job job;
  memset(&job, 0, sizeof job);
  job.bytes = bytes;
  job.request = request;
  job.report = report;
  job.status = CBI_OK;
  job.info.err = jpeg_std_error(&job.errors);
  job.errors.error_exit = on_error;
  job.errors.emit_message = on_message;
  job.info.client_data = &job;
  if (setjmp(job.escape) == 0) decode(&job, bytes, count, picture);
  jpeg_destroy_decompress(&job.info);
  return job.status;
}
