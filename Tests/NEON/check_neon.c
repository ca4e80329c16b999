// Compares the NEON kernels with the scalar ones, for a machine or emulator without a Swift toolchain.
// Prints one line; exits with 1 after a difference, and by a signal on an access outside a buffer.
//
// Built and run by scripts/test-neon.sh. What OpenBLAS does is left out.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cbatchkernels.h"

enum { ROWS = 7, MOST_COUNT = 65, MOST_ROW_BYTES = 300, CAPACITY = 1 << 20 };

/// Memory between two inaccessible pages.
typedef struct guarded {
  uint8_t *base;
  size_t capacity;
} guarded;

static size_t cases, differences;

static void check(bool same, const char *what, size_t a, size_t b) {
  ++cases;
  if (same) return;
  if (differences++ < 10) fprintf(stderr, "NEON differs from scalar: %s %zu %zu\n", what, a, b);
}

static guarded make_guarded(size_t capacity) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  capacity = (capacity + page - 1) / page * page;
  uint8_t *mapping = mmap(NULL, capacity + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED || mprotect(mapping, page, PROT_NONE) != 0
      || mprotect(mapping + page + capacity, page, PROT_NONE) != 0) {
    perror("mmap");
    exit(2);
  }
  return (guarded){mapping + page, capacity};
}

/// `size` bytes directly behind the first, or before the second inaccessible page.
static void *region(guarded buffer, size_t size, bool at_back) {
  return at_back ? buffer.base + buffer.capacity - size : buffer.base;
}

static void fill(void *bytes, size_t count, uint32_t seed) {
  for (size_t i = 0; i < count; ++i) {
    seed = seed * 1664525 + 1013904223;
    ((uint8_t *)bytes)[i] = (uint8_t)(seed >> 24);
  }
}

static bool run_both(void (*kernel)(void *context, void *output), void *context, guarded actual, uint8_t *expected,
                     size_t size, bool at_back) {
  memset(actual.base, 0xA5, actual.capacity);
  memset(expected, 0xA5, actual.capacity);
  cbk_set_isa(CBK_ISA_SCALAR);
  kernel(context, expected + (at_back ? actual.capacity - size : 0));
  cbk_set_isa(CBK_ISA_NEON);
  kernel(context, region(actual, size, at_back));
  return memcmp(actual.base, expected, actual.capacity) == 0;
}

typedef struct gather_case {
  const uint8_t *source;
  const uint32_t *narrow;
  const uint64_t *wide;
  size_t row_count, count, row_bytes;
} gather_case;

static void gather_narrow(void *context, void *output) {
  const gather_case *c = context;
  size_t valid = cbk_gather_u32(c->source, c->row_count, c->narrow, output, c->count, c->row_bytes);
  if (valid != c->count) abort();
}

static void gather_wide(void *context, void *output) {
  const gather_case *c = context;
  size_t valid = cbk_gather_u64(c->source, c->row_count, c->wide, output, c->count, c->row_bytes);
  if (valid != c->count) abort();
}

static void check_gather(size_t row_bytes, size_t count, bool at_back) {
  static guarded source, narrow, wide, output;
  static uint8_t *expected;
  if (expected == NULL) {
    source = make_guarded(ROWS * MOST_ROW_BYTES);
    narrow = make_guarded(MOST_COUNT * 4);
    wide = make_guarded(MOST_COUNT * 8);
    output = make_guarded(MOST_COUNT * MOST_ROW_BYTES);
    expected = malloc(output.capacity);
  }
  gather_case c = {region(source, ROWS * row_bytes, at_back),
                   region(narrow, count * 4, at_back),
                   region(wide, count * 8, at_back),
                   ROWS,
                   count,
                   row_bytes};
  fill((void *)c.source, ROWS * row_bytes, (uint32_t)row_bytes);
  for (size_t i = 0; i < count; ++i) {
    ((uint32_t *)c.narrow)[i] = (uint32_t)((i * i + 6) % ROWS);
    ((uint64_t *)c.wide)[i] = (i * i + 6) % ROWS;
  }
  // A larger claim, which no index uses, turns prefetching on.
  for (c.row_count = ROWS; c.row_count <= 1ull << 40; c.row_count += 1ull << 40) {
    size_t size = count * row_bytes;
    check(run_both(gather_narrow, &c, output, expected, size, at_back), "u32", row_bytes, count);
    check(run_both(gather_wide, &c, output, expected, size, at_back), "u64", row_bytes, count);
  }
}

static void check_positions(void) {
  uint32_t narrow[MOST_COUNT] = {0};
  uint64_t wide[MOST_COUNT] = {0};
  uint8_t row[1];
  cbk_set_isa(CBK_ISA_NEON);
  for (size_t i = 0; i < MOST_COUNT; ++i) {
    narrow[i] = UINT32_MAX;
    wide[i] = 1ull << 63;
    check(cbk_gather_u32(row, 1, narrow, row, MOST_COUNT, 0) == i, "position u32", i, 0);
    check(cbk_gather_u64(row, 1, wide, row, MOST_COUNT, 0) == i, "position u64", i, 0);
    narrow[i] = 0;
    wide[i] = 0;
  }
}

typedef struct fill_case {
  cbk_stream stream;
  uint64_t first;
  size_t count;
} fill_case;

static void philox_fill(void *context, void *output) {
  const fill_case *c = context;
  cbk_philox_fill(c->stream, c->first, output, c->count);
}

static void check_philox(bool at_back) {
  static const uint64_t values[] = {0, 1, 0x299f31d0a4093822, UINT64_MAX};
  static const uint64_t firsts[] = {0, 1, (1ull << 28) - 2, 1ull << 28, (1ull << 60) - 2, UINT64_MAX};
  guarded output = make_guarded(4 * 256);
  uint8_t *expected = malloc(output.capacity);
  for (size_t v = 0; v < 16; ++v) {
    for (size_t f = 0; f < 6; ++f) {
      for (size_t count = 0; count <= 4; ++count) {
        fill_case c = {{values[v % 4], values[v / 4]}, firsts[f], count};
        check(run_both(philox_fill, &c, output, expected, count * 256, at_back), "philox", v, f);
      }
    }
  }
  free(expected);
}

typedef struct permutation_case {
  cbk_permutation_plan plan;
  void *scratch;
} permutation_case;

static void permutation(void *context, void *output) {
  const permutation_case *c = context;
  cbk_permutation_scatter(&c->plan, output, c->scratch, 0, 1);
  cbk_permutation_shuffle_u32(&c->plan, c->scratch, output, 0, 1);
}

static void check_permutation(void) {
  static const size_t large[] = {(1 << 14) + 1, (1 << 16) - 1, 100000};
  guarded output = make_guarded(CAPACITY);
  uint8_t *expected = malloc(output.capacity);
  for (size_t i = 0; i < 203; ++i) {
    permutation_case c = {cbk_permutation_plan_make(i, i < 200 ? i * 10 : large[i - 200]), NULL};
    size_t count = c.plan.count;
    check(run_both(permutation, &c, output, expected, count * 4, true), "permutation", count, 0);
    c.plan.bucket_bits = (uint32_t)(i % 11 + 1);
    c.scratch = malloc(cbk_permutation_plan_scratch_bytes(&c.plan));
    check(run_both(permutation, &c, output, expected, count * 4, true), "buckets", count, c.plan.bucket_bits);
    free(c.scratch);
  }
  free(expected);
}

// In check_gather_converted.c; the result is the number of differences.
size_t check_gather_converted(void);

// In check_mt19937.c; likewise.
size_t check_mt19937(void);

// In check_reductions.c; likewise.
size_t check_reductions(void);

// In check_sampling.c; likewise.
size_t check_sampling(void);

// In check_statistics.c; likewise.
size_t check_statistics(void);

int main(void) {
  if (!cbk_isa_is_available(CBK_ISA_NEON)) {
    fprintf(stderr, "NEON is not available\n");
    return 2;
  }
  static const size_t counts[] = {0, 1, 2, 3, 4, 5, 9, MOST_COUNT};
  for (int at_back = 0; at_back < 2; ++at_back) {
    for (size_t row_bytes = 0; row_bytes <= MOST_ROW_BYTES; ++row_bytes) {
      for (size_t i = 0; i < sizeof counts / sizeof *counts; ++i) check_gather(row_bytes, counts[i], at_back);
    }
    check_philox(at_back);
  }
  check_positions();
  check_permutation();
  differences += check_gather_converted();
  differences += check_mt19937();
  differences += check_reductions();
  differences += check_sampling();
  differences += check_statistics();
  printf("NEON and scalar kernels: %zu cases, %zu differences\n", cases, differences);
  return differences == 0 ? 0 : 1;
}
