#include <stdio.h>

#include "cbatchup_images.h"
#include "libraries.h"

// As in the library's own example; its standard error handler ends the process where a file is no JPEG file, so this is
// for files that the caller has made itself.
uint32_t cbi_plain_jpeg(const char *path, uint32_t scale_num, uint8_t *out, size_t capacity) {
  FILE *file = fopen(path, "rb");
  if (!file) return 0;
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  jpeg_stdio_src(&info, file);
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
  fclose(file);
  return row_count;
}
