// A tree of weights: where its levels lie, and the way through them.
#include <math.h>
#include <string.h>

#include "kernel_table.h"

enum {
  BLOCK_ITEMS = 128,
  SUPERBLOCK_DRAWS = CBK_PHILOX_SUPERBLOCK_WORDS / 2,
  // Draws need not begin at a superblock.
  BLOCK_SUPERBLOCKS = BLOCK_ITEMS / SUPERBLOCK_DRAWS + 1,
  LINE = 8,  // f64 in a cache line
};

static size_t node_count(size_t count) { return (count + CBK_WEIGHT_TREE_CHILDREN - 1) / CBK_WEIGHT_TREE_CHILDREN; }

// ---- Memory ---------------------------------------------------------------------------------------

size_t cbk_weight_tree_size(size_t count) {
  size_t size = LINE;
  do {
    count = node_count(count);
    size += 2 * count * CBK_WEIGHT_TREE_CHILDREN;
  } while (count > 1);
  return size;
}

cbk_weight_tree cbk_weight_tree_layout(double *memory, size_t count) {
  cbk_weight_tree tree = {.count = count, .total = memory};
  memory += LINE;
  do {
    count = node_count(count);
    tree.values[tree.level_count] = memory;
    tree.sums[tree.level_count] = memory + count * CBK_WEIGHT_TREE_CHILDREN;
    memory += 2 * count * CBK_WEIGHT_TREE_CHILDREN;
    ++tree.level_count;
  } while (count > 1);
  return tree;
}

static double *totals(const cbk_weight_tree *tree, size_t level) {
  return level + 1 < tree->level_count ? tree->values[level + 1] : tree->total;
}

// ---- Sums -----------------------------------------------------------------------------------------

static void fill(double *values, size_t count, size_t nodes) {
  memset(values + count, 0, (nodes * CBK_WEIGHT_TREE_CHILDREN - count) * sizeof *values);
}

static void sum_nodes(const cbk_weight_tree *tree, size_t level, const uint32_t *nodes, size_t count) {
  double scale = level == 0 ? tree->total[1] : 1;
  cbk_kernels()->weight_tree->sum(tree->values[level], scale, tree->sums[level], totals(tree, level), nodes, count);
}

static void sum_level(const cbk_weight_tree *tree, size_t level, size_t nodes) {
  uint32_t block[BLOCK_ITEMS];
  for (size_t first = 0; first < nodes; first += BLOCK_ITEMS) {
    size_t count = nodes - first < BLOCK_ITEMS ? nodes - first : BLOCK_ITEMS;
    for (size_t i = 0; i < count; ++i) block[i] = (uint32_t)(first + i);
    sum_nodes(tree, level, block, count);
  }
}

static void sum_all(const cbk_weight_tree *tree, double scale) {
  tree->total[1] = scale;
  size_t count = tree->count;
  for (size_t level = 0; level < tree->level_count; ++level) {
    fill(tree->values[level], count, node_count(count));
    count = node_count(count);
    sum_level(tree, level, count);
  }
}

static void choose_scale(const cbk_weight_tree *tree) {
  const double small = CBK_WEIGHT_TREE_SMALL_SCALE;
  if (!isfinite(*tree->total)) sum_all(tree, small);
  if (tree->total[1] == small && *tree->total < small * 0x1p900) sum_all(tree, 1);
}

void cbk_weight_tree_build(const cbk_weight_tree *tree, const double *weights) {
  memcpy(tree->values[0], weights, tree->count * sizeof *weights);
  sum_all(tree, 1);
  choose_scale(tree);
}

/// The parents of nodes, each once where equal ones are neighbours.
static size_t parents(uint32_t *nodes, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    uint32_t parent = nodes[i] / CBK_WEIGHT_TREE_CHILDREN;
    if (kept == 0 || nodes[kept - 1] != parent) nodes[kept++] = parent;
  }
  return kept;
}

static void prefetch_node(const double *values) {
  __builtin_prefetch(values);
  __builtin_prefetch(values + LINE);
}

/// Of the two levels that are larger than the nearest caches.
static void prefetch_way(const cbk_weight_tree *tree, size_t index) {
  for (size_t level = 0; level < 2 && level < tree->level_count; ++level) {
    size_t first = index / CBK_WEIGHT_TREE_CHILDREN * CBK_WEIGHT_TREE_CHILDREN;
    prefetch_node(tree->values[level] + first);
    prefetch_node(tree->sums[level] + first);
    index /= CBK_WEIGHT_TREE_CHILDREN;
  }
}

static void update_block(const cbk_weight_tree *tree, const uint32_t *indices, const double *weights, size_t count) {
  uint32_t nodes[BLOCK_ITEMS];
  for (size_t i = 0; i < count; ++i) prefetch_way(tree, nodes[i] = indices[i]);
  for (size_t i = 0; i < count; ++i) tree->values[0][indices[i]] = weights[i];
  for (size_t level = 0; level < tree->level_count; ++level) {
    count = parents(nodes, count);
    sum_nodes(tree, level, nodes, count);
  }
}

void cbk_weight_tree_update(const cbk_weight_tree *tree, const uint32_t *indices, const double *weights, size_t count) {
  for (size_t first = 0; first < count; first += BLOCK_ITEMS) {
    size_t length = count - first < BLOCK_ITEMS ? count - first : BLOCK_ITEMS;
    update_block(tree, indices + first, weights + first, length);
  }
  choose_scale(tree);
}

// ---- Draws ----------------------------------------------------------------------------------------

static void draw_block(const cbk_weight_tree *tree, uint64_t key, uint64_t first, uint32_t *nodes, size_t count) {
  uint32_t words[BLOCK_SUPERBLOCKS * CBK_PHILOX_SUPERBLOCK_WORDS];
  size_t skipped = first % SUPERBLOCK_DRAWS;
  memset(nodes, 0, count * sizeof *nodes);
  for (size_t level = tree->level_count; level-- > 0;) {
    cbk_philox_fill((cbk_stream){.key = key, .stream = level}, first / SUPERBLOCK_DRAWS, words,
                    (skipped + count + SUPERBLOCK_DRAWS - 1) / SUPERBLOCK_DRAWS);
    cbk_kernels()->weight_tree->descend(tree->sums[level], words + 2 * skipped, nodes, count);
    if (level == 0) return;
    for (size_t i = 0; i < count; ++i) {
      prefetch_node(tree->sums[level - 1] + (size_t)nodes[i] * CBK_WEIGHT_TREE_CHILDREN);
    }
  }
}

void cbk_weight_tree_draw(const cbk_weight_tree *tree, uint64_t key, uint64_t first, uint32_t *indices, size_t count) {
  for (size_t done = 0; done < count; done += BLOCK_ITEMS) {
    size_t length = count - done < BLOCK_ITEMS ? count - done : BLOCK_ITEMS;
    draw_block(tree, key, first + done, indices + done, length);
  }
}
