internal import CBatchUpSystem

/// The number of processors that this process may use: those that are online, that its affinity allows, and as many as
/// its control group's quota pays for, rounded up.
package func usableProcessorCount() -> Int {
  let allowed = Int(cbs_affinity_count())
  let online = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  return max(1, min(online, allowed > 0 ? allowed : .max, quotaCount() ?? .max))
}

private func quotaCount() -> Int? {
  #if os(Linux)
    // Version 2 has both numbers in one file, version 1 has two; "max" and -1 mean that there is no quota.
    let unified = numbers(in: "/sys/fs/cgroup/cpu.max")
    let (quota, period) =
      unified.count == 2
      ? (unified[0], unified[1])
      : (
        numbers(in: "/sys/fs/cgroup/cpu/cpu.cfs_quota_us").first ?? 0,
        numbers(in: "/sys/fs/cgroup/cpu/cpu.cfs_period_us").first ?? 0
      )
    return quota > 0 && period > 0 ? (quota + period - 1) / period : nil
  #else
    return nil
  #endif
}

/// The numbers in a small file of the system's; none where there is no such file.
func numbers(in path: String) -> [Int] {
  guard let file = fopen(path, "r") else { return [] }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 64)
  let count = fread(&bytes, 1, bytes.count, file)
  let text = String(decoding: bytes.prefix(count), as: UTF8.self)
  return text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
}
