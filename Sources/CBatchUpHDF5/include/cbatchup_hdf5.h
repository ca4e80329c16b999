// A file driver for libhdf5 that works on an open descriptor.
//
// libhdf5's own driver opens the file a second time by its name, reports errors without the system's code, and leaves a
// file that could not be flushed open for good, which crashes the process at its end. With this driver, writes seem to
// succeed after the first one that fails, so that everything closes, and the code of that failure is kept.
#ifndef CBATCHUP_HDF5_H
#define CBATCHUP_HDF5_H

#include <stdbool.h>
#include <stdint.h>

// A descriptor and what has happened to it. All functions run while no other thread is in libhdf5.
typedef struct cbh_file cbh_file;

// Returns null where there is no memory. The descriptor stays the caller's. With `locks`, libhdf5 locks and unlocks it.
cbh_file *cbh_file_create(int descriptor, bool locks);

// Must come before the descriptor is closed. Should libhdf5 still have the file open, it no longer reaches the
// descriptor: writes are ignored, and reads fail.
void cbh_file_release(cbh_file *file);

// Returns the system's error code of the first read, write or lock that has failed since the last call of this
// function; 0 if none has.
int cbh_file_take_error(cbh_file *file);

// Makes `access`, a file access property list, open `file`, whatever name is opened; a file to be created must be empty.
// Chunks that h5py has compressed with lzf can be read from then on.
// Returns a negative number on failure.
int cbh_file_set(int64_t access, cbh_file *file);

#endif
