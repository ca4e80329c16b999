// The interface of the statistics kernels of every instruction set.
#ifndef CBK_STATISTICS_INTERNAL_H
#define CBK_STATISTICS_INTERNAL_H

#include "cbk_statistics.h"

enum {
  STATISTICS_LANES = 16,  // columns of a vector
  STATISTICS_TILE_COLUMNS = 256,
};

/// Of `count` elements side by side, from 1 to CBK_STATISTICS_RUN.
typedef cbk_moments cbk_statistics_run(const void *values, size_t count);

/// Of each of `columns` columns, from STATISTICS_LANES to STATISTICS_TILE_COLUMNS, with `rows` elements each, from 1 to
/// CBK_STATISTICS_ROWS, `stride` elements apart.
typedef void cbk_statistics_tile(const void *values, cbk_moments *moments, size_t rows, size_t columns, size_t stride);

/// Merges the sums of finite elements of the same unit into those of others.
typedef void cbk_statistics_merge(cbk_moments *moments, const cbk_moments *other);

typedef struct cbk_statistics_kernels {
  cbk_statistics_run *run_f32, *run_f64, *run_u8;
  cbk_statistics_tile *tile_f32, *tile_f64, *tile_u8;
  cbk_statistics_merge *merge;
} cbk_statistics_kernels;

#endif
