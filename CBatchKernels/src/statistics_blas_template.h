// Products of columns of one type of numbers; included by statistics_blas.c through each_real.h.

void NAMED(cbk_add_products)(const REAL *values, const REAL *shifts, REAL *shifted, REAL *scratch, double *products,
                             double *sums, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < columns; ++c) {
      REAL difference = values[r * columns + c] - shifts[c];
      shifted[r * columns + c] = difference;
      sums[c] += difference;
    }
  }
  NAMED(syrk)
  (CblasRowMajor, CblasUpper, CblasTrans, (int)columns, (int)rows, 1, shifted, (int)columns, 0, scratch, (int)columns);
  for (size_t a = 0; a < columns; ++a) {
    for (size_t b = a; b < columns; ++b) products[a * columns + b] += scratch[a * columns + b];
  }
}
