// The part of the statistics that OpenBLAS does: products of columns.
#include <cblas.h>

#include "cbk_statistics.h"

#pragma STDC FP_CONTRACT OFF

#define syrk_f32 cblas_ssyrk
#define syrk_f64 cblas_dsyrk
#define CBK_TEMPLATE "statistics_blas_template.h"
#include "each_real.h"
