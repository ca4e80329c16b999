#ifdef __linux__
#define _GNU_SOURCE
#endif
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cbatchup_system.h"

static void *map(size_t size) {
  void *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return start == MAP_FAILED ? NULL : start;
}

// Whether `count` regions can be mapped at once, one by one: a system may refuse them together.
static bool can_map(int count, size_t size) {
  // Each region begins with the address of the one before.
  void *last = NULL;
  int mapped = 0;
  for (void *start; mapped < count && (start = map(size)); mapped++) {
    memcpy(start, &last, sizeof last);
    last = start;
  }
  while (last) {
    void *start = last;
    memcpy(&last, start, sizeof last);
    munmap(start, size);
  }
  return mapped == count;
}

// A library maps a buffer, or else gets it from malloc, which adds a few pages.
static bool can_map_buffers(int count, size_t size) { return can_map(count, size + (64 << 10)); }

#ifdef __linux__
// How many buffers this process may have: those that fit into its mappings without a file. Neighbors are one mapping.
static int mapped_buffer_count(size_t size) {
  FILE *maps = fopen("/proc/self/maps", "re");
  if (!maps) return 0;
  char line[512];
  int count = 0;
  while (fgets(line, sizeof line, maps)) {
    unsigned long start, end, inode;
    if (sscanf(line, "%lx-%lx rw-p %*x %*x:%*x %lu", &start, &end, &inode) == 3 && inode == 0) {
      count += (int)((end - start) / size);
    }
  }
  fclose(maps);
  return count;
}

// How much the limit of this process leaves. Only looks: a thread of the library that meets a mapping made as a test
// would turn to malloc, which takes a part of the memory for good.
static size_t size_below_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
  FILE *sizes = fopen("/proc/self/statm", "re");
  if (!sizes) return SIZE_MAX;
  unsigned long pages = 0;
  int found = fscanf(sizes, "%lu", &pages);
  fclose(sizes);
  size_t used = pages * (size_t)sysconf(_SC_PAGESIZE);
  return found != 1 ? SIZE_MAX : used < limit.rlim_cur ? limit.rlim_cur - used : 0;
}
#else
// Other systems do not limit what a process maps.
static int mapped_buffer_count(size_t size) {
  (void)size;
  return INT_MAX;
}
static size_t size_below_limit(void) { return SIZE_MAX; }
#endif

// Waits until all threads have their buffers. False where they do not get them.
static bool wait_for_threads(int thread_count, size_t size) {
  for (int wait = 0; wait < 5000; wait++) {
    if (mapped_buffer_count(size) >= thread_count) return true;
    if (size_below_limit() < size) return mapped_buffer_count(size) >= thread_count;
    poll(NULL, 0, 1);
  }
  // They had more than enough time. Other reasons for a lack than a limit show now; and buffers of builds with smaller
  // ones cannot be seen.
  return can_map_buffers(1, size);
}

bool cbs_threads_have_buffers(int thread_count, size_t size) {
  return (size_below_limit() == SIZE_MAX && can_map_buffers(thread_count, size))
         || wait_for_threads(thread_count, size);
}

bool cbs_has_buffers(int thread_count, int count, size_t size, size_t besides) {
  if (size_below_limit() == SIZE_MAX && can_map_buffers(thread_count + count, size)) return true;
  if (!wait_for_threads(thread_count, size)) return false;
  void *room = besides ? map(besides) : NULL;
  bool result = (!besides || room) && can_map_buffers(count, size);
  if (room) munmap(room, besides);
  return result;
}

size_t cbs_available_size(size_t limit) {
  const size_t step = 64 << 10;
  size_t least = 0, most = limit / step;
  while (least < most) {
    size_t size = (least + most + 1) / 2;
    if (can_map(1, size * step)) least = size;
    else most = size - 1;
  }
  return least * step;
}
