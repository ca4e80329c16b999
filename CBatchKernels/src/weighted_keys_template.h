// Exponential keys for one instruction set; included by portable.c of its folder. The compiler makes vectors of the
// loops; each operation rounds by itself, so that all give the same bits.
#include <float.h>
#include <string.h>

#include "kernel_table.h"

#pragma STDC FP_CONTRACT OFF

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the low half of a number comes first");

/// -log(1 - complement), for multiples of 2^-53 in 0..<1, within 2 units in the last place (1.2 measured).
///
/// With 1 - complement = 2^-n m, sqrt(1/2) <= m < sqrt(2), f = m - 1 (exact) and s = f / (2 + f), log(m) is
/// 2 atanh(s) = 2 s + 2 s z (1/3 + z/5 + z^2/7 ...), z = s^2 <= 0.0295, and 2 s = f - s f. The first term left
/// out is 2^-60 of the sum. The rounded product s (f - 2 z (...)) is below 0.21 f and has an error of 3
/// units, which are 0.7 of f's; the sum adds a half. With n > 0, n times the first 42 bits of log(2) is
/// exact, and the result not below half of that.
CBK_INLINE double exponential(double complement) {
  const uint64_t root_half = 0x3FE6A09E667F3BCD, bias = 64;
  const double high = 0x1.62e42fefa38p-1, low = 0x1.ef35793c7673p-45;
  double uniform = 1 - complement, m, n;
  uint64_t bits;
  memcpy(&bits, &uniform, sizeof bits);
  uint64_t steps = (bits - root_half + (bias << 52)) >> 52;  // bias - n
  uint64_t m_bits = bits + ((bias - steps) << 52), n_bits = 0x4330000000000000 | (bias - steps);
  memcpy(&m, &m_bits, sizeof m);
  memcpy(&n, &n_bits, sizeof n);
  n -= 0x1p52;
  double f = m - 1, s = f / (2 + f), z = s * s;
  double p = 1.0 / 21;
  p = p * z + 1.0 / 19;
  p = p * z + 1.0 / 17;
  p = p * z + 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  double correction = s * (f - 2 * z * p);
  return n * high + (n * low + (correction - f));
}

static void keys(const weighted_block *block, double *keys) {
  for (size_t i = 0; i < block->found; ++i) keys[i] = exponential(block->complements[i]) / block->weights[i];
}

static void filter(const uint32_t *words, const double *weights, double scale, double bound, size_t count,
                   weighted_block *block) {
  double complements[WEIGHTED_BLOCK_ITEMS], scaled[WEIGHTED_BLOCK_ITEMS];
  uint64_t passes[WEIGHTED_BLOCK_ITEMS];
  uint64_t wrong = 0, positive = 0;
  for (size_t i = 0; i < count; ++i) {
    uint64_t word;
    memcpy(&word, words + 2 * i, sizeof word);
    double weight = weights[i], complement = (double)(word >> 11) * 0x1p-53;
    uint64_t is_positive = weight > 0;
    complements[i] = complement;
    scaled[i] = weight * scale;
    passes[i] = is_positive & (complement <= weight * scale * bound);
    positive += is_positive;
    wrong |= !(weight >= 0) | (weight > DBL_MAX);
  }
  size_t found = 0;
  for (size_t i = 0; i < count; ++i) {
    block->offsets[found] = (uint32_t)i;
    block->complements[found] = complements[i];
    block->weights[found] = scaled[i];
    found += passes[i];
  }
  block->is_wrong = wrong != 0;
  block->positive = positive;
  block->found = found;
}

const cbk_weighted_kernels CBK_KERNELS(weighted) = {filter, keys};
