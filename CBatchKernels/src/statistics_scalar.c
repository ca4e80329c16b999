// Statistics with the instructions that every machine has: the specification of the other versions.
#define CBK_STATISTICS_KERNELS cbk_statistics_scalar
#include "statistics_template.h"
