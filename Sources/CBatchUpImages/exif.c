#include "cbatchup_images.h"

static uint32_t number(const uint8_t *bytes, int count, bool big_endian) {
  uint32_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | bytes[big_endian ? i : count - 1 - i];
  return value;
}

// TIFF 6.0: byte order, 42, the offset of the first directory; that is a count and entries of 12 bytes (tag, type,
// count, value). The orientation has the tag 0x0112 and the type SHORT.
int cbi_exif_orientation(const uint8_t *tiff, size_t count) {
  if (count < 8) return 1;
  bool big_endian = tiff[0] == 'M' && tiff[1] == 'M';
  if (!big_endian && !(tiff[0] == 'I' && tiff[1] == 'I')) return 1;
  if (number(tiff + 2, 2, big_endian) != 42) return 1;
  size_t directory = number(tiff + 4, 4, big_endian);
  if (directory > count - 2) return 1;
  size_t entry_count = number(tiff + directory, 2, big_endian);
  for (size_t i = 0; i < entry_count; ++i) {
    size_t entry = directory + 2 + 12 * i;
    if (entry + 12 > count) return 1;
    if (number(tiff + entry, 2, big_endian) != 0x0112) continue;
    if (number(tiff + entry + 2, 2, big_endian) != 3 || number(tiff + entry + 4, 4, big_endian) != 1) return 1;
    uint32_t orientation = number(tiff + entry + 8, 2, big_endian);
    return orientation >= 1 && orientation <= 8 ? (int)orientation : 1;
  }
  return 1;
}
