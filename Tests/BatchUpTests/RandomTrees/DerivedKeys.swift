/// Keys as the order format derives them: the first two words of a block of Philox4x32-10 (Salmon et al., SC'11) with
/// the seed as its key and (id, part, purpose) as its counter.
enum KeyPurpose: UInt32 {
  case generator = 2
  case member = 4
  case sample = 7
}

func derivedKey(_ seed: UInt64, id: UInt64, part: UInt32 = 0, _ purpose: KeyPurpose) -> UInt64 {
  var key = (UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32))
  var counter = (UInt32(truncatingIfNeeded: id), UInt32(id >> 32), part, purpose.rawValue)
  for _ in 0..<10 {
    let first = (0xD251_1F53 as UInt32).multipliedFullWidth(by: counter.0)
    let second = (0xCD9E_8D57 as UInt32).multipliedFullWidth(by: counter.2)
    counter = (second.high ^ counter.1 ^ key.0, second.low, first.high ^ counter.3 ^ key.1, first.low)
    key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
  }
  return UInt64(counter.1) << 32 | UInt64(counter.0)
}

extension TreeOrder {
  /// The order of a member of a source, and with -1 the order in which a choice takes its members.
  func member(_ member: Int) -> TreeOrder {
    guard case .seeded(let seed, let epoch, let memory) = self else { return self }
    return .seeded(derivedKey(seed, id: UInt64(bitPattern: Int64(member)), .member), epoch: epoch, memory: memory)
  }

  /// The first number of the generator of a sample at a step of the iteration.
  func sampleNumber(indices: [Int], step: Int) -> UInt64 {
    var (seed, epoch) = (UInt64(0), 0)
    if case .seeded(let shuffleSeed, let shuffleEpoch, _) = self { (seed, epoch) = (shuffleSeed, shuffleEpoch) }
    let start = derivedKey(seed, id: UInt64(epoch), part: UInt32(step >> 32), .sample)
    let sampleSeed = indices.reduce(start) {
      derivedKey($0, id: UInt64($1), part: UInt32(truncatingIfNeeded: step), .sample)
    }
    return derivedKey(sampleSeed, id: 0, .generator)
  }
}
