import BatchUp
import BatchUpSystem

/// A data set of an HDF5 file whose samples are read when a batch needs them: for chunks, which cannot be mapped.
///
/// ```swift
/// let images = try HDF5Array<UInt8>(HDF5File(path: "train.h5"), named: "images")
/// let source = try ArraySource(loading: images, labels)
/// ```
///
/// What is read is a stripe: all chunks with the same rows. Stripes stay in memory, as many as `cacheByteLimit` holds, so
/// that samples in order are decoded once, and shuffled ones once where all stripes fit; else once for each batch that
/// needs their stripe. Where a single stripe does not fit, rows are read one by one, by way of as large a cache of chunks
/// in libhdf5. Beyond the limit, each thread may hold one stripe.
///
/// Data sets that are not in chunks can be read as well.
public struct HDF5Array<Scalar: NPYScalar>: Sendable {
  /// What the file says about the data set.
  public var dataset: HDF5Dataset { rows.dataset }
  /// The lengths of the axes but the first: what one sample looks like.
  public let rowShape: [Int]
  private let rowLength: Int
  private let rows: HDF5Rows
  /// Nil where a stripe is too large to be kept.
  private let stripes: HDF5Stripes<Scalar>?
  private let path: String

  /// Opens a data set whose elements are of exactly this type, in either byte order.
  ///
  /// - Precondition: the limit is not negative.
  public init(_ file: HDF5File, named name: String, cacheByteLimit: Int = 64 << 20) throws(HDF5Error) {
    precondition(cacheByteLimit >= 0, "the limit of \(cacheByteLimit) bytes is negative")
    let dataset = try file.checkedDataset(named: name, of: Scalar.self)
    path = file.path
    rowShape = Array(dataset.shape.dropFirst())
    rowLength = rowShape.reduce(1, *)
    let rowByteCount = max(rowLength * MemoryLayout<Scalar>.size, 1)
    let rowCount = min(dataset.rowsPerStripe(rowByteCount: rowByteCount), max(dataset.shape.first ?? 1, 1))
    let fits = rowCount * rowByteCount <= cacheByteLimit
    // A stripe is decoded once, so that libhdf5 need keep nothing.
    rows = try file.rows(of: dataset, chunkCacheByteCount: fits ? 0 : cacheByteLimit)
    stripes = fits ? HDF5Stripes(of: rows, rowsPerStripe: rowCount, byteLimit: cacheByteLimit) : nil
  }
}

extension HDF5Dataset {
  fileprivate func rowsPerStripe(rowByteCount: Int) -> Int {
    if case .chunked(let lengths, _) = storage { return max(lengths.first ?? 1, 1) }
    return max((256 << 10) / rowByteCount, 1)
  }
}

extension HDF5Array: SampleLoader {
  /// The length of the first axis (1 for an array of rank 0, which has none).
  public var sampleCount: Int { dataset.shape.first ?? 1 }
  public var hasSampleAxis: Bool { !dataset.shape.isEmpty }

  /// A copy of the samples at `indices`, in their order.
  ///
  /// - Precondition: the indices are in `0..<sampleCount`.
  public func batch(at indices: BatchIndices) throws(HDF5Error) -> NDArray<Scalar> {
    try batch(at: indices, in: BatchContext())
  }

  public func batch(
    at indices: BatchIndices, in context: BatchContext
  ) throws(HDF5Error) -> NDArray<Scalar> {
    for (position, index) in indices.enumerated() {
      precondition(
        index >= 0 && index < sampleCount,
        "sample index \(index) at position \(position) of a batch is outside 0..<\(sampleCount)")
    }
    let byteCount = rowLength.multipliedReportingOverflow(by: indices.count * MemoryLayout<Scalar>.size)
    guard !byteCount.overflow, systemGrants(byteCount: byteCount.partialValue) else {
      throw .notEnoughMemory(
        path: path, dataset: dataset.name, expected: byteCount.overflow ? .max : byteCount.partialValue)
    }
    return try NDArray(
      unsafeUninitializedShape: [indices.count] + rowShape, in: context
    ) { elements throws(HDF5Error) in
      // By their place in the file, so that each stripe or chunk is needed once.
      let positions = indices.indices.sorted { indices[$0] < indices[$1] }
      for run in runs(of: positions, indices) {
        let rows = UnsafeMutableBufferPointer(
          rebasing: elements[run.position * rowLength..<(run.position + run.rows.count) * rowLength])
        try read(run.rows, into: rows)
      }
    }
  }

  private func read(_ range: Range<Int>, into elements: UnsafeMutableBufferPointer<Scalar>) throws(HDF5Error) {
    if let stripes {
      try stripes.copy(range, into: elements)
    } else {
      try rows.read(range, into: UnsafeMutableRawBufferPointer(elements))
    }
  }

  /// Neighbouring rows that are neighbours in the batch too.
  private func runs(of positions: [Int], _ indices: BatchIndices) -> [(position: Int, rows: Range<Int>)] {
    var runs: [(position: Int, rows: Range<Int>)] = []
    for position in positions {
      let index = indices[position]
      if let last = runs.last, last.rows.upperBound == index, last.position + last.rows.count == position {
        runs[runs.count - 1].rows = last.rows.lowerBound..<index + 1
      } else {
        runs.append((position, index..<index + 1))
      }
    }
    return runs
  }
}
