// The part of the statistics that OpenBLAS does: products of columns.
#include <cblas.h>

#include "cbk_statistics.h"

#pragma STDC FP_CONTRACT OFF

void cbk_add_products_f32(const float *values, const float *shifts, float *shifted, float *scratch, double *products,
                          double *sums, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < columns; ++c) {
      float difference = values[r * columns + c] - shifts[c];
      shifted[r * columns + c] = difference;
      sums[c] += difference;
    }
  }
  cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)columns, (int)rows, 1, shifted, (int)columns, 0, scratch,
              (int)columns);
  for (size_t a = 0; a < columns; ++a) {
    for (size_t b = a; b < columns; ++b) products[a * columns + b] += scratch[a * columns + b];
  }
}

void cbk_add_products_f64(const double *values, const double *shifts, double *shifted, double *scratch,
                          double *products, double *sums, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < columns; ++c) {
      double difference = values[r * columns + c] - shifts[c];
      shifted[r * columns + c] = difference;
      sums[c] += difference;
    }
  }
  cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)columns, (int)rows, 1, shifted, (int)columns, 0, scratch,
              (int)columns);
  for (size_t a = 0; a < columns; ++a) {
    for (size_t b = a; b < columns; ++b) products[a * columns + b] += scratch[a * columns + b];
  }
}
