// Arithmetic means through OpenBLAS.
//
// Blocks are short enough that no version of OpenBLAS hands them to its threads (the lowest threshold is
// above 10,000 elements), and none of its process-wide settings is touched.
#include <cblas.h>
#include <math.h>

#include "cbatchkernels.h"

enum { BLOCK_LENGTH = 8192 };

// A stride of 0 over a single one would take OpenBLAS's slow strided loop.
static const float ones_f32[BLOCK_LENGTH] = {[0 ... BLOCK_LENGTH - 1] = 1};
static const double ones_f64[BLOCK_LENGTH] = {[0 ... BLOCK_LENGTH - 1] = 1};

static int block_length(size_t rest) { return rest < BLOCK_LENGTH ? (int)rest : BLOCK_LENGTH; }

/// `y` is NULL for a vector of ones.
static double dot_f32(const float *x, const float *y, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i += BLOCK_LENGTH) {
    sum += cblas_dsdot(block_length(count - i), x + i, 1, y == NULL ? ones_f32 : y + i, 1);
  }
  return sum;
}

static double dot_f64(const double *x, const double *y, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i += BLOCK_LENGTH) {
    sum += cblas_ddot(block_length(count - i), x + i, 1, y == NULL ? ones_f64 : y + i, 1);
  }
  return sum;
}

double cbk_mean_f32(const float *values, size_t count) {
  return count == 0 ? NAN : dot_f32(values, NULL, count) / (double)count;
}

double cbk_mean_f64(const double *values, size_t count) {
  return count == 0 ? NAN : dot_f64(values, NULL, count) / (double)count;
}

double cbk_weighted_mean_f32(const float *values, const float *weights, size_t count) {
  double total = dot_f32(weights, NULL, count);
  return total == 0 ? NAN : dot_f32(values, weights, count) / total;
}

double cbk_weighted_mean_f64(const double *values, const double *weights, size_t count) {
  double total = dot_f64(weights, NULL, count);
  return total == 0 ? NAN : dot_f64(values, weights, count) / total;
}
