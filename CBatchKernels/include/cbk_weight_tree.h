// Weighted random choice among weights that change: a tree of sums.
//
// Weights are f64, not negative, of any scale. The levels of the tree are the weights, the sums of 16 neighbours each,
// the sums of 16 of those, and so on up to one node. Beside the 16 values of a node stand their running sums, in
// which a draw looks its child up. All sums are computed anew from the values below, in an order that is
// fixed: draws are a function of the weights alone, whatever they were before, on every instruction set.
//
// Where the weights add up to more than the largest f64, all sums are those of weights times 2^-64: of 2^32 weights, they
// are finite. Weights that lose bits by that are too small beside the sum to be drawn, and all other sums are rounded as
// without it, so that draws do not depend on it. The sums stay so until they are below 2^900 of the weights' units.
#ifndef CBK_WEIGHT_TREE_H
#define CBK_WEIGHT_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "cbk_random.h"

/// Changes whenever the draws from some weights change.
enum { CBK_WEIGHT_TREE_FORMAT = 2 };

enum {
  CBK_WEIGHT_TREE_CHILDREN = 16,  // of a node
  CBK_WEIGHT_TREE_LEVELS = 8,     // at most, for 2^32 weights
};

#define CBK_WEIGHT_TREE_SMALL_SCALE 0x1p-64

/// Where the parts of a tree lie in its memory. Level 0 has the weights as its values. Values from the count of a level
/// on, up to a whole node, are 0.
typedef struct cbk_weight_tree {
  size_t count;
  size_t level_count;
  double *values[CBK_WEIGHT_TREE_LEVELS];
  double *sums[CBK_WEIGHT_TREE_LEVELS];  // of a node's first value, of its first two, …
  double *total;  // total[1] is what weights are multiplied by in sums: 1, or CBK_WEIGHT_TREE_SMALL_SCALE
} cbk_weight_tree;

/// How many f64 a tree of 1...2^32 weights takes: 2.14 for each weight, and at most 250 more.
size_t cbk_weight_tree_size(size_t count);

/// A tree in memory of that size.
cbk_weight_tree cbk_weight_tree_layout(double *memory, size_t count);

/// Fills the tree. Weights are finite.
void cbk_weight_tree_build(const cbk_weight_tree *tree, const double *weights);

/// Sets weight indices[i] to weights[i] for i in 0..<count, the later of two with the same index. Indices are below the
/// tree's count. All sums are computed anew where their scale changes.
void cbk_weight_tree_update(const cbk_weight_tree *tree, const uint32_t *indices, const double *weights, size_t count);

/// indices[i] = draw number first + i, for i in 0..<count. The total is above 0. Draws are independent of each other,
/// and items with weight 0 are never drawn.
///
/// A draw goes down from the top. At level l it takes words 2 d (the low half) and 2 d + 1 of the stream (key, l), as
/// r in 0..<2^64, and the first child whose running sum is above floor(r / 2^11) / 2^53 times the node's total, rounded
/// (where rounding reaches the total: times the number before the total). Where the total is below 2^-1021, the product
/// is rounded down to a multiple of 2^-1074, as all weights below are.
///
/// A running sum is made of 7 additions at most, so that the bounds of a child are off by 8 units of 2^-53 of the
/// node's total each, the rounded product included, and a step of 2^-53 comes on top: the total variation distance to
/// the exact probabilities is below 16 * 9 * 2^-53 for a level, and 2^-42 for all eight.
void cbk_weight_tree_draw(const cbk_weight_tree *tree, uint64_t key, uint64_t first, uint32_t *indices, size_t count);

#endif
