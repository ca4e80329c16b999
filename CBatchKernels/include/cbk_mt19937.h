// NumPy's legacy generator, bit for bit: numpy.random.RandomState's engine (MT19937, Matsumoto and
// Nishimura, 1998), the draws that a loader repeats often, and weighted choice with replacement.
//
// Every function gives the values, and leaves the engine in the state, that NumPy's own code would give
// and leave: bulk and single draws mix freely. Equal on every instruction set.
#ifndef CBK_MT19937_H
#define CBK_MT19937_H

#include <stddef.h>
#include <stdint.h>

// ---- Engine ---------------------------------------------------------------------------------------

enum { CBK_MT19937_WORDS = 624 };

/// The members 1 and 2 of RandomState.get_state(): a block of words before tempering, and how many of
/// them have been used (0...624).
typedef struct cbk_mt19937 {
  uint32_t key[CBK_MT19937_WORDS];
  uint32_t position;
} cbk_mt19937;

/// RandomState(seed) for an integer below 2^32.
void cbk_mt19937_seed(uint32_t seed, cbk_mt19937 *engine);

/// RandomState(words) for a list, also of one word. `count` is at least 1.
void cbk_mt19937_seed_words(const uint32_t *words, cbk_mt19937 *engine, size_t count);

/// The next two words, the first as the high half.
uint64_t cbk_mt19937_next_u64(cbk_mt19937 *engine);

/// The next words.
void cbk_mt19937_fill_u32(cbk_mt19937 *engine, uint32_t *words, size_t count);

/// RandomState.random_sample(count): multiples of 2^-53 in 0..<1, each from two words.
void cbk_mt19937_fill_f64(cbk_mt19937 *engine, double *values, size_t count);

// ---- Bounded integers -----------------------------------------------------------------------------

/// NumPy's random_interval `count` times: uniform in 0...maximum, by masked rejection. The low bits of the next word, or
/// of the next two where `maximum` is 2^32 or more, as many as `maximum` has, until they are at most `maximum`. Draws
/// nothing where `maximum` is 0. Less `low`, RandomState.randint(low, low + maximum + 1) with the dtype int32 or int64
/// (uint32, uint64).
void cbk_mt19937_fill_interval_u32(cbk_mt19937 *engine, uint32_t maximum, uint32_t *values, size_t count);
void cbk_mt19937_fill_interval_u64(cbk_mt19937 *engine, uint64_t maximum, uint64_t *values, size_t count);

// ---- Permutation ----------------------------------------------------------------------------------

/// RandomState.permutation(count): for i = count - 1 ... 1, swaps the values at i and at interval(i) of 0, 1, 2, ...
/// `count` is at most 2^32.
void cbk_mt19937_permutation_u32(cbk_mt19937 *engine, uint32_t *permutation, size_t count);

// ---- Weighted choice ------------------------------------------------------------------------------

/// The distribution function of RandomState.choice(count, p = weights): cdf[i] is the sum of
/// weights[0...i], added in order, divided by the sum of all. The weights are finite, not negative, and
/// their sum is positive and finite; they need not sum to 1. `cdf` may be `weights`.
void cbk_cdf(const double *weights, double *cdf, size_t count);

/// The number of entries of the guide to a distribution function of `count` values: 1 + the power of two
/// that is not below `count`.
size_t cbk_cdf_guide_size(size_t count);

/// guide[b] is the first k with cdf[k] > b / buckets, for b in 0..<buckets, buckets being the size of the
/// guide less 1; then guide[buckets] = count - 1. `count` is in 1...2^31, and `cdf` as `cbk_cdf` gives it.
void cbk_cdf_guide(const double *cdf, uint32_t *guide, size_t count);

/// RandomState.choice(cdf_count, count, p = ...) with replacement: indices[i] is the first k with cdf[k] > u, u being the
/// next of cbk_mt19937_fill_f64. `cdf_count` is the number of values in `cdf`, and `guide` its guide. In time O(1) a draw
/// on average, O(log cdf_count) at worst.
void cbk_mt19937_choice_u32(cbk_mt19937 *engine, const double *cdf, const uint32_t *guide, size_t cdf_count,
                            uint32_t *indices, size_t count);

#endif
