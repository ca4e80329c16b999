// Statistics with AVX-512.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)

#define CBK_STATISTICS_KERNELS cbk_statistics_avx512
#include "statistics_template.h"

#pragma clang attribute pop
#endif
