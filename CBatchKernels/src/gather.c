// Public row gather: all indices are checked before the first row is written.
#include <string.h>

#include "kernel_table.h"

// A share of the last-level cache. Prefetching gains nothing for a source below, and costs up to a fifth.
static const size_t cached_source_bytes = 8 * 1024 * 1024;

static bool exceeds_caches(size_t row_count, size_t row_bytes) { return row_bytes > cached_source_bytes / row_count; }

static size_t first_outside(cbk_row_list rows, size_t count, size_t row_count) {
  const cbk_gather_kernels *kernels = cbk_kernels()->gather;
  return rows.narrow ? kernels->first_outside_u32(rows.narrow, count, row_count)
                     : kernels->first_outside_u64(rows.wide, count, row_count);
}

static size_t gather(const void *source, size_t row_count, cbk_row_list rows, void *destination, size_t count,
                     size_t row_bytes) {
  size_t valid = first_outside(rows, count, row_count);
  if (valid < count || count == 0 || row_bytes == 0) return valid;
  cbk_kernels()->gather->gather(source, rows, destination, count, row_bytes, exceeds_caches(row_count, row_bytes));
  return count;
}

size_t cbk_gather_u32(const void *source, size_t row_count, const uint32_t *indices, void *destination, size_t count,
                      size_t row_bytes) {
  return gather(source, row_count, (cbk_row_list){.narrow = indices}, destination, count, row_bytes);
}

size_t cbk_gather_u64(const void *source, size_t row_count, const uint64_t *indices, void *destination, size_t count,
                      size_t row_bytes) {
  return gather(source, row_count, (cbk_row_list){.wide = indices}, destination, count, row_bytes);
}

void cbk_perform_gather(void *gather_in_one) {
  cbk_gather *g = gather_in_one;
  g->valid =
      gather(g->source, g->row_count, (cbk_row_list){g->narrow, g->wide}, g->destination, g->count, g->row_bytes);
}

// ---- With conversion ------------------------------------------------------------------------------

static bool is_identity(const cbk_conversion *conversion) {
  size_t factors = conversion->per_channel ? conversion->channels : 1;
  for (size_t i = 0; i < factors; ++i) {
    if (conversion->scales[i] != 1 || conversion->offsets[i] != 0) return false;
  }
  return true;
}

/// Whether some channels' scales or offsets differ in a bit.
static bool is_varying(const cbk_conversion *conversion) {
  if (!conversion->per_channel) return false;
  for (size_t i = 1; i < conversion->channels; ++i) {
    if (memcmp(&conversion->scales[i], &conversion->scales[0], sizeof(float)) != 0) return true;
    if (memcmp(&conversion->offsets[i], &conversion->offsets[0], sizeof(float)) != 0) return true;
  }
  return false;
}

/// In the form that the kernels take.
static cbk_row_conversion row_conversion(const cbk_conversion *conversion) {
  bool planar = conversion->layout == CBK_LAYOUT_CHANNELS_FIRST;
  cbk_row_conversion form = {
      .element = conversion->element,
      .planes = planar ? conversion->channels : 1,
      .height = conversion->height,
      .width = conversion->width,
      .channels = planar ? 1 : conversion->channels,
  };
  if (cbk_row_length(&form) == 0) return form;  // perhaps without any scale
  if (is_identity(conversion)) {
    form.scale = 1;
    form.offset = -0.0f;  // x + -0 is x for every x, while -0 + 0 is 0
    return form;
  }
  form.varying = is_varying(conversion);
  form.scales = conversion->scales;
  form.offsets = conversion->offsets;
  form.scale = conversion->scales[0];
  form.offset = conversion->offsets[0];
  return form;
}

static size_t gather_converted(const void *source, size_t row_count, cbk_row_list rows,
                               const cbk_conversion *conversion, const uint8_t *flips, float *destination,
                               size_t count) {
  size_t valid = first_outside(rows, count, row_count);
  if (valid < count || count == 0) return valid;
  cbk_row_conversion form = row_conversion(conversion);
  size_t row_bytes = cbk_row_length(&form) * cbk_element_bytes(form.element);
  if (row_bytes == 0) return count;
  cbk_kernels()->gather_converted->gather(source, rows, &form, flips, destination, count,
                                          exceeds_caches(row_count, row_bytes));
  return count;
}

size_t cbk_gather_converted_u32(const void *source, size_t row_count, const uint32_t *indices,
                                const cbk_conversion *conversion, const uint8_t *flips, float *destination,
                                size_t count) {
  return gather_converted(source, row_count, (cbk_row_list){.narrow = indices}, conversion, flips, destination, count);
}

size_t cbk_gather_converted_u64(const void *source, size_t row_count, const uint64_t *indices,
                                const cbk_conversion *conversion, const uint8_t *flips, float *destination,
                                size_t count) {
  return gather_converted(source, row_count, (cbk_row_list){.wide = indices}, conversion, flips, destination, count);
}

void cbk_convert_rows(const void *source, const cbk_conversion *conversion, const uint8_t *flips, float *destination,
                      size_t count) {
  if (count == 0) return;
  cbk_row_conversion form = row_conversion(conversion);
  if (cbk_row_length(&form) == 0) return;
  if (flips == NULL && (form.planes == 1 || !form.varying)) {
    form.height *= count;  // one long row: the rows may be short
    count = 1;
  }
  cbk_kernels()->gather_converted->gather(source, (cbk_row_list){NULL, NULL}, &form, flips, destination, count, false);
}
