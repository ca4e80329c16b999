#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory that two processes see: the worker writes it, the parent reads it.
///
/// It has no name, and is gone with the last process that sees it, however that ends.
final class SharedRegion: Sendable {
  let number: Int
  let byteCount: Int
  nonisolated(unsafe) let base: UnsafeMutableRawPointer

  static let alignment = 64

  init(
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

  var offer: RegionOffer { RegionOffer(number: number, byteCount: byteCount) }

  /// Where in the region the memory is; nil where it is elsewhere, or not aligned.
  func offset(of memory: UnsafeRawBufferPointer) -> Int? {
    guard let start = memory.baseAddress, start >= UnsafeRawPointer(base) else { return nil }
    let offset = start - UnsafeRawPointer(base)
    return offset % Self.alignment == 0 && offset <= byteCount - memory.count ? offset : nil
  }

  /// Rounded up to what keeps the next array aligned.
  static func aligned(_ byteCount: Int) -> Int { (byteCount + alignment - 1) / alignment * alignment }
}
