import BatchUp
import BatchUpSystem
import CHDF5

/// Writes named arrays of any shapes and element types into an HDF5 file, which h5py and PyTables read.
///
/// The names are paths: `/train/images` is the data set `images` in the group `train`. The same arrays make the same
/// bytes. Truth values have h5py's type.
public struct HDF5Writer: Sendable {
  private var entries: [Entry] = []
  private var attributes: [Attribute] = []

  /// How a data set is kept in the file.
  public enum Layout: Hashable, Sendable {
    /// All elements together, from a multiple of 64 bytes on, to be mapped.
    case contiguous
    /// So many samples in each chunk; compressed by deflate, from 1, which is fastest, to 9, where a level is given;
    /// `shuffling` puts the first bytes of all elements before the second ones and so on, which makes them compress
    /// better. Arrays without elements and those of rank 0 are kept together all the same.
    case chunked(rowCount: Int, deflateLevel: Int? = nil, shuffling: Bool = false)
  }

  /// A text of the root group.
  struct Attribute: Sendable {
    let name: String
    let text: String
  }

  struct Entry: Sendable {
    let name: String
    let elements: Elements
    let shape: [Int]
    let layout: Layout
    /// From memory into an open data set; nil where the elements come later.
    let write: (@Sendable (hid_t, _ type: hid_t) -> herr_t)?

    /// The names of the groups and of the data set itself.
    var parts: [Substring] {
      (name.utf8.first == UInt8(ascii: "/") ? name.dropFirst() : name[...])
        .split(separator: "/", omittingEmptySubsequences: false)
    }
  }

  /// A writer of a file without data sets, to be added.
  public init() {}

  /// Adds an array, without a copy. Names are checked when the file is written; a first slash may be left out.
  ///
  /// - Precondition: a chunk has a row, and the level is in 1...9.
  public mutating func add<Scalar: NPYScalar>(
    _ array: NDArray<Scalar>, named name: String, layout: Layout = .contiguous
  ) {
    if case .chunked(let rowCount, let level, _) = layout {
      precondition(rowCount > 0, "a chunk of \(rowCount) rows")
      precondition((1...9).contains(level ?? 1), "deflate has no level \(level ?? 1)")
    }
    let write = { @Sendable (dataset: hid_t, type: hid_t) -> herr_t in
      array.withUnsafeBufferPointer {
        H5Dwrite(dataset, type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), $0.baseAddress)
      }
    }
    let isEmpty = array.count == 0 || array.rank == 0
    entries.append(
      Entry(
        name: name, elements: .scalars(Scalar.npyElementType), shape: array.shape,
        layout: isEmpty ? .contiguous : layout, write: write))
  }

  mutating func add(_ entry: Entry) { entries.append(entry) }

  /// Adds a text as an attribute of the root group, at the beginning of the file.
  package mutating func addAttribute(_ name: String, _ text: String) {
    attributes.append(Attribute(name: name, text: text))
  }

  /// Writes the file, over one of the same name; it appears whole or not at all.
  ///
  /// - Precondition: no rows are to come later; see ``write(to:filling:)``.
  public func write(to path: String) throws(HDF5Error) {
    precondition(entries.allSatisfy { $0.write != nil }, "rows that are to come need a closure that appends them")
    try begun(at: path).finish()
  }

  /// A file with all that is there already, and places for rows that come later.
  func begun(at path: String) throws(HDF5Error) -> HDF5RowOutput {
    let inOrder = try orderedEntries(path: path)
    let file = try AtomicFile<HDF5Error>(path: path)
    let places: [HDF5RowOutput.Place]
    do throws(HDF5Failure) {
      let descriptor = try HDF5Descriptor(writing: file.descriptor)
      places = try descriptor.run { scope throws(HDF5Failure) in
        var output = try HDF5Output(to: descriptor, path: path, attributes: attributes, &scope)
        var places: [HDF5RowOutput.Place] = []
        for entry in inOrder {
          if let offset = try output.write(entry) { places.append(HDF5RowOutput.Place(of: entry, offset: offset)) }
          try descriptor.checkSystem()
        }
        return places
      }
    } catch {
      throw .cannotWrite(path: path, reason: error.reason)
    }
    return HDF5RowOutput(file, places: places, contents: HDF5Contents(of: inOrder))
  }

  /// By name, checked.
  private func orderedEntries(path: String) throws(HDF5Error) -> [Entry] {
    let inOrder = entries.sorted { $0.name < $1.name }
    var names: Set<String> = []
    var groups: Set<String> = []
    for entry in inOrder {
      try check(entry, path: path)
      let parts = entry.parts
      guard names.insert(parts.joined(separator: "/")).inserted else {
        throw .duplicateDataset(path: path, dataset: entry.name)
      }
      for count in 1..<max(parts.count, 1) { groups.insert(parts.prefix(count).joined(separator: "/")) }
    }
    if let entry = inOrder.first(where: { groups.contains($0.parts.joined(separator: "/")) }) {
      throw .duplicateDataset(path: path, dataset: entry.name)
    }
    return inOrder
  }

  private func check(_ entry: Entry, path: String) throws(HDF5Error) {
    guard !entry.parts.contains(where: { ["", ".", ".."].contains($0) || $0.utf8.contains(0) }) else {
      throw .invalidName(path: path, dataset: entry.name)
    }
    guard entry.shape.count <= Int(H5S_MAX_RANK) else {
      throw .cannotWrite(path: path, reason: "HDF5 has no arrays of \(entry.shape.count) axes")
    }
    guard let chunkShape = entry.chunkShape else { return }
    let limit = Int(UInt32.max)
    let byteCount = chunkShape.reduce(entry.elements.byteCount, *)
    if byteCount > limit {
      throw .chunkTooLarge(path: path, dataset: entry.name, limit: limit, found: byteCount)
    }
  }
}

extension HDF5Writer.Entry {
  /// Nil where the elements are kept together.
  var chunkShape: [Int]? {
    // PyTables wants sequences in chunks even where there are none.
    if case .sequences = elements { return [max(shape[0], 1)] }
    guard case .chunked(let rowCount, _, _) = layout, let count = shape.first else { return nil }
    return [min(rowCount, count)] + shape.dropFirst()
  }
}
