// Exponential keys with NEON.
#if defined(__aarch64__)
#define CBK_WEIGHTED_KERNELS cbk_weighted_neon
#include "weighted_keys_template.h"
#endif
