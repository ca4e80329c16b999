// Ends the reductions of one instruction set; included after reductions_vector.h. The includer defines
//   floats load_first_f32(const float *p, size_t count, float padding)     the first count < 16 elements at p,
//   doubles load_first_f64(const double *p, size_t count, double padding)  the other lanes being `padding`
//   void store_first_f32(floats v, float *p, size_t count)                 the first count < 16 lanes
//   void store_first_f64(doubles v, double *p, size_t count)
// which touch no memory beyond.

enum {
  // One plain reading of memory gained a tenth, and a sum a quarter, from asking for lines so far ahead.
  PREFETCH_BYTES = 16384,
  LINE_BYTES = 64,
};

/// Lanes where `score`, of class `first` and on, is above the label's or NaN, or equal to it and before it.
CBK_INLINE longs beats_label(doubles score, double label_score, int64_t first, int64_t label) {
  const longs ascending = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  longs before = ascending + first < label;
  return ~(score <= label_score) | (before & (score == label_score));
}

CBK_INLINE bool any(longs mask) { return __builtin_reduce_or(mask) != 0; }

#define CBK_TEMPLATE "reductions_vector_template.h"
#include "each_real.h"

const cbk_reductions_kernels CBK_KERNELS(reductions) = {
    block_f32, block_f64, add_rows_f32, add_rows_f64, count_errors_f32, count_errors_f64, softmax_f32, softmax_f64,
};
