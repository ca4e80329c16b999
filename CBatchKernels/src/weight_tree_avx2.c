// A tree of weights with AVX2.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#define CBK_WEIGHT_TREE_KERNELS cbk_weight_tree_avx2
#include "weight_tree_template.h"

#pragma clang attribute pop
#endif
