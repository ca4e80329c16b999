#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ends the program where `count` items of some bytes each are more than the machine can hold, instead of running into
/// that one page after the other. Prints `use`, as in "a batch of 4096 samples", in release builds too.
///
/// - Parameter advice: what takes less memory.
func requireMemory(
  for count: Int, byteCountEach: Int, _ use: @autoclosure () -> String, advice: String = "use smaller batches"
) {
  let byteCount = count.multipliedSaturating(by: byteCountEach)
  if byteCount < alwaysGrantedByteCount || fitsIntoMemory(byteCount: byteCount) { return }
  endProgram("\(use()) takes \(byteCount) bytes of memory, more than this process can have; \(advice)")
}

/// As above, for what lists of the indices of a batch take while it is made.
func requireMemory(forBatchOf count: Int) {
  requireMemory(for: count, byteCountEach: 32, "a batch of \(count) samples")
}

/// Less memory than this is not asked about.
private let alwaysGrantedByteCount = 256 << 20

/// Ends the program where the system does not grant memory for an array.
func requireGrant(byteCount: Int) {
  if byteCount < alwaysGrantedByteCount || systemGrants(byteCount: byteCount) { return }
  endProgram("an array of \(byteCount) bytes is more than the system grants; use smaller batches or arrays")
}

/// Whether that much memory is there at all, and is granted now.
func fitsIntoMemory(byteCount: Int) -> Bool {
  #if os(Linux)
    let limits = numbers(in: "/sys/fs/cgroup/memory.max") + numbers(in: "/sys/fs/cgroup/memory/memory.limit_in_bytes")
  #else
    let limits: [Int] = []
  #endif
  let installed = Int(sysconf(Int32(_SC_PHYS_PAGES))).multipliedSaturating(by: Int(sysconf(Int32(_SC_PAGESIZE))))
  return byteCount <= limits.reduce(installed, min) && systemGrants(byteCount: byteCount)
}

/// Ends the program with a message, which `preconditionFailure` prints in debug builds only.
private func endProgram(_ message: String) -> Never {
  #if !DEBUG
    let line = Array("batchup: \(message)\n".utf8)
    write(STDERR_FILENO, line, line.count)
  #endif
  preconditionFailure(message)
}

/// Whether that much memory is to be had now; `NDArray` traps where it is not.
package func systemGrants(byteCount: Int) -> Bool {
  let size = max(byteCount, 1)
  let flags = MAP_PRIVATE | MAP_ANONYMOUS
  guard let address = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), address != MAP_FAILED else { return false }
  munmap(address, size)
  return true
}
