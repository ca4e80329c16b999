internal import CBatchKernels

/// A permutation of 0..<count for one pass of one epoch: a pure function of the first four arguments.
func permutation(
  count: Int, seed: UInt64, epoch: UInt64, pass: UInt32, recycler: StorageRecycler
) -> BatchIndices {
  let key = cbk_derive_key(seed, epoch, pass, UInt32(CBK_PURPOSE_PERMUTATION))
  requireMemory(forShuffleOf: count)
  let scratchSize = cbk_permutation_scratch_bytes(UInt64(count))
  // Not from the recycler, which would keep it for as long as the iterator lives.
  let scratch = scratchSize == 0 ? nil : ArrayStorage(byteCount: scratchSize)
  return withExtendedLifetime(scratch) {
    if count <= 1 << 32 {
      let list = NDArray<UInt32>(uninitializedCount: count, recycler: recycler)
      cbk_permutation_u32(key, list.start, count, scratch?.base)
      return BatchIndices(.narrow(list))
    }
    let list = NDArray<UInt64>(uninitializedCount: count, recycler: recycler)
    cbk_permutation_u64(key, list.start, count, scratch?.base)
    return BatchIndices(.wide(list))
  }
}

/// Ends the program where the list of a shuffled order does not fit into memory.
func requireMemory(forShuffleOf count: Int, advice: String = "use memory: .constant") {
  requireMemory(
    for: count, byteCountEach: shuffleByteCount(for: count), "a shuffle of \(count) samples", advice: advice)
}

/// The bytes that each item of a list of indices below `count` takes.
func shuffleByteCount(for count: Int) -> Int { count <= 1 << 32 ? 4 : 8 }

/// The seed of one member of a source whose members are shuffled independently.
func memberSeed(_ seed: UInt64, member: Int) -> UInt64 {
  cbk_derive_key(seed, UInt64(truncatingIfNeeded: member), 0, UInt32(CBK_PURPOSE_MEMBER))
}

/// The key of all that is drawn for an order of blocks in one pass of one epoch.
func blockOrderKey(seed: UInt64, epoch: UInt64, pass: UInt32) -> UInt64 {
  cbk_derive_key(seed, epoch, pass, UInt32(CBK_PURPOSE_BLOCK_ORDER))
}

/// The number from which the place of the block boundaries is derived.
func blockPhase(key: UInt64) -> UInt64 { cbk_derive_key(key, 0, 0, UInt32(CBK_PURPOSE_BLOCK_ORDER)) }

/// The purposes of the seeds that are derived from a `ShuffleKey`.
enum SeedPurpose {
  static let weights = UInt32(CBK_PURPOSE_WEIGHTED)
  static let sampler = UInt32(CBK_PURPOSE_SAMPLER)
  static let sample = UInt32(CBK_PURPOSE_SAMPLE)
}

/// A seed that is unrelated to those with other arguments.
func derivedSeed(_ seed: UInt64, _ number: UInt64, _ pass: UInt32, _ purpose: UInt32) -> UInt64 {
  cbk_derive_key(seed, number, pass, purpose)
}

/// Block `counter` of the generator stream of a seed, as two words, low halves first.
func generatorBlock(seed: UInt64, counter: UInt64) -> (UInt64, UInt64) {
  let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32))
  let block = SIMD4(
    UInt32(truncatingIfNeeded: counter), UInt32(counter >> 32), 0, UInt32(CBK_PURPOSE_GENERATOR))
  var words = SIMD4<UInt32>()
  withUnsafeBytes(of: key) { key in
    withUnsafeBytes(of: block) { block in
      withUnsafeMutableBytes(of: &words) { words in
        cbk_philox_block(
          key.assumingMemoryBound(to: UInt32.self).baseAddress,
          block.assumingMemoryBound(to: UInt32.self).baseAddress,
          words.assumingMemoryBound(to: UInt32.self).baseAddress)
      }
    }
  }
  return (UInt64(words[1]) << 32 | UInt64(words[0]), UInt64(words[3]) << 32 | UInt64(words[2]))
}
