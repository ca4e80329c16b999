// Statistics with NEON.
#if defined(__aarch64__)
#define CBK_STATISTICS_KERNELS cbk_statistics_neon
#include "statistics_template.h"
#endif
