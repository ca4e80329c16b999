// Builds alias tables by the sweep of Hübschle-Schneider and Sanders (Parallel weighted random sampling,
// ESA 2019), over integers, so that no item is left over by rounding.
//
// Light items have less than a column's capacity S, heavy ones more; full ones have a column of their own.
// Lights are given to heavies in order. Let the key of a light item be the sum of the deficits (S - mass)
// of the lights before it, and the key of a heavy item the sum of the excesses (mass - S) of the heavies up
// to it and with it. Merging both by key, a light before a heavy with the same key, each light's column is
// topped up by the next heavy; and each heavy, when the lights before it have taken D from heavies whose
// excess is E, keeps S + E - D of its column, the rest of which is the following heavy's.
//
// Keys increase strictly within either kind, so the merge can be cut at any key: each part merges the
// items with keys between two cuts, and no entry depends on where they are.
#include "weights.h"

enum { WINDOW_ITEMS = 256 };

/// Some of the light or of the heavy items, in order; `next` is the first that is still to come.
typedef struct window {
  size_t position, end;  // items that are still to be looked at
  size_t next, found;
  bool closed;  // of heavies: the item behind the last is in
  uint64_t masses[WINDOW_ITEMS + 2];
  uint32_t items[WINDOW_ITEMS + 2];
} window;

/// Where a part begins: at the first light and the first heavy item whose keys are not below that of the
/// cut, or anywhere between them and those before them.
typedef struct cut {
  size_t light, heavy;
  uint64_t deficit, excess;  // of the items before
} cut;

// ---- Cuts -----------------------------------------------------------------------------------------

/// The last block before which the deficits (or the excesses) sum to less than the key, or 0.
static size_t block_of(const cbk_alias_block *blocks, size_t block_count, uint64_t key, bool heavy) {
  size_t low = 0, high = block_count - 1;
  while (low + 1 < high) {
    size_t middle = low + (high - low) / 2;
    uint64_t sum = heavy ? blocks[middle].excess : blocks[middle].deficit;
    if (sum < key) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

/// About the key with `rank` items before it: off by two blocks at most.
static uint64_t key_of_rank(const cbk_alias_block *blocks, size_t block_count, uint64_t rank) {
  uint64_t low = 0, high = UINT64_MAX;
  while (low < high) {
    uint64_t key = low + (high - low) / 2;
    uint64_t lights = blocks[block_of(blocks, block_count, key, false)].lights;
    uint64_t heavies = blocks[block_of(blocks, block_count, key, true)].heavies;
    if (lights + heavies < rank) {
      low = key + 1;
    } else {
      high = key;
    }
  }
  return low;
}

CBK_INLINE cut cut_at(const void *weights, int type, const cbk_alias_plan *plan, const cbk_alias_block *blocks,
                      uint64_t key) {
  size_t block_count = cbk_alias_block_count(plan->count);
  size_t light_block = block_of(blocks, block_count, key, false);
  size_t heavy_block = block_of(blocks, block_count, key, true);
  cut c = {light_block * ALIAS_BLOCK_ITEMS, heavy_block * ALIAS_BLOCK_ITEMS, blocks[light_block].deficit,
           blocks[heavy_block].excess};
  for (; c.light < block_end(plan, light_block) && c.deficit < key; ++c.light) {
    uint64_t mass = mass_at(plan, weights, type, c.light);
    if (mass < plan->capacity) c.deficit += plan->capacity - mass;
  }
  for (; c.heavy < block_end(plan, heavy_block); ++c.heavy) {
    uint64_t mass = mass_at(plan, weights, type, c.heavy);
    uint64_t excess = mass > plan->capacity ? mass - plan->capacity : 0;
    if (c.excess + excess >= key) break;
    c.excess += excess;
  }
  return c;
}

// ---- Windows --------------------------------------------------------------------------------------

/// Appends the light items among the next ones, and writes the columns of the full ones.
CBK_INLINE void find_lights(const void *weights, int type, const cbk_alias_plan *plan, window *w,
                            cbk_alias_entry *entries) {
  w->next = w->found = 0;
  while (w->found == 0 && w->position < w->end) {
    size_t stop = w->end - w->position < WINDOW_ITEMS ? w->end : w->position + WINDOW_ITEMS;
    for (; w->position < stop; ++w->position) {
      uint64_t mass = mass_at(plan, weights, type, w->position);
      w->masses[w->found] = mass;
      w->items[w->found] = (uint32_t)w->position;
      w->found += mass < plan->capacity;
      if (mass == plan->capacity) {
        entries[w->position] = (cbk_alias_entry){0, (uint32_t)w->position};
      }
    }
  }
}

/// Keeps the last heavy item of the window and appends some of the next ones; behind the last of all comes
/// one without excess and with the same number.
CBK_INLINE void find_heavies(const void *weights, int type, const cbk_alias_plan *plan, window *w) {
  size_t kept = w->found - w->next;
  if (kept > 0) {
    w->masses[0] = w->masses[w->next];
    w->items[0] = w->items[w->next];
  }
  w->next = 0;
  w->found = kept;
  while (w->found == kept && w->position < w->end) {
    size_t stop = w->end - w->position < WINDOW_ITEMS ? w->end : w->position + WINDOW_ITEMS;
    for (; w->position < stop; ++w->position) {
      uint64_t mass = mass_at(plan, weights, type, w->position);
      w->masses[w->found] = mass;
      w->items[w->found] = (uint32_t)w->position;
      w->found += mass > plan->capacity;
    }
  }
  if (w->position == w->end && w->found > 0 && !w->closed) {
    w->masses[w->found] = plan->capacity;
    w->items[w->found] = w->items[w->found - 1];
    ++w->found;
    w->closed = true;
  }
}

// ---- Merge ----------------------------------------------------------------------------------------

typedef struct balance {
  uint64_t deficit, excess;  // taken by lights so far; of heavies so far, with the next one
} balance;

/// Merges while both windows last, one column a step; whether it is a light or a heavy item's is as good as
/// random, so it must not be a branch.
static balance merge(window *lights, window *heavies, uint64_t capacity, balance b, cbk_alias_entry *entries) {
  size_t light = lights->next, heavy = heavies->next;
  while (light < lights->found && heavy + 1 < heavies->found) {
    uint64_t is_light = b.deficit <= b.excess, mask = -is_light;
    uint64_t mass = lights->masses[light];
    uint32_t heavy_item = heavies->items[heavy];
    uint64_t kept = capacity + b.excess - b.deficit;
    uint32_t column = (lights->items[light] & (uint32_t)mask) | (heavy_item & (uint32_t)~mask);
    entries[column].threshold = (uint32_t)((mass & mask) | (kept & ~mask));
    entries[column].alias = (heavy_item & (uint32_t)mask) | (heavies->items[heavy + 1] & (uint32_t)~mask);
    b.deficit += (capacity - mass) & mask;
    b.excess += (heavies->masses[heavy + 1] - capacity) & ~mask;
    light += is_light;
    heavy += 1 - is_light;
  }
  lights->next = light;
  heavies->next = heavy;
  return b;
}

/// The cut before part `part`.
CBK_INLINE cut cut_before(const void *weights, int type, const cbk_alias_plan *plan, const cbk_alias_block *blocks,
                          uint32_t part, uint32_t part_count) {
  if (part == 0) return (cut){0};
  if (part == part_count) return (cut){.light = plan->count, .heavy = plan->count};
  uint64_t rank = (uint64_t)((unsigned __int128)plan->count * part / part_count);
  uint64_t key = key_of_rank(blocks, cbk_alias_block_count(plan->count), rank);
  return cut_at(weights, type, plan, blocks, key);
}

CBK_INLINE void build(const void *weights, int type, const cbk_alias_plan *plan, const cbk_alias_block *blocks,
                      cbk_alias_entry *entries, uint32_t part, uint32_t part_count) {
  cut start = cut_before(weights, type, plan, blocks, part, part_count);
  cut stop = cut_before(weights, type, plan, blocks, part + 1, part_count);
  window lights = {.position = start.light, .end = stop.light};
  window heavies = {.position = start.heavy, .end = plan->count};
  find_lights(weights, type, plan, &lights, entries);
  find_heavies(weights, type, plan, &heavies);
  if (heavies.found == 0) return;
  balance b = {start.deficit, start.excess + heavies.masses[0] - plan->capacity};
  while (lights.found > 0) {
    if (heavies.next + 1 >= heavies.found) find_heavies(weights, type, plan, &heavies);
    b = merge(&lights, &heavies, plan->capacity, b, entries);
    if (lights.next == lights.found) find_lights(weights, type, plan, &lights, entries);
  }
  // The heavies before the cut that the lights before it have not used up.
  for (; heavies.items[heavies.next] < stop.heavy; ++heavies.next) {
    if (heavies.next + 1 >= heavies.found) find_heavies(weights, type, plan, &heavies);
    if (heavies.next + 1 >= heavies.found) return;
    uint64_t kept = plan->capacity + b.excess - b.deficit;
    entries[heavies.items[heavies.next]] = (cbk_alias_entry){(uint32_t)kept, heavies.items[heavies.next + 1]};
    b.excess += heavies.masses[heavies.next + 1] - plan->capacity;
  }
}

void cbk_alias_build(cbk_weight_type type, const void *weights, const cbk_alias_plan *plan,
                     const cbk_alias_block *blocks, cbk_alias_entry *entries, uint32_t part, uint32_t part_count) {
#define CBK_BUILD(type) build(weights, type, plan, blocks, entries, part, part_count)
  switch (type) {
  case CBK_WEIGHT_F64: return CBK_BUILD(CBK_WEIGHT_F64);
  case CBK_WEIGHT_F32: return CBK_BUILD(CBK_WEIGHT_F32);
  case CBK_WEIGHT_U64: return plan->power == 0 ? CBK_BUILD(WEIGHT_U64_EXACT) : CBK_BUILD(CBK_WEIGHT_U64);
  }
#undef CBK_BUILD
}
