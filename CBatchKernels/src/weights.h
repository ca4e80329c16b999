// Weights of any type, and the integer masses of items in an alias table. Masses are computed anew wherever
// they are needed, which takes less time than writing and reading them.
#ifndef CBK_WEIGHTS_H
#define CBK_WEIGHTS_H

#include <math.h>
#include <stdbool.h>

#include "kernel_table.h"

#pragma STDC FP_CONTRACT OFF

enum { ALIAS_BLOCK_ITEMS = 4096 };

/// One more type of weights: u64 with a sum of at most 2^32.
enum { WEIGHT_U64_EXACT = CBK_WEIGHT_U64 + 1 };

/// `type` is a constant at every call of these.
CBK_INLINE double weight_at(const void *weights, int type, size_t i) {
  if (type == CBK_WEIGHT_F64) return ((const double *)weights)[i];
  if (type == CBK_WEIGHT_F32) return ((const float *)weights)[i];
  return (double)((const uint64_t *)weights)[i];
}

CBK_INLINE cbk_weights_fault weight_fault(double weight) {
  if (isnan(weight)) return CBK_WEIGHTS_NOT_A_NUMBER;
  if (weight < 0) return CBK_WEIGHTS_NEGATIVE;
  return isinf(weight) ? CBK_WEIGHTS_INFINITE : CBK_WEIGHTS_FINE;
}

/// The first fault of weights from `start` on, if any before `end`.
CBK_INLINE cbk_weights_check first_fault(const void *weights, int type, size_t start, size_t end) {
  for (size_t i = start; i < end; ++i) {
    cbk_weights_fault fault = weight_fault(weight_at(weights, type, i));
    if (fault != CBK_WEIGHTS_FINE) return (cbk_weights_check){fault, i};
  }
  return (cbk_weights_check){CBK_WEIGHTS_FINE, 0};
}

/// Without what the heaviest item has more.
CBK_INLINE uint64_t plain_mass(const cbk_alias_plan *plan, const void *weights, int type, size_t i) {
  if (type == WEIGHT_U64_EXACT) return ((const uint64_t *)weights)[i] * plan->count;
  double weight = weight_at(weights, type, i);
  uint64_t mass = (uint64_t)(weight * plan->power * plan->scale);
  return mass + (mass == 0 && weight > 0);
}

CBK_INLINE uint64_t mass_at(const cbk_alias_plan *plan, const void *weights, int type, size_t i) {
  uint64_t mass = plain_mass(plan, weights, type, i);
  return i == plan->heaviest ? plan->heaviest_mass : mass;
}

CBK_INLINE size_t block_end(const cbk_alias_plan *plan, size_t block) {
  size_t end = (block + 1) * ALIAS_BLOCK_ITEMS;
  return end < plan->count ? end : plan->count;
}

#endif
