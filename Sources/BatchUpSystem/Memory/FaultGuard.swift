internal import CBatchUpSystem

/// The handler of SIGBUS that turns reads of a mapped file which is made shorter into failures. The first guarded read
/// installs it.
package enum FaultGuard {
  /// Whether reads are guarded.
  package static var isEnabled: Bool {
    get { cbs_fault_guard_is_enabled() }
    set { cbs_fault_guard_set_enabled(newValue) }
  }

  /// Calls a function of C, which reads some of `byteCount` bytes and allocates and locks nothing. Returns false where
  /// the file no longer has some of them, or its disk fails.
  package static func run(
    reading byteCount: Int, at start: UnsafeRawPointer?, _ body: @convention(c) (UnsafeMutableRawPointer?) -> Void,
    _ context: UnsafeMutableRawPointer
  ) -> Bool {
    cbs_guard_faults(start, byteCount, body, context)
  }

  /// Copies bytes, with the same result.
  package static func copy(
    _ source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, byteCount: Int
  ) -> Bool {
    cbs_copy_guarded(source, destination, byteCount)
  }
}
