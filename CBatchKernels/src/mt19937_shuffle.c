// RandomState.permutation: Fisher-Yates from the last position down.
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

static inline void swap(uint32_t *values, size_t i, size_t j) {
  uint32_t value = values[i];
  values[i] = values[j];
  values[j] = value;
}

/// Swaps the positions last, last - 1, ... with their partners, and fetches `fetched` of the next run.
static void swap_run(uint32_t *values, size_t last, const run *now, const run *next, size_t fetched) {
  const size_t both = fetched < now->count ? fetched : now->count;
  for (size_t i = 0; i < both; ++i) {
    __builtin_prefetch(values + next->partners[i], 1);
    swap(values, last - i, now->partners[i]);
  }
  for (size_t i = both; i < now->count; ++i) swap(values, last - i, now->partners[i]);
  for (size_t i = both; i < fetched; ++i) __builtin_prefetch(values + next->partners[i], 1);
}

void cbk_mt19937_permutation_u32(cbk_mt19937 *engine, uint32_t *permutation, size_t count) {
  for (size_t i = 0; i < count; ++i) permutation[i] = (uint32_t)i;
  if (count < 2) return;
  uint32_t last = (uint32_t)(count - 1);
  run runs[2];
  draw_run(engine, last, &runs[0]);
  for (size_t turn = 0; last > 0; turn ^= 1) {
    const run *now = &runs[turn];
    run *next = &runs[turn ^ 1];
    draw_run(engine, last - (uint32_t)now->count, next);
    bool far = last * sizeof *permutation > near_bytes;
    swap_run(permutation, last, now, next, far ? next->count : 0);
    last -= (uint32_t)now->count;
  }
}
