// The kernels whose loops the compiler makes vectors of, with AVX-512.
#if defined(__x86_64__)
#include "begin.h"
#include <stdint.h>

#define CBK_WEIGHT_TREE_PASSED
/// Of the tree of weights. Clang's own vectors of this loop take more than twice as long.
CBK_INLINE uint32_t passed(const double *node, double limit) {
  __m512d limits = _mm512_set1_pd(limit);
  uint32_t low = _mm512_cmp_pd_mask(_mm512_loadu_pd(node), limits, _CMP_LE_OQ);
  uint32_t high = _mm512_cmp_pd_mask(_mm512_loadu_pd(node + 8), limits, _CMP_LE_OQ);
  return (uint32_t)__builtin_popcount(low | high << 8);
}

#include "gather_template.h"
#include "statistics_template.h"
#include "weight_tree_template.h"
#include "weighted_keys_template.h"

#pragma clang attribute pop
#endif
