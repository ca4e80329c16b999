// RandomState.permutation and shuffle: Fisher-Yates from the last position down.
//
// The partners to swap with are drawn in runs, from a block of words each, and one run ahead of the swaps:
// beyond the caches, each partner of the next run is fetched while one of this run is swapped.
#include "kernel_table.h"

// Positions within so many bytes are near: their swaps wait little, and a fetch ahead only costs time.
static const size_t near_bytes = 1 << 20;

typedef struct run {
  size_t count;
  uint32_t partners[MT_WORDS];
} run;

/// The partners of the positions last, last - 1, ...: none where `last` is 0, or where all words drawn were
/// rejected. Every position takes at least one word: drawing no more than `last` of them leaves none over.
static void draw_run(cbk_mt19937 *engine, uint32_t last, run *drawn) {
  drawn->count = 0;
  if (last == 0) return;
  uint32_t words[MT_WORDS];
  size_t count = cbk_mt19937_next_words(engine, words, last);
  drawn->count = cbk_kernels()->mt19937->accept_descending(words, last, drawn->partners, count);
}

static inline void swap_u32(uint32_t *values, size_t i, size_t j) {
  uint32_t value = values[i];
  values[i] = values[j];
  values[j] = value;
}

static inline void swap_u64(uint64_t *values, size_t i, size_t j) {
  uint64_t value = values[i];
  values[i] = values[j];
  values[j] = value;
}

/// `width` is 4 or 8, a constant where this is inlined.
static inline __attribute__((always_inline)) void swap_values(void *values, size_t i, size_t j, size_t width) {
  if (width == sizeof(uint32_t)) {
    swap_u32(values, i, j);
  } else {
    swap_u64(values, i, j);
  }
}

/// Swaps the positions last, last - 1, ... with their partners, and fetches `fetched` of the next run.
static inline __attribute__((always_inline)) void swap_run(void *values, size_t last, const run *now, const run *next,
                                                           size_t fetched, size_t width) {
  const size_t both = fetched < now->count ? fetched : now->count;
  const char *bytes = values;
  for (size_t i = 0; i < both; ++i) {
    __builtin_prefetch(bytes + next->partners[i] * width, 1);
    swap_values(values, last - i, now->partners[i], width);
  }
  for (size_t i = both; i < now->count; ++i) swap_values(values, last - i, now->partners[i], width);
  for (size_t i = both; i < fetched; ++i) __builtin_prefetch(bytes + next->partners[i] * width, 1);
}

static inline __attribute__((always_inline)) void shuffle(cbk_mt19937 *engine, void *values, size_t count,
                                                          size_t width) {
  if (count < 2) return;
  uint32_t last = (uint32_t)(count - 1);
  run runs[2];
  draw_run(engine, last, &runs[0]);
  for (size_t turn = 0; last > 0; turn ^= 1) {
    const run *now = &runs[turn];
    run *next = &runs[turn ^ 1];
    draw_run(engine, last - (uint32_t)now->count, next);
    bool far = last * width > near_bytes;
    swap_run(values, last, now, next, far ? next->count : 0, width);
    last -= (uint32_t)now->count;
  }
}

void cbk_mt19937_shuffle_u32(cbk_mt19937 *engine, uint32_t *values, size_t count) {
  shuffle(engine, values, count, sizeof(uint32_t));
}

void cbk_mt19937_shuffle_u64(cbk_mt19937 *engine, uint64_t *values, size_t count) {
  shuffle(engine, values, count, sizeof(uint64_t));
}

void cbk_mt19937_permutation_u32(cbk_mt19937 *engine, uint32_t *permutation, size_t count) {
  for (size_t i = 0; i < count; ++i) permutation[i] = (uint32_t)i;
  cbk_mt19937_shuffle_u32(engine, permutation, count);
}
