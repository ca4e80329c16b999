internal import CBatchUpSystem

/// Memory that two processes see: the worker writes it, the parent reads it.
///
/// It has no name, and is gone with the last process that sees it, however that ends.
package final class SharedRegion: Sendable {
  package let number: Int
  package let byteCount: Int
  package nonisolated(unsafe) let base: UnsafeMutableRawPointer

  package static let alignment = 64

  package init(
    number: Int, byteCount: Int, of descriptor: SharedDescriptor, isWritable: Bool
  ) throws(SystemError) {
    let protection = isWritable ? PROT_READ | PROT_WRITE : PROT_READ
    let base = mmap(nil, byteCount, protection, MAP_SHARED, descriptor.number, 0)
    guard let base, base != MAP_FAILED else { throw .last }
    self.number = number
    self.byteCount = byteCount
    self.base = base
  }

  deinit { munmap(base, byteCount) }

  /// Where in the region the memory is; nil where it is elsewhere, or not aligned.
  package func offset(of memory: UnsafeRawBufferPointer) -> Int? {
    guard let start = memory.baseAddress, start >= UnsafeRawPointer(base) else { return nil }
    let offset = start - UnsafeRawPointer(base)
    return offset % Self.alignment == 0 && offset <= byteCount - memory.count ? offset : nil
  }

  /// Rounded up to what keeps the next array aligned.
  package static func aligned(_ byteCount: Int) -> Int { (byteCount + alignment - 1) / alignment * alignment }
}

/// A descriptor of shared memory, or of a socket, on its way from one process to another.
package final class SharedDescriptor: Sendable {
  package let number: Int32

  package init(owning number: Int32) {
    self.number = number
  }

  /// Creates memory without a name, all zero.
  package convenience init(memoryOf byteCount: Int) throws(SystemError) {
    let number = cbs_shared_memory(byteCount)
    if number < 0 { throw .last }
    self.init(owning: number)
  }

  deinit { close(number) }
}
