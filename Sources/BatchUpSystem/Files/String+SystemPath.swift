// The names of files are bytes, which on Linux need not be UTF-8, while strings of Swift are valid Unicode.
//
// The byte 0xHH that is no part of UTF-8 becomes U+10F7HH, of a private-use area. So do all four bytes of a scalar of that
// range which a name really has. The way there and back gives the same bytes, whatever they are.

extension String {
  /// Creates the path of these bytes, which need not be UTF-8.
  package init(systemBytes bytes: some Collection<UInt8>) {
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: \.isPathByte) {
      self = text
      return
    }
    self.init()
    var rest = bytes[...]
    while !rest.isEmpty {
      var parser = Unicode.UTF8.ForwardParser()
      var iterator = rest.makeIterator()
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        if scalar.isPathByte { append(pathBytes: rest.prefix(encoded.count)) } else { unicodeScalars.append(scalar) }
        rest = rest.dropFirst(encoded.count)
      case .error(let count):
        append(pathBytes: rest.prefix(count))
        rest = rest.dropFirst(count)
      case .emptyInput: return
      }
    }
  }

  /// The bytes of the path, as the system knows it.
  package var systemBytes: [UInt8] {
    if !mayHavePathBytes { return Array(utf8) }
    return unicodeScalars.flatMap { scalar in
      scalar.isPathByte ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(String(scalar).utf8)
    }
  }

  /// Creates the path of a C string, as the system gives it.
  package init(systemPath: UnsafePointer<CChar>) {
    self.init(systemBytes: UnsafeRawBufferPointer(start: systemPath, count: strlen(systemPath)))
  }

  /// Calls `body` with the path as the system takes it.
  package func withSystemPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    if !mayHavePathBytes { return withCString(body) }
    return body(systemBytes.map { CChar(bitPattern: $0) } + [0])
  }

  /// The text with each byte of a path that is not UTF-8 as an escape sequence of JSON.
  package var escapingPathBytesForJSON: String {
    if !mayHavePathBytes { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.isPathByte {
        for unit in UTF16.encode(scalar) ?? .init() { text += "\\u" + String(unit, radix: 16) }
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }

  /// Whether a scalar is above U+FFFFF, as few are.
  private var mayHavePathBytes: Bool { utf8.contains(0xF4) }

  private mutating func append(pathBytes bytes: some Sequence<UInt8>) {
    for byte in bytes { Unicode.Scalar(0x10F700 + UInt32(byte)).map { unicodeScalars.append($0) } }
  }
}

extension Unicode.Scalar {
  fileprivate var isPathByte: Bool { 0x10F780...0x10F7FF ~= value }
}
