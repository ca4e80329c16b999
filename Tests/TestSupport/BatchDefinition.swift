import BatchUp

/// What batches are by definition: the samples of all passes one after the other, cut every `batchSize`.
///
/// `limit` bounds the number of batches, as `prefix(_:)` does.
public func definedBatches(
  ofPasses pass: (Int) -> [Int], sampleCount: Int, batchSize: Int, repeats: Repetition, remainder: Remainder,
  limit: Int = 40
) -> [[Int]] {
  if sampleCount == 0 { return [] }
  var stream: [Int] = []
  var passIndex = 0
  while passIndex < repeats.passCount(limit: limit * batchSize) {
    stream += pass(passIndex)
    passIndex += 1
    if stream.count >= limit * batchSize { break }
  }
  var batches: [[Int]] = []
  for start in stride(from: 0, to: stream.count, by: batchSize) {
    batches.append(Array(stream[start..<min(start + batchSize, stream.count)]))
  }
  if remainder == .drop, let last = batches.last, last.count < batchSize { batches.removeLast() }
  return Array(batches.prefix(limit))
}

extension Repetition {
  public func passCount(limit: Int) -> Int {
    switch self {
    case .times(let count): count
    case .forever: limit
    }
  }
}

/// Every combination of a small count, batch size, repetition and remainder.
public func withEverySmallCase(
  _ body: (_ count: Int, _ batchSize: Int, _ repeats: Repetition, _ remainder: Remainder) throws -> Void
) rethrows {
  try withEvery("count", in: 0...9) { count in
    try withEvery("batchSize", in: 1...10) { batchSize in
      try withEvery("repeats", in: [1, 2, 3, .forever] as [Repetition]) { repeats in
        try withEvery("remainder", in: [.keep, .drop] as [Remainder]) { remainder in
          try body(count, batchSize, repeats, remainder)
        }
      }
    }
  }
}
