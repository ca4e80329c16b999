// What the C library offers only to C, or under a feature macro, so that Swift cannot call it.
#ifndef CBK_SYSTEM_H
#define CBK_SYSTEM_H

#include <stdbool.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Names the calling thread for debuggers and profilers; Linux keeps the first 15 bytes.
void cbk_name_thread(const char *name);

/// The number of processors that the calling thread's affinity allows; 0 where there is no such thing.
int cbk_affinity_count(void);

/// Gives an open file that size and room on its disk. 0; -1, with errno; or 1 where the system cannot, and has done
/// nothing.
int cbk_allocate_file(int descriptor, off_t byte_count);

/// Returns whether an open file is on another machine; true where the system does not say.
bool cbk_is_on_network(int descriptor);

/// How often something had to be read from a disk for the calling thread so far, reading ahead included; on Darwin for
/// the process.
long cbk_disk_read_count(void);

#ifdef __cplusplus
}
#endif
#endif
