#include <cblas.h>

#include "cbk_blas_memory.h"

int cbk_blas_thread_count(void) { return openblas_get_parallel() == 1 ? openblas_get_num_threads() - 1 : 0; }

void cbk_blas_take_buffer(void) {
  float number = 0, square = 0;
  cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, 1, 1, 1, &number, 1, 0, &square, 1);
}
