// A tree of weights with NEON.
#if defined(__aarch64__)
#define CBK_WEIGHT_TREE_KERNELS cbk_weight_tree_neon
#include "weight_tree_template.h"
#endif
