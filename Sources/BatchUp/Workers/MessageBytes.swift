/// A message being written: integers of eight bytes, and lists and texts with their count before them.
struct MessageWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ number: Int) {
    withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
  }

  mutating func write(_ isTrue: Bool) { write(isTrue ? 1 : 0) }

  mutating func write(_ text: String) {
    write(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func write<Element>(_ list: [Element], _ writeElement: (inout MessageWriter, Element) -> Void) {
    write(list.count)
    for element in list { writeElement(&self, element) }
  }

  mutating func write<Scalar>(_ list: NDArray<Scalar>) {
    write(list.count)
    list.withUnsafeBufferPointer { bytes.append(contentsOf: UnsafeRawBufferPointer($0)) }
  }
}

/// A message makes no sense, or is followed by bytes that belong to none.
struct MalformedMessage: Error {}

/// A message being read, by the same computer that has written it.
struct MessageReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) {
    rest = bytes[...]
  }

  mutating func readInt() throws(MalformedMessage) -> Int {
    try read(byteCount: MemoryLayout<Int>.size) { $0.loadUnaligned(as: Int.self) }
  }

  mutating func readBool() throws(MalformedMessage) -> Bool { try readInt() != 0 }

  mutating func readText() throws(MalformedMessage) -> String {
    try read(byteCount: readInt()) { String(decoding: $0, as: UTF8.self) }
  }

  mutating func readList<Element>(
    _ readElement: (inout MessageReader) throws(MalformedMessage) -> Element
  ) throws(MalformedMessage) -> [Element] {
    let count = try readInt()
    var list: [Element] = []
    // No capacity is reserved for a count that nothing vouches for.
    for _ in 0..<max(count, 0) { list.append(try readElement(&self)) }
    return list
  }

  mutating func readInts() throws(MalformedMessage) -> [Int] {
    try readList { reader throws(MalformedMessage) in try reader.readInt() }
  }

  mutating func readTexts() throws(MalformedMessage) -> [String] {
    try readList { reader throws(MalformedMessage) in try reader.readText() }
  }

  mutating func readArray<Scalar>(of type: Scalar.Type = Scalar.self) throws(MalformedMessage) -> NDArray<Scalar> {
    let count = try readInt()
    let (byteCount, overflows) = count.multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
    if overflows { throw MalformedMessage() }
    return try read(byteCount: byteCount) { source in
      NDArray(unsafeUninitializedShape: [count]) { UnsafeMutableRawBufferPointer($0).copyMemory(from: source) }
    }
  }

  func finish() throws(MalformedMessage) {
    if !rest.isEmpty { throw MalformedMessage() }
  }

  private mutating func read<Result>(
    byteCount: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(MalformedMessage) -> Result {
    guard byteCount >= 0, byteCount <= rest.count else { throw MalformedMessage() }
    let part = rest.prefix(byteCount)
    rest.removeFirst(byteCount)
    return part.withUnsafeBytes(body)
  }
}
