// Choice of the instruction set, once per process.
//
// A table of function pointers, because target_clones and ifunc are missing or silently ignored on some
// of the platforms Swift runs on.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_table.h"

#define CBK_SCALAR_MEMBER(family) .family = &cbk_##family##_scalar,
#define CBK_AVX2_MEMBER(family) .family = &cbk_##family##_avx2,
#define CBK_AVX512_MEMBER(family) .family = &cbk_##family##_avx512,
#define CBK_NEON_MEMBER(family) .family = &cbk_##family##_neon,

// From the least to the most preferred.
static const cbk_kernel_table tables[] = {
    {CBK_ISA_SCALAR, CBK_FOR_EACH_FAMILY(CBK_SCALAR_MEMBER)},
#if defined(__x86_64__)
    {CBK_ISA_AVX2, CBK_FOR_EACH_FAMILY(CBK_AVX2_MEMBER)},
    {CBK_ISA_AVX512, CBK_FOR_EACH_FAMILY(CBK_AVX512_MEMBER)},
#elif defined(__aarch64__)
    {CBK_ISA_NEON, CBK_FOR_EACH_FAMILY(CBK_NEON_MEMBER)},
#endif
};

enum { TABLE_COUNT = sizeof tables / sizeof tables[0] };

static _Atomic(const cbk_kernel_table *) active;

static bool machine_supports(cbk_isa isa) {
  switch (isa) {
  case CBK_ISA_SCALAR: return true;
#if defined(__x86_64__)
  // These also ask whether the operating system saves the wide registers.
  case CBK_ISA_AVX2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")
           && __builtin_cpu_supports("popcnt");
  case CBK_ISA_AVX512:
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
           && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("popcnt");
#elif defined(__aarch64__)
  case CBK_ISA_NEON: return true;
#endif
  default: return false;
  }
}

/// NULL where the machine cannot run it.
static const cbk_kernel_table *table_for(cbk_isa isa) {
  if (!machine_supports(isa)) return NULL;
  for (size_t i = 0; i < TABLE_COUNT; ++i) {
    if (tables[i].isa == isa) return &tables[i];
  }
  return NULL;
}

/// An unknown or unavailable name in CBATCHKERNELS_ISA leaves the best table in use: results are the
/// same on all, so a stale setting must not stop a training run.
static const cbk_kernel_table *preferred_table(void) {
  const char *wanted = getenv("CBATCHKERNELS_ISA");
  const cbk_kernel_table *best = &tables[0];
  for (size_t i = 0; i < TABLE_COUNT; ++i) {
    if (!machine_supports(tables[i].isa)) continue;
    if (wanted != NULL && strcmp(wanted, cbk_isa_name(tables[i].isa)) == 0) return &tables[i];
    best = &tables[i];
  }
  return best;
}

const cbk_kernel_table *cbk_kernels(void) {
  const cbk_kernel_table *table = atomic_load_explicit(&active, memory_order_acquire);
  if (table != NULL) return table;
  const cbk_kernel_table *preferred = preferred_table();
  // Fails, and loads the table, where another thread was first: its choice may be cbk_set_isa's.
  if (atomic_compare_exchange_strong_explicit(&active, &table, preferred, memory_order_acq_rel, memory_order_acquire)) {
    return preferred;
  }
  return table;
}

const char *cbk_isa_name(cbk_isa isa) {
  switch (isa) {
  case CBK_ISA_SCALAR: return "scalar";
  case CBK_ISA_AVX2: return "avx2";
  case CBK_ISA_AVX512: return "avx512";
  case CBK_ISA_NEON: return "neon";
  }
  return "unknown";
}

bool cbk_isa_is_available(cbk_isa isa) { return table_for(isa) != NULL; }

cbk_isa cbk_active_isa(void) { return cbk_kernels()->isa; }

bool cbk_set_isa(cbk_isa isa) {
  const cbk_kernel_table *table = table_for(isa);
  if (table == NULL) return false;
  atomic_store_explicit(&active, table, memory_order_release);
  return true;
}
