// The buffers that OpenBLAS takes: where it finds no memory for them, it tries again for ever.
#ifndef CBK_BLAS_MEMORY_H
#define CBK_BLAS_MEMORY_H

/// The size of the buffers: one for each thread, as soon as the library is loaded, and one for each matrix product that
/// runs at the same time, which it keeps for later ones.
enum { CBK_BLAS_BUFFER_SIZE = 32 << 22 };

/// The threads that OpenBLAS starts when it is loaded, and that take a buffer when they first run. One built for OpenMP
/// has none, and takes all buffers before the program begins.
int cbk_blas_thread_count(void);

/// Does a matrix product, for whose buffer there must be memory: OpenBLAS keeps it.
void cbk_blas_take_buffer(void);

#endif
