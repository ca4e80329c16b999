// RandomState's small integers, normal and binomial numbers.
//
// Written from the papers and from a description of NumPy's sources, and compared with NumPy 2.4.6. Each sum
// and product is in NumPy's order: another would round differently.
#include "cbk_mt19937_distributions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_table.h"

#pragma STDC FP_CONTRACT OFF

// ---- Small integers -------------------------------------------------------------------------------

/// `width` is 1 or 2, a constant where this is inlined.
static inline __attribute__((always_inline)) void store_piece(void *values, size_t i, uint32_t piece, size_t width) {
  if (width == sizeof(uint8_t)) {
    ((uint8_t *)values)[i] = (uint8_t)piece;
  } else {
    ((uint16_t *)values)[i] = (uint16_t)piece;
  }
}

// Every value takes at least one piece: drawing no more words than the missing values fill leaves none over.
static inline __attribute__((always_inline)) void fill_pieces(cbk_mt19937 *engine, uint32_t maximum, void *values,
                                                              size_t count, size_t width) {
  if (maximum == 0) {
    memset(values, 0, count * width);
    return;
  }
  const size_t pieces = sizeof(uint32_t) / width;
  const uint32_t mask = mt_mask(maximum);
  uint32_t words[MT_WORDS];
  for (size_t done = 0; done < count;) {
    size_t drawn = cbk_mt19937_next_words(engine, words, (count - done + pieces - 1) / pieces);
    for (size_t i = 0; i < drawn * pieces && done < count; ++i) {
      uint32_t piece = words[i / pieces] >> i % pieces * width * 8 & mask;
      store_piece(values, done, piece, width);
      done += piece <= maximum;
    }
  }
}

void cbk_mt19937_fill_interval_u8(cbk_mt19937 *engine, uint8_t maximum, uint8_t *values, size_t count) {
  fill_pieces(engine, maximum, values, count, sizeof *values);
}

void cbk_mt19937_fill_interval_u16(cbk_mt19937 *engine, uint16_t maximum, uint16_t *values, size_t count) {
  fill_pieces(engine, maximum, values, count, sizeof *values);
}

void cbk_mt19937_fill_bool(cbk_mt19937 *engine, bool *values, size_t count) {
  uint32_t words[MT_WORDS];
  for (size_t done = 0; done < count;) {
    size_t bits = 32 * cbk_mt19937_next_words(engine, words, (count - done + 31) / 32);
    if (bits > count - done) bits = count - done;
    for (size_t i = 0; i < bits; ++i) values[done + i] = words[i / 32] >> i % 32 & 1;
    done += bits;
  }
}

// ---- Normal ---------------------------------------------------------------------------------------

enum { POLAR_ATTEMPTS = MT_WORDS / 4 };  // of two doubles each

/// The two normal numbers of a point in the square -1...1, those of its second coordinate first; false outside the unit
/// circle, and in its centre.
static bool polar_pair(const double *uniforms, double *pair) {
  double x1 = 2.0 * uniforms[0] - 1.0, x2 = 2.0 * uniforms[1] - 1.0;
  double square = x1 * x1 + x2 * x2;
  if (square >= 1.0 || square == 0.0) return false;
  double factor = sqrt(-2.0 * log(square) / square);
  pair[0] = factor * x2;
  pair[1] = factor * x1;
  return true;
}

// Every pair takes at least one attempt: making no more than pairs are missing leaves no uniform number over.
static void fill_pairs(cbk_mt19937 *engine, double *values, size_t pairs) {
  double uniforms[2 * POLAR_ATTEMPTS];
  while (pairs > 0) {
    size_t attempts = pairs < POLAR_ATTEMPTS ? pairs : POLAR_ATTEMPTS;
    cbk_mt19937_fill_f64(engine, uniforms, 2 * attempts);
    for (size_t i = 0; i < attempts; ++i) {
      if (!polar_pair(uniforms + 2 * i, values)) continue;
      values += 2;
      --pairs;
    }
  }
}

void cbk_mt19937_fill_normal(cbk_mt19937 *engine, cbk_cached_normal *cached, double *values, size_t count) {
  if (count == 0) return;
  if (cached->is_set) {
    *values++ = cached->value;
    --count;
    *cached = (cbk_cached_normal){0};
  }
  fill_pairs(engine, values, count / 2);
  if (count % 2 == 0) return;
  double pair[2];
  fill_pairs(engine, pair, 1);
  values[count - 1] = pair[0];
  *cached = (cbk_cached_normal){.value = pair[1], .is_set = true};
}

// ---- Binomial by inversion ------------------------------------------------------------------------

typedef struct inversion {
  int64_t trials, most;     // larger numbers are not looked for, as rounding may let them seem likely
  double success, failure;  // their probabilities
  double no_success;        // in any of the trials
} inversion;

static inversion prepare_inversion(int64_t trials, double success) {
  const double failure = 1.0 - success, mean = (double)trials * success;
  const double most = mean + 10.0 * sqrt(mean * failure + 1);
  return (inversion){
      .trials = trials,
      .most = (int64_t)(most < (double)trials ? most : (double)trials),
      .success = success,
      .failure = failure,
      .no_success = exp((double)trials * log(failure)),
  };
}

static int64_t draw_by_inversion(cbk_mt19937 *engine, const inversion *plan) {
  for (;;) {
    double uniform = cbk_mt19937_next_f64(engine), term = plan->no_success;
    for (int64_t drawn = 0;;) {
      if (uniform <= term) return drawn;
      if (++drawn > plan->most) break;
      uniform -= term;
      term = (double)(plan->trials - drawn + 1) * plan->success * term / ((double)drawn * plan->failure);
    }
  }
}

// ---- Binomial by BTPE -----------------------------------------------------------------------------

/// The hat over the distribution: a triangle between two parallelograms, and an exponential tail at either side
/// (figure 1 of the paper).
typedef struct hat {
  int64_t trials, mode;
  double success, failure;  // their probabilities
  double variance;
  double centre, left, right;             // of the triangle
  double height;                          // of the parallelograms
  double left_rate, right_rate;           // of the tails
  double triangle;                        // half its width, and its area, as its height is 1
  double parallelograms, left_tail, all;  // areas, each with those before
} hat;

static double tail_rate(double slope) { return slope * (1.0 + slope / 2.0); }

static hat prepare_hat(int64_t trials, double success) {
  const double n = (double)trials, failure = 1.0 - success, peak = n * success + success;
  hat plan = {.trials = trials, .mode = (int64_t)floor(peak), .success = success, .failure = failure};
  plan.variance = n * success * failure;
  plan.triangle = floor(2.195 * sqrt(plan.variance) - 4.6 * failure) + 0.5;
  plan.centre = (double)plan.mode + 0.5;
  plan.left = plan.centre - plan.triangle;
  plan.right = plan.centre + plan.triangle;
  plan.height = 0.134 + 20.5 / (15.3 + (double)plan.mode);
  plan.left_rate = tail_rate((peak - plan.left) / (peak - plan.left * success));
  plan.right_rate = tail_rate((plan.right - peak) / (plan.right * failure));
  plan.parallelograms = plan.triangle * (1.0 + 2.0 * plan.height);
  plan.left_tail = plan.parallelograms + plan.height / plan.left_rate;
  plan.all = plan.left_tail + plan.height / plan.right_rate;
  return plan;
}

typedef enum verdict { REJECTED, ACCEPTED, OPEN } verdict;

/// A point under the hat: the number that it stands for, and how high it is, unless the verdict does without.
typedef struct proposal {
  int64_t number;
  double height;
} proposal;

/// `place` is in 0..<all.
static verdict propose(const hat *plan, double place, double uniform, proposal *made) {
  if (place <= plan->triangle) {
    made->number = (int64_t)floor(plan->centre - plan->triangle * uniform + place);
    return ACCEPTED;
  }
  if (place <= plan->parallelograms) {
    double x = plan->left + (place - plan->triangle) / plan->height;
    double slant = fabs((double)plan->mode - x + 0.5) / plan->triangle;
    made->number = (int64_t)floor(x);
    made->height = uniform * plan->height + 1.0 - slant;
    return made->height > 1.0 ? REJECTED : OPEN;
  }
  if (uniform == 0.0) return REJECTED;  // has no logarithm
  if (place <= plan->left_tail) {
    made->number = (int64_t)floor(plan->left + log(uniform) / plan->left_rate);
    made->height = uniform * (place - plan->parallelograms) * plan->left_rate;
  } else {
    made->number = (int64_t)floor(plan->right - log(uniform) / plan->right_rate);
    made->height = uniform * (place - plan->left_tail) * plan->right_rate;
  }
  return made->number < 0 || made->number > plan->trials ? REJECTED : OPEN;
}

/// The probability of a number over that of the mode, factor by factor.
static double ratio_to_mode(const hat *plan, int64_t number) {
  const int64_t one_more = (int64_t)((uint64_t)plan->trials + 1);  // wraps for the largest number, as NumPy's
  const double odds = plan->success / plan->failure, scale = odds * (double)one_more;
  double ratio = 1.0;
  for (int64_t i = plan->mode + 1; i <= number; ++i) ratio *= scale / (double)i - odds;
  for (int64_t i = number + 1; i <= plan->mode; ++i) ratio /= scale / (double)i - odds;
  return ratio;
}

/// What Stirling's formula for the factorial of x - 1 leaves out.
static double stirling_correction(double x) {
  const double square = x * x;
  return (13680. - (462. - (132. - (99. - 140. / square) / square) / square) / square) / x / 166320.;
}

/// The logarithm of the same ratio, but that all corrections are added: those of the number should be subtracted.
static double log_ratio_to_mode(const hat *plan, int64_t number) {
  const double n = (double)plan->trials, mode = (double)plan->mode, y = (double)number;
  const double above = y + 1.0, rest = n - y + 1.0;
  const double above_mode = mode + 1.0, rest_of_mode = n + 1.0 - mode;
  return plan->centre * log(above_mode / above) + ((double)(plan->trials - plan->mode) + 0.5) * log(rest_of_mode / rest)
         + (double)(number - plan->mode) * log(rest * plan->success / (above * plan->failure))
         + stirling_correction(above_mode) + stirling_correction(rest_of_mode) + stirling_correction(above)
         + stirling_correction(rest);
}

/// Minus the square, which wraps from 2^63 on, as NumPy's does.
static int64_t minus_square(int64_t distance) { return (int64_t)(0 - (uint64_t)distance * (uint64_t)distance); }

/// Whether the point lies under the distribution.
static bool is_kept(const hat *plan, proposal made) {
  const int64_t distance = llabs(made.number - plan->mode);
  const double d = (double)distance, variance = plan->variance;
  if (distance <= 20 || d >= variance / 2.0 - 1) return made.height <= ratio_to_mode(plan, made.number);
  const double height = log(made.height);
  const double normal = (double)minus_square(distance) / (2 * variance);
  const double error = d / variance * ((d * (d / 3.0 + 0.625) + 0.16666666666666666) / variance + 0.5);
  if (height < normal - error) return true;
  if (height > normal + error) return false;
  return height <= log_ratio_to_mode(plan, made.number);
}

static int64_t draw_by_hat(cbk_mt19937 *engine, const hat *plan) {
  for (;;) {
    double place = cbk_mt19937_next_f64(engine) * plan->all;
    double uniform = cbk_mt19937_next_f64(engine);
    proposal made;
    verdict first = propose(plan, place, uniform, &made);
    if (first == ACCEPTED || (first == OPEN && is_kept(plan, made))) return made.number;
  }
}

void cbk_mt19937_fill_binomial(cbk_mt19937 *engine, int64_t trials, double probability, int64_t *values, size_t count) {
  const bool mirrored = probability > 0.5;
  const double rarer = mirrored ? 1.0 - probability : probability;
  if ((double)trials * rarer <= 30.0) {
    const inversion plan = prepare_inversion(trials, rarer);
    for (size_t i = 0; i < count; ++i) values[i] = draw_by_inversion(engine, &plan);
  } else {
    const hat plan = prepare_hat(trials, rarer);
    for (size_t i = 0; i < count; ++i) values[i] = draw_by_hat(engine, &plan);
  }
  if (!mirrored) return;
  for (size_t i = 0; i < count; ++i) values[i] = trials - values[i];
}
