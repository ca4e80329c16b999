extension BatchIndices: BatchPosition {
  public var sampleCount: Int { count }

  public func trimmed(to count: Int) -> BatchIndices {
    precondition(count <= sampleCount, "\(sampleCount) samples cannot be trimmed to \(count)")
    return part(0..<count)
  }

  public func selecting(_ places: [Int]) -> BatchIndices { BatchIndices(places.map { self[$0] }) }

  public func sampleIndices(at place: Int) -> [Int] { [self[place]] }

  public var sampleKeys: SampleKeys {
    switch storage {
    case .run(let range): SampleKeys(words: range.map { UInt64(truncatingIfNeeded: $0) })
    case .narrow(let list): SampleKeys(words: list.withUnsafeBufferPointer { $0.map(UInt64.init) })
    case .wide(let list): SampleKeys(words: list.scalars)
    }
  }
}
