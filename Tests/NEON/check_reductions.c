// Compares the NEON kernels of the reductions with the scalar ones: called by check_neon.c.
//
// Products of doubles are left out: they are OpenBLAS's, which is not there.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reductions.h"

#include "cbatchkernels.h"

enum { MOST_ELEMENTS = 9000, MOST_ROWS = 5 };

size_t check_reductions(void);

double cbk_product_block_f64(const double *x, const double *y, size_t count) {
  (void)x, (void)y, (void)count;
  return NAN;
}

static float floats[MOST_ELEMENTS], more_floats[MOST_ELEMENTS];
static double doubles[MOST_ELEMENTS], more_doubles[MOST_ELEMENTS];
static int32_t labels[MOST_ROWS];

/// Multiples of 2^-20 in 0..<1.
static void fill(float *values, double *wide_values, uint32_t seed) {
  for (size_t i = 0; i < MOST_ELEMENTS; ++i) {
    seed = seed * 1664525 + 1013904223;
    values[i] = (float)(seed >> 12) * 0x1p-20f;
    wide_values[i] = values[i];
  }
}

/// What a function writes; compared as bytes.
typedef struct results {
  double sums[40];
  double rows[2000];
  float floats[500];
  double doubles[500];
} results;

static void run_terms(results *r, size_t count, size_t offset) {
  for (int term = CBK_TERM_VALUE; term <= CBK_TERM_LOGISTIC_CROSS_ENTROPY; ++term) {
    r->sums[2 * term] = cbk_term_sum_f32((cbk_term)term, floats + offset, more_floats + offset, count);
    if (term == CBK_TERM_PRODUCT) continue;
    r->sums[2 * term + 1] = cbk_term_sum_f64((cbk_term)term, doubles + offset, more_doubles + offset, count);
  }
}

static void run_classes(results *r, size_t count, size_t offset) {
  size_t errors[2] = {0};
  cbk_loss losses[4] = {{0, 0}};
  cbk_cross_entropy_options options = {CBK_NO_IGNORED_LABEL, 0.1, 0.5};
  for (size_t row = 0; row < MOST_ROWS; ++row) labels[row] = (int32_t)(row * 7 % count);
  cbk_count_errors_f32(floats + offset, labels, -1, &errors[0], MOST_ROWS, count);
  cbk_count_errors_f64(doubles + offset, labels, -1, &errors[1], MOST_ROWS, count);
  cbk_softmax_cross_entropy_f32(floats + offset, labels, &options, NULL, &losses[0], MOST_ROWS, count);
  cbk_softmax_cross_entropy_f32(floats + offset, labels, &options, r->floats, &losses[1], MOST_ROWS, count);
  cbk_softmax_cross_entropy_f64(doubles + offset, labels, &options, NULL, &losses[2], MOST_ROWS, count);
  cbk_softmax_cross_entropy_f64(doubles + offset, labels, &options, r->doubles, &losses[3], MOST_ROWS, count);
  for (size_t i = 0; i < 4; ++i) r->sums[i] = losses[i].sum;
  r->sums[4] = (double)errors[0];
  r->sums[5] = (double)errors[1];
}

static void run_rows(results *r, size_t count, size_t offset) {
  cbk_column_means_f32(floats + offset, r->rows, 8, count);
  cbk_column_means_f64(doubles + offset, r->rows + 1000, 8, count);
}

static size_t differs(void (*run)(results *r, size_t count, size_t offset), size_t count, const char *what) {
  static results expected, actual;
  memset(&expected, 0, sizeof expected);
  memset(&actual, 0, sizeof actual);
  cbk_set_isa(CBK_ISA_SCALAR);
  run(&expected, count, count % 4);
  cbk_set_isa(CBK_ISA_NEON);
  run(&actual, count, count % 4);
  if (memcmp(&expected, &actual, sizeof expected) == 0) return 0;
  fprintf(stderr, "NEON differs from scalar: %s %zu\n", what, count);
  return 1;
}

/// The number of differences.
size_t check_reductions(void) {
  size_t differences = 0;
  fill(floats, doubles, 1);
  fill(more_floats, more_doubles, 2);
  for (size_t count = 0; count <= 200; ++count) differences += differs(run_terms, count, "terms");
  for (size_t count = 8190; count <= 8194; ++count) differences += differs(run_terms, count, "terms");
  for (size_t count = 1; count <= 90; ++count) differences += differs(run_classes, count, "classes");
  for (size_t count = 1; count <= 1000; count += 1 + count / 8) differences += differs(run_rows, count, "rows");
  return differences;
}
