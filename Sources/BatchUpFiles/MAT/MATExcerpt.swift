import BatchUp

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A copy of one variable in a file of its own, which is removed with this object.
///
/// libmatio reads through all that stands before a variable. What cells and structs claim to hold it believes, and takes
/// memory for it.
final class MATExcerpt {
  let path: String

  init(of variable: MATVariable, from file: ReadableFile) throws(SystemError) {
    let folder = getenv("TMPDIR").map { String(systemPath: $0) } ?? "/tmp"
    var name = (folder + "/batchup-XXXXXX").pathBytes.map { CChar(bitPattern: $0) } + [0]
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw SystemError(code: errno) }
    defer { close(descriptor) }
    path = String(systemPath: name)
    let header = 0..<MATListing.headerSize
    let element = variable.byteRange.lowerBound - MATListing.tagSize..<variable.byteRange.upperBound
    try Self.copy([header, element], of: file, to: descriptor)
  }

  deinit { removeFile(path) }

  private static func copy(_ ranges: [Range<Int>], of file: ReadableFile, to descriptor: Int32) throws(SystemError) {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { piece.deallocate() }
    for range in ranges {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: piece.count) {
        let part = UnsafeMutableRawBufferPointer(rebasing: piece[..<min(piece.count, range.upperBound - start)])
        guard try file.read(into: part, at: start) == part.count else { throw SystemError(code: EIO) }
        try write(UnsafeRawBufferPointer(part), to: descriptor)
      }
    }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(SystemError) {
    var rest = bytes
    while !rest.isEmpty {
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      #elseif canImport(Musl)
        let count = Musl.write(descriptor, rest.baseAddress, rest.count)
      #else
        let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
      #endif
      if count < 0, errno != EINTR { throw SystemError(code: errno) }
      rest = UnsafeRawBufferPointer(rebasing: rest[max(count, 0)...])
    }
  }
}
