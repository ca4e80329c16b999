// Kernels behind BatchUp, a header for each family.
//
// Every function is thread-safe, allocates nothing and does no I/O. Every instruction set gives the same bytes, but for
// what cbk_reductions.h and cbk_statistics.h leave to OpenBLAS.
#ifndef CBATCHKERNELS_H
#define CBATCHKERNELS_H

#include "cbk_blas_memory.h"
#include "cbk_constant_order.h"
#include "cbk_dispatch.h"
#include "cbk_gather.h"
#include "cbk_mt19937.h"
#include "cbk_mt19937_distributions.h"
#include "cbk_permutation.h"
#include "cbk_random.h"
#include "cbk_reductions.h"
#include "cbk_statistics.h"
#include "cbk_weight_tree.h"
#include "cbk_weighted.h"

#endif
