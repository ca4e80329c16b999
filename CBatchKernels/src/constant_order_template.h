// The order in constant memory for one instruction set; included by constant_order.c of its folder.
//
// The includer defines CBK_VECTOR_BYTES, CBK_BLOCK_VECTORS (the vectors that go through the rounds side by
// side: a round is a chain of some twenty cycles, and out-of-order execution alone filled half of them),
// and
//   static inline lanes scale(lanes value, uint32_t count);   the high halves of the products
//   static inline bool any(lanes mask);                       whether a lane of the mask is set
// on `lanes`, a vector of uint32_t.
//
// A vector holds consecutive positions as rows and columns, so that neither the next vector nor a walk
// needs a division. There are more than 16 columns: a vector reaches into one further row at most.
#include <stdbool.h>
#include <string.h>

#include "kernel_table.h"

enum {
  LANES = CBK_VECTOR_BYTES / 4,
  BLOCK_POSITIONS = CBK_BLOCK_VECTORS * LANES,
};

typedef uint64_t wide_lanes __attribute__((vector_size(2 * CBK_VECTOR_BYTES)));

typedef struct pairs {
  lanes column, row;
} pairs;

CBK_INLINE lanes mix(lanes value, const uint32_t *keys) {
  lanes mixed = (value ^ keys[0]) * constant_order_multiplier0;
  mixed ^= mixed >> constant_order_shift ^ keys[1];
  return mixed * constant_order_multiplier1;
}

/// A value below twice the modulus, which is at most 2^31, modulo it: the other candidate wraps around.
CBK_INLINE lanes reduce(lanes value, uint32_t modulus) { return __builtin_elementwise_min(value, value - modulus); }

CBK_INLINE void forwards(const cbk_constant_order *order, pairs *p, size_t vectors) {
#pragma clang loop unroll(full)
  for (size_t round = 0; round < CBK_CONSTANT_ORDER_ROUNDS; round += 2) {
    const uint32_t *keys = order->keys + 2 * round;
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; ++v) {
      p[v].column = reduce(p[v].column + scale(mix(p[v].row, keys), order->columns), order->columns);
    }
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; ++v) {
      p[v].row = reduce(p[v].row + scale(mix(p[v].column, keys + 2), order->rows), order->rows);
    }
  }
}

CBK_INLINE lanes merge(lanes mask, lanes set, lanes clear) { return (set & mask) | (clear & ~mask); }

CBK_INLINE lanes outside(const cbk_constant_order *order, pairs p) {
  return (lanes)(p.row == order->rows - 1) & (lanes)(p.column > order->last_column);
}

static __attribute__((noinline)) pairs walked(const cbk_constant_order *order, pairs p, lanes active) {
  for (;;) {
    lanes walking = outside(order, p) & active;
    if (!any(walking)) return p;
    pairs next = p;
    forwards(order, &next, 1);
    p.column = merge(walking, next.column, p.column);
    p.row = merge(walking, next.row, p.row);
  }
}

/// Walks on where an active lane has left the numbers below the count. (Others may hold positions beyond the
/// end, from which a walk need not return.)
CBK_INLINE void walk(const cbk_constant_order *order, pairs *p, lanes active) {
  if (__builtin_expect(any(outside(order, *p) & active), 0)) *p = walked(order, *p, active);
}

CBK_INLINE void store(const cbk_constant_order *order, pairs p, bool wide, void *indices) {
  if (wide) {
    wide_lanes rows = __builtin_convertvector(p.row, wide_lanes);
    wide_lanes joined = rows * order->columns + __builtin_convertvector(p.column, wide_lanes);
    memcpy(indices, &joined, sizeof joined);
  } else {
    lanes joined = p.row * order->columns + p.column;
    memcpy(indices, &joined, sizeof joined);
  }
}

/// The positions that follow the vector's.
CBK_INLINE pairs advance(const cbk_constant_order *order, pairs p, lanes distance) {
  lanes column = p.column + distance;
  return (pairs){reduce(column, order->columns), p.row - (lanes)(column >= order->columns)};
}

/// The indices of the first `count` positions of these vectors; the result is the positions that follow.
CBK_INLINE pairs permute(const cbk_constant_order *order, pairs next, size_t vectors, bool wide, uint8_t *indices,
                         size_t count) {
  const lanes zero = {0};
  pairs p[CBK_BLOCK_VECTORS];
  for (size_t v = 0; v < vectors; ++v) {
    p[v] = next;
    next = advance(order, next, zero + LANES);
  }
  forwards(order, p, vectors);
  for (size_t v = 0; v < vectors; ++v) {
    lanes number = zero + (uint32_t)(v * LANES);
    for (uint32_t i = 0; i < LANES; ++i) number[i] += i;
    walk(order, &p[v], (lanes)(number < (uint32_t)count));
    store(order, p[v], wide, indices + v * LANES * (wide ? 8 : 4));
  }
  return next;
}

CBK_INLINE void run(const cbk_constant_order *order, uint64_t first, bool wide, void *indices, size_t count) {
  const size_t size = wide ? 8 : 4;
  const lanes zero = {0};
  lanes ascending;
  for (uint32_t i = 0; i < LANES; ++i) ascending[i] = i;
  pairs p = {zero + (uint32_t)(first % order->columns), zero + (uint32_t)(first / order->columns)};
  p = advance(order, p, ascending);
  uint8_t *output = indices;
  for (; count >= BLOCK_POSITIONS; count -= BLOCK_POSITIONS, output += BLOCK_POSITIONS * size) {
    p = permute(order, p, CBK_BLOCK_VECTORS, wide, output, BLOCK_POSITIONS);
  }
  if (count == 0) return;
  uint8_t rest[BLOCK_POSITIONS * 8];
  if (count <= LANES) {
    permute(order, p, 1, wide, rest, count);
  } else {
    permute(order, p, CBK_BLOCK_VECTORS, wide, rest, count);
  }
  memcpy(output, rest, count * size);
}

static void indices_u32(const cbk_constant_order *order, uint64_t first, uint32_t *indices, size_t count) {
  run(order, first, false, indices, count);
}

static void indices_u64(const cbk_constant_order *order, uint64_t first, uint64_t *indices, size_t count) {
  run(order, first, true, indices, count);
}

const cbk_constant_order_kernels CBK_KERNELS(constant_order) = {indices_u32, indices_u64};
