// Philox4x32-10: Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC'11).
#ifndef CBK_PHILOX_H
#define CBK_PHILOX_H

#include "kernel_table.h"

enum {
  PHILOX_ROUNDS = 10,
  PHILOX_LANES = CBK_PHILOX_SUPERBLOCK_WORDS / 4,  // blocks in a superblock
};

// Multipliers of words 0 and 2, and what the two key words grow by after each round.
static const uint32_t philox_multiplier0 = 0xD2511F53, philox_multiplier1 = 0xCD9E8D57;
static const uint32_t philox_weyl0 = 0x9E3779B9, philox_weyl1 = 0xBB67AE85;

#endif
