internal import CBatchUpSystem

/// Returns whether this machine and its control group have that much memory, and the system grants it now.
package func fitsIntoMemory(byteCount: Int) -> Bool {
  #if os(Linux)
    let limits = numbers(in: "/sys/fs/cgroup/memory.max") + numbers(in: "/sys/fs/cgroup/memory/memory.limit_in_bytes")
  #else
    let limits: [Int] = []
  #endif
  let installed = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
  return byteCount <= limits.reduce(installed, min) && systemGrants(byteCount: byteCount)
}

/// Returns whether `byteCount` bytes can be allocated now; `NDArray` traps where they cannot.
package func systemGrants(byteCount: Int) -> Bool {
  let size = max(byteCount, 1)
  let flags = MAP_PRIVATE | MAP_ANONYMOUS
  guard let address = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), address != MAP_FAILED else { return false }
  munmap(address, size)
  return true
}

/// Returns whether each of a library's threads has its buffer of `byteCount` bytes, or is sure to get it.
package func threadsHaveBuffers(threadCount: Int32, byteCount: Int) -> Bool {
  cbs_threads_have_buffers(threadCount, byteCount)
}

/// Returns whether there is memory for `count` buffers, at least one, besides those of the threads, and for `besides` more
/// bytes.
package func hasBuffers(_ count: Int, threadCount: Int32, byteCount: Int, besides: Int) -> Bool {
  cbs_has_buffers(threadCount, Int32(clamping: count), byteCount, besides)
}

/// Returns the largest number of bytes, up to a limit, that can be mapped now; a multiple of 64 KiB.
package func availableByteCount(upTo limit: Int) -> Int { cbs_available_size(limit) }
