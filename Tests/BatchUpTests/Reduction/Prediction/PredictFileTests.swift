import BatchUp
import Foundation
import TestSupport
import Testing

@Suite(.namingCases) struct PredictFileTests {
  let folder: FileFolder

  init() throws { folder = try FileFolder() }

  private var path: String { folder.path("p.npy") }

  private struct Interruption: Error {}

  /// The sum of a batch is part of each row, so that other batches would give other bytes.
  private func model(_ x: NDArray<Int32>) -> NDArray<Float> {
    let sum = Float(x.scalars.reduce(0, +))
    return NDArray(x.scalars.flatMap { [Float($0) / 3, sum] }, shape: [x.sampleCount, 2])
  }

  private func source(_ count: Int) throws -> ArraySource<NDArray<Int32>, StandardSampler, Never> {
    try ArraySource(NDArray((0..<Int32(count)).map { $0 }))
  }

  /// Counted from the first of all batches.
  @Test func failuresHaveTheNumberOfTheirBatch() throws {
    for unreadable in 0..<9 {
      let error = #expect(throws: BatchFailure.self) {
        try loaded(0..<9, unreadable: [unreadable])
          .predict(batchSize: 2, workers: WorkerPool(workerCount: 1), into: .npy(path)) { NDArray($0) }
      }
      #expect(error?.batch == unreadable / 2 && error?.sampleIndices == [unreadable])
    }
  }

  @Test func filesHoldWhatMemoryWould() throws {
    try withEvery("count", in: 0...7) { count in
      try withEvery("batchSize", in: 1...8) { batchSize in
        try withEvery("pool", in: [nil, WorkerPool(workerCount: 2)]) { pool in
          let source = try source(count)
          let expected = try source.predict(batchSize: batchSize, model)
          try source.predict(batchSize: batchSize, workers: pool, into: .npy(path), model)
          #expect(try NDArray<Float>(npyFile: path) == expected)
          unlink(path)
          try source.predict(
            batchSize: batchSize, workers: pool, into: [.npy(path), .npy(folder.path("q.npy"))]
          ) { x in (model(x), x) }
          #expect(try NDArray<Float>(npyFile: path) == expected)
          #expect(try NDArray<Int32>(npyFile: folder.path("q.npy")).scalars == (0..<Int32(count)).map { $0 })
          #expect(folder.names == ["p.npy", "q.npy"])
          unlink(path)
        }
      }
    }
  }

  @Test func anErrorLeavesNothing() throws {
    #expect(throws: Interruption.self) {
      try source(7).predict(batchSize: 2, into: .npy(path)) { x in
        if x[0] == 4 { throw Interruption() }
        return model(x)
      }
    }
    #expect(folder.names == [])
    #expect(throws: NPYOutputError.self) {
      try source(7).predict(batchSize: 2, into: .npy(folder.path("nowhere/p.npy")), model)
    }
  }

  @Test func whatCouldNotGetItsNameIsNotPredictedAgain() throws {
    let source = try source(9)
    try source.predict(batchSize: 2, into: .npy(path), model)
    let expected = try folder.bytes("p.npy")
    unlink(path)
    #expect(throws: NPYOutputError.self) {
      try source.predict(batchSize: 2, into: .npy(path, resuming: [5])) { x in
        // Behind the first batch, with which the file is opened.
        if x[0] == 2 { mkdir(path, 0o700) }
        return model(x)
      }
    }
    rmdir(path)
    var calls = 0
    try source.predict(batchSize: 2, into: .npy(path, resuming: [5])) { x in
      calls += 1
      return model(x)
    }
    // The first batch tells the shape of a row.
    #expect(calls == 1)
    #expect(try folder.bytes("p.npy") == expected)
    #expect(folder.names == ["p.npy"])
  }

  @Test func interruptedAnywhereItGoesOnToTheSameBytes() throws {
    for count in 1...9 {
      for batchSize in 1...4 {
        let source = try source(count)
        try source.predict(batchSize: batchSize, into: .npy(path), model)
        let expected = try folder.bytes("p.npy")
        unlink(path)
        let batchCount = (count + batchSize - 1) / batchSize
        for failing in 0..<batchCount {
          let pool = failing % 2 == 0 ? nil : WorkerPool(workerCount: 2)
          #expect(throws: Interruption.self) {
            try source.predict(batchSize: batchSize, workers: pool, into: .npy(path, resuming: [5])) { x in
              if x[0] == failing * batchSize { throw Interruption() }
              return model(x)
            }
          }
          var seen: [Int32] = []
          var states: [ProgressState] = []
          try source.predict(
            batchSize: batchSize, workers: pool, into: .npy(path, resuming: [5]),
            progress: ProgressHandler { states.append($0) }
          ) { x in
            seen.append(x[0])
            return model(x)
          }
          #expect(try folder.bytes("p.npy") == expected)
          #expect(folder.names == ["p.npy"])
          // The first batch tells the shape; what was done before the failure is not done again.
          let missing = stride(from: max(failing, 1) * batchSize, to: count, by: batchSize).map { Int32($0) }
          #expect(seen == [0] + missing)
          #expect(states.first?.completedCount == min(max(failing, 1) * batchSize, count))
          #expect(states.last == ProgressState(completedCount: count, totalCount: count, phase: .finished))
          unlink(path)
        }
      }
    }
  }

  @Test func severalFilesGoOnFromDifferentRows() throws {
    let (first, second) = (folder.path("a.npy"), folder.path("b.npy"))
    let source = try source(8)
    let expected = try source.predict(batchSize: 2, model)
    // The one is further than the other: it was interrupted on its own before.
    for further in [first, second] {
      #expect(throws: Interruption.self) {
        try source.predict(batchSize: 2, into: .npy(further, resuming: [1])) { x in
          if x[0] == 6 { throw Interruption() }
          return model(x)
        }
      }
      try source.predict(batchSize: 2, into: [.npy(first, resuming: [1]), .npy(second, resuming: [1])]) { x in
        (model(x), model(x))
      }
      #expect(try NDArray<Float>(npyFile: first) == expected)
      #expect(try NDArray<Float>(npyFile: second) == expected)
    }
  }

  @Test func afterAShortFirstBatchItGoesOnWhereItStopped() throws {
    // Batches of 3, 3, 1, 2 samples: where members end, and so in the middle.
    let source = try members([4, 5]).concatenated()
    let lengths = Array(source.batches(of: 3)).map(\.count)
    #expect(lengths == [3, 1, 3, 2])
    let expected = try source.predict(batchSize: 3) { $0 }
    for failing in lengths.indices {
      var number = 0
      #expect(throws: Interruption.self) {
        try source.predict(batchSize: 3, into: .npy(path, resuming: [1])) { x in
          defer { number += 1 }
          if number == failing { throw Interruption() }
          return x
        }
      }
      var seen: [Int] = []
      try source.predict(batchSize: 3, into: .npy(path, resuming: [1])) { x in
        seen.append(x.count)
        return x
      }
      #expect(seen == [3] + lengths[max(failing, 1)...])
      #expect(try NDArray<Int>(npyFile: path) == expected)
      unlink(path)
    }
  }

  @Test func filesThatDoNotFitTheResultsTrap() async {
    await #expect(processExitsWith: .failure) { Self.predictTwo(intoFiles: 0) }
    await #expect(processExitsWith: .failure) { Self.predictTwo(intoFiles: 1) }
    await #expect(processExitsWith: .success) { Self.predictTwo(intoFiles: 2) }
    await #expect(processExitsWith: .failure) { Self.predictTwo(intoFiles: 3) }
  }

  private static func predictTwo(intoFiles count: Int) {
    guard let folder = try? FileFolder(), let source = try? ArraySource(NDArray<Int32>([1, 2])) else { return }
    let files = (0..<count).map { PredictionFile.npy(folder.path("\($0).npy")) }
    try? source.predict(batchSize: 1, into: files) { ($0, $0) }
  }

  @Test func whatAnotherRunHasLeftIsRefused() throws {
    let source = try source(6)
    #expect(throws: Interruption.self) {
      try source.predict(batchSize: 2, into: .npy(path, resuming: [5])) { x in
        if x[0] == 4 { throw Interruption() }
        return model(x)
      }
    }
    for (batchSize, fingerprint) in [(2, [6]), (3, [5])] as [(Int, [UInt64])] {
      #expect(throws: NPYOutputError.self) {
        try source.predict(batchSize: batchSize, into: .npy(path, resuming: fingerprint), model)
      }
    }
    #expect(throws: NPYOutputError.self) {
      try source.predict(batchSize: 2, into: .npy(path, resuming: [5])) { $0 }
    }
    #expect(folder.names == ["p.npy.partial"])
  }
}
