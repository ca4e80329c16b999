// Whether OpenBLAS finds the memory for its buffers.
#ifdef __linux__
#define _GNU_SOURCE
#endif
#include <cblas.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cbk_blas_memory.h"

// OpenBLAS maps a buffer, or else gets it from malloc, which adds a few pages.
static const size_t MAPPED_SIZE = CBK_BLAS_BUFFER_SIZE + (64 << 10);

static void *map(size_t size) {
  void *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return start == MAP_FAILED ? NULL : start;
}

// Whether `count` buffers can be mapped at once, one by one, as OpenBLAS does: a system may refuse them together.
static bool can_map(int count) {
  // Each region begins with the address of the one before.
  void *last = NULL;
  int mapped = 0;
  for (void *start; mapped < count && (start = map(MAPPED_SIZE)); mapped++) {
    memcpy(start, &last, sizeof last);
    last = start;
  }
  while (last) {
    void *start = last;
    memcpy(&last, start, sizeof last);
    munmap(start, MAPPED_SIZE);
  }
  return mapped == count;
}

// The threads that OpenBLAS starts when it is loaded, and that take a buffer when they first run. One built for OpenMP
// has none, and takes all buffers before the program begins.
static int thread_count(void) { return openblas_get_parallel() == 1 ? openblas_get_num_threads() - 1 : 0; }

#ifdef __linux__
// How many buffers this process may have: those that fit into its mappings without a file. Neighbors are one mapping.
static int mapped_buffer_count(void) {
  FILE *maps = fopen("/proc/self/maps", "re");
  if (!maps) return 0;
  char line[512];
  int count = 0;
  while (fgets(line, sizeof line, maps)) {
    unsigned long start, end, inode;
    if (sscanf(line, "%lx-%lx rw-p %*x %*x:%*x %lu", &start, &end, &inode) == 3 && inode == 0) {
      count += (int)((end - start) / CBK_BLAS_BUFFER_SIZE);
    }
  }
  fclose(maps);
  return count;
}

// How much the limit of this process leaves. Only looks: a thread of OpenBLAS that meets a mapping made as a test would
// turn to malloc, which takes a part of the memory for good.
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
static int mapped_buffer_count(void) { return thread_count(); }
static size_t size_below_limit(void) { return SIZE_MAX; }
#endif

// Waits until all threads of OpenBLAS have their buffers. False where they do not get them.
static bool wait_for_threads(void) {
  int threads = thread_count();
  for (int wait = 0; wait < 5000; wait++) {
    if (mapped_buffer_count() >= threads) return true;
    if (size_below_limit() < CBK_BLAS_BUFFER_SIZE) return mapped_buffer_count() >= threads;
    poll(NULL, 0, 1);
  }
  // They had more than enough time. Other reasons for a lack than a limit show now; and buffers of builds with smaller
  // ones cannot be seen.
  return can_map(1);
}

bool cbk_blas_threads_have_memory(void) {
  return (size_below_limit() == SIZE_MAX && can_map(thread_count())) || wait_for_threads();
}

bool cbk_blas_has_memory(int count, size_t besides) {
  if (size_below_limit() == SIZE_MAX && can_map(thread_count() + count)) return true;
  if (!wait_for_threads()) return false;
  void *room = besides ? map(besides) : NULL;
  bool result = (!besides || room) && can_map(count);
  if (room) munmap(room, besides);
  return result;
}

size_t cbk_available_size(size_t limit) {
  const size_t step = 64 << 10;
  size_t least = 0, most = limit / step;
  while (least < most) {
    size_t size = (least + most + 1) / 2;
    void *start = map(size * step);
    if (start) munmap(start, size * step);
    if (start) least = size;
    else most = size - 1;
  }
  return least * step;
}

void cbk_blas_take_buffer(void) {
  float number = 0, square = 0;
  cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, 1, 1, 1, &number, 1, 0, &square, 1);
}
