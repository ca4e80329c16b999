import BatchUpSystem

/// An array that is written to an .npy file piece by piece, as predictions are made, and appears whole or not at all.
///
/// ```swift
/// let output = try NPYOutput<Float>(path: "predictions.npy", shape: [images.sampleCount, 10])
/// try output.write(model(batch), at: firstRow)   // for all rows
/// try output.finish()
/// ```
///
/// The file is written beside its place, at its full size from the start, so that a full disk is an error before any
/// work is done; `finish()` brings it to the disk and gives it its name. Little of it is in the process's memory.
/// Without `finish()` the path stays as it was. Every row is written once, in any order, from any thread.
///
/// A **resumable** output leaves what has been done beside the path, as `predictions.npy.partial`, when the process
/// ends in any way, SIGKILL included, and goes on from there the next time: rows before `completedRowCount` are not asked
/// for again. Data go to the disk before it is recorded that they are done, every 64 MiB and every `checkpointInterval`; so
/// what was recorded also outlasts a loss of power, and what came after the last record is done again. Where `finish()`
/// fails, or the process ends in it, the next output of the path has all rows; meanwhile there is also a small file
/// `predictions.npy.partial.complete`.
public final class NPYOutput<Scalar: NPYScalar>: Sendable {
  /// Where the file will be.
  public let path: String
  /// The lengths of the axes; the first one counts rows.
  public let shape: [Int]
  private let rowShape: [Int]
  private let rowByteCount: Int
  private let header: [UInt8]
  private let checkpointInterval: Duration
  private let state: Guarded<State>
  private let file: PendingFile

  private struct State {
    var rows = RangeSet<Int>()
    var partial: PartialFile?
    var isFinished = false
    var unrecordedByteCount = 0
    var lastRecord = ContinuousClock.now
  }

  private static var checkpointByteCount: Int { 64 << 20 }

  /// A file that is gone again where it is not finished.
  ///
  /// - Precondition: there is at least one axis, and no length is negative.
  public init(path: String, shape: [Int]) throws(NPYOutputError) {
    let layout = try Layout(path: path, shape: shape)
    do {
      file = try PendingFile(replacing: path)
    } catch {
      throw error.outputError(path)
    }
    do {
      try file.allocate(byteCount: layout.byteCount)
      try file.write(layout.header, at: 0)
    } catch {
      throw .cannotWrite(path: path, reason: error.text)
    }
    self.path = path
    self.shape = shape
    rowShape = Array(shape.dropFirst())
    header = layout.header
    rowByteCount = layout.rowByteCount
    checkpointInterval = .zero
    state = Guarded(State())
  }

  /// A file that goes on where an interrupted output of the same path has left off.
  ///
  /// - Parameters:
  ///   - path: where the file appears when it is finished.
  ///   - shape: the lengths of the axes of the whole array, the first of which counts rows.
  ///   - fingerprint: what the contents depend on, such as digests of the model and of the input. A partial file with
  ///     other numbers is an error.
  ///   - checkpointInterval: how often it is recorded what is done, at most; each time waits for the disk.
  /// - Throws: among others, `.locked` where another process is at it, and `.otherPartialFile` where the partial file
  ///   is one of another shape, element type or fingerprint.
  /// - Precondition: there is at least one axis, and no length is negative; at most 64 numbers in the fingerprint.
  public init(
    path: String, shape: [Int], resuming fingerprint: [UInt64], checkpointInterval: Duration = .seconds(1)
  ) throws(NPYOutputError) {
    let layout = try Layout(path: path, shape: shape)
    precondition(
      fingerprint.count <= ProgressTrailer.fingerprintLimit,
      "a fingerprint has at most \(ProgressTrailer.fingerprintLimit) numbers, not \(fingerprint.count)")
    let target: String
    do { target = try writableTarget(path) } catch { throw error.outputError(path) }
    let partial = try PartialFile(
      completing: target,
      identity: .init(elementType: Scalar.npyElementType, shape: shape, fingerprint: fingerprint),
      header: layout.header, byteCount: layout.byteCount)
    file = partial.file
    self.path = path
    self.shape = shape
    rowShape = Array(shape.dropFirst())
    header = layout.header
    rowByteCount = layout.rowByteCount
    self.checkpointInterval = checkpointInterval
    state = Guarded(State(rows: RangeSet(0..<partial.trailer.rowCount), partial: partial))
  }

  deinit {
    // For the next time; what cannot be recorded is done again.
    state.withLock { try? record(&$0) }
  }

  /// The number of rows from the first one on that are in the file: where to go on.
  public var completedRowCount: Int { state.withLock { $0.rows.completedCount } }

  /// Writes neighbouring rows; the first of them is row `row` of the file.
  ///
  /// - Precondition: the output has not been finished.
  public func write(_ rows: NDArray<Scalar>, at row: Int) throws(NPYOutputError) {
    guard rows.rank > 0, rows.rowShape == rowShape else {
      throw .wrongRowShape(path: path, expected: rowShape, found: rows.rowShape)
    }
    let (end, overflows) = row.addingReportingOverflow(rows.sampleCount)
    guard !overflows, row >= 0, end <= shape[0] else {
      throw .rowsOutside(path: path, rows: row..<max(overflows ? .max : end, row), rowCount: shape[0])
    }
    try state.withLock { state throws(NPYOutputError) in
      precondition(!state.isFinished, "\(path) has been finished")
      if !state.rows.isDisjoint(RangeSet(row..<end)) { throw .rowsWrittenTwice(path: path, rows: row..<end) }
      do throws(SystemError) {
        try rows.withUnsafeBufferPointer { elements throws(SystemError) in
          try file.write(UnsafeRawBufferPointer(elements), at: header.count + row * rowByteCount)
        }
        state.rows.insert(contentsOf: row..<end)
        state.unrecordedByteCount += rows.sampleCount * rowByteCount
        try recordIfDue(&state)
      } catch {
        throw .cannotWrite(path: path, reason: error.text)
      }
    }
  }

  /// Gives the complete file its name, once all of it is on the disk. After an error it can be called again.
  ///
  /// - Precondition: the output has not been finished.
  public func finish() throws(NPYOutputError) {
    try state.withLock { state throws(NPYOutputError) in
      precondition(!state.isFinished, "\(path) has been finished")
      guard state.rows.count == shape[0] else {
        throw .incomplete(path: path, expected: shape[0], found: state.rows.count)
      }
      do throws(SystemError) {
        if state.partial != nil { try state.partial?.complete() } else { try file.complete() }
      } catch {
        throw .cannotWrite(path: path, reason: error.text)
      }
      state.isFinished = true
    }
  }

  /// What the file is called until it is finished, for other processes that write its rows.
  package var temporaryPath: String { file.name }

  /// Where the rows begin in it.
  package var headerByteCount: Int { header.count }

  /// As `finish()`, where other processes have written all of the rows.
  package func finishWrittenByOthers() throws(NPYOutputError) {
    state.withLock { $0.rows = RangeSet(0..<shape[0]) }
    try finish()
  }

  private func recordIfDue(_ state: inout State) throws(SystemError) {
    guard state.partial != nil else { return }
    if state.unrecordedByteCount >= Self.checkpointByteCount || .now - state.lastRecord >= checkpointInterval {
      try record(&state)
    }
  }

  private func record(_ state: inout State) throws(SystemError) {
    let done = state.rows.completedCount
    if let recorded = state.partial?.trailer.rowCount, done > recorded {
      try state.partial?.record(rowCount: done)
    }
    state.unrecordedByteCount = 0
    state.lastRecord = .now
  }

  /// Where things are in the file.
  private struct Layout {
    let header: [UInt8]
    let rowByteCount: Int
    let byteCount: Int

    init(path: String, shape: [Int]) throws(NPYOutputError) {
      precondition(!shape.isEmpty && shape.allSatisfy { $0 >= 0 }, "shape \(shape) has no rows, or a negative length")
      header = NPYHeader.bytes(elementType: Scalar.npyElementType, shape: shape)
      let elementSize = MemoryLayout<Scalar>.size
      guard
        let dataByteCount = elementByteCount(of: shape, elementSize: elementSize),
        // Some room for what stands before and behind the data.
        dataByteCount < Int.max - (1 << 16)
      else { throw .overflowingShape(path: path, shape: shape, elementType: Scalar.npyElementType) }
      rowByteCount = shape.dropFirst().reduce(elementSize, *)
      byteCount = header.count + dataByteCount
    }
  }
}

extension RangeSet<Int> {
  /// The number of rows from 0 on without a gap.
  fileprivate var completedCount: Int { ranges.first.map { $0.lowerBound == 0 ? $0.upperBound : 0 } ?? 0 }

  fileprivate var count: Int { ranges.reduce(0) { $0 + $1.count } }
}
