// Mixed-radix Feistel network with cycle walking: Black, Rogaway: Ciphers with arbitrary finite domains
// (CT-RSA 2002).
//
// THE ORDER FORMAT (CBK_CONSTANT_ORDER_FORMAT). The stream has the key
// cbk_derive_key(key, count, 0, CBK_PURPOSE_CONSTANT_ORDER) and number 0. Up to 1,024 samples, the order is
// the permutation of that key. Above, words 0 ... 15 of the stream are the keys, two a round. A number x
// is a pair, row = x / columns and column = x % columns, with columns = ceil(sqrt(count)) and
// rows = ceil(count / columns). Rounds 0, 2, ... replace the column by (column + f(row)) mod columns, rounds
// 1, 3, ... the row by (row + f(column)) mod rows, where f is `scale` of `mix` of the round's keys. Pairs
// that are no number below the count are sent through the rounds again. There are fewer than `columns` of
// them, so that a walk happens with a probability below 1 / sqrt(count).
//
// Eight rounds. With 4 million keys and 257 samples, chi-squared of the difference of two neighbours
// exceeds its mean by 5,600 standard deviations after 4 rounds, 500 after 5, 20 after 6, at most 3 after 7
// and within chance after 8; with 20 million keys, it is within chance from 5 rounds on for 65,536 samples,
// but 800 off after 8 for 30. So few samples are shuffled into a table; and so are those up to 1,024, as
// walks would slow their runs down to 4 ns an index. A third multiplication in `mix` changed nothing.
#ifndef CBK_CONSTANT_ORDER_INTERNAL_H
#define CBK_CONSTANT_ORDER_INTERNAL_H

#include "cbk_constant_order.h"

static const uint32_t constant_order_multiplier0 = 0x9E3779B1, constant_order_multiplier1 = 0x85EBCA77;
static const int constant_order_shift = 15;

typedef struct cbk_constant_order_kernels {
  // The order is no table; columns are at most 2^31, except in the scalar kernels.
  void (*indices_u32)(const cbk_constant_order *order, uint64_t first, uint32_t *indices, size_t count);
  void (*indices_u64)(const cbk_constant_order *order, uint64_t first, uint64_t *indices, size_t count);
} cbk_constant_order_kernels;

#endif
