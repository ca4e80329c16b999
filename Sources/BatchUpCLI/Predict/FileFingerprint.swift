import BatchUp
import BatchUpSystem

/// Numbers that are others when a file is written anew: its size, and when it was changed last.
func fileFingerprint(_ path: String) throws(ToolError) -> [UInt64] {
  let status: stat
  do throws(SystemError) {
    guard let found = try statusIfPresent(at: path) else { throw SystemError(code: ENOENT) }
    status = found
  } catch {
    throw ToolError("\(path): cannot be looked up: \(error.text)")
  }
  #if canImport(Darwin)
    let changed = status.st_mtimespec
  #else
    let changed = status.st_mtim
  #endif
  return [
    UInt64(truncatingIfNeeded: status.st_size), UInt64(truncatingIfNeeded: changed.tv_sec),
    UInt64(truncatingIfNeeded: changed.tv_nsec),
  ]
}
