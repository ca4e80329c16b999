// Which instruction set the kernels use: chosen once, when the first of them runs.
#ifndef CBK_DISPATCH_H
#define CBK_DISPATCH_H

#include <stdbool.h>

typedef enum cbk_isa {
  CBK_ISA_SCALAR = 0,
  CBK_ISA_AVX2 = 1,    // with FMA, F16C and POPCNT
  CBK_ISA_AVX512 = 2,  // F, BW, DQ and VL, with POPCNT
  CBK_ISA_NEON = 3,
} cbk_isa;

enum { CBK_ISA_COUNT = 4 };

/// "scalar", "avx2", "avx512" or "neon".
const char *cbk_isa_name(cbk_isa isa);

/// Whether this machine can run the kernels of `isa`.
bool cbk_isa_is_available(cbk_isa isa);

/// The instruction set in use. It is the best available one, unless the environment variable
/// CBATCHKERNELS_ISA names another available one when the first kernel runs.
cbk_isa cbk_active_isa(void);

/// For tests and benchmarks: from now on, kernels of `isa` are used in the whole process.
/// False, with nothing changed, where `isa` is not available.
bool cbk_set_isa(cbk_isa isa);

#endif
