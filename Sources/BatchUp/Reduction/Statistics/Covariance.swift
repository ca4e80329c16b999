/// The covariance matrix of the columns of a source: of the elements of its samples' rows.
///
/// The products of the differences to the first batch's means are OpenBLAS's (`ssyrk`, `dsyrk`) for each 256 rows, and
/// added up in Float64. With u = 2^-24 for Float and 2^-53 for Double, and e a column's root mean square of differences
/// (its standard deviation, unless the first batch is unlike the others), the covariance of columns a and b is within
/// 260 u e(a) e(b) of its value for Float, and with b batches within (260 + b) u e(a) e(b) for Double; usual is a
/// hundredth of that. OpenBLAS may share the work among threads of its own,
/// and its bits depend on the machine. They do not depend on the number of workers.
///
/// A NaN or an infinity makes the covariances of its column NaN.
public struct Covariance<Scalar: RealScalar>: Sendable, Equatable {
  /// The number of samples so far.
  @CheckedCount public private(set) var sampleCount = 0
  /// The first batch's means; nil before it.
  private var shifts: [Scalar]?
  /// Of the differences to the shifts.
  private var sums: [Double] = []
  /// Sums of products of differences, a row for each column; those left of the diagonal are not used.
  private var products: [Double] = []

  /// So many columns have fewer than 2^31 products, which is what OpenBLAS counts.
  private static var columnLimit: Int { 46_340 }
  private static var blockRowCount: Int { 256 }

  /// The covariance of nothing yet.
  public init() {}

  /// The number of columns; 0 before the first batch.
  public var columnCount: Int { sums.count }

  /// Adds a batch, whose rows are the elements of samples.
  ///
  /// - Throws: `StatisticsError`; nothing is added then. It is `noMemory` where OpenBLAS finds none for its buffer of
  ///   128 MiB, one for each addition at the same time, and would wait for ever. If memory was limited before the
  ///   program started, so that even OpenBLAS's threads lack theirs, the program can end only by `_exit`;
  ///   `OPENBLAS_NUM_THREADS=1` does without threads.
  /// - Complexity: O(rows x columns^2), and memory for 2 columns^2 numbers besides 256 rows.
  public mutating func add(_ batch: NDArray<Scalar>) throws(StatisticsError) {
    guard batch.rank > 0 else { throw .noSuchAxis(axis: 0, shape: []) }
    guard batch.rowLength <= Self.columnLimit else {
      throw .tooManyColumns(limit: Self.columnLimit, found: batch.rowLength)
    }
    if batch.sampleCount == 0 { return }
    if let shifts, shifts.count != batch.rowLength {
      throw .wrongChannelCount(expected: shifts.count, found: batch.rowLength)
    }
    do throws(OpenBLASMemory.Lack) {
      try OpenBLASMemory.multiply {
        let shifts = shifts ?? start(with: batch)
        batch.withUnsafeBufferPointer { addProducts(of: $0, shifts: shifts) }
      }
    } catch {
      throw .noMemory(expected: error.expected, found: error.found)
    }
    sampleCount += batch.sampleCount
  }

  private mutating func start(with batch: NDArray<Scalar>) -> [Scalar] {
    let count = batch.rowLength
    sums = Array(repeating: 0, count: count)
    products = Array(repeating: 0, count: count * count)
    var means = sums
    batch.withUnsafeBufferPointer { values in
      means.withUnsafeMutableBufferPointer { means in
        guard let start = means.baseAddress else { return }
        Scalar.realKernels.columnMeans(values.baseAddress, start, batch.sampleCount, count)
      }
    }
    let shifts = means.map { Scalar($0) }
    self.shifts = shifts
    return shifts
  }

  private mutating func addProducts(of values: UnsafeBufferPointer<Scalar>, shifts: [Scalar]) {
    let columnCount = shifts.count
    guard let start = values.baseAddress, columnCount > 0 else { return }
    let rowCount = values.count / columnCount
    let blockRowCount = Swift.min(rowCount, Self.blockRowCount)
    var shifted = [Scalar](repeating: 0, count: blockRowCount * columnCount)
    var scratch = [Scalar](repeating: 0, count: columnCount * columnCount)
    for first in stride(from: 0, to: rowCount, by: blockRowCount) {
      add(
        start + first * columnCount, shifts: shifts, &shifted, &scratch,
        rowCount: Swift.min(blockRowCount, rowCount - first))
    }
  }

  private mutating func add(
    _ values: UnsafePointer<Scalar>, shifts: [Scalar], _ shifted: UnsafeMutablePointer<Scalar>,
    _ scratch: UnsafeMutablePointer<Scalar>, rowCount: Int
  ) {
    let columnCount = shifts.count
    shifts.withUnsafeBufferPointer { shifts in
      products.withUnsafeMutableBufferPointer { products in
        sums.withUnsafeMutableBufferPointer { sums in
          Scalar.realKernels.addProducts(
            values, shifts.baseAddress, shifted, scratch, products.baseAddress, sums.baseAddress, rowCount, columnCount)
        }
      }
    }
  }
}

extension Covariance {
  /// Adds what another one has accumulated.
  ///
  /// - Throws: `StatisticsError.wrongChannelCount`; nothing is added then.
  public mutating func merge(_ other: Covariance) throws(StatisticsError) {
    guard let otherShifts = other.shifts else { return }
    guard let shifts else {
      self = other
      return
    }
    guard columnCount == other.columnCount else {
      throw .wrongChannelCount(expected: columnCount, found: other.columnCount)
    }
    // x - shift = (x - other shift) + e, so that the products' sums change by S e' + e S' + n e e'.
    let e = zip(shifts, otherShifts).map { Double($1) - Double($0) }
    let n = Double(other.sampleCount)
    for a in e.indices {
      for b in a..<e.count {
        products[a * e.count + b] +=
          other.products[a * e.count + b] + other.sums[a] * e[b] + e[a] * other.sums[b] + n * e[a] * e[b]
      }
    }
    for a in e.indices { sums[a] += other.sums[a] + n * e[a] }
    sampleCount += other.sampleCount
  }

  /// The mean of each column; NaN without samples.
  public var means: [Double] {
    zip(shifts ?? [], sums).map { Double($0) + $1 / Double(sampleCount) }
  }

  /// The covariances, of shape (columns, columns), symmetric, of the population: with the divisor `sampleCount`.
  public var matrix: NDArray<Double> {
    let (count, n) = (columnCount, Double(sampleCount))
    return NDArray(unsafeUninitializedShape: [count, count]) { elements in
      for a in 0..<count {
        for b in a..<count {
          let covariance = products[a * count + b] / n - (sums[a] / n) * (sums[b] / n)
          elements[a * count + b] = covariance
          elements[b * count + a] = covariance
        }
      }
    }
  }
}

extension Covariance: Codable {
  private enum CodingKeys: CodingKey {
    case sampleCount, shifts, sums, products
  }

  // As bits, since JSON knows neither NaN nor infinity.

  /// - Throws: `DecodingError` where the numbers are not as many as the columns need.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func numbers(_ key: CodingKeys) throws -> [Double]? {
      try container.decodeIfPresent([UInt64].self, forKey: key)?.map(Double.init(bitPattern:))
    }
    _sampleCount = try container.decode(CheckedCount.self, forKey: .sampleCount)
    shifts = try numbers(.shifts)?.map { Scalar($0) }
    sums = try numbers(.sums) ?? []
    products = try numbers(.products) ?? []
    let count = shifts?.count ?? 0
    guard count <= Self.columnLimit, sums.count == count, products.count == count * count else {
      throw DecodingError.dataCorruptedError(
        forKey: .products, in: container, debugDescription: "\(products.count) products of \(count) columns")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(sampleCount, forKey: .sampleCount)
    try container.encodeIfPresent(shifts?.map { Double($0).bitPattern }, forKey: .shifts)
    try container.encode(sums.map(\.bitPattern), forKey: .sums)
    try container.encode(products.map(\.bitPattern), forKey: .products)
  }
}
