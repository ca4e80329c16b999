#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether that much memory is to be had now; `NDArray` traps where it is not.
package func systemGrants(byteCount: Int) -> Bool {
  let size = max(byteCount, 1)
  let flags = MAP_PRIVATE | MAP_ANONYMOUS
  guard let address = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), address != MAP_FAILED else { return false }
  munmap(address, size)
  return true
}
