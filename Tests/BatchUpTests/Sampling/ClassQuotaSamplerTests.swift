import BatchUp
import TestSupport
import Testing

@Suite struct ClassQuotaSamplerTests {
  private func batches(_ sampler: ClassQuotaSampler, _ batchSize: Int, _ count: Int, seed: UInt64 = 1) -> [[Int]] {
    var iterator = sampler.indices(over: BatchRanges(batchSize: batchSize), order: .shuffled(ShuffleKey(seed: seed)))
    return (0..<count).compactMap { _ in iterator.next().map(Array.init) }
  }

  private static let labelings = [[0], [0, 1], [3, 3, -2], [0, 1, 2, 0, 1, 2, 3, 3, 0, 1, 3, 3, 2], Array(0..<5)]

  @Test func everyPassOverClassesHasEachOnceAndEveryPassOverAClassEachSample() throws {
    for labels in Self.labelings {
      let classCount = Set(labels).count
      for classes in 1...classCount {
        for samples in 1...5 {
          let sampler = try ClassQuotaSampler(
            labels: labels, quotas: .classesTimesSamples(classes: classes, samples: samples))
          let lists = batches(sampler, classes * samples, 30)
          #expect(lists.count == 30)
          var turns: [Int] = []
          var dealt: [Int: [Int]] = [:]
          for list in lists {
            let runs = stride(from: 0, to: list.count, by: samples).map { list[$0..<$0 + samples] }
            for run in runs { #expect(Set(run.map { labels[$0] }).count == 1) }
            let names = runs.map { labels[$0.first ?? 0] }
            #expect(Set(names).count == classes)
            turns += names
            for index in list { dealt[labels[index], default: []].append(index) }
          }
          // Where a batch takes up the rest of a pass, its end may come before the rest of the next: within a batch.
          for end in stride(from: classes, through: turns.count, by: classes) {
            let counts = Set(labels).map { name in turns.prefix(end).count { $0 == name } }
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
          }
          expectPasses(dealt, labels)
        }
      }
    }
  }

  /// Each class is dealt in whole passes over its samples.
  private func expectPasses(_ dealt: [Int: [Int]], _ labels: [Int]) {
    for (label, list) in dealt {
      let size = labels.count { $0 == label }
      for start in stride(from: 0, to: list.count, by: size) {
        let pass = list[start..<min(start + size, list.count)]
        #expect(Set(pass).count == pass.count)
        #expect(pass.allSatisfy { labels[$0] == label })
      }
    }
  }

  @Test func sharesAreKeptInEveryBatchAndOverAllBatches() throws {
    let labels = (0..<60).map { $0 % 10 < 5 ? 0 : $0 % 10 < 8 ? 1 : 2 }
    let priors: [[Int: Double]] = [
      [0: 1, 1: 1, 2: 1], [0: 0.9, 1: 0.07, 2: 0.03], [0: 0.5, 2: 0.5], [1: 3], [0: 1e-3, 1: 1, 2: 1e3],
      [0: 0, 1: 2, 2: 5],
    ]
    for prior in priors {
      let sampler = try ClassQuotaSampler(labels: labels, quotas: .proportional(to: prior))
      let sum = prior.values.reduce(0, +)
      for batchSize in 1...12 {
        var counts = [0: 0, 1: 0, 2: 0]
        var dealt: [Int: [Int]] = [:]
        for (number, list) in batches(sampler, batchSize, 60).enumerated() {
          #expect(list.count == batchSize)
          for label in 0..<3 {
            let exact = prior[label, default: 0] / sum * Double(batchSize)
            let found = list.count { labels[$0] == label }
            #expect(found >= Int(exact + 1e-9))
            counts[label, default: 0] += found
            #expect(abs(Double(counts[label, default: 0]) - exact * Double(number + 1)) < 1 + 1e-6)
            if exact == 0 { #expect(found == 0) }
          }
          for index in list { dealt[labels[index], default: []].append(index) }
        }
        expectPasses(dealt, labels)
      }
    }
  }

  @Test func everyClassIsPresent() throws {
    let labels = Array(repeating: 0, count: 1000) + Array(repeating: 1, count: 30) + [2, 3]
    let sampler = try ClassQuotaSampler(labels: labels, quotas: .everyClassPresent)
    for batchSize in [4, 5, 8, 64] {
      for list in batches(sampler, batchSize, 50) {
        #expect(list.count == batchSize)
        #expect(Set(list.map { labels[$0] }) == [0, 1, 2, 3])
      }
    }
    let two = try ClassQuotaSampler(labels: labels, quotas: .stratified(atLeast: 2))
    for list in batches(two, 9, 50) {
      for label in 0..<4 { #expect(list.count { labels[$0] == label } >= 2) }
    }
    for classCount in 1...60 {  // quotients such as 49 * (1 / 49) are below 1
      let equal = try ClassQuotaSampler(labels: Array(0..<classCount), quotas: .stratified())
      for list in batches(equal, classCount, 3) { #expect(list.sorted() == Array(0..<classCount)) }
    }
  }

  @Test func theEndComesBeforeASampleComesTwice() throws {
    for labels in Self.labelings {
      let classCount = Set(labels).count
      for samples in 1...3 {
        for quotas: ClassQuotas in [.classesTimesSamples(classes: classCount, samples: samples), .stratified()] {
          let sampler = try ClassQuotaSampler(labels: labels, quotas: quotas, whenExhausted: .end)
          #expect(sampler.sampleCount == .unknown)
          let batchSize = classCount * samples
          let lists = batches(sampler, batchSize, 100)
          let all = lists.flatMap { $0 }
          #expect(Set(all).count == all.count)
          if case .classesTimesSamples = quotas {
            let smallest = Set(labels).map { name in labels.count { $0 == name } }.min() ?? 0
            #expect(lists.count == smallest / samples)
          }
        }
      }
    }
    // Exact shares in whole numbers: an epoch has each sample once.
    let labels = (0..<60).map { $0 % 6 == 0 ? 1 : 0 }
    let whole = batches(try ClassQuotaSampler(labels: labels, quotas: .stratified(), whenExhausted: .end), 12, 99)
    #expect(whole.count == 5)
    #expect(whole.joined().sorted() == Array(0..<60))
  }

  @Test func classesAndTheirSamplesAreEquallyLikely() throws {
    let labels = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    let sampler = try ClassQuotaSampler(labels: labels, quotas: .classesTimesSamples(classes: 2, samples: 2))
    // Ordered pairs of classes: 12; and ordered pairs of samples of the first: 6. 100 and more are expected of each.
    var classes: [[Int]: Int] = [:]
    var samples: [[Int]: Int] = [:]
    for seed in 0..<1_800 {
      let list = batches(sampler, 4, 1, seed: UInt64(seed))[0]
      classes[[labels[list[0]], labels[list[2]]], default: 0] += 1
      samples[[list[0] % 3, list[1] % 3], default: 0] += 1
    }
    #expect(classes.count == 12)
    #expect(chiSquared(classes.values) < chiSquaredBound(degreesOfFreedom: 11))
    #expect(samples.count == 6)
    #expect(chiSquared(samples.values) < chiSquaredBound(degreesOfFreedom: 5))
  }

  @Test func sourcesKeepTheContracts() throws {
    let labels = Self.labelings[3]
    let array = NDArray(Array(labels.indices))
    for end: ClassExhaustion in [.reshuffle, .end] {
      let sampler = try ClassQuotaSampler(
        labels: labels, quotas: .classesTimesSamples(classes: 3, samples: 2), whenExhausted: end)
      try checkSource(ArraySource(array, sampler: sampler), traits: .orderDependsOnBatchSize, batchSizes: [6]) {
        $0.scalars
      }
      let shares = try ClassQuotaSampler(labels: NDArray(labels), quotas: .stratified(), whenExhausted: end)
      try checkSource(
        ArraySource(array, sampler: shares), traits: .orderDependsOnBatchSize, batchSizes: [1, 3, 4, 13]
      ) { $0.scalars }
    }
  }

  @Test func subsetsCountOnlyTheirSamples() throws {
    let labels: [UInt8] = [0, 0, 1, 1, 2, 2]
    let sampler = try ClassQuotaSampler(
      labels: labels, quotas: .classesTimesSamples(classes: 2, samples: 2), over: [5, 0, 4, 1])
    for list in batches(sampler, 4, 5) { #expect(Set(list) == [0, 1, 4, 5]) }
    let whole = try ClassQuotaSampler(labels: labels, quotas: .stratified())
    for sampler in [sampler, whole] {
      for count in [5, 7] {
        #expect(throws: SourceError.unequalSamplerCount(expected: count, found: 6)) {
          try ArraySource(NDArray(Array(0..<count)), sampler: sampler)
        }
      }
    }
  }

  @Test func errors() throws {
    func expect(
      _ error: ClassQuotaError, _ message: String, _ labels: [Int], _ quotas: ClassQuotas = .stratified(),
      over indices: [Int]? = nil, classCount: Int? = nil
    ) {
      #expect(throws: error) {
        try ClassQuotaSampler(labels: labels, quotas: quotas, over: indices, classCount: classCount)
      }
      #expect("\(error)" == message)
    }
    expect(.noSamples, "there are no samples", [])
    expect(.noSamples, "there are no samples", [1], over: [])
    expect(
      .tooFewClasses(expected: 3, found: 2), "a batch has 3 classes, but there are 2", [4, 5],
      .classesTimesSamples(classes: 3, samples: 1))
    expect(
      .indexWithoutLabel(position: 1, index: 2, labelCount: 2),
      "index 2 at position 1 is outside 0..<2, the samples that have labels", [0, 0], over: [0, 2])
    expect(
      .labelOutOfRange(sample: 1, label: 2, classCount: 2), "sample 1 has label 2, which is outside 0..<2", [0, 2],
      classCount: 2)
    expect(.classWithoutSamples(label: 1), "class 1 has no samples", [0, 2], classCount: 3)
    expect(.classWithoutSamples(label: 7), "class 7 has no samples", [0, 2], .proportional(to: [0: 1, 7: 1]))
    expect(
      .shareOutOfRange(label: 2, share: "-1.0"), "the share of class 2 is -1.0", [0, 2],
      .proportional(to: [0: 1, 2: -1]))
    expect(
      .noShares, "no share of a class is above 0, or their sum is not finite", [0, 2], .proportional(to: [0: 0]))
    #expect(throws: ClassQuotaError.labelsNotAList(shape: [1, 2])) {
      try ClassQuotaSampler(labels: NDArray([0, 1], shape: [1, 2]), quotas: .stratified())
    }
  }

  @Test func batchSizesThatDoNotFit() throws {
    let turns = try ClassQuotaSampler(labels: [0, 1, 2], quotas: .classesTimesSamples(classes: 2, samples: 3))
    #expect(throws: ClassQuotaError.wrongBatchSize(expected: 6, found: 5)) { try turns.requireBatchSize(5) }
    try turns.requireBatchSize(6)
    let present = try ClassQuotaSampler(labels: [0, 1, 2], quotas: .everyClassPresent)
    #expect(throws: ClassQuotaError.batchTooSmall(expected: 3, found: 2)) { try present.requireBatchSize(2) }
  }
}
