/// The seed of weighted draws.
func weightedSeed(_ key: ShuffleKey) -> UInt64 { derivedSeed(key.seed, key.epoch, 0, SeedPurpose.weights) }

/// The seed of the numbers that a sampler draws in a way of its own.
func samplerSeed(_ key: ShuffleKey) -> UInt64 { derivedSeed(key.seed, key.epoch, 0, SeedPurpose.sampler) }

/// The seed of the numbers that belong to one sample at one step of an iteration; of several where sources stand side
/// by side.
func sampleSeed(_ key: ShuffleKey, sampleIndices: [Int], step: Int) -> UInt64 {
  let start = derivedSeed(key.seed, key.epoch, UInt32(truncatingIfNeeded: step >> 32), SeedPurpose.sample)
  return sampleIndices.reduce(start) {
    derivedSeed($0, UInt64(truncatingIfNeeded: $1), UInt32(truncatingIfNeeded: step), SeedPurpose.sample)
  }
}
