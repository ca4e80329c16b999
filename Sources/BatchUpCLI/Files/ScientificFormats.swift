import BatchUp
import BatchUpFiles
import BatchUpSystem

struct HDF5Format: FileFormat {
  var name: String { "HDF5" }

  private static let signature: [UInt8] = [0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A]

  func recognizes(_ front: [UInt8]) -> Bool { front.starts(with: Self.signature) }

  /// The signature may stand behind foreign bytes, as in MATLAB files of version 7.3: 512 of them, or twice as many, or
  /// twice as many again, and so on.
  func recognizes(_ front: [UInt8], of file: ReadableFile) throws(ToolError) -> Bool {
    if recognizes(front) { return true }
    let end = try ToolError.byteCount(of: file)
    var offset = 512
    while offset < end {
      if try ToolError.bytes(Self.signature.count, of: file, at: offset) == Self.signature { return true }
      offset *= 2
    }
    return false
  }

  func members(ofFile path: String) throws -> [FileMember] {
    let file = try HDF5File(path: path)
    return file.datasets.map { member($0, named: $0.name, of: file) }
  }

  /// A path by way of links as well.
  func linkedMember(named name: String, ofFile path: String) throws -> FileMember? {
    let file = try HDF5File(path: path)
    do {
      return member(try file.dataset(named: name), named: name, of: file)
    } catch HDF5Error.noDataset {
      return nil
    }
  }

  func notes(ofFile path: String) throws -> [String] {
    try HDF5File(path: path).links.map { "link \($0)" }
  }

  private func member(_ dataset: HDF5Dataset, named name: String, of file: HDF5File) -> FileMember {
    func read<Scalar: FileScalar>(_: Scalar.Type) throws -> any FileArray {
      try file.array(named: dataset.name, of: Scalar.self)
    }
    let elementSize = dataset.elementType?.byteCount ?? 0
    let obstacle = dataset.elementType?.fileScalar.flatMap { type in self.obstacle(to: dataset, of: file, as: type) }
    return FileMember(
      name: name, elementType: dataset.elementType.map { "\($0)" } ?? dataset.typeDescription,
      shape: dataset.shape, byteOrder: elementSize > 1 ? dataset.byteOrder : nil,
      storage: FileMember.Storage(dataset.storage),
      byteCount: elementByteCount(of: dataset.shape, elementSize: elementSize) ?? .max,
      notes: ["\(dataset.storage)"] + (obstacle.map { [$0] } ?? []), checks: ["libhdf5"],
      obstacle: obstacle,
      read: obstacle == nil ? dataset.elementType?.fileScalar.map { type in { try read(type) } } : nil)
  }

  /// Why a data set cannot be read though nothing is wrong with the file.
  private func obstacle<Scalar: FileScalar>(
    to dataset: HDF5Dataset, of file: HDF5File, as _: Scalar.Type
  ) -> String? {
    do throws(HDF5Error) {
      _ = try HDF5Array<Scalar>(file, named: dataset.name)
      return nil
    } catch {
      switch error {
      case .missingFilter(_, _, let filter):
        return "needs the filter \(filter), for which libhdf5 has no plugin here"
      case .unsupportedStorage(_, _, let storage): return "cannot be read: it is \(storage)"
      default: return nil
      }
    }
  }
}

extension FileMember.Storage {
  fileprivate init(_ storage: HDF5Storage) {
    switch storage {
    case .contiguous: self = .plain
    case .chunked: self = .chunked
    case .compact, .notAllocated, .external, .virtual, .unknown: self = .other
    }
  }
}

struct MATFormat: FileFormat {
  var name: String { "MATLAB" }

  func recognizes(_ front: [UInt8]) -> Bool { front.starts(with: Array("MATLAB 5.0".utf8)) }

  func members(ofFile path: String) throws -> [FileMember] {
    let file = try MATFile(path: path)
    return file.variables.map { variable in
      func read<Scalar: FileScalar>(_: Scalar.Type) throws -> any FileArray {
        try file.array(named: variable.name, of: Scalar.self)
      }
      let elementSize = variable.elementType?.byteCount ?? 0
      return FileMember(
        name: variable.name, elementType: variable.elementType.map { "\($0)" } ?? variable.typeDescription,
        shape: variable.shape, byteOrder: elementSize > 1 ? variable.byteOrder : nil, isFortranOrder: true,
        storage: variable.isCompressed ? .deflated : .plain,
        byteCount: elementByteCount(of: variable.shape, elementSize: elementSize) ?? .max, checks: ["sizes"],
        read: variable.elementType?.fileScalar.map { type in { try read(type) } })
    }
  }
}
