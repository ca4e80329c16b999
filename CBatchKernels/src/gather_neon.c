// Row gather with NEON.
#if defined(__aarch64__)
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CBK_GATHER_KERNELS cbk_gather_neon
#include "gather_template.h"
#endif
