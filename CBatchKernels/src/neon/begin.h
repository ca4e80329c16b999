// Begins a file of kernels for NEON, which every AArch64 machine has.
#include <arm_neon.h>

#include "kernel_table.h"

#define CBK_KERNELS(family) cbk_##family##_neon
