/// A value that one thread at a time looks at or changes. The thread sanitizer knows it, unlike the standard library's
/// `Mutex` on Linux. Where there is no value, a `Monitor` does: the sanitizer takes changes of a value without a size for
/// changes of the object.
@usableFromInline
package final class Guarded<Value>: @unchecked Sendable {
  @usableFromInline let monitor = Monitor()
  @exclusivity(unchecked) @usableFromInline var value: Value

  @inlinable package init(_ value: Value) {
    self.value = value
  }

  @inlinable package func withLock<Result: ~Copyable, E: Error>(_ body: (inout Value) throws(E) -> Result) throws(E)
    -> Result
  {
    monitor.lock()
    defer { monitor.unlock() }
    return try body(&value)
  }

  /// Puts a value in place of the one that is there, which it returns, so that the lock is not held when that is
  /// released.
  @inlinable package func exchange(_ new: Value) -> Value {
    withLock { value in
      let old = value
      value = new
      return old
    }
  }
}
