// Kernels of which the compiler makes what it can with the instructions that every machine has: the specification of
// the other versions.
#define CBK_KERNELS(family) cbk_##family##_scalar

#define CBK_MOST_ROW_BYTES 64  // memcpy may use wider registers
#include "gather_template.h"
#include "statistics_template.h"
#include "weight_tree_template.h"
#include "weighted_keys_template.h"
