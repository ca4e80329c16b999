// MT19937 and masked rejection with AVX-512: sixteen words at a time.
#if defined(__x86_64__)
#include "begin.h"

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

#include "mt19937_template.h"

#pragma clang attribute pop
#endif
