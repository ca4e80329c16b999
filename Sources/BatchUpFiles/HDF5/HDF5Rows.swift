import BatchUp
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
    let missing: HDF5Filter?
    do throws(HDF5Failure) {
      let id = try HDF5Library.locked { () throws(HDF5Failure) in
        try Self.opened(path, in: object.id, chunkCacheByteCount: chunkCacheByteCount).released()
      }
      let opened = HDF5Object(owning: id)
      missing = try HDF5Library.locked { () throws(HDF5Failure) in try Self.missingFilter(of: dataset, id: opened.id) }
      self.object = opened
    } catch {
      throw .invalidDataset(path: file.path, dataset: dataset.name, reason: error.reason)
    }
    if let missing { throw .missingFilter(path: file.path, dataset: dataset.name, filter: missing.name) }
  }

  private static func opened(
    _ path: [CChar], in file: hid_t, chunkCacheByteCount: Int?
  ) throws(HDF5Failure) -> HDF5ID {
    let access = try HDF5ID(H5Pcreate(cbu_h5p_dataset_access()))
    if let chunkCacheByteCount {
      // A prime number of places, and the chunk that was not used for the longest time goes first.
      try checked(H5Pset_chunk_cache(access.id, 12421, chunkCacheByteCount, 0))
    }
    return try HDF5ID(H5Dopen2(file, path, access.id))
  }

  private static func missingFilter(of dataset: HDF5Dataset, id: hid_t) throws(HDF5Failure) -> HDF5Filter? {
    guard try HDF5Dataset(named: dataset.name, id: id) == dataset else {
      throw HDF5Failure(reason: "it is another one than when the file was opened")
    }
    return try HDF5Filter.missing(for: id)
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
        try HDF5Library.locked { () throws(HDF5Failure) in try decode(rows, into: start) }
      } catch {
        throw .invalidDataset(path: file.path, dataset: dataset.name, reason: error.reason)
      }
    }
    conversion.apply(to: bytes, elementSize: elementSize)
  }

  /// Without the library, so that threads do not wait for each other.
  private func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(HDF5Error) {
    let count: Int
    do {
      count = try file.read(into: bytes, at: offset)
    } catch {
      throw .cannotRead(path: file.path, reason: error.text)
    }
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
  private func decode(_ rows: Range<Int>?, into start: UnsafeMutableRawPointer) throws(HDF5Failure) {
    let type = try HDF5ID(H5Dget_type(object.id))
    guard let rows, !dataset.shape.isEmpty else {
      try checked(
        H5Dread(object.id, type.id, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), start))
      return
    }
    var starts = dataset.shape.map { _ in hsize_t(0) }
    var counts = dataset.shape.map { hsize_t($0) }
    starts[0] = hsize_t(rows.lowerBound)
    counts[0] = hsize_t(rows.count)
    let fileSpace = try HDF5ID(H5Dget_space(object.id))
    try checked(H5Sselect_hyperslab(fileSpace.id, H5S_SELECT_SET, starts, nil, counts, nil))
    let memorySpace = try HDF5ID(H5Screate_simple(Int32(counts.count), counts, nil))
    try checked(H5Dread(object.id, type.id, memorySpace.id, fileSpace.id, hid_t(H5P_DEFAULT), start))
  }
}
