// Statistics with AVX2.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define CBK_STATISTICS_KERNELS cbk_statistics_avx2
#include "statistics_template.h"

#pragma clang attribute pop
#endif
