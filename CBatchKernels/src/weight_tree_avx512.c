// A tree of weights with AVX-512.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,popcnt"))), apply_to = function)

#define CBK_WEIGHT_TREE_KERNELS cbk_weight_tree_avx512
#define CBK_WEIGHT_TREE_PASSED

#include <immintrin.h>
#include <stdint.h>

/// Clang's own vectors of this loop take more than twice as long.
static inline __attribute__((always_inline)) uint32_t passed(const double *node, double limit) {
  __m512d limits = _mm512_set1_pd(limit);
  uint32_t low = _mm512_cmp_pd_mask(_mm512_loadu_pd(node), limits, _CMP_LE_OQ);
  uint32_t high = _mm512_cmp_pd_mask(_mm512_loadu_pd(node + 8), limits, _CMP_LE_OQ);
  return (uint32_t)__builtin_popcount(low | high << 8);
}

#include "weight_tree_template.h"

#pragma clang attribute pop
#endif
