/// An array of any rank in contiguous memory, last axis fastest, whose first axis counts samples.
///
/// A value: copies share memory until one of them is changed. Rows, row ranges and batches in order are views of the
/// same memory. Owned memory is aligned to 64 bytes (views to their row) and lies in huge pages from 4 MiB.
public struct NDArray<Scalar: BitwiseCopyable & Sendable>: Sendable {
  @usableFromInline var storage: ArrayStorage
  /// The position of the first element in `storage`, in elements.
  @usableFromInline var offset: Int
  /// The length of the first axis; nil where the rank is 0.
  private var firstAxis: Int?
  /// The number of elements in one sample.
  public internal(set) var rowLength: Int

  /// - Parameter rowLength: The number of elements in a row of the storage's shape.
  init(storage: ArrayStorage, offset: Int = 0, sampleCount: Int?, rowLength: Int) {
    self.storage = storage
    self.offset = offset
    self.firstAxis = sampleCount
    self.rowLength = rowLength
  }

  /// Memory of the given shape that the caller fills, from the recycler where there is one.
  init(uninitializedShape shape: [Int], recycler: StorageRecycler? = nil) {
    let (count, rowShape) = (Self.elementCount(of: shape), Array(shape.dropFirst()))
    self.init(
      uninitializedCount: shape.first ?? count, rowShape: rowShape, rowLength: Self.elementCount(of: rowShape),
      recycler: recycler)
    if shape.isEmpty { firstAxis = nil }
  }

  /// Memory for rows, or the elements of a list, that the caller fills, from the recycler where there is one.
  init(uninitializedCount count: Int, rowShape: [Int] = [], rowLength: Int = 1, recycler: StorageRecycler?) {
    let byteCount = count.multipliedSaturating(by: rowLength).multipliedSaturating(by: MemoryLayout<Scalar>.stride)
    let storage = recycler?.storage(byteCount: byteCount) ?? ArrayStorage(byteCount: byteCount)
    storage.reshapeRows(rowShape)
    self.init(storage: storage, sampleCount: count, rowLength: rowLength)
  }

  /// An array with the elements of `scalars`, in one axis or in the given shape.
  ///
  /// - Precondition: the shape has as many elements as `scalars`.
  public init(_ scalars: [Scalar], shape: [Int]? = nil) {
    self = scalars.withUnsafeBufferPointer { NDArray(copying: $0, shape: shape ?? [$0.count]) }
  }

  /// An array with a copy of the elements at `elements`.
  ///
  /// - Precondition: the shape has as many elements as the buffer.
  public init(copying elements: UnsafeBufferPointer<Scalar>, shape: [Int]) {
    self.init(unsafeUninitializedShape: shape) { buffer in
      precondition(
        buffer.count == elements.count, "shape \(shape) has \(buffer.count) elements, not \(elements.count)")
      _ = buffer.update(from: elements)
    }
  }

  /// An array over memory of somebody else, without a copy.
  ///
  /// The memory must stay valid and unchanged until `release` is called, which happens once, on any thread, when the
  /// last array that uses it is gone. Changing the array copies it first.
  ///
  /// - Precondition: the shape has as many elements as the buffer.
  public init(
    borrowing elements: UnsafeBufferPointer<Scalar>, shape: [Int], release: @escaping @Sendable () -> Void
  ) {
    let count = Self.elementCount(of: shape)
    precondition(count == elements.count, "shape \(shape) has \(count) elements, not \(elements.count)")
    guard let base = elements.baseAddress else {
      self.init(uninitializedShape: shape)
      release()
      return
    }
    let rowShape = Array(shape.dropFirst())
    self.init(
      storage: ArrayStorage(
        borrowing: base, byteCount: count * MemoryLayout<Scalar>.stride, rowShape: rowShape, release: release),
      sampleCount: shape.first, rowLength: Self.elementCount(of: rowShape))
  }

  /// An array whose elements are all `value`.
  public init(repeating value: Scalar, shape: [Int]) {
    self.init(unsafeUninitializedShape: shape) { $0.initialize(repeating: value) }
  }

  /// An array whose memory, uninitialized, `body` fills whole.
  public init<E: Error>(
    unsafeUninitializedShape shape: [Int], initializingWith body: (UnsafeMutableBufferPointer<Scalar>) throws(E) -> Void
  ) throws(E) {
    try self.init(unsafeUninitializedShape: shape, recycler: nil, initializingWith: body)
  }

  /// As above, in memory of the recycler where there is one.
  init<E: Error>(
    unsafeUninitializedShape shape: [Int], recycler: StorageRecycler?,
    initializingWith body: (UnsafeMutableBufferPointer<Scalar>) throws(E) -> Void
  ) throws(E) {
    self.init(uninitializedShape: shape, recycler: recycler)
    try body(
      UnsafeMutableBufferPointer(
        start: storage.base.bindMemory(to: Scalar.self, capacity: count), count: count))
  }

  /// The lengths of the other axes: what one sample looks like.
  public var rowShape: [Int] { storage.rowShape }

  /// The lengths of the axes.
  public var shape: [Int] { firstAxis.map { [$0] + rowShape } ?? [] }

  /// The number of axes.
  public var rank: Int { firstAxis == nil ? 0 : rowShape.count + 1 }

  /// The length of the first axis (1 for an array of rank 0, which has none).
  public var sampleCount: Int { firstAxis ?? 1 }

  /// The number of elements.
  public var count: Int { sampleCount * rowLength }

  /// The same elements in another shape, without a copy.
  ///
  /// - Precondition: the shape has `count` elements.
  public func reshaped(_ shape: [Int]) -> NDArray {
    let newCount = Self.elementCount(of: shape)
    precondition(newCount == count, "shape \(shape) has \(newCount) elements, not \(count)")
    let rowShape = Array(shape.dropFirst())
    return NDArray(
      storage: rowShape == self.rowShape ? storage : ArrayStorage(sharing: storage, rowShape: rowShape), offset: offset,
      sampleCount: shape.first, rowLength: Self.elementCount(of: rowShape))
  }

  private static func elementCount(of shape: [Int]) -> Int {
    shape.reduce(1) { product, length in
      precondition(length >= 0, "an axis of shape \(shape) has a negative length")
      return product.multipliedSaturating(by: length)
    }
  }
}
