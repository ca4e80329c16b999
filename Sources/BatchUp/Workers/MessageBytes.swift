/// A part of a message between two processes of the same computer: integers have eight bytes, and lists and texts their
/// count before them.
protocol MessagePart {
  func write(to message: inout [UInt8])
  init(reading message: inout MessageReader) throws(MalformedMessage)
}

/// A message makes no sense, or is followed by bytes that belong to none.
struct MalformedMessage: Error {}

/// A message being read.
struct MessageReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) {
    rest = bytes[...]
  }

  mutating func read<Part: MessagePart>() throws(MalformedMessage) -> Part { try Part(reading: &self) }

  mutating func read<Result>(
    byteCount: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(MalformedMessage) -> Result {
    guard byteCount >= 0, byteCount <= rest.count else { throw MalformedMessage() }
    let part = rest.prefix(byteCount)
    rest.removeFirst(byteCount)
    return part.withUnsafeBytes(body)
  }

  func finish() throws(MalformedMessage) {
    if !rest.isEmpty { throw MalformedMessage() }
  }
}

extension [UInt8] {
  /// Creates the message of these parts.
  init<each Part: MessagePart>(message parts: repeat each Part) {
    self = []
    write(repeat each parts)
  }

  mutating func write<each Part: MessagePart>(_ parts: repeat each Part) {
    repeat (each parts).write(to: &self)
  }
}

extension Int: MessagePart {
  func write(to message: inout [UInt8]) { Swift.withUnsafeBytes(of: self) { message += $0 } }

  init(reading message: inout MessageReader) throws(MalformedMessage) {
    self = try message.read(byteCount: MemoryLayout<Int>.size) { $0.loadUnaligned(as: Int.self) }
  }
}

extension Bool: MessagePart {
  func write(to message: inout [UInt8]) { message.write(self ? 1 : 0) }

  init(reading message: inout MessageReader) throws(MalformedMessage) { self = try Int(reading: &message) != 0 }
}

extension String: MessagePart {
  func write(to message: inout [UInt8]) {
    message.write(utf8.count)
    message += utf8
  }

  init(reading message: inout MessageReader) throws(MalformedMessage) {
    let byteCount: Int = try message.read()
    self = try message.read(byteCount: byteCount) { String(decoding: $0, as: UTF8.self) }
  }
}

extension Array: MessagePart where Element: MessagePart {
  func write(to message: inout [UInt8]) {
    message.write(count)
    for element in self { element.write(to: &message) }
  }

  init(reading message: inout MessageReader) throws(MalformedMessage) {
    let count: Int = try message.read()
    self = []
    // No capacity is reserved for a count that nothing vouches for.
    for _ in 0..<Swift.max(count, 0) { append(try message.read()) }
  }
}

extension NDArray: MessagePart {
  func write(to message: inout [UInt8]) {
    message.write(count)
    withUnsafeBufferPointer { message += UnsafeRawBufferPointer($0) }
  }

  init(reading message: inout MessageReader) throws(MalformedMessage) {
    let count: Int = try message.read()
    let (byteCount, overflows) = count.multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
    if overflows { throw MalformedMessage() }
    self = try message.read(byteCount: byteCount) { source in
      NDArray(unsafeUninitializedShape: [count]) { UnsafeMutableRawBufferPointer($0).copyMemory(from: source) }
    }
  }
}
