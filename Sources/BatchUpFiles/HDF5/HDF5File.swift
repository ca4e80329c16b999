import BatchUp
import BatchUpSystem
import CHDF5

/// An HDF5 file, as h5py and PyTables write them: what data sets it has, and these on demand.
///
/// Opening lists the data sets of all groups. Other paths to them, by way of soft links and second names of groups, are
/// followed where they are asked for. Nothing outside of the file is opened: neither what external links lead to, nor
/// external or virtual storage. The file must not be changed while it is open.
///
/// Data sets that lie together in the file can be mapped, those in chunks be read by an ``HDF5Array``, and any be read
/// whole. libhdf5 decodes the chunks, one thread at a time.
public struct HDF5File: Sendable {
  /// Where the file is.
  public let path: String
  /// The data sets, by name.
  public let datasets: [HDF5Dataset]
  /// The links that lead to data sets and groups by other names, or out of the file, by name.
  public let links: [HDF5Link]
  private let places: [String: Int]
  private let followed: HDF5Links
  private let paths: [[CChar]]
  let file: ReadableFile
  let object: HDF5Object

  /// Opens a file and lists its data sets.
  ///
  /// - Complexity: O(groups and data sets); their elements are not looked at.
  public init(path: String) throws(HDF5Error) {
    file = try HDF5Error.opened(path)
    do throws(HDF5Failure) {
      let descriptor = try HDF5Descriptor(file)
      object = try descriptor.opened { scope throws(HDF5Failure) in
        let access = try scope.own(H5Pcreate(cbu_h5p_file_access()))
        try checked(cbu_h5p_set_locking(access))
        try descriptor.set(on: access)
        return try scope.own(H5Fopen(path, cbu_h5f_read_only(), access))
      }
      let id = object.id
      let listing = try descriptor.run { _ throws(HDF5Failure) in try HDF5Listing(of: id) }
      datasets = listing.entries.map(\.dataset)
      paths = listing.entries.map(\.path)
      links = listing.links
    } catch {
      throw error.readingError(path: path) { .invalidFile(path: path, reason: $0) }
    }
    self.path = path
    places = Dictionary(zip(datasets.map(\.name), datasets.indices)) { first, _ in first }
    followed = HDF5Links(links)
  }

  /// What the file says about the data set of that name, under which it is listed; the first slash may be left out.
  ///
  /// - Throws: among others ``HDF5Error/brokenLink(path:dataset:reason:)`` where a link of the name cannot be followed.
  public func dataset(named name: String) throws(HDF5Error) -> HDF5Dataset {
    datasets[try place(of: name)]
  }

  private func place(of name: String) throws(HDF5Error) -> Int {
    let absolute = name.utf8.first == UInt8(ascii: "/") ? name : "/" + name
    if let place = places[absolute] { return place }
    let target: String
    do throws(HDF5Links.Broken) { target = try followed.follow(name) } catch {
      throw .brokenLink(path: path, dataset: name, reason: error.reason)
    }
    if let place = places[target] { return place }
    guard target != absolute else { throw .noDataset(path: path, dataset: name) }
    throw .brokenLink(path: path, dataset: name, reason: "there is no data set \(target.quotedBriefly)")
  }
}

extension HDF5File {
  /// Reads a data set into memory, in this machine's byte order. Nothing else is converted.
  ///
  /// - Throws: among others ``HDF5Error/wrongElementType(path:dataset:expected:found:)``.
  /// - Complexity: O(elements).
  public func array<Scalar: NPYScalar>(
    named name: String, of: Scalar.Type = Scalar.self
  ) throws(HDF5Error) -> NDArray<Scalar> {
    let dataset = try checkedDataset(named: name, of: Scalar.self)
    let byteCount = dataset.elementCount * MemoryLayout<Scalar>.size
    guard systemGrants(byteCount: byteCount) else {
      throw .notEnoughMemory(path: path, dataset: dataset.name, expected: byteCount)
    }
    let rows = try rows(of: dataset, chunkCacheByteCount: nil)
    return try NDArray(unsafeUninitializedShape: dataset.shape) { elements throws(HDF5Error) in
      try rows.read(nil, into: UnsafeMutableRawBufferPointer(elements))
    }
  }

  /// Maps a data set whose elements lie together in the file, in either byte order.
  ///
  /// - Throws: among others ``HDF5Error/notContiguous(path:dataset:storage:)``.
  public func mapped<Scalar: NPYScalar>(
    named name: String, of: Scalar.Type = Scalar.self, residencyLimit: Int? = nil
  ) throws(HDF5Error) -> MappedArray<Scalar> {
    let dataset = try checkedDataset(named: name, of: Scalar.self)
    let offset: Int
    switch dataset.storage {
    case .contiguous(let place): offset = place
    case _ where dataset.elementCount == 0: offset = 0
    case let storage: throw .notContiguous(path: path, dataset: dataset.name, storage: storage)
    }
    do {
      return try MappedArray(
        file: file, offset: offset, shape: dataset.shape, byteOrder: dataset.byteOrder, residencyLimit: residencyLimit)
    } catch {
      throw .cannotMap(dataset: dataset.name, error)
    }
  }

  /// The data set, whose elements are of that type, can be read and are not more than can be counted.
  func checkedDataset<Scalar: NPYScalar>(named name: String, of: Scalar.Type) throws(HDF5Error) -> HDF5Dataset {
    try checkedDataset(named: name, elementType: Scalar.npyElementType)
  }

  package func checkedDataset(named name: String, elementType expected: NPYElementType) throws(HDF5Error) -> HDF5Dataset
  {
    let dataset = try dataset(named: name)
    let name = dataset.name
    guard let found = dataset.elementType else {
      throw .unsupportedElementType(path: path, dataset: name, expected: expected, found: dataset.typeDescription)
    }
    guard found == expected else {
      throw .wrongElementType(path: path, dataset: name, expected: expected, found: found)
    }
    if [.external, .virtual, .unknown].contains(dataset.storage) {
      throw .unsupportedStorage(path: path, dataset: name, storage: dataset.storage)
    }
    guard let byteCount = elementByteCount(of: dataset.shape, elementSize: found.byteCount) else {
      throw .overflowingShape(path: path, dataset: name, shape: dataset.shape)
    }
    if case .contiguous(let offset) = dataset.storage {
      try requireInside(dataset, offset: offset, byteCount: byteCount)
    }
    return dataset
  }

  func requireInside(_ dataset: HDF5Dataset, offset: Int, byteCount: Int) throws(HDF5Error) {
    let found = try HDF5Error.byteCount(of: file)
    let (end, overflows) = offset.addingReportingOverflow(byteCount)
    guard !overflows, end <= found else {
      throw .truncatedData(path: path, dataset: dataset.name, expected: overflows ? .max : end, found: found)
    }
  }

  /// The data set's name as the library knows it.
  func libraryPath(of name: String) throws(HDF5Error) -> [CChar] { paths[try place(of: name)] }

  /// A data set that was checked, to be read. Its chunks stay decoded in the library up to `chunkCacheByteCount`, which is
  /// 1 MiB where it is nil.
  func rows(of dataset: HDF5Dataset, chunkCacheByteCount: Int?) throws(HDF5Error) -> HDF5Rows {
    try HDF5Rows(
      of: dataset, path: libraryPath(of: dataset.name), in: object, file: file, chunkCacheByteCount: chunkCacheByteCount
    )
  }
}

extension HDF5Dataset {
  /// Of a data set that was checked.
  var elementCount: Int { shape.reduce(1, *) }
}
