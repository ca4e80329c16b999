// Uniform permutations: of counts that a cache holds by one shuffle, of larger ones in buckets that it holds,
// whole or in parts for several threads.
#ifndef CBK_PERMUTATION_H
#define CBK_PERMUTATION_H

#include <stddef.h>
#include <stdint.h>

/// Changes whenever the permutation of some (key, count) changes.
enum { CBK_PERMUTATION_FORMAT = 1 };

/// Writes a permutation of 0..<count, exactly uniform given its random words; a pure function of (key, count),
/// and the same in both widths. `count` is at most 2^32 for 32-bit values; `scratch` has
/// cbk_permutation_scratch_bytes(count) bytes, aligned to 4 (NULL where that is 0).
void cbk_permutation_u32(uint64_t key, uint32_t *permutation, size_t count, void *scratch);
void cbk_permutation_u64(uint64_t key, uint64_t *permutation, size_t count, void *scratch);

/// 0 for counts up to 2^20, then between 2 and 2.2 bytes for each of the count.
size_t cbk_permutation_scratch_bytes(uint64_t count);

// ---- In parts -------------------------------------------------------------------------------------

// All parts of cbk_permutation_scatter, in any order or at the same time; when the last one has returned, all
// parts of cbk_permutation_shuffle_*, likewise. The numbers of parts are independent, and change no byte of the
// result. Counts that need no scratch are one part: the others have nothing to do.

/// How one permutation is made.
typedef struct cbk_permutation_plan {
  uint64_t key;
  uint64_t count;
  uint32_t bucket_bits;  // log2 of the number of buckets; 0: the whole is shuffled at once
} cbk_permutation_plan;

/// The plan of cbk_permutation_u32 and cbk_permutation_u64. Tests change `bucket_bits` (to at most 11), which
/// gives another permutation, as uniform.
cbk_permutation_plan cbk_permutation_plan_make(uint64_t key, uint64_t count);

size_t cbk_permutation_plan_scratch_bytes(const cbk_permutation_plan *plan);

/// Part `part` of `part_count` of sorting the positions into buckets, into `scratch`. `permutation` is the array
/// that cbk_permutation_shuffle_* will fill: working memory here, of which each part uses its own region.
void cbk_permutation_scatter(const cbk_permutation_plan *plan, void *permutation, void *scratch, size_t part,
                             size_t part_count);

/// Part `part` of `part_count` of shuffling the buckets, into the part's own region of `permutation`.
void cbk_permutation_shuffle_u32(const cbk_permutation_plan *plan, const void *scratch, uint32_t *permutation,
                                 size_t part, size_t part_count);
void cbk_permutation_shuffle_u64(const cbk_permutation_plan *plan, const void *scratch, uint64_t *permutation,
                                 size_t part, size_t part_count);

#endif
