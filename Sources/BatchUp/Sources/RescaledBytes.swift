/// Bytes in memory that come out as Float32 in each batch: a quarter of the memory, and no separate pass over the data.
///
/// A byte b becomes `b * scale + offset`, where `scale` is the width of the range divided by 255; the product and the
/// sum are each rounded to Float32, as in Python BatchUp's `ImageArrayUInt8ToFloat32`. Normalized by statistics, each
/// channel has a scale and an offset of its own.
public struct RescaledBytes: Sendable {
  /// What is in memory.
  public let bytes: NDArray<UInt8>
  let rescaling: ByteRescaling

  /// Bytes whose values 0 and 255 become the lower and the upper end of `range`.
  public init(_ bytes: NDArray<UInt8>, range: ClosedRange<Double> = 0...1) {
    let scale = Float((range.upperBound - range.lowerBound) / 255)
    self.init(bytes: bytes, rescaling: ByteRescaling(scale: scale, offset: Float(range.lowerBound)))
  }

  init(bytes: NDArray<UInt8>, rescaling: ByteRescaling) {
    self.bytes = bytes
    self.rescaling = rescaling
  }

  /// The difference that one step of a byte makes: one number for all, or one for each channel.
  public var scales: [Float] { rescaling.scales }

  /// What the byte 0 becomes: one number for all, or one for each channel.
  public var offsets: [Float] { rescaling.offsets }

  /// The lengths of the axes.
  public var shape: [Int] { bytes.shape }

  /// Neighbouring samples, as a view.
  public subscript(rows range: Range<Int>) -> RescaledBytes {
    RescaledBytes(bytes: bytes[rows: range], rescaling: rescaling)
  }

  /// The whole array as Float32.
  public func converted() -> NDArray<Float> {
    batch(at: BatchIndices(0..<bytes.sampleCount)).reshaped(shape)
  }
}

extension RescaledBytes: RowLoader, SampleArray {
  public typealias Failure = Never

  public var sampleCount: Int { bytes.sampleCount }
  public var hasSampleAxis: Bool { bytes.hasSampleAxis }
  public var fingerprint: Fingerprint { bytes.fingerprint }
  public var rowShape: [Int] { bytes.rowShape }

  public func batch(at indices: BatchIndices, in context: BatchContext) -> NDArray<Float> {
    let batch = NDArray<Float>(
      uninitializedCount: indices.count, rowShape: bytes.rowShape, rowLength: bytes.rowLength, recycler: context.memory)
    withGather(indices, into: batch.start) { gather in
      context.makeRows(gather.count, rowByteCount: gather.batchRowByteCount) { gather.perform($0) }
    }
    return batch
  }

  public func load(_ index: Int, into row: UnsafeMutableBufferPointer<Float>) {
    loadRows(at: BatchIndices(index..<index + 1), into: row) { _, _ in }
  }

  public func loadRows(
    at indices: BatchIndices, into rows: UnsafeMutableBufferPointer<Float>,
    reporting report: (_ place: Int, Never) -> Void
  ) {
    guard let start = rows.baseAddress else { return }
    withGather(indices, into: start) { $0.perform(0..<indices.count) }
  }

  private func withGather(
    _ indices: BatchIndices, into destination: UnsafeMutablePointer<Float>, _ body: (RowGather) -> Void
  ) {
    rescaling.withConversion(rowLength: bytes.rowLength) { conversion in
      body(
        RowGather(
          count: indices.count, from: bytes.start, rowCount: bytes.sampleCount, at: indices.words, into: destination,
          rowByteCount: bytes.rowLength, conversion: conversion))
    }
    withExtendedLifetime((bytes, indices)) {}
  }
}
