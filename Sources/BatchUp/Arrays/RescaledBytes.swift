/// Bytes in memory that come out as Float32 in each batch: a quarter of the memory, and no separate pass over the data.
///
/// A byte b becomes `b * scale + offset`, where `scale` is the width of the range divided by 255; the product and the
/// sum are each rounded to Float32, as in Python BatchUp's `ImageArrayUInt8ToFloat32`.
public struct RescaledBytes: Sendable {
  /// What is in memory.
  public let bytes: NDArray<UInt8>
  /// The difference that one step of a byte makes.
  public let scale: Float
  /// What the byte 0 becomes.
  public let offset: Float

  /// Bytes whose values 0 and 255 become the lower and the upper end of `range`.
  public init(_ bytes: NDArray<UInt8>, range: ClosedRange<Double> = 0...1) {
    self.init(
      bytes: bytes, scale: Float((range.upperBound - range.lowerBound) / 255), offset: Float(range.lowerBound))
  }

  private init(bytes: NDArray<UInt8>, scale: Float, offset: Float) {
    self.bytes = bytes
    self.scale = scale
    self.offset = offset
  }

  /// The lengths of the axes.
  public var shape: [Int] { bytes.shape }

  /// Neighbouring samples, as a view.
  public subscript(rows range: Range<Int>) -> RescaledBytes {
    RescaledBytes(bytes: bytes[rows: range], scale: scale, offset: offset)
  }

  /// The whole array as Float32.
  public func converted() -> NDArray<Float> {
    batch(at: BatchIndices(0..<bytes.sampleCount)).reshaped(shape)
  }
}

extension RescaledBytes: SampleArray {
  public typealias Failure = Never

  public var sampleCount: Int { bytes.sampleCount }
  public var hasSampleAxis: Bool { bytes.hasSampleAxis }

  public func batch(at indices: BatchIndices) -> NDArray<Float> {
    batch(at: indices, recycling: nil)
  }

  public func batch(at indices: BatchIndices, recycling recycler: StorageRecycler?) -> NDArray<Float> {
    let batch = NDArray<Float>(
      uninitializedCount: indices.count, rowShape: bytes.rowShape, rowLength: bytes.rowLength, recycler: recycler)
    bytes.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      gatherRescaledRows(
        from: start, rowCount: bytes.sampleCount, at: indices, into: batch.start, rowLength: bytes.rowLength,
        scale: scale, offset: offset)
    }
    return batch
  }
}
