import BatchUp
import Testing

@Suite struct WeightsErrorTests {
  @Test func noWeights() {
    #expect(throws: WeightsError.empty) { try WeightedSampler(weights: [Double]()) }
    #expect(throws: WeightsError.empty) { try WeightedSampler(weights: NDArray<Float>([])) }
    #expect(throws: WeightsError.empty) { try WeightedSampler(weights: [Int](), over: [], replacing: false) }
    #expect(throws: WeightsError.empty) { try WeightedSampler(balancingClasses: [Int]()) }
    #expect(throws: WeightsError.empty) { try WeightedSampler(balancingClasses: [1, 2], over: []) }
  }

  @Test func badWeightsInAllPlaces() {
    for count in 1...20 {
      for position in 0..<count {
        func weights<Weight: BinaryFloatingPoint>(_ bad: Weight) -> [Weight] {
          (0..<count).map { $0 == position ? bad : Weight($0 % 3) }
        }
        for replacing in [true, false] {
          for (bad, error) in [
            (.nan, .notANumber(position: position)), (-.nan, .notANumber(position: position)),
            (.infinity, .infinite(position: position)),
            (-.infinity, .negative(position: position, value: -.infinity)),
            (-0.5, .negative(position: position, value: -0.5)),
            (-Double.leastNonzeroMagnitude, .negative(position: position, value: -.leastNonzeroMagnitude)),
          ] as [(Double, WeightsError)] {
            #expect(throws: error) { try WeightedSampler(weights: weights(bad), replacing: replacing) }
            #expect(throws: error) { try WeightedSampler(weights: weights(bad), over: 5..<5 + count) }
          }
          #expect(throws: WeightsError.negative(position: position, value: -2)) {
            try WeightedSampler(weights: weights(Float(-2)), replacing: replacing)
          }
          #expect(throws: WeightsError.notANumber(position: position)) {
            try WeightedSampler(weights: NDArray(weights(Float.nan)), replacing: replacing)
          }
          #expect(throws: WeightsError.negative(position: position, value: -7)) {
            try WeightedSampler(weights: weights(-7.0).map { Int8($0) }, replacing: replacing)
          }
        }
      }
    }
  }

  @Test func theFirstBadWeightIsNamed() {
    #expect(throws: WeightsError.infinite(position: 1)) {
      try WeightedSampler(weights: [1, .infinity, .nan, -1] as [Double])
    }
    #expect(throws: WeightsError.negative(position: 5000, value: -1)) {
      try WeightedSampler(weights: (0..<10_000).map { $0 < 5000 ? 1.0 : -1 })
    }
  }

  @Test func onlyZeros() {
    for count in 1...10 {
      #expect(throws: WeightsError.allZero(count: count)) {
        try WeightedSampler(weights: [Double](repeating: 0, count: count))
      }
      #expect(throws: WeightsError.allZero(count: count)) {
        try WeightedSampler(weights: [Int](repeating: 0, count: count), replacing: false)
      }
      #expect(throws: WeightsError.allZero(count: count)) {
        try WeightedSampler(weights: [Float](repeating: -0.0, count: count), over: 0..<count, count: 0)
      }
    }
  }

  @Test func sumsMayOverflow() {
    #expect(throws: Never.self) {
      try WeightedSampler(weights: [Double.greatestFiniteMagnitude, .greatestFiniteMagnitude])
    }
    #expect(throws: Never.self) { try WeightedSampler(weights: [UInt64.max, 0, 1]) }
    #expect(throws: Never.self) { try WeightedSampler(weights: [UInt128.max]) }
    #expect(throws: WeightsError.negative(position: 1, value: -1)) {
      try WeightedSampler(weights: [Int128.max, -1, 1])
    }
    #expect(throws: Never.self) { try WeightedSampler(weights: [Int.max, Int.max]) }
    #expect(throws: Never.self) { try WeightedSampler(weights: [Double.greatestFiniteMagnitude, 0]) }
  }

  @Test func tooManyWeights() {
    // Nothing but the count is looked at.
    let one: [Double] = [1]
    one.withUnsafeBufferPointer { one in
      let many = UnsafeBufferPointer(start: one.baseAddress, count: 1 << 32)
      let weights = NDArray(borrowing: many, shape: [many.count]) {}
      #expect(throws: WeightsError.tooMany(limit: 1 << 32 - 1, found: 1 << 32)) {
        try WeightedSampler(weights: weights)
      }
    }
  }

  @Test func oneWeightForEachIndex() {
    for count in 0...5 {
      for found in 0...5 where found != count {
        #expect(throws: WeightsError.unequalCounts(indices: count, weights: found)) {
          try WeightedSampler(weights: [Double](repeating: 1, count: found), over: 0..<count)
        }
        #expect(throws: WeightsError.unequalCounts(indices: count, weights: found)) {
          try WeightedSampler(weights: [Int](repeating: 1, count: found), over: Array(0..<count))
        }
      }
    }
  }

  @Test func fewerPositiveWeightsThanAskedFor() {
    for positive in 1...6 {
      let weights = (0..<10).map { $0 < positive ? 1.0 : 0 }
      for count in positive + 1...12 {
        let error = WeightsError.tooFewPositive(expected: count, found: positive)
        #expect(throws: error) { try WeightedSampler(weights: weights, replacing: false, count: count) }
        #expect(throws: error) {
          try WeightedSampler(weights: weights.map { Int($0) }, over: 0..<10, replacing: false, count: count)
        }
      }
      #expect(throws: Never.self) { try WeightedSampler(weights: weights, replacing: false, count: positive) }
      #expect(throws: Never.self) { try WeightedSampler(weights: weights, count: 12) }
    }
  }

  @Test func arraysOfOtherRanks() {
    for shape in [[], [1, 1], [1, 1, 1]] {
      #expect(throws: WeightsError.notAList(shape: shape)) {
        try WeightedSampler(weights: NDArray<Double>([1], shape: shape))
      }
      #expect(throws: WeightsError.notAList(shape: shape)) {
        try WeightedSampler(weights: NDArray<Int>([1], shape: shape), over: [4])
      }
      #expect(throws: WeightsError.notAList(shape: shape)) {
        try WeightedSampler(balancingClasses: NDArray<UInt8>([1], shape: shape))
      }
    }
  }

  @Test func chosenSamplesWithoutAClass() {
    for bad in [3, -1, .max, .min] {
      for position in 0...2 {
        var chosen = [0, 2]
        chosen.insert(bad, at: position)
        #expect(throws: WeightsError.indexWithoutClass(position: position, index: bad, classCount: 3)) {
          try WeightedSampler(balancingClasses: [1, 2, 1], over: chosen)
        }
      }
    }
  }

  @Test func descriptionsNameWhatIsWrong() {
    for (error, parts) in [
      (.empty, ["no weights"]), (.tooMany(limit: 5, found: 7), ["7", "5"]), (.notAList(shape: [2, 3]), ["[2, 3]"]),
      (.notANumber(position: 4), ["position 4", "not a number"]),
      (.negative(position: 4, value: -2.5), ["position 4", "-2.5"]),
      (.infinite(position: 4), ["position 4", "infinite"]), (.allZero(count: 9), ["9"]),
      (.unequalCounts(indices: 3, weights: 8), ["8 weights", "3 chosen"]),
      (.tooFewPositive(expected: 6, found: 2), ["6", "only 2"]),
      (.indexWithoutClass(position: 1, index: 8, classCount: 5), ["index 8", "position 1", "0..<5"]),
    ] as [(WeightsError, [String])] {
      for part in parts { #expect("\(error)".contains(part)) }
    }
  }
}
