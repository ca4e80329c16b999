// Whether OpenBLAS finds the memory that it takes: where it does not, it tries again for ever.
#ifndef CBK_BLAS_MEMORY_H
#define CBK_BLAS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The size of the buffers that OpenBLAS takes: one for each of its threads, as soon as the library is loaded, and one
/// for each matrix product that runs at the same time, which it keeps for later ones.
enum { CBK_BLAS_BUFFER_SIZE = 32 << 22 };

/// Whether each thread of OpenBLAS has its buffer, or is sure to get it. Where not, it keeps a processor busy, and this
/// process cannot exit, but only _exit. Meant for the start of a program, before there are large arrays.
bool cbk_blas_threads_have_memory(void);

/// Whether there is memory for the buffers of `count` concurrent matrix products, at least one, and for `besides` more
/// bytes, in addition to the buffers of the threads.
bool cbk_blas_has_memory(int count, size_t besides);

/// The largest number of bytes, up to a limit, that can be mapped now; a multiple of 64 KiB.
size_t cbk_available_size(size_t limit);

/// Does a matrix product, for whose buffer there must be memory: OpenBLAS keeps it.
void cbk_blas_take_buffer(void);

#ifdef __cplusplus
}
#endif
#endif
