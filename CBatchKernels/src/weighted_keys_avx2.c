// Exponential keys with AVX2.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#define CBK_WEIGHTED_KERNELS cbk_weighted_avx2
#include "weighted_keys_template.h"

#pragma clang attribute pop
#endif
