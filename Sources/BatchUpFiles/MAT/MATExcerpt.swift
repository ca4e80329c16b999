import BatchUp
import BatchUpSystem

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
    guard descriptor >= 0 else { throw .last }
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
    var offset = 0
    for range in ranges {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: piece.count) {
        let part = UnsafeMutableRawBufferPointer(rebasing: piece[..<min(piece.count, range.upperBound - start)])
        guard try file.read(into: part, at: start) == part.count else { throw SystemError(code: EIO) }
        try writeFully(UnsafeRawBufferPointer(part), to: descriptor, at: offset)
        offset += part.count
      }
    }
  }
}
