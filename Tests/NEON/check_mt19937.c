// Compares MT19937's kernels of every instruction set of this machine with the scalar ones: also what a
// whole permutation never shows, as maxima beyond 2^31.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_table.h"

enum { MOST_LENGTH = 2000 };

static size_t differences;

static void check(bool same, const char *what, size_t argument) {
  if (same) return;
  if (differences++ < 10) fprintf(stderr, "MT19937 differs from scalar: %s %zu\n", what, argument);
}

/// In memory of exactly `count` words, so that AddressSanitizer sees a write behind them.
static void check_accept(const uint32_t *words, uint32_t maximum, size_t count, bool descending) {
  uint32_t *values[2];
  size_t accepted[2];
  const cbk_mt19937_kernels *kernels[2] = {&cbk_mt19937_scalar, cbk_kernels()->mt19937};
  for (size_t i = 0; i < 2; ++i) {
    values[i] = malloc(count * sizeof *words + 1);
    accepted[i] = descending ? kernels[i]->accept_descending(words, maximum, values[i], count)
                             : kernels[i]->accept(words, maximum, values[i], count);
  }
  check(accepted[0] == accepted[1], "accepted", maximum);
  check(memcmp(values[0], values[1], accepted[0] * sizeof *words) == 0, "values", maximum);
  free(values[0]);
  free(values[1]);
}

static void check_both(const uint32_t *words, uint32_t maximum, size_t count) {
  check_accept(words, maximum, count, false);
  if (count <= maximum) check_accept(words, maximum, count, true);
}

static void check_maxima(cbk_mt19937 *engine) {
  uint32_t words[MT_WORDS];
  for (uint32_t bits = 1; bits <= 32; ++bits) {
    const uint32_t power = bits < 32 ? 1u << bits : 0;
    for (uint32_t offset = 0; offset < 200; ++offset) {
      const uint32_t maximum = power - 100 + offset;
      if (maximum == 0 || (bits < 8 && maximum > 2 * power)) continue;
      size_t count = (offset * 7) % (MT_WORDS + 1);
      cbk_mt19937_fill_u32(engine, words, count);
      // The words that a maximum decides are rare: some are put there.
      for (size_t i = 0; i < count; i += 5) words[i] = maximum - (uint32_t)i + offset % 40;
      check_both(words, maximum, count);
      // As are words kept for so long that the mask changes within a group.
      for (size_t i = 0; i < count; ++i) words[i] = i % 32 == 31 ? ~(uint32_t)i : 0;
      check_both(words, maximum, count);
    }
  }
}

static void check_draws(cbk_isa isa) {
  cbk_mt19937 engines[2];
  uint32_t permutations[2][MOST_LENGTH];
  double uniforms[2][MOST_LENGTH];
  for (size_t count = 0; count < MOST_LENGTH; ++count) {
    for (size_t i = 0; i < 2; ++i) {
      cbk_set_isa(i == 0 ? CBK_ISA_SCALAR : isa);
      if (count == 0) cbk_mt19937_seed(3, &engines[i]);
      cbk_mt19937_permutation_u32(&engines[i], permutations[i], count);
      cbk_mt19937_fill_f64(&engines[i], uniforms[i], count);
    }
    check(memcmp(permutations[0], permutations[1], count * sizeof(uint32_t)) == 0, "permutation", count);
    check(memcmp(uniforms[0], uniforms[1], count * sizeof(double)) == 0, "uniforms", count);
    check(memcmp(&engines[0], &engines[1], sizeof engines[0]) == 0, "state", count);
  }
}

size_t check_mt19937(void) {
  for (int isa = 1; isa < CBK_ISA_COUNT; ++isa) {
    if (!cbk_set_isa((cbk_isa)isa)) continue;
    cbk_mt19937 engine;
    cbk_mt19937_seed(1, &engine);
    check_maxima(&engine);
    check_draws((cbk_isa)isa);
  }
  return differences;
}
