// Row gather with AVX-512 (F, BW, DQ and VL).
#if defined(__x86_64__)
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)

#define CBK_GATHER_KERNELS cbk_gather_avx512
#include "gather_template.h"

#pragma clang attribute pop
#endif
