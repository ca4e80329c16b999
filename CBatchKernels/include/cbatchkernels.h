// Kernels behind BatchUp: row gather, byte rescaling, counter-based randomness, permutations, means.
//
// Every function is thread-safe, allocates nothing and does no I/O. Except for `cbk_mean_*`, which are
// exact to a stated bound, every instruction set gives the same bytes.
#ifndef CBATCHKERNELS_H
#define CBATCHKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


#ifdef __cplusplus
extern "C" {
#endif

// ---- Dispatch -------------------------------------------------------------------------------------

typedef enum cbk_isa {
  CBK_ISA_SCALAR = 0,
  CBK_ISA_AVX2 = 1,
  CBK_ISA_AVX512 = 2,  // F, BW, DQ and VL
  CBK_ISA_NEON = 3,
} cbk_isa;

enum { CBK_ISA_COUNT = 4 };

/// "scalar", "avx2", "avx512" or "neon".
const char *cbk_isa_name(cbk_isa isa);

/// Whether this machine can run the kernels of `isa`.
bool cbk_isa_is_available(cbk_isa isa);

/// The instruction set in use. It is the best available one, unless the environment variable
/// CBATCHKERNELS_ISA names another available one when the first kernel runs.
cbk_isa cbk_active_isa(void);

/// For tests and benchmarks: from now on, kernels of `isa` are used in the whole process.
/// False, with nothing changed, where `isa` is not available.
bool cbk_set_isa(cbk_isa isa);

// ---- Row gather -----------------------------------------------------------------------------------

/// Copies row indices[i] of `source` to row i of `destination`, for i in 0..<count. Rows are
/// `row_bytes` long (any size, also 0) and contiguous; no alignment is needed; `source` and
/// `destination` must not overlap. Nothing outside the rows named is read or written.
///
/// All indices are checked against `row_count` before anything is written: the result is `count`, or
/// the position of the first index that is out of range (then `destination` is untouched).
size_t cbk_gather_u32(const void *source, size_t row_count, const uint32_t *indices, void *destination,
                      size_t count, size_t row_bytes);
size_t cbk_gather_u64(const void *source, size_t row_count, const uint64_t *indices, void *destination,
                      size_t count, size_t row_bytes);

/// As `cbk_gather_*` for rows of `row_length` bytes, each byte b written as the float
/// b * scale + offset (the product and the sum each rounded to float, on every instruction set).
size_t cbk_gather_rescaled_u32(const uint8_t *source, size_t row_count, const uint32_t *indices,
                               float *destination, size_t count, size_t row_length, float scale,
                               float offset);
size_t cbk_gather_rescaled_u64(const uint8_t *source, size_t row_count, const uint64_t *indices,
                               float *destination, size_t count, size_t row_length, float scale,
                               float offset);

/// destination[i] = source[i] * scale + offset, rounded as in `cbk_gather_rescaled_*`.
void cbk_rescale(const uint8_t *source, float *destination, size_t count, float scale, float offset);

// ---- Counter-based randomness: Philox4x32-10 (Salmon et al., SC'11) -------------------------------

/// A stream of random words that is a pure function of its two members. The key is the Philox key
/// (low word first); the stream fills the upper half of the counter (low word first).
typedef struct cbk_stream {
  uint64_t key;
  uint64_t stream;
} cbk_stream;

enum { CBK_PHILOX_SUPERBLOCK_WORDS = 64 };

/// One Philox4x32-10 block: four words from a key and a counter.
void cbk_philox_block(const uint32_t key[2], const uint32_t counter[4], uint32_t words[4]);

/// Words 64 * first_superblock ... of the stream, `superblock_count` times 64 words, in "lane-16
/// order": word 64 s + 16 w + l is word w of the block whose counter is 16 s + l.
void cbk_philox_fill(cbk_stream stream, uint64_t first_superblock, uint32_t *words,
                     size_t superblock_count);

/// What a derived key is for. Part of the order format: never renumbered.
enum {
  CBK_PURPOSE_PERMUTATION = 1,
  CBK_PURPOSE_GENERATOR = 2,
};

/// A key for one purpose: a pure function of its arguments, independent of other purposes and ids.
/// The first two words (low word first) of the block with key `seed` and counter
/// (id low, id high, part, purpose).
uint64_t cbk_derive_key(uint64_t seed, uint64_t id, uint32_t part, uint32_t purpose);

// ---- Permutation ----------------------------------------------------------------------------------

/// Changes whenever the permutation of some (key, count) changes.
enum { CBK_PERMUTATION_FORMAT = 1 };

/// Writes a permutation of 0..<count (count at most 2^32), exactly uniform given its random words; a
/// pure function of (key, count).
void cbk_permutation_u32(uint64_t key, uint32_t *permutation, size_t count);

// ---- Means ----------------------------------------------------------------------------------------

/// The arithmetic mean, in blocks of 8,192 values through OpenBLAS, block sums added in double.
/// NaN where count is 0. OpenBLAS never starts a thread for it. The error is below 2^-21 (float) or
/// 2^-40 (double) of the mean magnitude: OpenBLAS adds 32 floats, or a block of doubles, in their type.
double cbk_mean_f32(const float *values, size_t count);
double cbk_mean_f64(const double *values, size_t count);

/// sum(weights * values) / sum(weights), computed as above. NaN where the weights sum to 0.
double cbk_weighted_mean_f32(const float *values, const float *weights, size_t count);
double cbk_weighted_mean_f64(const double *values, const double *weights, size_t count);

#ifdef __cplusplus
}
#endif
#endif
