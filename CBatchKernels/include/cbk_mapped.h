// Copies out of mapped files that may shrink.
//
// A file that is made shorter while it is mapped, or whose disk fails, answers the next look at the missing bytes with
// SIGBUS, whose default is the end of the process. No check beforehand helps: the file may shrink after it. So these
// functions catch the signal: a handler, installed once for the process, leads back out of the copy where this thread's
// copy is at fault, and leaves all other faults to the handler that was there before, or to the default.
//
// This is safe because nothing but kernels of this module, which allocate and lock nothing, lies between the two ends
// of the jump. A thread that blocks SIGBUS unblocks it for the copy; one that was sent meanwhile waits as before.
//
// The order matters: a program installs a handler of its own before the first copy, which then gets what is none of this
// module's; or it passes on what the handler that it replaces would get. Otherwise a file that is made shorter ends up in
// the program's handler.
#ifndef CBK_MAPPED_H
#define CBK_MAPPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a gather returns where some of the rows could not be read; the destination may be filled in part.
#define CBK_MAPPED_FAULT SIZE_MAX

/// Sets whether the copies are guarded, which they are at first. Where they are not, no handler is installed; one that
/// was installed before stays, and passes everything on.
void cbk_mapped_set_guarded(bool is_guarded);
bool cbk_mapped_is_guarded(void);

/// Copies `count` bytes. False where some of them could not be read.
bool cbk_mapped_copy(const void *source, void *destination, size_t count);

/// As cbk_gather_u32 and cbk_gather_u64.
size_t cbk_mapped_gather_u32(const void *source, size_t row_count, const uint32_t *indices, void *destination,
                             size_t count, size_t row_bytes);
size_t cbk_mapped_gather_u64(const void *source, size_t row_count, const uint64_t *indices, void *destination,
                             size_t count, size_t row_bytes);

#ifdef __cplusplus
}
#endif
#endif
