// Child processes, their sockets and the memory they share: what the C library does in another way on each system, or
// with macros, which Swift cannot call. Unlike the kernels, these functions are all about I/O; they leave errno.
#ifndef CBK_PROCESS_H
#define CBK_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The number that a child knows its socket by.
enum { CBK_CHILD_SOCKET = 3 };

/// Starts the executable at `path` in a process group of its own, with the arguments, up to a null pointer, and the
/// environment of this process. Its standard input is empty, its output and errors go where those of this process go,
/// and `socket` is CBK_CHILD_SOCKET; other descriptors it has only where the C library has no means against those that
/// are open to every program. 0, or an error number.
int cbk_spawn(const char *path, char *const arguments[], int socket, pid_t *child);

/// Kills a child and all of its process group.
void cbk_kill(pid_t child);

/// Waits for the end of a child. False where somebody else did. `signal` is 0 where the child exited, with `status`.
bool cbk_reap(pid_t child, int *status, int *signal);

/// Has the system kill this process as soon as the thread that started it ends, where the system can do that.
void cbk_die_with_parent(void);

/// Starts a process that kills the process group that this process leads as soon as this process ends, however it ends,
/// so that programs which it has started end, too. Does nothing where this process leads no group, or the system
/// offers no such thing. Called by a thread that lives as long as the process.
void cbk_guard_process_group(void);

/// Ends this process at once, and with it the process group, where this process leads it.
void cbk_kill_own_group(void) __attribute__((noreturn));

/// Writes the path of this executable, with its null byte. False where it is longer than `capacity`, or unknown.
bool cbk_executable_path(char *path, size_t capacity);

/// Two connected sockets of a stream, which are not inherited and raise no signal. False on failure.
bool cbk_socket_pair(int sockets[2]);

/// Sends some of the bytes, and with the first of them a descriptor, where it is not negative, without ever waiting.
/// The number of bytes, or -1.
ssize_t cbk_send(int socket, const void *bytes, size_t count, int descriptor);

/// Receives some bytes without ever waiting, and sets `descriptor` where one came with them. The number of bytes, 0 at
/// the end of the stream, or -1.
ssize_t cbk_receive(int socket, void *bytes, size_t count, int *descriptor);

/// A descriptor of that many zero bytes of memory without a name, whose size nobody can change where the system can see
/// to that. -1 on failure.
int cbk_shared_memory(size_t byte_count);

#ifdef __cplusplus
}
#endif
#endif
