// Checks weights, and sums their masses by blocks.
#include <math.h>
#include <string.h>

#include "weights.h"

enum { PARTIAL_SUMS = 8 };

static const uint64_t most_items = UINT32_MAX;
static const uint64_t most_exact_sum = 1ull << 32;

/// Where weights add up to more than the largest f64, their sum is that of weights times this.
static const double overflow_scale = 0x1p-33;

size_t cbk_alias_block_count(size_t count) { return (count + ALIAS_BLOCK_ITEMS - 1) / ALIAS_BLOCK_ITEMS + 1; }

static cbk_weights_check refused(cbk_weights_fault fault, uint64_t position) {
  return (cbk_weights_check){fault, position};
}

// ---- Sums -----------------------------------------------------------------------------------------

/// Weight i times a power of two is added to partial sum i mod 8; where the result is not finite or `*wrong` is set, there may
/// be a fault.
CBK_INLINE double block_sum(const void *weights, int type, double scale, size_t start, size_t end, bool *wrong) {
  double sums[PARTIAL_SUMS] = {0};
  uint64_t negative[PARTIAL_SUMS] = {0};
  size_t i = start;
  for (; i + PARTIAL_SUMS <= end; i += PARTIAL_SUMS) {
    for (size_t k = 0; k < PARTIAL_SUMS; ++k) {
      double weight = weight_at(weights, type, i + k) * scale;
      sums[k] += weight;
      negative[k] |= weight < 0;
    }
  }
  for (size_t k = 0; i < end; ++i, ++k) {
    double weight = weight_at(weights, type, i) * scale;
    sums[k] += weight;
    negative[k] |= weight < 0;
  }
  *wrong = false;
  for (size_t k = 0; k < PARTIAL_SUMS; ++k) *wrong |= negative[k] != 0;
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

/// `scale` is a constant at every call.
CBK_INLINE cbk_weights_check sum_floats(const void *weights, int type, double scale, size_t count, double *sum) {
  *sum = 0;
  for (size_t start = 0; start < count; start += ALIAS_BLOCK_ITEMS) {
    size_t end = count - start < ALIAS_BLOCK_ITEMS ? count : start + ALIAS_BLOCK_ITEMS;
    bool wrong;
    double block = block_sum(weights, type, scale, start, end, &wrong);
    if (wrong || !isfinite(block)) {
      cbk_weights_check check = first_fault(weights, type, start, end);
      if (check.fault != CBK_WEIGHTS_FINE) return check;
    }
    *sum += block;
  }
  return refused(*sum == 0 ? CBK_WEIGHTS_ALL_ZERO : CBK_WEIGHTS_FINE, *sum == 0 ? count : 0);
}

static cbk_weights_check sum_integers(const uint64_t *weights, size_t count, unsigned __int128 *sum) {
  *sum = 0;
  for (size_t i = 0; i < count; ++i) *sum += weights[i];
  return refused(*sum == 0 ? CBK_WEIGHTS_ALL_ZERO : CBK_WEIGHTS_FINE, *sum == 0 ? count : 0);
}

// ---- Masses ---------------------------------------------------------------------------------------

/// Counts the mass as often as `sign` says: once, or -1 times.
CBK_INLINE void count_mass(cbk_alias_block *block, uint64_t mass, uint64_t capacity, uint64_t sign) {
  block->deficit += sign * (mass < capacity ? capacity - mass : 0);
  block->excess += sign * (mass > capacity ? mass - capacity : 0);
  block->lights += sign * (mass < capacity);
  block->heavies += sign * (mass > capacity);
}

/// Each block's own sums; the heaviest item, with its plain mass, goes to the plan.
CBK_INLINE void sum_masses(const void *weights, int type, cbk_alias_block *blocks, cbk_alias_plan *plan) {
  plan->heaviest_mass = 0;
  for (size_t start = 0, b = 0; start < plan->count; start += ALIAS_BLOCK_ITEMS, ++b) {
    cbk_alias_block block = {0};
    uint64_t largest = 0;
    for (size_t i = start; i < block_end(plan, b); ++i) {
      uint64_t mass = plain_mass(plan, weights, type, i);
      largest = mass > largest ? mass : largest;
      count_mass(&block, mass, plan->capacity, 1);
    }
    blocks[b] = block;
    if (largest <= plan->heaviest_mass) continue;
    plan->heaviest_mass = largest;
    plan->heaviest = start;
    while (plain_mass(plan, weights, type, plan->heaviest) != largest) ++plan->heaviest;
  }
}

/// Gives the heaviest item what the others leave: the deficits add up to the excesses then.
static void balance(cbk_alias_block *blocks, cbk_alias_plan *plan) {
  uint64_t rest = 0;
  for (size_t b = 0; b + 1 < cbk_alias_block_count(plan->count); ++b) {
    rest += blocks[b].deficit - blocks[b].excess;
  }
  cbk_alias_block *block = &blocks[plan->heaviest / ALIAS_BLOCK_ITEMS];
  count_mass(block, plan->heaviest_mass, plan->capacity, -1ull);
  plan->heaviest_mass += rest;
  count_mass(block, plan->heaviest_mass, plan->capacity, 1);
}

/// From each block's own sums to those of all blocks before it.
static void accumulate(cbk_alias_block *blocks, size_t block_count) {
  cbk_alias_block before = {0};
  for (size_t b = 0; b < block_count; ++b) {
    cbk_alias_block own = blocks[b];
    blocks[b] = before;
    before.deficit += own.deficit;
    before.excess += own.excess;
    before.lights += own.lights;
    before.heavies += own.heavies;
  }
}

CBK_INLINE void measure(const void *weights, int type, cbk_alias_block *blocks, cbk_alias_plan *plan) {
  size_t block_count = cbk_alias_block_count(plan->count);
  sum_masses(weights, type, blocks, plan);
  blocks[block_count - 1] = (cbk_alias_block){0};
  balance(blocks, plan);
  accumulate(blocks, block_count);
}

/// About 1 / value for a positive value, as a power of two that is a normal number.
static double inverse_power(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint64_t exponent = bits >> 52;
  bits = (exponent < 2045 ? 2046 - exponent : 1) << 52;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/// With the sum near 1 (or, where it is not even normal, above 2^-52), neither factor overflows. The sum is that of
/// weights times `sum_scale`.
static void plan_rounded(uint64_t count, double sum, double sum_scale, cbk_alias_plan *plan) {
  *plan = (cbk_alias_plan){.count = count, .capacity = 1ull << 32, .power = inverse_power(sum), .key_scale = 1};
  plan->scale = (double)(count << 32) / (sum * plan->power) * sum_scale;
}

/// Brings the sum of f64 weights to about 2^960, or as near as a power of two can. No key is below 2^-1014 then; and as
/// the least weight is 2^-1074, sums of at most 2^904 leave none beyond the largest f64.
static double key_scale(double sum) {
  if (!(sum <= 0x1p904)) return 0;
  double power = inverse_power(sum);
  return power > 0x1p63 ? 0x1p1023 : power * 0x1p960;
}

CBK_INLINE cbk_weights_check prepare_floats(const void *weights, int type, size_t count, cbk_alias_block *blocks,
                                            cbk_alias_plan *plan) {
  double sum, scale = 1;
  cbk_weights_check check = sum_floats(weights, type, 1, count, &sum);
  if (check.fault != CBK_WEIGHTS_FINE) return check;
  double keys = type == CBK_WEIGHT_F64 ? key_scale(sum) : 1;
  if (isinf(sum)) sum_floats(weights, type, scale = overflow_scale, count, &sum);
  plan_rounded(count, sum, scale, plan);
  plan->key_scale = keys;
  measure(weights, type, blocks, plan);
  return check;
}

static cbk_weights_check prepare_integers(const uint64_t *weights, size_t count, cbk_alias_block *blocks,
                                          cbk_alias_plan *plan) {
  unsigned __int128 sum;
  cbk_weights_check check = sum_integers(weights, count, &sum);
  if (check.fault != CBK_WEIGHTS_FINE) return check;
  if (sum <= most_exact_sum) {
    *plan = (cbk_alias_plan){.count = count, .capacity = (uint64_t)sum, .key_scale = 1};
    measure(weights, WEIGHT_U64_EXACT, blocks, plan);
  } else {
    plan_rounded(count, (double)sum, 1, plan);
    measure(weights, CBK_WEIGHT_U64, blocks, plan);
  }
  return check;
}

cbk_weights_check cbk_alias_prepare(cbk_weight_type type, const void *weights, size_t count, cbk_alias_block *blocks,
                                    cbk_alias_plan *plan) {
  if (count == 0) return refused(CBK_WEIGHTS_EMPTY, count);
  if (count > most_items) return refused(CBK_WEIGHTS_TOO_MANY, count);
  switch (type) {
  case CBK_WEIGHT_F64: return prepare_floats(weights, CBK_WEIGHT_F64, count, blocks, plan);
  case CBK_WEIGHT_F32: return prepare_floats(weights, CBK_WEIGHT_F32, count, blocks, plan);
  case CBK_WEIGHT_U64: return prepare_integers(weights, count, blocks, plan);
  }
}
