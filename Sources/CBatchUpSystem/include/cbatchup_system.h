// What the C library does in another way on each system, offers only under a feature macro, or as macros, which Swift
// cannot call.
#ifndef CBATCHUP_SYSTEM_H
#define CBATCHUP_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

// ---- Child processes, their sockets and the memory they share; the functions leave errno ---------

/// The number that a child knows its socket by.
enum { CBS_CHILD_SOCKET = 3 };

/// Starts the executable at `path` in a process group of its own, with the arguments, up to a null pointer, and the
/// environment of this process. Its standard input is empty, its output and errors go where those of this process go,
/// and `socket` is CBS_CHILD_SOCKET; other descriptors it has only where the C library has no means against those that
/// are open to every program. 0, or an error number.
int cbs_spawn(const char *path, char *const arguments[], int socket, pid_t *child);

/// Kills a child and all of its process group.
void cbs_kill(pid_t child);

/// Waits for the end of a child. False where other code did. `signal` is 0 where the child exited, with `status`.
bool cbs_reap(pid_t child, int *status, int *signal);

/// Has the system kill this process as soon as the thread that started it ends, where the system can do that.
void cbs_die_with_parent(void);

/// Starts a process that kills the process group that this process leads as soon as this process ends, however it ends,
/// so that programs which it has started end, too. Does nothing where this process leads no group, or the system
/// offers no such thing. Called by a thread that lives as long as the process.
void cbs_guard_process_group(void);

/// Ends this process at once, and with it the process group, where this process leads it.
void cbs_kill_own_group(void) __attribute__((noreturn));

/// Writes the path of this executable, with its null byte. False where it is longer than `capacity`, or unknown.
bool cbs_executable_path(char *path, size_t capacity);

/// Two connected sockets of a stream, which are not inherited and raise no signal. False on failure.
bool cbs_socket_pair(int sockets[2]);

/// Sends some of the bytes, and with the first of them a descriptor, where it is not negative, without ever waiting.
/// The number of bytes, or -1.
ssize_t cbs_send(int socket, const void *bytes, size_t count, int descriptor);

/// Receives some bytes without ever waiting, and sets `descriptor` where one came with them. The number of bytes, 0 at
/// the end of the stream, or -1.
ssize_t cbs_receive(int socket, void *bytes, size_t count, int *descriptor);

/// A descriptor of that many zero bytes of memory without a name, whose size is fixed where the system supports that. -1
/// on failure.
int cbs_shared_memory(size_t byte_count);

// ---- Threads and files ---------------------------------------------------------------------------

/// Names the calling thread for debuggers and profilers; Linux keeps the first 15 bytes.
void cbs_name_thread(const char *name);

/// The number of processors that the calling thread's affinity allows; 0 where there is no such thing.
int cbs_affinity_count(void);

/// Gives an open file that size and room on its disk. 0; -1, with errno; or 1 where the system cannot, and has done
/// nothing.
int cbs_allocate_file(int descriptor, off_t byte_count);

/// Returns whether an open file is on another machine; true where the system does not say.
bool cbs_is_on_network(int descriptor);

/// How often something had to be read from a disk for the calling thread so far, reading ahead included; on Darwin for
/// the process.
long cbs_disk_read_count(void);

// ---- Memory for the buffers that the threads and the callers of a library take --------------------

/// Whether each of the library's threads has its buffer of `size` bytes, or is sure to get it.
bool cbs_threads_have_buffers(int thread_count, size_t size);

/// Whether there is memory for `count` buffers, at least one, and for `besides` more bytes, in addition to the buffers of
/// the threads.
bool cbs_has_buffers(int thread_count, int count, size_t size, size_t besides);

/// The largest number of bytes, up to a limit, that can be mapped now; a multiple of 64 KiB.
size_t cbs_available_size(size_t limit);

// ---- Reads of mapped files that may shrink --------------------------------------------------------

// A file that is made shorter while it is mapped, or whose disk fails, answers the next read of the missing bytes with
// SIGBUS, which ends the process by default. No check beforehand helps: the file may shrink after it. So these functions
// catch the signal: a handler, installed once for the process, leads back out of the read where this thread's read is at
// fault, and leaves all other faults to the handler that was there before, or to the default.
//
// This is safe because only C code that allocates and locks nothing lies between the two ends of the jump. A thread that
// blocks SIGBUS unblocks it for the read; a signal that was sent meanwhile waits as before.
//
// The order matters: a program installs a handler of its own before the first guarded read, and that handler then gets
// all other faults; or it passes on what the handler that it replaces would get. Otherwise a file that is made shorter
// ends in the program's handler.

/// Sets whether reads are guarded, which they are at first. Where they are not, no handler is installed; one that was
/// installed before stays, and passes everything on.
void cbs_fault_guard_set_enabled(bool is_enabled);
bool cbs_fault_guard_is_enabled(void);

/// Calls `body`, which reads the `count` bytes at `start` and allocates and locks nothing. False where some of the bytes
/// could not be read: then `body` has not returned.
bool cbs_guard_faults(const void *start, size_t count, void (*body)(void *context), void *context);

/// Copies `count` bytes. False where some of them could not be read.
bool cbs_copy_guarded(const void *source, void *destination, size_t count);

#endif
