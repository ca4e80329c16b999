#include "picture.h"

// Exif's orientations tell what row 0 and column 0 are: 1 top and left, 2 top and right, 3 bottom and right, 4 bottom
// and left, 5 left and top, 6 right and top, 7 right and bottom, 8 left and bottom.
bool cbi_orientation_flips_x(int orientation) {
  return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
}

bool cbi_orientation_flips_y(int orientation) {
  return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
}

bool cbi_orientation_transposes(int orientation) { return orientation >= 5; }

// round(length * numerator / denominator), at least 1 and at most `limit`
static uint32_t scaled(uint32_t length, uint32_t numerator, uint32_t denominator, uint32_t limit) {
  uint64_t result = ((uint64_t)length * numerator * 2 + denominator) / ((uint64_t)denominator * 2);
  return result < 1 ? 1 : result > limit ? limit : (uint32_t)result;
}

// What is left at the start of an axis when a part of it is put to the middle; the odd pixel is at the end of the axis
// as it is shown.
static uint32_t margin(uint32_t length, uint32_t part, bool is_flipped) { return (length - part + is_flipped) / 2; }

cbi_placement cbi_place(uint32_t width, uint32_t height, int orientation, const cbi_request *request) {
  bool transposes = cbi_orientation_transposes(orientation);
  uint32_t result_width = transposes ? request->height : request->width;
  uint32_t result_height = transposes ? request->width : request->height;
  cbi_placement place = {0, 0, width, height, 0, 0, result_width, result_height, result_width, result_height};
  bool is_wider = (uint64_t)width * result_height > (uint64_t)height * result_width;
  bool flips_x = cbi_orientation_flips_x(orientation), flips_y = cbi_orientation_flips_y(orientation);
  switch (request->fitting) {
  case CBI_STRETCH: break;
  case CBI_CROP_CENTRE:
    if (is_wider) place.source_width = scaled(height, result_width, result_height, width);
    else place.source_height = scaled(width, result_height, result_width, height);
    place.source_x = margin(width, place.source_width, flips_x);
    place.source_y = margin(height, place.source_height, flips_y);
    break;
  case CBI_LETTERBOX:
    if (is_wider) place.height = scaled(height, result_width, width, result_height);
    else place.width = scaled(width, result_height, height, result_width);
    place.x = margin(result_width, place.width, flips_x);
    place.y = margin(result_height, place.height, flips_y);
    break;
  }
  return place;
}
