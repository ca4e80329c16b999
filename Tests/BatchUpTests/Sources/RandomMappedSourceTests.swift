import BatchUp
import TestSupport
import Testing

@Suite(.namingCases) struct RandomMappedSourceTests {
  private func numbers(_ count: Int, repeats: Repetition = 1) throws -> some BatchSource<
    ([Int], [UInt64]), Never
  >
    & InOrderSource<([Int], [UInt64]), Never>
  {
    try ArraySource(NDArray(Array(0..<count)), repeats: repeats).map(random: { generators, x in
      (
        x.scalars,
        (0..<generators.count).map { i in
          var generator = generators[i]
          return generator.next()
        }
      )
    })
  }

  @Test func theNumbersDependOnNothingButSeedEpochSampleAndStep() throws {
    for count in 1...9 {
      let source = try numbers(count, repeats: 3)
      for shuffle in [Shuffle.seed(3), .seed(3, epoch: 1), .seed(4)] {
        let single = source.batches(of: 1, shuffle: shuffle).map { ($0.0[0], $0.1[0]) }
        for batchSize in 1...12 {
          let batches = source.batches(of: batchSize, shuffle: shuffle)
          #expect(batches.flatMap { $0.0 } == single.map { $0.0 })
          #expect(batches.flatMap { $0.1 } == single.map { $0.1 })
        }
      }
    }
  }

  @Test func noNumberComesTwice() throws {
    let source = try numbers(50, repeats: 4)
    var seen: Set<UInt64> = []
    var expected = 0
    withEvery("seed", in: 1..<6) { seed in
      withEvery("epoch", in: 0..<5) { epoch in
        withEvery("batch", in: source.batches(of: 7, shuffle: .seed(seed, epoch: epoch))) { batch in
          seen.formUnion(batch.1)
          expected += batch.1.count
        }
      }
    }
    for batch in source.batches(of: 7) {
      seen.formUnion(batch.1)
      expected += batch.1.count
    }
    #expect(seen.count == expected)
    let inOrder = source.batches(of: 7).flatMap { $0.1 }
    #expect(source.batches(of: 3).flatMap { $0.1 } == inOrder)
  }

  @Test func numPysGeneratorIsNotMovedOn() throws {
    let source = try numbers(20)
    let (one, two) = (NumPyRandomState(seed: 1), NumPyRandomState(seed: 1))
    let plain = try ArraySource(NDArray(Array(0..<20)))
    var numbers: [[UInt64]] = []
    for _ in 0..<3 {
      let batches = Array(source.batches(of: 6, shuffle: .numPy(one)))
      #expect(batches.map(\.0) == plain.batches(of: 6, shuffle: .numPy(two)).map(\.scalars))
      numbers.append(batches.flatMap { $0.1 })
    }
    #expect(Set(numbers.joined()).count == 60)
  }

  @Test func numbersAreUniformOverSamplesStepsAndEpochs() throws {
    // The low and the high four bits of the first number of each of 64 samples in 100 epochs: 400 expected in each cell.
    let source = try numbers(64)
    var low = [Int](repeating: 0, count: 16)
    var high = low
    withEvery("epoch", in: 0..<100) { epoch in
      withEvery("batch", in: source.batches(of: 64, shuffle: .seed(1, epoch: epoch))) { batch in
        withEvery("number", in: batch.1) { number in
          low[Int(number % 16)] += 1
          high[Int(number >> 60)] += 1
        }
      }
    }
    #expect(chiSquared(low) < chiSquaredBound(degreesOfFreedom: 15))
    #expect(chiSquared(high) < chiSquaredBound(degreesOfFreedom: 15))
  }

  /// They are copies of the last sample, and stay so.
  @Test func rowsOfPaddingHaveTheNumbersOfTheLastSample() throws {
    let source = try ArraySource(NDArray(Array(0..<5))).padded().map(random: { generators, x, _ in
      (0..<x.count).map { row in
        var generator = generators[row]
        return generator.next()
      }
    })
    let batches = Array(source.batches(of: 4))
    #expect(batches[1].count == 4 && Set(batches[1]).count == 1 && Set(batches[0]).count == 4)
    let empty = try ArraySource(NDArray([7])).sharded(rank: 1, of: 2, end: .pad).map(random: { generators, x, _ in
      (0..<x.count).map { row in
        var generator = generators[row]
        return generator.next()
      }
    })
    #expect(empty.batches(of: 2).map(\.count) == [1])
  }
}
