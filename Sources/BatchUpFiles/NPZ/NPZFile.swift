import BatchUp
import BatchUpSystem

/// An .npz file, the format of `numpy.savez` and `numpy.savez_compressed`: named arrays of any shapes and element types.
///
/// Opening reads the zip file's central directory and each member's headers, and checks them as hostile ones: what the
/// two headers of a member say is the same, members lie inside the file and share no byte, and no name is there twice.
/// What is read of a member is compared with its CRC-32. The file stays open, so that arrays come from it even where
/// another has taken its name since.
public struct NPZFile: Sendable {
  /// Where the file is.
  public let path: String
  /// The members, in the order of the file's directory.
  public let members: [NPZMember]
  private let indices: [String: Int]
  private let headers: [NPYHeader?]
  private let file: ReadableFile

  /// Opens a file and reads its directory and its headers.
  ///
  /// - Complexity: O(members).
  public init(path: String) throws(NPZError) {
    file = try NPZError.opened(path)
    var members: [NPZMember] = []
    var headers: [NPYHeader?] = []
    for (entry, range) in try ZipDirectory(of: file).entries {
      let (contents, header) = try Self.contents(of: entry, in: range, of: file)
      headers.append(header)
      members.append(
        NPZMember(
          name: entry.memberName, storage: entry.storage ?? .stored, byteCount: entry.byteCount,
          byteRange: range, contents: contents, checkSum: entry.checkSum))
    }
    self.path = path
    self.members = members
    self.headers = headers
    indices = Dictionary(uniqueKeysWithValues: zip(members.map(\.name), members.indices))
  }

  /// The member of that name, which is without .npy.
  public func member(named name: String) throws(NPZError) -> NPZMember { members[try index(ofMember: name)] }

  /// Reads an array into memory, in this machine's byte order and in C order, inflating it where it is deflated.
  ///
  /// - Throws: among others, where the elements are not of exactly this type, or the bytes have another check sum.
  /// - Complexity: O(bytes). An array in Fortran order takes several times as long.
  public func array<Scalar: NPYScalar>(
    named name: String, of: Scalar.Type = Scalar.self
  ) throws(NPZError) -> NDArray<Scalar> {
    let (member, header) = try arrayMember(named: name, of: Scalar.self)
    guard systemGrants(byteCount: header.dataByteCount) else {
      throw .notEnoughMemory(path: path, member: name, expected: header.dataByteCount)
    }
    var stream = try NPZMemberStream(member, of: file)
    _ = try stream.read(count: header.byteCount)
    let array = try header.array(of: Scalar.self) { bytes throws(NPZError) in try stream.read(into: bytes) }
    try stream.finish()
    return array
  }

  /// The array where it is in the file, mapped, for a member that is stored as it is. Its check sum is not compared.
  ///
  /// - Throws: among others, where the member is deflated, the elements are of another type, or in Fortran order.
  public func mapped<Scalar: NPYScalar>(
    named name: String, of: Scalar.Type = Scalar.self, residencyLimit: Int? = nil
  ) throws(NPZError) -> MappedArray<Scalar> {
    let (member, _) = try arrayMember(named: name, of: Scalar.self)
    guard member.storage == .stored else { throw .compressed(path: path, member: name) }
    do {
      let array = try NPYFile(file, named: Self.label(path, name), in: member.byteRange)
      return try MappedArray(array, residencyLimit: residencyLimit)
    } catch {
      throw .array(error)
    }
  }

  /// Reads all bytes of a member, whatever they are, and compares them with their check sum, in little memory.
  public func verify(member name: String) throws(NPZError) {
    var stream = try NPZMemberStream(try member(named: name), of: file)
    try stream.skipRest()
  }

  private func arrayMember<Scalar: NPYScalar>(
    named name: String, of: Scalar.Type
  ) throws(NPZError) -> (NPZMember, NPYHeader) {
    let index = try index(ofMember: name)
    guard let header = headers[index] else {
      if case .unsupportedArray(let error) = members[index].contents { throw .array(error) }
      throw .notArray(path: path, member: name)
    }
    guard header.elementType == Scalar.npyElementType else {
      throw .array(
        .wrongElementType(
          path: Self.label(path, name), expected: Scalar.npyElementType, found: header.elementType))
    }
    return (members[index], header)
  }

  private func index(ofMember name: String) throws(NPZError) -> Int {
    guard let index = indices[name] else { throw .noMember(path: path, member: name) }
    return index
  }

  /// What errors of a member's .npy header call the file.
  private static func label(_ path: String, _ member: String) -> String { "\(path): member \(member.quotedBriefly)" }

  private static func contents(
    of entry: ZipEntry, in range: Range<Int>, of file: ReadableFile
  ) throws(NPZError) -> (NPZMember.Contents, NPYHeader?) {
    guard entry.name.hasSuffix(NPZMember.suffix), let storage = entry.storage else { return (.other, nil) }
    var stream = try NPZMemberStream(
      name: entry.memberName, storage, range: range, byteCount: entry.byteCount,
      checkSum: entry.checkSum, of: file)
    let label = label(file.path, entry.memberName)
    do throws(NPZError) {
      let header = try header(from: &stream, byteCount: entry.byteCount, label: label)
      return (.array(NPZArray(header)), header)
    } catch .array(let error) {
      guard case .unsupportedElementType = error else { throw .array(error) }
      return (.unsupportedArray(error), nil)
    }
  }

  /// The .npy header that a member of so many bytes begins with.
  private static func header(
    from stream: inout NPZMemberStream, byteCount: Int, label: String
  ) throws(NPZError) -> NPYHeader {
    var bytes = try stream.read(count: min(NPYHeader.frontByteCount, byteCount))
    let layout = try rethrowing { () throws(NPYError) in
      try NPYHeader.layout(front: bytes, ofByteCount: byteCount, path: label)
    }
    bytes += try stream.read(count: max(0, layout.byteCount - bytes.count))
    return try rethrowing { () throws(NPYError) in
      let header = try NPYHeader(bytes, layout, path: label)
      try header.requireByteCount(byteCount, path: label)
      return header
    }
  }

  private static func rethrowing<Value>(_ body: () throws(NPYError) -> Value) throws(NPZError) -> Value {
    do { return try body() } catch { throw .array(error) }
  }
}
