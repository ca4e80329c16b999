// Exponential keys with the instructions that every machine has: the specification of the other versions.
#define CBK_WEIGHTED_KERNELS cbk_weighted_scalar
#include "weighted_keys_template.h"
