// Row gather with AVX2.
#if defined(__x86_64__)
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#define CBK_GATHER_KERNELS cbk_gather_avx2
#include "gather_template.h"

#pragma clang attribute pop
#endif
