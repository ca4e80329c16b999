// The orders in constant memory, the weighted keys and the trees of weights with NEON, compared with the scalar ones.
#include <stdlib.h>
#include <string.h>

#include "cbatchkernels.h"

enum { LONGEST = 3 * 32 + 1, ITEMS = 3000, WANTED = 200, CAPACITY = 2 * WANTED + 1000 };

static bool run_differs(const cbk_constant_order *order, uint64_t first, size_t length) {
  uint64_t expected[LONGEST + 1], actual[LONGEST + 1];
  uint32_t narrow[LONGEST + 1];
  bool differs = false;
  memset(actual, 0xA5, sizeof actual);
  memset(narrow, 0xA5, sizeof narrow);
  cbk_set_isa(CBK_ISA_SCALAR);
  cbk_constant_order_indices_u64(order, first, expected, length);
  cbk_set_isa(CBK_ISA_NEON);
  cbk_constant_order_indices_u64(order, first, actual, length);
  differs |= memcmp(actual, expected, length * sizeof *actual) != 0 || actual[length] != 0xA5A5A5A5A5A5A5A5;
  if (order->count > 1ull << 32) return differs;
  cbk_constant_order_indices_u32(order, first, narrow, length);
  for (size_t i = 0; i < length; ++i) differs |= narrow[i] != expected[i];
  return differs || narrow[length] != 0xA5A5A5A5;
}

static size_t check_constant_order(void) {
  static const uint64_t counts[] = {700, 1025, 1057, 65537, 1ull << 32, 1ull << 40, 1ull << 62, INT64_MAX};
  size_t found = 0;
  for (size_t c = 0; c < sizeof counts / sizeof *counts; ++c) {
    cbk_constant_order order;
    cbk_constant_order_init(c, counts[c], &order);
    for (size_t length = 0; length <= LONGEST; ++length) {
      found += run_differs(&order, length % 7, length);
      found += run_differs(&order, counts[c] - length, length);
    }
  }
  return found;
}

static size_t check_weighted_keys(void) {
  static cbk_weighted_key expected[CAPACITY], actual[CAPACITY];
  static double weights[ITEMS];
  size_t differences = 0;
  for (size_t i = 0; i < ITEMS; ++i) weights[i] = i % 5 == 0 ? 0 : 1 / (double)(i + 1);
  for (size_t count = 0; count <= ITEMS; count += count < 100 ? 1 : 97) {
    cbk_set_isa(CBK_ISA_SCALAR);
    cbk_weighted_scan scan =
        cbk_weighted_keys(CBK_WEIGHT_F64, weights, 1, (cbk_stream){1, count}, expected, 0, count, WANTED);
    cbk_set_isa(CBK_ISA_NEON);
    cbk_weighted_scan other =
        cbk_weighted_keys(CBK_WEIGHT_F64, weights, 1, (cbk_stream){1, count}, actual, 0, count, WANTED);
    differences += scan.kept != other.kept || memcmp(actual, expected, scan.kept * sizeof *actual) != 0;
  }
  return differences;
}

enum { TREE_F64 = 2 * (ITEMS + ITEMS / 8) };

/// A tree after some changes, and draws from it.
static void fill_tree(cbk_isa isa, size_t count, const double *weights, double *memory, uint32_t *draws) {
  static uint32_t indices[ITEMS];
  cbk_set_isa(isa);
  cbk_weight_tree tree = cbk_weight_tree_layout(memory, count);
  cbk_weight_tree_build(&tree, weights);
  for (size_t i = 0; i < count; ++i) indices[i] = (uint32_t)(i * 7919 % count);
  cbk_weight_tree_update(&tree, indices, weights, count / 2);
  cbk_weight_tree_draw(&tree, 5, count, draws, ITEMS);
}

static size_t check_weight_tree(void) {
  static double weights[ITEMS], expected[TREE_F64], actual[TREE_F64];
  static uint32_t expected_draws[ITEMS], actual_draws[ITEMS];
  size_t differences = 0;
  for (size_t i = 0; i < ITEMS; ++i) weights[i] = i % 5 == 1 ? 0 : 1 / (double)(i + 1);
  for (size_t count = 1; count <= ITEMS; count += count < 300 ? 1 : 97) {
    size_t size = cbk_weight_tree_size(count);
    if (size > TREE_F64) abort();
    fill_tree(CBK_ISA_SCALAR, count, weights, expected, expected_draws);
    fill_tree(CBK_ISA_NEON, count, weights, actual, actual_draws);
    differences += memcmp(expected, actual, size * sizeof *actual) != 0;
    differences += memcmp(expected_draws, actual_draws, sizeof actual_draws) != 0;
  }
  return differences;
}

size_t check_sampling(void) {
  if (cbk_weighted_key_capacity(WANTED) > CAPACITY) abort();
  return check_constant_order() + check_weighted_keys() + check_weight_tree();
}
