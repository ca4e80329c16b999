internal import CBatchKernels

/// Names the calling thread for debuggers and profilers; Linux keeps the first 15 bytes.
func nameThread(_ name: String) { cbk_name_thread(name) }

/// The number of processors that the calling thread may run on; nil where there is no such thing.
func affinityCount() -> Int? {
  let count = cbk_affinity_count()
  return count > 0 ? Int(count) : nil
}
