#ifdef __linux__
#define _GNU_SOURCE
#include <linux/memfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cbatchup_system.h"

#ifdef __APPLE__
#include <crt_externs.h>
#define environ (*_NSGetEnviron())
#else
extern char **environ;
#endif

#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 34)
#define CBS_HAS_CLOSEFROM
#endif
#endif

static int set_files(posix_spawn_file_actions_t *files, int socket) {
  int error = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
#ifdef __APPLE__
  if (!error) error = posix_spawn_file_actions_addinherit_np(files, STDOUT_FILENO);
  if (!error) error = posix_spawn_file_actions_addinherit_np(files, STDERR_FILENO);
#endif
  if (!error) error = posix_spawn_file_actions_adddup2(files, socket, CBS_CHILD_SOCKET);
#ifdef CBS_HAS_CLOSEFROM
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(files, CBS_CHILD_SOCKET + 1);
#endif
  return error;
}

// No signal is blocked or ignored in the child, whatever the calling thread does about them.
static int set_attributes(posix_spawnattr_t *attributes) {
  short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
#ifdef __APPLE__
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  sigdelset(&all, SIGKILL);
  sigdelset(&all, SIGSTOP);
  int error = posix_spawnattr_setflags(attributes, flags);
  if (!error) error = posix_spawnattr_setpgroup(attributes, 0);
  if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
  return error ? error : posix_spawnattr_setsigdefault(attributes, &all);
}

static int spawn(const char *path, char *const arguments[], int socket, pid_t *child) {
  posix_spawn_file_actions_t files;
  int error = posix_spawn_file_actions_init(&files);
  if (error) return error;
  posix_spawnattr_t attributes;
  error = posix_spawnattr_init(&attributes);
  if (!error) {
    error = set_files(&files, socket);
    if (!error) error = set_attributes(&attributes);
    if (!error) error = posix_spawn(child, path, &files, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&files);
  return error;
}

int cbs_spawn(const char *path, char *const arguments[], int socket, pid_t *child) {
  // A duplicate onto its own number would keep the flag that closes it.
  int source = fcntl(socket, F_DUPFD_CLOEXEC, CBS_CHILD_SOCKET + 1);
  if (source < 0) return errno;
  int error = spawn(path, arguments, source, child);
  close(source);
  return error;
}

void cbs_kill(pid_t child) {
  kill(-child, SIGKILL);
  kill(child, SIGKILL);
}

bool cbs_reap(pid_t child, int *status, int *signal) {
  int state = 0;
  pid_t ended;
  do ended = waitpid(child, &state, 0);
  while (ended < 0 && errno == EINTR);
  *signal = WIFSIGNALED(state) ? WTERMSIG(state) : 0;
  *status = WIFEXITED(state) ? WEXITSTATUS(state) : 0;
  return ended == child;
}

void cbs_die_with_parent(void) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

static bool leads_group(void) { return getpgrp() == getpid(); }

#ifdef __linux__
// What the guard does, alone in a copy of the memory of a process with threads: only calls of the system.
static void guard_group_of(pid_t leader) {
  // The parent of the leader must see the end of their connection when the leader ends.
  for (int descriptor = 0; descriptor < 1024; descriptor++) close(descriptor);
  prctl(PR_SET_NAME, "batchup guard");
  // The one signal that arrives also where the whole group was stopped. All are blocked, and wait here.
  prctl(PR_SET_PDEATHSIG, SIGCONT);
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGCONT);
  while (getppid() == leader) sigwaitinfo(&end, NULL);
  kill(0, SIGKILL);
}
#endif

void cbs_guard_process_group(void) {
#ifdef __linux__
  if (!leads_group()) return;
  pid_t leader = getpid();
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  // Not fork, which calls the handlers of libraries, and whose child a loader would find when it waits for its own.
  if (syscall(SYS_clone, 0L, 0L, 0L, 0L, 0L) == 0) {
    guard_group_of(leader);
    _exit(0);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
#endif
}

void cbs_kill_own_group(void) {
  if (leads_group()) kill(0, SIGKILL);
  _exit(1);
}

bool cbs_executable_path(char *path, size_t capacity) {
#ifdef __APPLE__
  uint32_t size = capacity > UINT32_MAX ? UINT32_MAX : (uint32_t)capacity;
  return _NSGetExecutablePath(path, &size) == 0;
#elif defined(__linux__)
  // The link itself leads to the file that runs, also where that has been replaced by now.
  return (size_t)snprintf(path, capacity, "/proc/self/exe") < capacity;
#else
  (void)path, (void)capacity;
  return false;
#endif
}

bool cbs_socket_pair(int sockets[2]) {
#ifdef __linux__
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0;
#else
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0) return false;
  for (int i = 0; i < 2; i++) {
    fcntl(sockets[i], F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
    setsockopt(sockets[i], SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
  }
  return true;
#endif
}

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif
#ifndef MSG_CMSG_CLOEXEC
#define MSG_CMSG_CLOEXEC 0
#endif

typedef union descriptor_message {
  struct cmsghdr header;  // for its alignment
  char bytes[CMSG_SPACE(sizeof(int))];
} descriptor_message;

ssize_t cbs_send(int socket, const void *bytes, size_t count, int descriptor) {
  struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  descriptor_message control = {.bytes = {0}};
  if (descriptor >= 0) {
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  return sent;
}

ssize_t cbs_receive(int socket, void *bytes, size_t count, int *descriptor) {
  struct iovec part = {.iov_base = bytes, .iov_len = count};
  descriptor_message control = {.bytes = {0}};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t received;
  do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  while (received < 0 && errno == EINTR);
  if (received < 0) return received;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
    memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    if (!MSG_CMSG_CLOEXEC) fcntl(*descriptor, F_SETFD, FD_CLOEXEC);
  }
  return received;
}

#ifdef __linux__
static int unnamed_memory(void) {
  // Not the C library's function, which older ones lack.
  return (int)syscall(SYS_memfd_create, "batchup", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}
#else
static int unnamed_memory(void) {
  char name[32];
  for (unsigned attempt = 0; attempt < 1000; attempt++) {
    snprintf(name, sizeof name, "/batchup.%d.%u", (int)getpid(), attempt);
    int descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (descriptor < 0 && errno == EEXIST) continue;
    if (descriptor >= 0) shm_unlink(name);
    return descriptor;
  }
  return -1;
}
#endif

int cbs_shared_memory(size_t byte_count) {
  int descriptor = unnamed_memory();
  if (descriptor < 0) return -1;
  if (ftruncate(descriptor, (off_t)byte_count) != 0) {
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
  }
#ifdef __linux__
  // A process that made it smaller would kill the others at their next look at it.
  fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
#else
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
#endif
  return descriptor;
}
