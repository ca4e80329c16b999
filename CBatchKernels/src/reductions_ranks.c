// Public functions of the order of scores in rows of classes: loops that the compiler makes vectors of.
#include <stdbool.h>

#include "cbk_reductions.h"

/// How many classes are before the label's in the order of scores. A comparison with a NaN is false.
static size_t label_rank_f32(const float *row, size_t label, size_t class_count) {
  uint32_t not_below = 0, above = 0;
  for (size_t j = 0; j < label; ++j) not_below += !(row[j] < row[label]);
  for (size_t j = label + 1; j < class_count; ++j) above += !(row[j] <= row[label]);
  return (size_t)not_below + above + (row[label] != row[label]);
}

static size_t label_rank_f64(const double *row, size_t label, size_t class_count) {
  uint64_t not_below = 0, above = 0;
  for (size_t j = 0; j < label; ++j) not_below += !(row[j] < row[label]);
  for (size_t j = label + 1; j < class_count; ++j) above += !(row[j] <= row[label]);
  return not_below + above + (row[label] != row[label]);
}

size_t cbk_count_top_errors_f32(const float *scores, const int32_t *labels, int64_t ignored_label, size_t top,
                                size_t *errors, size_t row_count, size_t class_count) {
  size_t counted, valid = cbk_count_labels(labels, ignored_label, &counted, row_count, class_count), found = 0;
  if (valid < row_count) return valid;
  for (size_t r = 0; r < row_count; ++r) {
    if (labels[r] == ignored_label) continue;
    found += label_rank_f32(scores + r * class_count, (size_t)labels[r], class_count) >= top;
  }
  *errors = found;
  return row_count;
}

size_t cbk_count_top_errors_f64(const double *scores, const int32_t *labels, int64_t ignored_label, size_t top,
                                size_t *errors, size_t row_count, size_t class_count) {
  size_t counted, valid = cbk_count_labels(labels, ignored_label, &counted, row_count, class_count), found = 0;
  if (valid < row_count) return valid;
  for (size_t r = 0; r < row_count; ++r) {
    if (labels[r] == ignored_label) continue;
    found += label_rank_f64(scores + r * class_count, (size_t)labels[r], class_count) >= top;
  }
  *errors = found;
  return row_count;
}

void cbk_largest_classes_f32(const float *scores, int32_t *classes, size_t row_count, size_t class_count) {
  for (size_t r = 0; r < row_count; ++r, scores += class_count) {
    size_t largest = 0;
    bool has_nan = class_count == 0;
    for (size_t j = 0; j < class_count; ++j) {
      has_nan |= scores[j] != scores[j];
      if (scores[j] > scores[largest]) largest = j;
    }
    classes[r] = has_nan ? -1 : (int32_t)largest;
  }
}

void cbk_largest_classes_f64(const double *scores, int32_t *classes, size_t row_count, size_t class_count) {
  for (size_t r = 0; r < row_count; ++r, scores += class_count) {
    size_t largest = 0;
    bool has_nan = class_count == 0;
    for (size_t j = 0; j < class_count; ++j) {
      has_nan |= scores[j] != scores[j];
      if (scores[j] > scores[largest]) largest = j;
    }
    classes[r] = has_nan ? -1 : (int32_t)largest;
  }
}
