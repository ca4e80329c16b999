// Preloaded before a program, fails the n-th of its system calls of one kind, and counts them all.
//
//   FAULT_ROOT    only calls on files below this folder, whose path has no links, and on sockets are seen
//   FAULT_CALL    the kind that fails, one of the names below; without it, nothing does
//   FAULT_AT      which one of them fails, from 1
//   FAULT_ERROR   the number that errno gets; 0 makes a read or a write short instead, -1 kills the process
//   FAULT_STICKY  set: all later ones fail, too
//   FAULT_COUNTS  the file that the counts go to at the end, a line "kind count" each
//
// Calls that the C library makes inside of itself are not seen, so functions of stdio are kinds of their own.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
  OPEN,
  READ,
  WRITE,
  SYNC,
  TRUNCATE,
  ALLOCATE,
  RENAME,
  REMOVE,
  STAT,
  MKDIR,
  MAP,
  LOCK,
  LIST,
  RESOLVE,
  CLOSE,
  SEEK,
  CONNECT,
  SEND,
  RECEIVE,
  KIND_COUNT
};

static const char *const names[KIND_COUNT] = {"open",   "read", "write",   "sync", "truncate", "allocate", "rename",
                                              "remove", "stat", "mkdir",   "map",  "lock",     "list",     "resolve",
                                              "close",  "seek", "connect", "send", "receive"};

static atomic_long counts[KIND_COUNT];
static enum kind failing = KIND_COUNT;
static long failing_at;
static int failing_error;
static bool is_sticky;
static char root[PATH_MAX];
static size_t root_length;

__attribute__((constructor)) static void set_up(void) {
  const char *folder = getenv("FAULT_ROOT"), *call = getenv("FAULT_CALL");
  if (folder) root_length = strlen(strncpy(root, folder, sizeof root - 1));
  if (getenv("FAULT_AT")) failing_at = atol(getenv("FAULT_AT"));
  if (getenv("FAULT_ERROR")) failing_error = atoi(getenv("FAULT_ERROR"));
  is_sticky = getenv("FAULT_STICKY") != NULL;
  for (int kind = 0; call && kind < KIND_COUNT; kind++)
    if (strcmp(names[kind], call) == 0) failing = kind;
}

__attribute__((destructor)) static void tell_counts(void) {
  const char *path = getenv("FAULT_COUNTS");
  int file = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;
  for (int kind = 0; file >= 0 && kind < KIND_COUNT; kind++) {
    char line[64];
    int length = snprintf(line, sizeof line, "%s %ld\n", names[kind], atomic_load(&counts[kind]));
    if (syscall(SYS_write, file, line, length) != length) _exit(99);
  }
}

static bool is_below_root(const char *path) {
  return root_length > 0 && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || !path[root_length]);
}

static bool sees_descriptor(int descriptor) {
  char link[64], target[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  int saved = errno;
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, target, sizeof target - 1);
  errno = saved;
  if (length < 0) return false;
  target[length] = 0;
  return is_below_root(target) || strncmp(target, "socket:", 7) == 0;
}

static bool sees_path(int folder, const char *path) {
  if (!path) return false;
  if (path[0] == '/') return is_below_root(path);
  if (folder != AT_FDCWD) return sees_descriptor(folder);
  char current[PATH_MAX];
  return getcwd(current, sizeof current) && is_below_root(current);
}

/// Counts a call that is seen; whether it is to fail.
static bool fails(enum kind kind, bool is_seen) {
  if (!is_seen) return false;
  long number = atomic_fetch_add(&counts[kind], 1) + 1;
  if (kind != failing || !(number == failing_at || (is_sticky && number > failing_at))) return false;
  if (failing_error < 0) kill(getpid(), SIGKILL);
  errno = failing_error;
  return true;
}

#define NEXT(name)                                                                                                     \
  static __typeof__(&name) next_##name;                                                                                \
  if (!next_##name) next_##name = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPENING(name)                                                                                                  \
  int name(const char *path, int flags, ...) {                                                                         \
    NEXT(name);                                                                                                        \
    va_list arguments;                                                                                                 \
    va_start(arguments, flags);                                                                                        \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;                                       \
    va_end(arguments);                                                                                                 \
    return fails(OPEN, sees_path(AT_FDCWD, path)) ? -1 : next_##name(path, flags, mode);                               \
  }
OPENING(open)
OPENING(open64)

#define OPENING_AT(name)                                                                                               \
  int name(int folder, const char *path, int flags, ...) {                                                             \
    NEXT(name);                                                                                                        \
    va_list arguments;                                                                                                 \
    va_start(arguments, flags);                                                                                        \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;                                       \
    va_end(arguments);                                                                                                 \
    return fails(OPEN, sees_path(folder, path)) ? -1 : next_##name(folder, path, flags, mode);                         \
  }
OPENING_AT(openat)
OPENING_AT(openat64)

#define OPENING_STREAM(name)                                                                                           \
  FILE *name(const char *path, const char *mode) {                                                                     \
    NEXT(name);                                                                                                        \
    return fails(OPEN, sees_path(AT_FDCWD, path)) ? NULL : next_##name(path, mode);                                    \
  }
OPENING_STREAM(fopen)
OPENING_STREAM(fopen64)

size_t fread(void *bytes, size_t size, size_t count, FILE *stream) {
  NEXT(fread);
  return fails(READ, sees_descriptor(fileno(stream))) ? 0 : next_fread(bytes, size, count, stream);
}

/// What is left of a transfer that is to be short.
static size_t shortened(size_t count) { return count > 1 ? (count + 1) / 2 : count; }

#define READING(name)                                                                                                  \
  ssize_t name(int descriptor, void *bytes, size_t count) {                                                            \
    NEXT(name);                                                                                                        \
    if (!fails(READ, sees_descriptor(descriptor))) return next_##name(descriptor, bytes, count);                       \
    return failing_error ? -1 : next_##name(descriptor, bytes, shortened(count));                                      \
  }
READING(read)

#define READING_AT(name, type)                                                                                         \
  ssize_t name(int descriptor, void *bytes, size_t count, type offset) {                                               \
    NEXT(name);                                                                                                        \
    if (!fails(READ, sees_descriptor(descriptor))) return next_##name(descriptor, bytes, count, offset);               \
    return failing_error ? -1 : next_##name(descriptor, bytes, shortened(count), offset);                              \
  }
READING_AT(pread, off_t)
READING_AT(pread64, off64_t)

ssize_t write(int descriptor, const void *bytes, size_t count) {
  NEXT(write);
  if (!fails(WRITE, sees_descriptor(descriptor))) return next_write(descriptor, bytes, count);
  return failing_error ? -1 : next_write(descriptor, bytes, shortened(count));
}

#define WRITING_AT(name, type)                                                                                         \
  ssize_t name(int descriptor, const void *bytes, size_t count, type offset) {                                         \
    NEXT(name);                                                                                                        \
    if (!fails(WRITE, sees_descriptor(descriptor))) return next_##name(descriptor, bytes, count, offset);              \
    return failing_error ? -1 : next_##name(descriptor, bytes, shortened(count), offset);                              \
  }
WRITING_AT(pwrite, off_t)
WRITING_AT(pwrite64, off64_t)

#define ON_DESCRIPTOR(kind, result, name, parameters, arguments, failure)                                              \
  result name parameters {                                                                                             \
    NEXT(name);                                                                                                        \
    return fails(kind, sees_descriptor(descriptor)) ? failure : next_##name arguments;                                 \
  }
ON_DESCRIPTOR(SYNC, int, fsync, (int descriptor), (descriptor), -1)
ON_DESCRIPTOR(SYNC, int, fdatasync, (int descriptor), (descriptor), -1)
ON_DESCRIPTOR(TRUNCATE, int, ftruncate, (int descriptor, off_t size), (descriptor, size), -1)
ON_DESCRIPTOR(TRUNCATE, int, ftruncate64, (int descriptor, off64_t size), (descriptor, size), -1)
ON_DESCRIPTOR(ALLOCATE, int, fallocate, (int descriptor, int mode, off_t offset, off_t size),
              (descriptor, mode, offset, size), -1)
ON_DESCRIPTOR(ALLOCATE, int, posix_fallocate, (int descriptor, off_t offset, off_t size), (descriptor, offset, size),
              failing_error)
ON_DESCRIPTOR(LOCK, int, flock, (int descriptor, int operation), (descriptor, operation), -1)
ON_DESCRIPTOR(SEEK, off_t, lseek, (int descriptor, off_t offset, int whence), (descriptor, offset, whence), -1)
ON_DESCRIPTOR(SEEK, off64_t, lseek64, (int descriptor, off64_t offset, int whence), (descriptor, offset, whence), -1)
ON_DESCRIPTOR(STAT, int, fstat, (int descriptor, struct stat *status), (descriptor, status), -1)
ON_DESCRIPTOR(STAT, int, fstat64, (int descriptor, struct stat64 *status), (descriptor, status), -1)
ON_DESCRIPTOR(LIST, DIR *, fdopendir, (int descriptor), (descriptor), NULL)
ON_DESCRIPTOR(MAP, void *, mmap, (void *place, size_t size, int access, int flags, int descriptor, off_t offset),
              (place, size, access, flags, descriptor, offset), MAP_FAILED)
ON_DESCRIPTOR(MAP, void *, mmap64, (void *place, size_t size, int access, int flags, int descriptor, off64_t offset),
              (place, size, access, flags, descriptor, offset), MAP_FAILED)
ON_DESCRIPTOR(CONNECT, int, connect, (int descriptor, const struct sockaddr *address, socklen_t length),
              (descriptor, address, length), -1)
ON_DESCRIPTOR(SEND, ssize_t, send, (int descriptor, const void *bytes, size_t count, int flags),
              (descriptor, bytes, count, flags), -1)
ON_DESCRIPTOR(RECEIVE, ssize_t, recv, (int descriptor, void *bytes, size_t count, int flags),
              (descriptor, bytes, count, flags), -1)

/// The descriptor is gone all the same, as on Linux.
int close(int descriptor) {
  NEXT(close);
  bool is_failing = fails(CLOSE, sees_descriptor(descriptor));
  int result = next_close(descriptor);
  if (is_failing) errno = failing_error;
  return is_failing ? -1 : result;
}

#define ON_PATH(kind, result, name, parameters, arguments, failure)                                                    \
  result name parameters {                                                                                             \
    NEXT(name);                                                                                                        \
    return fails(kind, sees_path(AT_FDCWD, path)) ? failure : next_##name arguments;                                   \
  }
ON_PATH(RENAME, int, rename, (const char *path, const char *target), (path, target), -1)
ON_PATH(REMOVE, int, unlink, (const char *path), (path), -1)
ON_PATH(REMOVE, int, rmdir, (const char *path), (path), -1)
ON_PATH(STAT, int, stat, (const char *path, struct stat *status), (path, status), -1)
ON_PATH(STAT, int, lstat, (const char *path, struct stat *status), (path, status), -1)
ON_PATH(STAT, int, stat64, (const char *path, struct stat64 *status), (path, status), -1)
ON_PATH(STAT, int, lstat64, (const char *path, struct stat64 *status), (path, status), -1)
ON_PATH(STAT, int, access, (const char *path, int mode), (path, mode), -1)
ON_PATH(MKDIR, int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
ON_PATH(LIST, DIR *, opendir, (const char *path), (path), NULL)
ON_PATH(RESOLVE, char *, realpath, (const char *path, char *resolved), (path, resolved), NULL)
ON_PATH(RESOLVE, ssize_t, readlink, (const char *path, char *target, size_t size), (path, target, size), -1)

#define ON_PATH_AT(kind, result, name, parameters, arguments, failure)                                                 \
  result name parameters {                                                                                             \
    NEXT(name);                                                                                                        \
    return fails(kind, sees_path(folder, path)) ? failure : next_##name arguments;                                     \
  }
ON_PATH_AT(RENAME, int, renameat, (int folder, const char *path, int other, const char *target),
           (folder, path, other, target), -1)
ON_PATH_AT(REMOVE, int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags), -1)
ON_PATH_AT(STAT, int, fstatat, (int folder, const char *path, struct stat *status, int flags),
           (folder, path, status, flags), -1)
ON_PATH_AT(STAT, int, fstatat64, (int folder, const char *path, struct stat64 *status, int flags),
           (folder, path, status, flags), -1)
ON_PATH_AT(STAT, int, faccessat, (int folder, const char *path, int mode, int flags), (folder, path, mode, flags), -1)
ON_PATH_AT(MKDIR, int, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode), -1)
ON_PATH_AT(RESOLVE, ssize_t, readlinkat, (int folder, const char *path, char *target, size_t size),
           (folder, path, target, size), -1)

struct dirent *readdir(DIR *folder) {
  NEXT(readdir);
  return fails(LIST, sees_descriptor(dirfd(folder))) ? NULL : next_readdir(folder);
}

struct dirent64 *readdir64(DIR *folder) {
  NEXT(readdir64);
  return fails(LIST, sees_descriptor(dirfd(folder))) ? NULL : next_readdir64(folder);
}
