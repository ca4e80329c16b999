// Permutations as lists of 64-bit values.
#include <stdint.h>

#define CBK_INDEX uint64_t
#define CBK_PERMUTATION cbk_permutation_u64
#define CBK_PERMUTATION_SHUFFLE cbk_permutation_shuffle_u64

#include "permutation_template.h"
