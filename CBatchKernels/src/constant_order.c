// The order in constant memory, one number at a time: the specification of the vector versions.
#include "constant_order.h"

#include "kernel_table.h"

typedef struct pair {
  uint32_t column, row;
} pair;

// ---- Rounds ---------------------------------------------------------------------------------------

static inline uint32_t mix(uint32_t value, const uint32_t *keys) {
  uint32_t mixed = (value ^ keys[0]) * constant_order_multiplier0;
  mixed ^= mixed >> constant_order_shift ^ keys[1];
  return mixed * constant_order_multiplier1;
}

/// Below `count`: the high half of the product.
static inline uint32_t scale(uint32_t value, uint32_t count) { return (uint32_t)((uint64_t)value * count >> 32); }

static inline uint32_t add(uint32_t a, uint32_t b, uint32_t modulus) {
  uint64_t sum = (uint64_t)a + b;
  return (uint32_t)(sum >= modulus ? sum - modulus : sum);
}

static inline pair forwards(const cbk_constant_order *order, pair p) {
  for (size_t round = 0; round < CBK_CONSTANT_ORDER_ROUNDS; round += 2) {
    const uint32_t *keys = order->keys + 2 * round;
    p.column = add(p.column, scale(mix(p.row, keys), order->columns), order->columns);
    p.row = add(p.row, scale(mix(p.column, keys + 2), order->rows), order->rows);
  }
  return p;
}

static inline pair split(const cbk_constant_order *order, uint64_t number) {
  return (pair){(uint32_t)(number % order->columns), (uint32_t)(number / order->columns)};
}

static inline uint64_t join(const cbk_constant_order *order, pair p) {
  return (uint64_t)p.row * order->columns + p.column;
}

// ---- One number -----------------------------------------------------------------------------------

uint64_t cbk_constant_order_index(const cbk_constant_order *order, uint64_t position) {
  if (order->count <= CBK_CONSTANT_ORDER_TABLE) return order->indices[position];
  pair p = split(order, position);
  uint64_t index;
  do {
    p = forwards(order, p);
    index = join(order, p);
  } while (index >= order->count);
  return index;
}

// ---- Runs -----------------------------------------------------------------------------------------

static void indices_u32(const cbk_constant_order *order, uint64_t first, uint32_t *indices, size_t count) {
  for (size_t i = 0; i < count; ++i) indices[i] = (uint32_t)cbk_constant_order_index(order, first + i);
}

static void indices_u64(const cbk_constant_order *order, uint64_t first, uint64_t *indices, size_t count) {
  for (size_t i = 0; i < count; ++i) indices[i] = cbk_constant_order_index(order, first + i);
}

const cbk_constant_order_kernels cbk_constant_order_scalar = {indices_u32, indices_u64};

void cbk_constant_order_indices_u32(const cbk_constant_order *order, uint64_t first, uint32_t *indices, size_t count) {
  if (order->count <= CBK_CONSTANT_ORDER_TABLE) {
    for (size_t i = 0; i < count; ++i) indices[i] = order->indices[first + i];
  } else {
    cbk_kernels()->constant_order->indices_u32(order, first, indices, count);
  }
}

void cbk_constant_order_indices_u64(const cbk_constant_order *order, uint64_t first, uint64_t *indices, size_t count) {
  if (order->count <= CBK_CONSTANT_ORDER_TABLE) {
    for (size_t i = 0; i < count; ++i) indices[i] = order->indices[first + i];
  } else if (order->columns > 1u << 31) {
    // More than 2^62 samples: sums of the vector kernels would leave 32 bits.
    indices_u64(order, first, indices, count);
  } else {
    cbk_kernels()->constant_order->indices_u64(order, first, indices, count);
  }
}

// ---- Setting up -----------------------------------------------------------------------------------

/// ceil(sqrt(value)) for values in 1...2^63, bit by bit.
static uint32_t square_root_up(uint64_t value) {
  uint64_t root = 0;  // of the largest square below `value`
  for (uint64_t bit = 1ull << 31; bit > 0; bit >>= 1) {
    uint64_t larger = root | bit;
    if (larger * larger < value) root = larger;
  }
  return (uint32_t)(root + 1);
}

static void fill_table(uint64_t key, cbk_constant_order *order) {
  uint32_t permutation[CBK_CONSTANT_ORDER_TABLE];
  cbk_permutation_u32(key, permutation, order->count, NULL);
  for (uint32_t i = 0; i < order->count; ++i) order->indices[i] = (uint16_t)permutation[i];
}

void cbk_constant_order_init(uint64_t key, uint64_t count, cbk_constant_order *order) {
  *order = (cbk_constant_order){.count = count};
  cbk_stream stream = {cbk_derive_key(key, count, 0, CBK_PURPOSE_CONSTANT_ORDER), 0};
  if (count <= CBK_CONSTANT_ORDER_TABLE) {
    fill_table(stream.key, order);
    return;
  }
  order->columns = square_root_up(count);
  order->rows = (uint32_t)((count - 1) / order->columns + 1);
  order->last_column = (uint32_t)((count - 1) % order->columns);
  uint32_t words[CBK_PHILOX_SUPERBLOCK_WORDS];
  cbk_philox_fill(stream, 0, words, 1);
  for (size_t i = 0; i < 2 * CBK_CONSTANT_ORDER_ROUNDS; ++i) order->keys[i] = words[i];
}
