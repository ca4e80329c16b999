/// The samples of several arrays or loaders, end to end, as those of one.
///
/// ```swift
/// let both = try ArraySource(ConcatenatedSamples(arrays: [x1, x2]), ConcatenatedSamples(arrays: [y1, y2]))
/// ```
///
/// A shuffle goes over the samples of all. Batches within one part are delivered as that part delivers them; others are
/// put together from those of several, which costs a second copy where the order is shuffled.
public struct ConcatenatedSamples<Part: SampleLoader>: SampleLoader
where Part.Batch: BatchConcatenable & SampleArray, Part.Batch.Batch == Part.Batch {
  public typealias Failure = Part.Failure

  /// What is concatenated.
  public let parts: [Part]
  /// The index of the first sample of each part, and the number of all.
  private let starts: [Int]

  /// The samples of `parts`, whose rows are alike.
  ///
  /// - Precondition: there is at least one part.
  public init(loaders parts: [Part]) {
    precondition(!parts.isEmpty, "nothing to concatenate")
    self.parts = parts
    starts = parts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.sampleCount) }
  }

  /// The rows of `parts`.
  ///
  /// - Throws: `SourceError.unequalRowShapes` where an array has other rows than the first one.
  /// - Precondition: there is at least one part.
  public init<Scalar>(arrays parts: [NDArray<Scalar>]) throws(SourceError) where Part == NDArray<Scalar> {
    for (array, part) in parts.enumerated() where part.rowShape != parts[0].rowShape {
      throw .unequalRowShapes(array: array, expected: parts[0].rowShape, found: part.rowShape)
    }
    self.init(loaders: parts)
  }

  public var sampleCount: Int { starts[parts.count] }
  public var fingerprint: Fingerprint {
    parts.reduce(into: Fingerprint()) { $0.combine($1.fingerprint) }
  }

  public var hasSampleAxis: Bool { parts.allSatisfy(\.hasSampleAxis) }

  public static func sampleCount(of batch: Part.Batch) -> Int? { batch.sampleCount }

  public func batch(at indices: BatchIndices) throws(Failure) -> Part.Batch {
    try batch(at: indices, in: BatchContext())
  }

  public func batch(at indices: BatchIndices, in context: BatchContext) throws(Failure) -> Part.Batch {
    let partContext = context.forPart
    var indicesWithin = [[Int]](repeating: [], count: parts.count)
    let places = indices.map { index in
      let part = self.part(of: index)
      indicesWithin[part].append(index - starts[part])
      return (part: part, position: indicesWithin[part].count - 1)
    }
    let used = parts.indices.filter { !indicesWithin[$0].isEmpty }
    guard used.count > 1 else {
      let part = used.first ?? 0
      var context = context
      context.hint = nil
      return try parts[part].batch(at: BatchIndices(indicesWithin[part]), in: context)
    }
    var batches: [Part.Batch] = []
    var firstRows = [Int](repeating: 0, count: parts.count)
    for part in used {
      firstRows[part] = batches.reduce(0) { $0 + $1.sampleCount }
      let batch = try parts[part].batch(at: BatchIndices(indicesWithin[part]), in: partContext)
      // Returned as it is, for the source to report: also where the parts' lengths happen to add up.
      if batch.sampleCount != indicesWithin[part].count {
        return batch.sampleCount == indices.count ? batch.batch(at: []) : batch
      }
      batches.append(batch)
    }
    let rows = places.map { firstRows[$0.part] + $0.position }
    return Part.Batch.concatenating(batches).batch(at: BatchIndices(rows), in: partContext)
  }

  /// The part that a sample is in, by bisection.
  private func part(of index: Int) -> Int {
    precondition(index >= 0 && index < sampleCount, "sample \(index) is outside 0..<\(sampleCount)")
    var candidates = 0..<parts.count
    while candidates.count > 1 {
      let middle = candidates.lowerBound + candidates.count / 2
      candidates = starts[middle] <= index ? middle..<candidates.upperBound : candidates.lowerBound..<middle
    }
    return candidates.lowerBound
  }
}

extension ConcatenatedSamples: SampleArray where Part: SampleArray {}

extension ConcatenatedSamples: Sendable where Part: Sendable {}
