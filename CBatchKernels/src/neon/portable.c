// The kernels whose loops the compiler makes vectors of, with NEON.
#if defined(__aarch64__)
#include "begin.h"

#include "gather_template.h"
#include "statistics_template.h"
#include "weight_tree_template.h"
#include "weighted_keys_template.h"
#endif
