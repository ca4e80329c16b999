// The kernels whose loops the compiler makes vectors of, with AVX2.
#if defined(__x86_64__)
#include "begin.h"

#include "gather_template.h"
#include "statistics_template.h"
#include "weight_tree_template.h"
#include "weighted_keys_template.h"

#pragma clang attribute pop
#endif
