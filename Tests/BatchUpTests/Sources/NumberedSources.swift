import BatchUp

typealias Numbers = ArraySource<NDArray<Int>, StandardSampler, Never>

/// A source whose samples are the numbers of a range.
func numbers(_ range: Range<Int>, repeats: Repetition = 1) throws -> Numbers {
  try ArraySource(NDArray(Array(range)), repeats: repeats)
}

/// Sources of so many numbers each, in which number 100 m + i is sample i of source m.
func members(_ counts: [Int], repeats: Repetition = 1) throws -> [Numbers] {
  try counts.enumerated().map { member, count in
    try numbers(100 * member..<100 * member + count, repeats: repeats)
  }
}

/// Loads the numbers of a range, some of which cannot be loaded.
func loaded(
  _ range: Range<Int>, unreadable: Set<Int> = []
) throws -> ArraySource<[Int], StandardSampler, any Error> {
  try ArraySource(loading: NumberLoader(numbers: range, unreadable: unreadable))
}

struct NumberLoader: SampleLoader {
  let numbers: Range<Int>
  var unreadable: Set<Int> = []

  var sampleCount: Int { numbers.count }

  func batch(at indices: BatchIndices) throws(UnreadableSample) -> [Int] {
    let batch = indices.map { numbers.lowerBound + $0 }
    for number in batch where unreadable.contains(number) { throw UnreadableSample(index: number) }
    return batch
  }
}

struct NoBatch: Error, Equatable { let number: Int }

/// Generates the numbers of a range in whichever order is asked for.
func generated(_ range: Range<Int>) -> GeneratedSource<[Int], Never> {
  GeneratedSource(sampleCount: .finite(range.count)) { batchSize, order in
    sequence(state: ArraySlice(ordered(range, order))) { rest in
      defer { rest = rest.dropFirst(batchSize) }
      return rest.isEmpty ? nil : Array(rest.prefix(batchSize))
    }
  }
}

/// As `generated`, but the batches of these numbers, counted from 0, fail.
func generated(_ range: Range<Int>, failing: Set<Int>) -> GeneratedSource<[Int], NoBatch> {
  GeneratedSource(
    sampleCount: .finite(range.count),
    loading: { batchSize, order in
      var rest = ArraySlice(ordered(range, order))
      var number = -1
      return { () throws(NoBatch) in
        defer { rest = rest.dropFirst(batchSize) }
        number += 1
        if failing.contains(number), !rest.isEmpty { throw NoBatch(number: number) }
        return rest.isEmpty ? nil : Array(rest.prefix(batchSize))
      }
    })
}

private func ordered(_ range: Range<Int>, _ order: SampleOrder) -> [Int] {
  guard var generator = order.makeGenerator() else { return Array(range) }
  return range.shuffled(using: &generator)
}

/// The numbers 0, 1, … without an end.
func generatedForever() -> GeneratedSource<NDArray<Int>, Never> {
  GeneratedSource(sampleCount: .infinite) { batchSize, _ in
    sequence(state: 0) { start in
      defer { start += batchSize }
      return NDArray(Array(start..<start + batchSize))
    }
  }
}

/// The batches of an iteration, to the end or to a limit, and the errors in their places.
func outcomes<Source: BatchSource>(
  _ batches: Batches<Source>, limit: Int = 100
) -> [Result<Source.Batch, any Error>] {
  var iterator = batches.makeIterator()
  var outcomes: [Result<Source.Batch, any Error>] = []
  while outcomes.count < limit {
    do {
      guard let batch = try iterator.nextBatch() else { break }
      outcomes.append(.success(batch))
    } catch { outcomes.append(.failure(error)) }
  }
  return outcomes
}

/// As for arrays of numbers.
func paired(_ first: NDArray<Int>, _ second: NDArray<Int>) -> [Int] { paired(first.scalars, second.scalars) }

/// One number for each pair; none where there is not one of the second for each of the first.
func paired(_ first: [Int], _ second: [Int]) -> [Int] {
  first.count == second.count ? Swift.zip(first, second).map { 1_000 * $0 + $1 } : []
}

func quadrupled(_ a: NDArray<Int>, _ b: NDArray<Int>, _ c: NDArray<Int>, _ d: NDArray<Int>) -> [[Int]] {
  [a, b, c, d].allSatisfy { $0.count == a.count } ? a.scalars.indices.map { [a[$0], b[$0], c[$0], d[$0]] } : []
}
