#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cbatchup_images.h"
#include "libraries.h"

typedef struct png_output {
  cbi_encoded encoded;
  size_t capacity;
  png_structp png;
  png_infop info;
} png_output;

static void append(png_structp png, png_bytep bytes, size_t count) {
  png_output *output = png_get_io_ptr(png);
  if (output->encoded.count + count > output->capacity) {
    size_t capacity = 2 * (output->encoded.count + count) + 4096;
    uint8_t *grown = realloc(output->encoded.bytes, capacity);
    if (!grown) png_error(png, "no memory");
    output->encoded.bytes = grown;
    output->capacity = capacity;
  }
  memcpy(output->encoded.bytes + output->encoded.count, bytes, count);
  output->encoded.count += count;
}

static void flush(png_structp png) { (void)png; }

static void ignore(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void write_png(png_output *output, const uint8_t *rows, uint32_t height, int pass_count) {
  size_t row_size = png_get_rowbytes(output->png, output->info);
  for (int pass = 0; pass < pass_count; ++pass)
    for (uint32_t y = 0; y < height; ++y) png_write_row(output->png, rows + y * row_size);
  png_write_end(output->png, NULL);
}

cbi_encoded cbi_encode_png(const uint8_t *rows, uint32_t width, uint32_t height, int bit_depth, int color_type,
                           bool interlaced, const uint8_t *palette, int palette_count) {
  png_output output = {0};
  png_color colors[256];
  for (int i = 0; i < palette_count && i < 256; ++i)
    colors[i] = (png_color){palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]};
  output.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, ignore);
  if (!output.png) return output.encoded;
  output.info = png_create_info_struct(output.png);
  if (!output.info || setjmp(png_jmpbuf(output.png))) {
    png_destroy_write_struct(&output.png, &output.info);
    free(output.encoded.bytes);
    return (cbi_encoded){NULL, 0};
  }
  png_set_write_fn(output.png, &output, append, flush);
  png_set_IHDR(output.png, output.info, width, height, bit_depth, color_type,
               interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (color_type == PNG_COLOR_TYPE_PALETTE) png_set_PLTE(output.png, output.info, colors, palette_count);
  png_write_info(output.png, output.info);
  write_png(&output, rows, height, png_set_interlace_handling(output.png));
  png_destroy_write_struct(&output.png, &output.info);
  return output.encoded;
}

typedef struct jpeg_output {
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  jmp_buf escape;
  unsigned char *bytes;
  unsigned long count;
} jpeg_output;

static void on_error(j_common_ptr info) {
  jpeg_output *output = info->client_data;
  longjmp(output->escape, 1);
}

static void write_jpeg(jpeg_output *output, const uint8_t *pixels, int quality, bool progressive, bool as_ycck) {
  struct jpeg_compress_struct *info = &output->info;
  jpeg_set_defaults(info);
  if (as_ycck) jpeg_set_colorspace(info, JCS_YCCK);
  jpeg_set_quality(info, quality, TRUE);
  if (progressive) jpeg_simple_progression(info);
  jpeg_start_compress(info, TRUE);
  while (info->next_scanline < info->image_height) {
    JSAMPROW row = (JSAMPROW)pixels + (size_t)info->next_scanline * info->image_width * (size_t)info->input_components;
    jpeg_write_scanlines(info, &row, 1);
  }
  jpeg_finish_compress(info);
}

cbi_encoded cbi_encode_jpeg(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int quality,
                            bool progressive, bool as_ycck) {
  jpeg_output output;
  memset(&output, 0, sizeof output);
  output.info.err = jpeg_std_error(&output.errors);
  output.errors.error_exit = on_error;
  output.info.client_data = &output;
  if (setjmp(output.escape)) {
    jpeg_destroy_compress(&output.info);
    free(output.bytes);
    return (cbi_encoded){NULL, 0};
  }
  jpeg_create_compress(&output.info);
  jpeg_mem_dest(&output.info, &output.bytes, &output.count);
  output.info.image_width = width;
  output.info.image_height = height;
  output.info.input_components = channels;
  output.info.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
  write_jpeg(&output, pixels, quality, progressive, as_ycck);
  jpeg_destroy_compress(&output.info);
  return (cbi_encoded){output.bytes, output.count};
}
