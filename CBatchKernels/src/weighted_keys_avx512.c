// Exponential keys with AVX-512.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)

#define CBK_WEIGHTED_KERNELS cbk_weighted_avx512
#include "weighted_keys_template.h"

#pragma clang attribute pop
#endif
