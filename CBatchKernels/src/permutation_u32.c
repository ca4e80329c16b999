// Permutations as lists of 32-bit values.
#include <stdint.h>

#define CBK_INDEX uint32_t
#define CBK_PERMUTATION cbk_permutation_u32
#define CBK_PERMUTATION_SHUFFLE cbk_permutation_shuffle_u32

#include "permutation_template.h"
