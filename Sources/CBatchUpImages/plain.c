#include <stdio.h>
#include <stdlib.h>

#include "cbatchup_images.h"
#include "libraries.h"

static uint8_t *read_file(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  uint8_t *bytes = NULL;
  long size;
  if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 && fseek(file, 0, SEEK_SET) == 0) {
    bytes = malloc((size_t)size);
    *count = bytes ? fread(bytes, 1, (size_t)size, file) : 0;
  }
  fclose(file);
  return bytes;
}

// As in the library's own example; its standard error handler ends the process where a file is no JPEG file, so this is
// for files that the caller has made itself.
uint32_t cbi_plain_jpeg(const char *path, uint32_t scale_num, uint8_t *out, size_t capacity) {
  size_t count = 0;
  uint8_t *bytes = read_file(path, &count);
  if (!bytes) return 0;
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes, count);
  jpeg_read_header(&info, TRUE);
  info.scale_num = scale_num;
  info.scale_denom = 8;
  info.out_color_space = JCS_RGB;
  jpeg_start_decompress(&info);
  size_t row_size = (size_t)info.output_width * 3;
  uint32_t row_count = 0;
  if (row_size * info.output_height <= capacity) {
    while (info.output_scanline < info.output_height) {
      JSAMPROW row = out + info.output_scanline * row_size;
      jpeg_read_scanlines(&info, &row, 1);
    }
    row_count = info.output_height;
    jpeg_finish_decompress(&info);
  }
  jpeg_destroy_decompress(&info);
  free(bytes);
  return row_count;
}
