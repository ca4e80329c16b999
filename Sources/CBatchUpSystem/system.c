#ifdef __linux__
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#endif
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/vfs.h>
#else
#include <sys/mount.h>
#include <sys/param.h>
#endif

#include "cbatchup_system.h"

void cbs_name_thread(const char *name) {
#ifdef __linux__
  char shortened[16] = {0};
  strncpy(shortened, name, sizeof shortened - 1);
  pthread_setname_np(pthread_self(), shortened);
#elif defined(__APPLE__)
  pthread_setname_np(name);
#else
  (void)name;
#endif
}

int cbs_affinity_count(void) {
#ifdef __linux__
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof processors, &processors) == 0) return CPU_COUNT(&processors);
#endif
  return 0;
}

int cbs_allocate_file(int descriptor, off_t byte_count) {
#ifdef __linux__
  // Not posix_fallocate, which writes to every block where the file system has no other way.
  int result;
  do result = byte_count > 0 ? fallocate(descriptor, 0, 0, byte_count) : 0;
  while (result != 0 && errno == EINTR);
  return result != 0 && (errno == EOPNOTSUPP || errno == ENOSYS) ? 1 : result;
#else
  (void)descriptor, (void)byte_count;
  return 1;
#endif
}

bool cbs_is_on_network(int descriptor) {
  struct statfs status;
  if (fstatfs(descriptor, &status) != 0) return true;
#ifdef __linux__
  switch ((uint32_t)status.f_type) {
  case 0x00006969:  // NFS
  case 0x0000517B:  // SMB
  case 0x0BD00BD0:  // Lustre
  case 0xFE534D42:  // SMB 2
  case 0xFF534D42:  // CIFS
    return true;
  default: return false;
  }
#else
  return !(status.f_flags & MNT_LOCAL);
#endif
}

long cbs_disk_read_count(void) {
#ifdef __linux__
  const int whose = RUSAGE_THREAD;
#else
  const int whose = RUSAGE_SELF;
#endif
  struct rusage usage;
  // Some file systems count only the page faults.
  return getrusage(whose, &usage) == 0 ? usage.ru_inblock + usage.ru_majflt : 0;
}
