// NumPy's legacy engine: seeding, words, doubles and bounded integers.
//
// Described in NumPy's sources (numpy/random/src/mt19937, mtrand.pyx, src/distributions); written from
// that description and compared with NumPy 2.4.6.
#include "kernel_table.h"

/// What seeding makes of the word before; `factor` tells the three passes apart.
static uint32_t mixed(uint32_t before, uint32_t factor) { return (before ^ before >> 30) * factor; }

void cbk_mt19937_seed(uint32_t seed, cbk_mt19937 *engine) {
  uint32_t *key = engine->key;
  key[0] = seed;
  for (uint32_t i = 1; i < MT_WORDS; ++i) key[i] = mixed(key[i - 1], 1812433253) + i;
  engine->position = MT_WORDS;
}

/// The word after i in a pass over words 1 ... 623, of which word 0 is the one before the first.
static size_t following(uint32_t *key, size_t i) {
  if (i + 1 < MT_WORDS) return i + 1;
  key[0] = key[MT_WORDS - 1];
  return 1;
}

void cbk_mt19937_seed_words(const uint32_t *words, cbk_mt19937 *engine, size_t count) {
  cbk_mt19937_seed(19650218, engine);
  uint32_t *key = engine->key;
  size_t i = 1, j = 0;
  for (size_t left = count < MT_WORDS ? MT_WORDS : count; left > 0; --left) {
    key[i] = (key[i] ^ mixed(key[i - 1], 1664525)) + words[j] + (uint32_t)j;
    i = following(key, i);
    j = j + 1 < count ? j + 1 : 0;
  }
  for (size_t left = MT_WORDS - 1; left > 0; --left) {
    key[i] = (key[i] ^ mixed(key[i - 1], 1566083941)) - (uint32_t)i;
    i = following(key, i);
  }
  key[0] = 0x80000000;
}

/// The rest of the block, or a new block where nothing is left; the result is its number of words.
static size_t fresh_words(cbk_mt19937 *engine) {
  if (engine->position == MT_WORDS) {
    cbk_kernels()->mt19937->twist(engine->key);
    engine->position = 0;
  }
  return MT_WORDS - engine->position;
}

static uint32_t next_u32(cbk_mt19937 *engine) {
  fresh_words(engine);
  return mt_tempered(engine->key[engine->position++]);
}

uint64_t cbk_mt19937_next_u64(cbk_mt19937 *engine) {
  uint64_t high = next_u32(engine);
  return high << 32 | next_u32(engine);
}

double cbk_mt19937_next_f64(cbk_mt19937 *engine) {
  uint32_t first = next_u32(engine);
  return mt_double(first, next_u32(engine));
}

size_t cbk_mt19937_next_words(cbk_mt19937 *engine, uint32_t *words, size_t most) {
  size_t count = fresh_words(engine);
  if (count > most) count = most;
  cbk_kernels()->mt19937->temper(engine->key + engine->position, words, count);
  engine->position += (uint32_t)count;
  return count;
}

void cbk_mt19937_fill_u32(cbk_mt19937 *engine, uint32_t *words, size_t count) {
  for (size_t done = 0; done < count;) done += cbk_mt19937_next_words(engine, words + done, count - done);
}

void cbk_mt19937_fill_f64(cbk_mt19937 *engine, double *values, size_t count) {
  while (count > 0) {
    size_t ready = fresh_words(engine) / 2;
    if (ready > count) ready = count;
    if (ready == 0) {  // the first word of the pair is the last of its block
      ready = 1;
      *values = cbk_mt19937_next_f64(engine);
    } else {
      cbk_kernels()->mt19937->temper_f64(engine->key + engine->position, values, ready);
      engine->position += (uint32_t)(2 * ready);
    }
    values += ready;
    count -= ready;
  }
}

// Every value takes at least one word: drawing no more words than values are missing leaves none over.
void cbk_mt19937_fill_interval_u32(cbk_mt19937 *engine, uint32_t maximum, uint32_t *values, size_t count) {
  if (maximum == 0) {
    for (size_t i = 0; i < count; ++i) values[i] = 0;
    return;
  }
  uint32_t words[MT_WORDS];
  for (size_t done = 0; done < count;) {
    size_t drawn = cbk_mt19937_next_words(engine, words, count - done);
    done += cbk_kernels()->mt19937->accept(words, maximum, values + done, drawn);
  }
}

static void fill_narrow(cbk_mt19937 *engine, uint32_t maximum, uint64_t *values, size_t count) {
  uint32_t narrow[MT_WORDS];
  for (size_t done = 0; done < count;) {
    size_t part = count - done < MT_WORDS ? count - done : MT_WORDS;
    cbk_mt19937_fill_interval_u32(engine, maximum, narrow, part);
    for (size_t i = 0; i < part; ++i) values[done + i] = narrow[i];
    done += part;
  }
}

static void fill_wide(cbk_mt19937 *engine, uint64_t maximum, uint64_t *values, size_t count) {
  const uint64_t mask = UINT64_MAX >> __builtin_clzll(maximum);
  uint32_t words[MT_WORDS];
  for (size_t done = 0; done < count;) {
    size_t part = count - done < MT_WORDS / 2 ? count - done : MT_WORDS / 2;
    cbk_mt19937_fill_u32(engine, words, 2 * part);
    for (size_t i = 0; i < part; ++i) {
      values[done] = ((uint64_t)words[2 * i] << 32 | words[2 * i + 1]) & mask;
      done += values[done] <= maximum;
    }
  }
}

void cbk_mt19937_fill_interval_u64(cbk_mt19937 *engine, uint64_t maximum, uint64_t *values, size_t count) {
  if (maximum > UINT32_MAX) {
    fill_wide(engine, maximum, values, count);
  } else {
    fill_narrow(engine, (uint32_t)maximum, values, count);
  }
}
