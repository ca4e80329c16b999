// NumPy's legacy distributions, bit for bit: what numpy.random.RandomState draws besides cbk_mt19937.h.
//
// Every function gives the values, and leaves the engine in the state, that NumPy's own code would give and leave,
// on every instruction set. Logarithms and exponentials are the C library's: where its last place differs from that
// of the C library under NumPy, so may that of a normal number, and (for about one draw in 2^50) a binomial one.
#ifndef CBK_MT19937_DISTRIBUTIONS_H
#define CBK_MT19937_DISTRIBUTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cbk_mt19937.h"

// ---- Small integers -------------------------------------------------------------------------------

/// Less `low`, RandomState.randint(low, low + maximum + 1, count) with the dtype int8 or int16 (uint8, uint16): masked
/// rejection of pieces of words, low bits first. Pieces that the last word has left are dropped; draws nothing where
/// `maximum` is 0.
void cbk_mt19937_fill_interval_u8(cbk_mt19937 *engine, uint8_t maximum, uint8_t *values, size_t count);
void cbk_mt19937_fill_interval_u16(cbk_mt19937 *engine, uint16_t maximum, uint16_t *values, size_t count);

/// RandomState.randint(0, 2, count, dtype = bool): the bits of words, low bits first.
void cbk_mt19937_fill_bool(cbk_mt19937 *engine, bool *values, size_t count);

// ---- Normal ---------------------------------------------------------------------------------------

/// The members 3 and 4 of RandomState.get_state(): the second normal number of a pair, until it is asked for.
typedef struct cbk_cached_normal {
  double value;
  bool is_set;
} cbk_cached_normal;

/// RandomState.standard_normal(count): Marsaglia's polar method (1964).
void cbk_mt19937_fill_normal(cbk_mt19937 *engine, cbk_cached_normal *cached, double *values, size_t count);

// ---- Binomial -------------------------------------------------------------------------------------

/// RandomState.binomial(trials, probability, count). `trials` is not negative, and `probability` is in 0...1.
///
/// By inversion where the mean, or that of the failures where they are fewer, is at most 30, otherwise by the
/// algorithm BTPE of Kachitvichyanukul and Schmeiser (1988). The signs of two terms of its last test are wrong in the
/// paper; RandomState keeps to it, so that its seeds draw what they always drew.
void cbk_mt19937_fill_binomial(cbk_mt19937 *engine, int64_t trials, double probability, int64_t *values, size_t count);

#endif
