// The interface of the kernels of a tree of weights.
#ifndef CBK_WEIGHT_TREE_INTERNAL_H
#define CBK_WEIGHT_TREE_INTERNAL_H

#include "cbk_weight_tree.h"

typedef struct cbk_weight_tree_kernels {
  // The running sums of nodes of a level, whose values are multiplied by a power of two, and their totals, which are
  // values of the level above. A node may come several times.
  void (*sum)(const double *values, double scale, double *sums, double *totals, const uint32_t *nodes, size_t count);

  // nodes[i] becomes one of its children, chosen by words 2 i and 2 i + 1.
  void (*descend)(const double *sums, const uint32_t *words, uint32_t *nodes, size_t count);
} cbk_weight_tree_kernels;

#endif
