import BatchUp
import BatchUpFiles

struct NPYFormat: FileFormat {
  var name: String { "npy" }

  func recognizes(_ front: [UInt8]) -> Bool { front.starts(with: [0x93] + Array("NUMPY".utf8)) }

  func members(ofFile path: String) throws -> [FileMember] {
    let file = try NPYFile(path: path)
    func read<Scalar: FileScalar>(_: Scalar.Type) throws -> any FileArray { try file.array(of: Scalar.self) }
    let isSingleByte = file.elementType.byteCount == 1
    return [
      FileMember(
        elementType: "\(file.elementType)", shape: file.shape, byteOrder: isSingleByte ? nil : file.byteOrder,
        isFortranOrder: file.isFortranOrder, storage: .plain, byteCount: file.dataByteCount, checks: ["size"],
        read: file.elementType.fileScalar.map { type in { try read(type) } })
    ]
  }
}

struct NPZFormat: FileFormat {
  var name: String { "npz" }

  /// An entry, or the end of a file without any.
  func recognizes(_ front: [UInt8]) -> Bool {
    front.starts(with: [0x50, 0x4B, 3, 4]) || front.starts(with: [0x50, 0x4B, 5, 6])
  }

  func members(ofFile path: String) throws -> [FileMember] {
    let file = try NPZFile(path: path)
    return file.members.map { self.member($0, of: file) }
  }

  private func member(_ member: NPZMember, of file: NPZFile) -> FileMember {
    func read<Scalar: FileScalar>(_: Scalar.Type) throws -> any FileArray {
      try file.array(named: member.name, of: Scalar.self)
    }
    let storage = member.storage == .stored ? FileMember.Storage.plain : .deflated
    let checks = ["headers", "CRC-32"]
    guard let array = member.array else {
      var note = "not an .npy file"
      if case .unsupportedArray(let error) = member.contents { note = error.description }
      return FileMember(
        name: member.name, elementType: "other", storage: storage, byteCount: member.byteCount, notes: [note],
        checks: checks, verify: { try file.verify(member: member.name) }, obstacle: "cannot be read: \(note)")
    }
    return FileMember(
      name: member.name, elementType: "\(array.elementType)", shape: array.shape,
      byteOrder: array.elementType.byteCount == 1 ? nil : array.byteOrder, isFortranOrder: array.isFortranOrder,
      storage: storage, byteCount: array.dataByteCount, checks: checks,
      verify: { try file.verify(member: member.name) },
      read: array.elementType.fileScalar.map { type in { try read(type) } })
  }
}

struct SafetensorsFormat: FileFormat {
  var name: String { "safetensors" }

  /// The length of the header, which is less than 2^32, and the header.
  func recognizes(_ front: [UInt8]) -> Bool {
    front.count > 8 && front[4..<8].allSatisfy { $0 == 0 } && front[8] == UInt8(ascii: "{")
  }

  func members(ofFile path: String) throws -> [FileMember] {
    let file = try SafetensorsFile(path: path)
    return file.tensors.map { tensor in
      func read<Scalar: FileScalar>(_: Scalar.Type) throws -> any FileArray {
        try file.array(named: tensor.name, of: Scalar.self)
      }
      let type = tensor.elementType.fileScalar
      let isSingleByte = tensor.elementType.bitCount.map { $0 <= 8 } ?? false
      return FileMember(
        name: tensor.name, elementType: type.map { "\($0)" } ?? "\(tensor.elementType)", shape: tensor.shape,
        byteOrder: isSingleByte ? nil : .littleEndian, storage: .plain, byteCount: tensor.byteRange.count,
        checks: ["header", "offsets"], read: type.map { type in { try read(type) } })
    }
  }

  func notes(ofFile path: String) throws -> [String] {
    try SafetensorsFile(path: path).metadata.sorted { $0.key < $1.key }.map { "\($0.key.briefly): \($0.value.briefly)" }
  }
}

struct IDXFormat: FileFormat {
  var name: String { "IDX" }
  var readsGzip: Bool { true }

  func recognizes(_ front: [UInt8]) -> Bool {
    front.count >= 4 && front.starts(with: [0, 0]) && IDXElementType(rawValue: front[2]) != nil && front[3] > 0
  }

  func members(ofFile path: String) throws -> [FileMember] {
    let isCompressed = try FileFront(ofFile: path).isCompressed
    let file = try IDXFile(path: path)
    func read<Scalar: IDXScalar & FileScalar>(_: Scalar.Type) throws -> any FileArray {
      try file.array(of: Scalar.self)
    }
    guard let type = file.elementType.scalarType as? any (IDXScalar & FileScalar).Type else { return [] }
    let elementSize = file.elementType.byteCount
    return [
      FileMember(
        elementType: "\(file.elementType)", shape: file.shape, byteOrder: elementSize == 1 ? nil : .bigEndian,
        storage: isCompressed ? .gzip : .plain, byteCount: file.shape.reduce(elementSize, *),
        checks: isCompressed ? ["size", "CRC-32"] : ["size"], read: { try read(type) })
    ]
  }
}
