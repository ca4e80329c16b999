// A permutation of 0..<count in constant memory: the order of samples that never is an array.
//
// Unlike cbk_permutation_u32, whose every permutation is equally likely, this is a keyed mixing of numbers:
// single indices, pairs and differences of neighbours are distributed as in a uniform shuffle (see
// constant_order.h for what was tested), but for counts above 1,024 not all permutations can occur, and where
// the two factors that the count is split into are odd, nearly all of those that do are odd or even alike.
#ifndef CBK_CONSTANT_ORDER_H
#define CBK_CONSTANT_ORDER_H

#include <stddef.h>
#include <stdint.h>

/// Changes whenever the order of some (key, count) changes.
enum { CBK_CONSTANT_ORDER_FORMAT = 1 };

enum {
  CBK_CONSTANT_ORDER_ROUNDS = 8,
  CBK_CONSTANT_ORDER_TABLE = 1024,  // up to this count, the order is a table in the structure
};

/// Set up by cbk_constant_order_init and then only read, by any number of threads. It holds no pointers:
/// a copy is as good.
typedef struct cbk_constant_order {
  uint64_t count;
  uint32_t columns, rows;  // numbers are row * columns + column, 0 in a table
  uint32_t last_column;    // of the number count - 1, which is in the last row
  uint32_t keys[2 * CBK_CONSTANT_ORDER_ROUNDS];
  uint16_t indices[CBK_CONSTANT_ORDER_TABLE];
} cbk_constant_order;

/// The order of (key, count); `count` is in 1...2^63 - 1. Takes at most two microseconds.
void cbk_constant_order_init(uint64_t key, uint64_t count, cbk_constant_order *order);

/// The index at a position, which is below the count.
uint64_t cbk_constant_order_index(const cbk_constant_order *order, uint64_t position);

/// indices[i] = the index at position first + i, for i in 0..<count. `first + count` is at most the
/// order's count, which for 32-bit indices is at most 2^32. The same on every instruction set.
void cbk_constant_order_indices_u32(const cbk_constant_order *order, uint64_t first, uint32_t *indices, size_t count);
void cbk_constant_order_indices_u64(const cbk_constant_order *order, uint64_t first, uint64_t *indices, size_t count);

#endif
