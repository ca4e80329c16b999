import BatchUp
import Foundation
import Testing

@Suite struct CovarianceTests {
  private static let (rowCount, columnCount) = (700, 9)

  /// Correlated columns of small integers, far from 0.
  private static let integers: [Int] = {
    var generator = SeededGenerator(seed: 1)
    return (0..<rowCount).flatMap { row -> [Int] in
      let common = Int.random(in: -50...50, using: &generator)
      return (0..<columnCount).map { 1000 * $0 + common * ($0 % 3 - 1) + Int.random(in: -20...20, using: &generator) }
    }
  }()

  private static func exact(_ a: Int, _ b: Int) -> Double {
    let x = stride(from: a, to: integers.count, by: columnCount).map { integers[$0] }
    let y = stride(from: b, to: integers.count, by: columnCount).map { integers[$0] }
    let products = zip(x, y).reduce(Int128(0)) { $0 + Int128($1.0 * $1.1) }
    let sums = Int128(x.reduce(0, +)) * Int128(y.reduce(0, +))
    return Double(Int128(rowCount) * products - sums) / Double(rowCount) / Double(rowCount)
  }

  private func expectRight<Scalar>(_ covariance: Covariance<Scalar>, bound: Double) {
    let matrix = covariance.matrix
    #expect(matrix.shape == [Self.columnCount, Self.columnCount] && covariance.sampleCount == Self.rowCount)
    for a in 0..<Self.columnCount {
      for b in 0..<Self.columnCount {
        // The differences deviate from the first means by no more than twice the deviation, whose square is this.
        let scale = (matrix[a, a] * matrix[b, b]).squareRoot() * 4
        #expect(abs(matrix[a, b] - Self.exact(a, b)) <= bound * scale, "\(a) \(b)")
        #expect(matrix[a, b] == matrix[b, a])
      }
    }
  }

  @Test(arguments: [1, 10, 256, 700])
  func agreesWithExactIntegers(batchSize: Int) throws {
    let floats = NDArray(Self.integers.map { Float($0) }, shape: [Self.rowCount, Self.columnCount])
    let covariance: Covariance<Float> = try ArraySource(floats).batches(of: batchSize).covariance()
    expectRight(covariance, bound: 260 * 0x1p-24)
    let wide: Covariance<Double> = try ArraySource(floats).batches(of: batchSize).covariance { $0.map(Double.init) }
    expectRight(wide, bound: 260 * 0x1p-53)
    for c in 0..<Self.columnCount {
      let sum = stride(from: c, to: Self.integers.count, by: Self.columnCount).reduce(0) { $0 + Self.integers[$1] }
      #expect(abs(wide.means[c] - Double(sum) / Double(Self.rowCount)) < 1e-9)
    }
  }

  @Test func partsAreMerged() throws {
    let doubles = NDArray(Self.integers.map { Double($0) }, shape: [Self.rowCount, Self.columnCount])
    var merged = Covariance<Double>()
    for rows in [500..<700, 0..<1, 1..<499, 499..<500] {
      var part = Covariance<Double>()
      try part.add(doubles[rows: rows])
      try merged.merge(part)
    }
    try merged.merge(Covariance())
    // Parts whose first batches are unlike the others, so that the sums of differences are far from 0.
    var unlike = Covariance<Double>()
    for rows in [0..<350, 350..<700] {
      var part = Covariance<Double>()
      for rows in [rows.lowerBound..<rows.lowerBound + 1, rows.lowerBound + 1..<rows.upperBound] {
        try part.add(doubles[rows: rows])
      }
      try unlike.merge(part)
    }
    expectRight(unlike, bound: 1e-12)
    expectRight(merged, bound: 1e-12)
    let data = try JSONEncoder().encode(merged)
    #expect(try JSONDecoder().decode(Covariance<Double>.self, from: data) == merged)
    let damaged = #"{"sampleCount":1,"shifts":[0],"sums":[0],"products":[]}"#
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Covariance<Double>.self, from: Data(damaged.utf8)) }
  }

  @Test(arguments: [1, 2, 8])
  func anyNumberOfWorkersGivesTheSameBits(workerCount: Int) throws {
    let floats = NDArray(Self.integers.map { Float($0) }, shape: [Self.rowCount, Self.columnCount])
    let batches = try ArraySource(floats).batches(of: 64, shuffle: .seed(1))
    let inline: Covariance<Float> = try batches.covariance()
    let parallel: Covariance<Float> = try batches.prefetched(by: WorkerPool(workerCount: workerCount)).covariance()
    #expect(inline == parallel)
  }

  @Test func whatIsRefused() throws {
    var covariance = Covariance<Float>()
    #expect(covariance.matrix.shape == [0, 0] && covariance.means.isEmpty)
    #expect(throws: StatisticsError.noSuchAxis(axis: 0, shape: [])) { try covariance.add(NDArray([1], shape: [])) }
    try covariance.add(NDArray([], shape: [0, 5]))
    #expect(covariance == Covariance())
    try covariance.add(NDArray([1, 2, 3, 4], shape: [2, 2]))
    let before = covariance
    #expect(throws: StatisticsError.wrongChannelCount(expected: 2, found: 1)) {
      try covariance.add(NDArray([1, 2], shape: [2, 1]))
    }
    #expect(throws: StatisticsError.tooManyColumns(limit: 46_340, found: 50_000)) {
      try covariance.add(NDArray(repeating: 0, shape: [1, 50_000]))
    }
    var other = Covariance<Float>()
    try other.add(NDArray([1, 2], shape: [2, 1]))
    #expect(throws: StatisticsError.wrongChannelCount(expected: 2, found: 1)) { try covariance.merge(other) }
    #expect(covariance == before)
    #expect(throws: ReductionError.noSamples) {
      let _: Covariance<Float> = try ArraySource(NDArray<Float>([], shape: [0, 2])).batches(of: 1).covariance()
    }
    try covariance.add(NDArray([.nan, 1], shape: [1, 2]))
    #expect(covariance.matrix[0, 0].isNaN && covariance.matrix[0, 1].isNaN && covariance.matrix[1, 1].isFinite)
  }

  #if os(Linux)
    /// In a process of its own, whose memory is limited. OpenBLAS would try for ever to get its buffer.
    @Test func withoutMemoryForOpenBLASNothingIsAdded() async {
      await #expect(processExitsWith: .success) {
        let rows = NDArray<Float>([1, 2, 3, 4, 7, 9], shape: [3, 2])
        var covariance = Covariance<Float>()
        try withMemoryLimit {
          let error = #expect(throws: StatisticsError.self) { try covariance.add(rows) }
          guard case .noMemory(let expected, let found) = error else {
            Issue.record("\(String(describing: error))")
            return
          }
          #expect(expected == 128 << 20 && found < expected)
          #expect("\(StatisticsError.noMemory(expected: expected, found: found))".contains("expected 134217728 bytes"))
        }
        #expect(covariance == Covariance())
        try covariance.add(rows)
        // Its buffer is there from now on.
        try withMemoryLimit { try covariance.add(rows) }
        #expect(covariance.sampleCount == 6)
      }
    }
  #endif
}

#if os(Linux)
  /// Calls `body` while this process can map no more than 64 MiB.
  private func withMemoryLimit(_ body: () throws -> Void) throws {
    let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
    let sizes = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    let pageCount = try #require(sizes.first.flatMap { Int($0) })
    var old = rlimit()
    getrlimit(resource, &old)
    var new = old
    new.rlim_cur = rlim_t(pageCount * sysconf(Int32(_SC_PAGESIZE)) + 64 << 20)
    #expect(setrlimit(resource, &new) == 0)
    defer { setrlimit(resource, &old) }
    try body()
  }
#endif
