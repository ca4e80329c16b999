// The part of the reductions that OpenBLAS does.
#include <cblas.h>

#include "reductions.h"

double cbk_product_block_f64(const double *x, const double *y, size_t count) {
  return cblas_ddot((int)count, x, 1, y, 1);
}
