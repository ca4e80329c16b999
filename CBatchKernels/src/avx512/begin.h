// Begins a file of kernels for AVX-512 F, BW, DQ and VL with POPCNT; the file ends with a pop of the attribute.
#include <immintrin.h>

#include "kernel_table.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,popcnt"))), apply_to = function)

#define CBK_KERNELS(family) cbk_##family##_avx512
