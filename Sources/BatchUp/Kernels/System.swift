internal import CBatchKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Names the calling thread for debuggers and profilers; Linux keeps the first 15 bytes.
func nameThread(_ name: String) { cbk_name_thread(name) }

/// The number of processors that the calling thread may run on; nil where there is no such thing.
func affinityCount() -> Int? {
  let count = cbk_affinity_count()
  return count > 0 ? Int(count) : nil
}

/// Gives an open file that size and room on its disk; false where the system cannot do that.
func takeRoom(for descriptor: Int32, byteCount: Int) throws(SystemError) -> Bool {
  let result = cbk_allocate_file(descriptor, off_t(byteCount))
  if result < 0 { throw .last }
  return result == 0
}

/// Returns whether an open file is on another machine; true where the system does not say.
func isOnNetwork(_ descriptor: Int32) -> Bool { cbk_is_on_network(descriptor) }

/// How often something had to be read from a disk for this thread (on Darwin: process) so far, reading ahead included.
func diskReadCount() -> Int { cbk_disk_read_count() }
