import BatchUpSystem

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

/// Ends the program with a message, which `preconditionFailure` prints in debug builds only.
func endProgram(_ message: String) -> Never {
  #if !DEBUG
    printToStandardError(message)
  #endif
  preconditionFailure(message)
}

/// Prints a line about what no error can be thrown for.
func printToStandardError(_ message: String) {
  let line = Array("batchup: \(message)\n".utf8)
  write(STDERR_FILENO, line, line.count)
}
