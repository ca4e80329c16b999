import BatchUp
import BatchUpSystem
import CHDF5

/// A data set that is open, and whose rows can be read by any number of threads.
struct HDF5Rows: Sendable {
  let dataset: HDF5Dataset
  private let conversion: ElementConversion
  private let elementSize: Int
  private let file: ReadableFile
  private let object: HDF5Object

  /// Opens a data set that was checked, and looks whether it is still what it was when it was listed.
  init(
    of dataset: HDF5Dataset, path: [CChar], in object: HDF5Object, file: ReadableFile, chunkCacheByteCount: Int?
  ) throws(HDF5Error) {
    guard let elementType = dataset.elementType else {
      throw .invalidDataset(path: file.path, dataset: dataset.name, reason: dataset.typeDescription)
    }
    self.dataset = dataset
    self.file = file
    conversion = ElementConversion(elementType, dataset.byteOrder)
    elementSize = elementType.byteCount
    var missing: HDF5Filter?
    do throws(HDF5Failure) {
      self.object = try object.descriptor.opened { scope throws(HDF5Failure) in
        let access = try Self.access(chunkCacheByteCount: chunkCacheByteCount, &scope)
        let id = try scope.own(H5Dopen2(object.id, path, access))
        guard try HDF5Dataset(named: dataset.name, id: id) == dataset else {
          throw HDF5Failure(reason: "it is another one than when the file was opened")
        }
        missing = try HDF5Filter.missing(for: id)
        return id
      }
    } catch {
      throw error.readingError(path: file.path) {
        .invalidDataset(path: file.path, dataset: dataset.name, reason: $0)
      }
    }
    if let missing { throw .missingFilter(path: file.path, dataset: dataset.name, filter: missing.name) }
  }

  private static func access(
    chunkCacheByteCount: Int?, _ scope: inout HDF5Scope
  ) throws(HDF5Failure) -> hid_t {
    let access = try scope.own(H5Pcreate(cbu_h5p_dataset_access()))
    if let chunkCacheByteCount {
      // A prime number of places, and the chunk that was not used for the longest time goes first.
      try checked(H5Pset_chunk_cache(access, 12421, chunkCacheByteCount, 0))
    }
    return access
  }

  private var rowByteCount: Int { dataset.shape.dropFirst().reduce(elementSize, *) }

  /// Fills the buffer with the elements of neighbouring rows, or with all where `rows` is nil.
  ///
  /// - Precondition: the buffer has their size, and the rows are there.
  func read(_ rows: Range<Int>?, into bytes: UnsafeMutableRawBufferPointer) throws(HDF5Error) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    if case .contiguous(let offset) = dataset.storage {
      try read(bytes, at: offset + (rows?.lowerBound ?? 0) * rowByteCount)
    } else {
      try requireMemoryForChunk()
      do throws(HDF5Failure) {
        try object.descriptor.run { scope throws(HDF5Failure) in try decode(rows, into: start, &scope) }
      } catch {
        throw error.readingError(path: file.path) {
          .invalidDataset(path: file.path, dataset: dataset.name, reason: $0)
        }
      }
    }
    conversion.apply(to: bytes, elementSize: elementSize)
  }

  /// Without the library, so that threads do not wait for each other.
  private func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(HDF5Error) {
    let count = try HDF5Error.read(file, into: bytes, at: offset)
    guard count == bytes.count else {
      throw .truncatedData(
        path: file.path, dataset: dataset.name, expected: offset + bytes.count, found: offset + count)
    }
  }

  private func requireMemoryForChunk() throws(HDF5Error) {
    guard case .chunked(let shape, _) = dataset.storage else { return }
    let byteCount = elementByteCount(of: shape, elementSize: elementSize) ?? .max
    guard systemGrants(byteCount: byteCount) else {
      throw .notEnoughMemory(path: file.path, dataset: dataset.name, expected: byteCount)
    }
  }

  /// The elements as they are in the file: libhdf5 converts nothing between equal types.
  private func decode(
    _ rows: Range<Int>?, into start: UnsafeMutableRawPointer, _ scope: inout HDF5Scope
  ) throws(HDF5Failure) {
    let type = try scope.own(H5Dget_type(object.id))
    guard let rows, !dataset.shape.isEmpty else {
      try checked(H5Dread(object.id, type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), start))
      return
    }
    var starts = dataset.shape.map { _ in hsize_t(0) }
    var counts = dataset.shape.map { hsize_t($0) }
    starts[0] = hsize_t(rows.lowerBound)
    counts[0] = hsize_t(rows.count)
    let fileSpace = try scope.own(H5Dget_space(object.id))
    try checked(H5Sselect_hyperslab(fileSpace, H5S_SELECT_SET, starts, nil, counts, nil))
    let memorySpace = try scope.own(H5Screate_simple(Int32(counts.count), counts, nil))
    try checked(H5Dread(object.id, type, memorySpace, fileSpace, hid_t(H5P_DEFAULT), start))
  }
}
