// RandomState.choice with weights and replacement: the distribution function, and its inverse through a
// guide table (Chen and Asau, 1974).
//
// Bucket b of the guide is b / buckets ..< (b + 1) / buckets. As the number of buckets is a power of two,
// both the bounds and the bucket of a uniform number are exact. A uniform draw falls in each bucket with the
// same probability, and buckets are no fewer than values, so that the mean number of values in a draw's
// bucket is at most 1, however uneven the weights.
#include "kernel_table.h"

#pragma STDC FP_CONTRACT OFF

enum {
  SEARCH_BLOCK = 128,  // draws whose guide entries and values are prefetched together
  LINEAR_VALUES = 8,   // a bucket of more is halved first
};

// In order and without any regrouping, as numpy.cumsum adds; then a division, as NumPy's, rather than a
// product with the inverse.
void cbk_cdf(const double *weights, double *cdf, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; ++i) {
    sum += weights[i];
    cdf[i] = sum;
  }
  for (size_t i = 0; i < count; ++i) cdf[i] /= sum;
}

size_t cbk_cdf_guide_size(size_t count) {
  size_t buckets = 1;
  while (buckets < count) buckets *= 2;
  return buckets + 1;
}

/// The least integer not below `value`, which is in 0...2^31.
static inline uint32_t rounded_up(double value) {
  uint32_t below = (uint32_t)value;
  return below + (below < value);
}

// guide[b] is the number of values up to b / buckets. Each value notes its number in the first bucket that
// begins at or after it, the last of several standing; the greatest note up to a bucket is its entry. Two
// passes without a branch on data, as a search for each bucket's end is mispredicted in most of them.
void cbk_cdf_guide(const double *cdf, uint32_t *guide, size_t count) {
  const size_t buckets = cbk_cdf_guide_size(count) - 1;
  const double scale = (double)buckets;
  for (size_t b = 0; b <= buckets; ++b) guide[b] = 0;
  for (size_t k = 0; k < count; ++k) guide[rounded_up(cdf[k] * scale)] = (uint32_t)k + 1;
  uint32_t greatest = 0;
  for (size_t b = 0; b < buckets; ++b) {
    greatest = guide[b] > greatest ? guide[b] : greatest;
    guide[b] = greatest;
  }
  guide[buckets] = (uint32_t)(count - 1);
}

/// The first k with cdf[k] > uniform, which lies in first...last.
static inline uint32_t search(const double *cdf, uint32_t first, uint32_t last, double uniform) {
  while (last - first > LINEAR_VALUES) {
    uint32_t middle = first + (last - first) / 2;
    if (cdf[middle] <= uniform) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  // Most draws end within two steps; as a loop, their number would be mispredicted.
  first += cdf[first] <= uniform;
  first += cdf[first] <= uniform;
  while (cdf[first] <= uniform) ++first;
  return first;
}

static void search_block(const double *cdf, const uint32_t *guide, double buckets, const double *uniforms,
                         uint32_t *indices, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    indices[i] = (uint32_t)(uniforms[i] * buckets);
    __builtin_prefetch(guide + indices[i]);
  }
  uint32_t last[SEARCH_BLOCK];
  for (size_t i = 0; i < count; ++i) {
    const uint32_t *bucket = guide + indices[i];
    indices[i] = bucket[0];
    last[i] = bucket[1];
    __builtin_prefetch(cdf + indices[i]);
  }
  for (size_t i = 0; i < count; ++i) indices[i] = search(cdf, indices[i], last[i], uniforms[i]);
}

void cbk_mt19937_choice_u32(cbk_mt19937 *engine, const double *cdf, const uint32_t *guide, size_t cdf_count,
                            uint32_t *indices, size_t count) {
  const double buckets = (double)(cbk_cdf_guide_size(cdf_count) - 1);
  double uniforms[SEARCH_BLOCK];
  for (size_t done = 0; done < count; done += SEARCH_BLOCK) {
    size_t part = count - done < SEARCH_BLOCK ? count - done : SEARCH_BLOCK;
    cbk_mt19937_fill_f64(engine, uniforms, part);
    search_block(cdf, guide, buckets, uniforms, indices + done, part);
  }
}
