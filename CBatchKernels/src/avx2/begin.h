// Begins a file of kernels for AVX2 with FMA, F16C and POPCNT; the file ends with a pop of the attribute.
#include <immintrin.h>

#include "kernel_table.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,popcnt"))), apply_to = function)

#define CBK_KERNELS(family) cbk_##family##_avx2
