import BatchUpSystem

/// An array in a file, whose samples are read when a batch needs them: for data larger than memory.
///
/// ```swift
/// let images = try MappedArray<Float>(npyFile: "train-images.npy")
/// let source = try ArraySource(loading: images, labels)
/// ```
///
/// Opening reads nothing but a header. Batches are copies, so that they stay as they are whatever becomes of the file.
/// A file that is made shorter while it is in use gives a `MappedArrayError` at the next batch, not a signal; see
/// `MappedFileGuard`. The file must not be changed otherwise: batches would have the new bytes.
///
/// What of the file is mapped in counts to the memory of the process. With `residencyLimit`, that is at most so many
/// bytes, beyond one batch for each thread (with pages of 4 KiB): pages that were read in order are released, and
/// shuffled samples of a file that is larger are read one by one, which takes longer, much so for short samples. Where they
/// come from the disk, the kernel is told of all of a batch at once, and then of those of the next batch. Samples
/// that are shuffled in blocks (`BlockShuffle`) are read ahead, and taken out of the page cache when they were used.
/// Without it, samples in order are released every 64 MiB, and shuffled ones stay mapped, as they will be needed again;
/// the kernel takes such pages back when it needs the memory.
///
/// A file that does not fit into memory is shuffled in blocks: `BlockShuffle`. Each batch then has the kernel read the
/// blocks that come one window later, which counts to the page cache, not to the process. Sources pass the order's word
/// on, but `ConcatenatedSamples`, worker processes and `array` do not: there, blocks are read when they are used.
public struct MappedArray<Scalar: NPYScalar>: Sendable {
  /// Where the file is.
  public var path: String { mapping.file.path }
  /// The lengths of the axes.
  public let shape: [Int]
  /// The lengths of the axes but the first: what one sample looks like.
  public let rowShape: [Int]
  /// How the elements' bytes are ordered in the file; batches have this machine's order.
  public let byteOrder: ByteOrder
  let rowLength: Int
  let residencyLimit: Int?
  let mapping: FileMapping

  var rowByteCount: Int { rowLength * MemoryLayout<Scalar>.size }
  var conversion: ElementConversion { ElementConversion(Scalar.npyElementType, byteOrder) }

  /// The array in an .npy file, whose elements are of exactly this type, in either byte order.
  ///
  /// - Throws: `NPYError`; among others, where the file is in Fortran order, in which samples are scattered.
  public init(npyFile path: String, residencyLimit: Int? = nil) throws(NPYError) {
    try self.init(NPYFile(path: path), residencyLimit: residencyLimit)
  }

  /// The array in an .npy file that is open already.
  public init(_ file: NPYFile, residencyLimit: Int? = nil) throws(NPYError) {
    try file.require(Scalar.self)
    if file.isFortranOrder { throw .fortranOrder(path: file.path, shape: file.shape) }
    do {
      try self.init(
        file: file.file, offset: file.dataOffset, shape: file.shape, byteOrder: file.byteOrder,
        residencyLimit: residencyLimit)
    } catch {
      throw .cannotMap(error)
    }
  }

  /// The elements from byte `offset` of any file on, last axis fastest.
  ///
  /// - Precondition: the offset and the lengths are not negative.
  public init(
    file path: String, offset: Int = 0, shape: [Int], byteOrder: ByteOrder = .native, residencyLimit: Int? = nil
  ) throws(MappedArrayError) {
    try self.init(
      file: MappedArrayError.opened(path), offset: offset, shape: shape, byteOrder: byteOrder,
      residencyLimit: residencyLimit)
  }

  /// The same, for a file that is open already.
  package init(
    file: ReadableFile, offset: Int, shape: [Int], byteOrder: ByteOrder, residencyLimit: Int?
  ) throws(MappedArrayError) {
    precondition(offset >= 0 && shape.allSatisfy { $0 >= 0 }, "offset \(offset) or shape \(shape) is negative")
    let path = file.path
    guard
      let byteCount = elementByteCount(of: shape, elementSize: MemoryLayout<Scalar>.size),
      case (let end, let overflows) = offset.addingReportingOverflow(byteCount), !overflows
    else { throw .overflowingShape(path: path, shape: shape, elementType: Scalar.npyElementType) }
    let found: Int
    do { found = try file.byteCount() } catch { throw .cannotRead(path: path, reason: error.text) }
    guard end <= found else { throw .tooShort(path: path, expected: end, found: found) }
    do {
      mapping = try FileMapping(of: file, range: offset..<end)
    } catch {
      throw .cannotMap(path: path, reason: error.text)
    }
    self.shape = shape
    self.byteOrder = byteOrder
    self.residencyLimit = residencyLimit
    rowShape = Array(shape.dropFirst())
    rowLength = rowShape.reduce(1, *)
  }
}

extension MappedArray {
  /// The array over the mapping itself, without a copy, for a file that nobody changes: batches in order are views,
  /// and it can stand wherever arrays do, as in `RescaledBytes`.
  ///
  /// **A file that is made shorter meanwhile then ends the process with SIGBUS**, and `residencyLimit` does not hold.
  ///
  /// - Throws: where the elements need to be changed first: in another byte order, at an unaligned position of the
  ///   file, or of type Bool, since a file may have bytes other than 0 and 1.
  public var array: NDArray<Scalar> {
    get throws(MappedArrayError) {
      switch conversion {
      case .none: break
      case .swapping: throw .notUsableInPlace(path: path, reason: "its byte order is not this machine's")
      case .normalizingBools: throw .notUsableInPlace(path: path, reason: "its elements are bytes, not Bool")
      }
      guard mapping.range.lowerBound % MemoryLayout<Scalar>.alignment == 0 else {
        throw .notUsableInPlace(
          path: path, reason: "its data, at byte \(mapping.range.lowerBound), are not aligned for \(Scalar.self)")
      }
      let mapping = mapping
      let elements = UnsafeBufferPointer(
        start: mapping.start?.assumingMemoryBound(to: Scalar.self),
        count: mapping.range.count / MemoryLayout<Scalar>.size)
      return NDArray(borrowing: elements, shape: shape) { withExtendedLifetime(mapping) {} }
    }
  }
}
