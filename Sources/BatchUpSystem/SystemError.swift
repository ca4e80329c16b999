/// A call of the system that failed.
package struct SystemError: Error {
  package let code: Int32

  package init(code: Int32) {
    self.code = code
  }

  /// The error of the call that this thread made last.
  package static var last: SystemError { SystemError(code: errno) }

  package var text: String { String(cString: strerror(code)) }
}

/// Calls `body` again as long as a signal interrupts it.
package func retryingInterrupted<Result: SignedInteger>(_ body: () -> Result) -> Result {
  while true {
    let result = body()
    if result >= 0 || errno != EINTR { return result }
  }
}
