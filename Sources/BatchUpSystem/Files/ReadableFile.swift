/// A regular file that is open for reading; owns its descriptor.
package final class ReadableFile: Sendable {
  package enum Failure: Error {
    case system(SystemError)
    case notRegular
  }

  package let path: String
  package let descriptor: Int32

  package init(path: String) throws(Failure) {
    // Opening a FIFO would wait for its writer without O_NONBLOCK, which means nothing to regular files.
    let descriptor = path.withSystemPath { path in
      retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
    }
    guard descriptor >= 0 else { throw .system(.last) }
    do {
      try requireRegular(descriptor)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// The size of the file at this moment.
  package func byteCount() throws(SystemError) -> Int {
    // A third of the time of fstat. The position is not used, since all reading is at an offset.
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= 0 else { throw .last }
    return Int(end)
  }

  /// Fills the buffer, or less of it where the file ends; returns the number of bytes.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    try readFully(descriptor, into: buffer, at: offset)
  }
}

extension ReadableFile {
  /// Has the kernel read these bytes into the page cache, without waiting for them.
  ///
  /// It is a hint: the later read finds out what the kernel did not read, or could not.
  func readAhead(_ range: Range<Int>) {
    #if canImport(Darwin)
      var advice = radvisory(ra_offset: off_t(range.lowerBound), ra_count: Int32(clamping: range.count))
      _ = fcntl(descriptor, F_RDADVISE, &advice)
    #else
      _ = posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_WILLNEED)
    #endif
  }

  /// Has the kernel take whole pages of these bytes out of the page cache. Darwin knows no such advice.
  func forget(_ range: Range<Int>) {
    #if os(Linux)
      _ = posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_DONTNEED)
    #endif
  }
}

package func readFully(
  _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
) throws(SystemError) -> Int {
  var filled = 0
  while filled < buffer.count {
    let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
    // Darwin refuses more than that at once.
    let count = retryingInterrupted {
      pread(descriptor, rest.baseAddress, min(rest.count, Int(Int32.max)), off_t(offset + filled))
    }
    if count < 0 { throw .last }
    if count == 0 { break }
    filled += count
  }
  return filled
}

/// Reads `count` bytes, or fewer where the file ends.
package func readBytes(of descriptor: Int32, at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
  // The standard library would write to the memory that all empty arrays share.
  if count == 0 { return [] }
  return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled throws(SystemError) in
    filled = try readFully(descriptor, into: UnsafeMutableRawBufferPointer(buffer), at: offset)
  }
}

package func requireRegular(_ descriptor: Int32) throws(ReadableFile.Failure) {
  let mode: mode_t
  do { mode = try status(of: descriptor).st_mode & S_IFMT } catch { throw .system(error) }
  if mode == S_IFDIR { throw .system(SystemError(code: EISDIR)) }
  if mode != S_IFREG { throw .notRegular }
}

package func status(of descriptor: Int32) throws(SystemError) -> stat {
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw .last }
  return status
}
