// A tree of weights with the instructions that every machine has: the specification of the other versions.
#define CBK_WEIGHT_TREE_KERNELS cbk_weight_tree_scalar
#include "weight_tree_template.h"
