// MT19937 and masked rejection with AVX-512: sixteen words at a time.
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>

// Every processor with AVX-512 has POPCNT.
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,popcnt"))), apply_to = function)

typedef uint32_t lanes __attribute__((vector_size(64)));
typedef uint64_t pairs __attribute__((vector_size(64)));
typedef double doubles __attribute__((vector_size(64)));

static inline doubles to_doubles(pairs integers) { return __builtin_convertvector(integers, doubles); }

static inline uint32_t at_most(lanes values, uint32_t bound) {
  return _mm512_cmple_epu32_mask((__m512i)values, _mm512_set1_epi32((int)bound));
}

// In a register: vpcompressd to memory takes Zen 4 a hundred cycles.
static inline void compress(uint32_t *to, lanes values, uint32_t kept) {
  _mm512_storeu_si512(to, _mm512_maskz_compress_epi32((__mmask16)kept, (__m512i)values));
}

#define CBK_MT19937_KERNELS cbk_mt19937_avx512
#include "mt19937_template.h"

#pragma clang attribute pop
#endif
