// A tree of weights for one instruction set; included by portable.c of its folder. The compiler makes vectors of the
// loops; each operation rounds by itself, so that all give the same bits.
#include <string.h>

#include "kernel_table.h"

#pragma STDC FP_CONTRACT OFF

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the low half of a number comes first");

enum { QUADS = 4, QUAD = 4 };

/// Sums within quads, and then those of the quads before added: 7 additions in a row instead of 15. They never fall
/// from one value to the next, as rounding does not change an order, and stay where the value is 0.
CBK_INLINE double running_sums(const double *values, double scale, double *sums) {
  double within[QUAD][QUADS];
  for (size_t q = 0; q < QUADS; ++q) within[0][q] = values[QUAD * q] * scale;
  for (size_t k = 1; k < QUAD; ++k) {
    for (size_t q = 0; q < QUADS; ++q) within[k][q] = within[k - 1][q] + values[QUAD * q + k] * scale;
  }
  double before = 0;
  for (size_t q = 0; q < QUADS; ++q) {
    for (size_t k = 0; k < QUAD; ++k) sums[QUAD * q + k] = before + within[k][q];
    before += within[QUAD - 1][q];
  }
  return before;
}

static void sum(const double *values, double scale, double *sums, double *totals, const uint32_t *nodes, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    size_t first = (size_t)nodes[i] * CBK_WEIGHT_TREE_CHILDREN;
    totals[nodes[i]] = running_sums(values + first, scale, sums + first);
  }
}

/// Totals below it are a number of units of 2^-1074, which is in their bits.
static const uint64_t bits_of_least_rounded = 2ull << 52;

/// A number in 0..<total, where the total is above 0.
CBK_INLINE double target(const uint32_t *words, double total) {
  uint64_t word, bits, total_bits;
  memcpy(&word, words, sizeof word);
  memcpy(&total_bits, &total, sizeof total_bits);
  word >>= 11;
  if (total_bits < bits_of_least_rounded) {
    bits = (uint64_t)((unsigned __int128)word * total_bits >> 53);
  } else {
    double rounded = (double)word * 0x1p-53 * total;
    memcpy(&bits, &rounded, sizeof bits);
    bits -= bits == total_bits;
  }
  double product;
  memcpy(&product, &bits, sizeof product);
  return product;
}

#ifndef CBK_WEIGHT_TREE_PASSED
/// How many of a node's running sums are not above the limit.
CBK_INLINE uint32_t passed(const double *node, double limit) {
  uint64_t count = 0;
  for (size_t k = 0; k < CBK_WEIGHT_TREE_CHILDREN; ++k) count += node[k] <= limit;
  return (uint32_t)count;
}
#endif

static void descend(const double *sums, const uint32_t *words, uint32_t *nodes, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const double *node = sums + (size_t)nodes[i] * CBK_WEIGHT_TREE_CHILDREN;
    double limit = target(words + 2 * i, node[CBK_WEIGHT_TREE_CHILDREN - 1]);
    nodes[i] = nodes[i] * CBK_WEIGHT_TREE_CHILDREN + passed(node, limit);
  }
}

const cbk_weight_tree_kernels CBK_KERNELS(weight_tree) = {sum, descend};
