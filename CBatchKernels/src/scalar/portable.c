// Kernels of which the compiler makes what it can with the instructions that every machine has: the specification of
// the other versions.
#define CBK_KERNELS(family) cbk_##family##_scalar

#include "statistics_template.h"
#include "weight_tree_template.h"
#include "weighted_keys_template.h"
