import BatchUp
import BatchUpSystem
import CHDF5

/// The library libhdf5. Not every system has one that threads may share, so that one at a time is in it.
enum HDF5Library {
  private static let monitor = Monitor()

  /// Calls `body` while no other thread is in the library. Must not be nested, so no `HDF5Object` or `HDF5Descriptor` may
  /// end in it.
  static func locked<Result: ~Copyable, E: Error>(_ body: () throws(E) -> Result) throws(E) -> Result {
    try monitor.withLock { () throws(E) in
      cbu_h5_be_quiet()
      return try body()
    }
  }

  /// What the library says about the call that has failed just now.
  static var lastError: String {
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      cbu_h5_last_error(buffer.baseAddress, buffer.count)
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
    return text.isEmpty ? "libhdf5 gives no reason" : text.briefly
  }
}

/// Keeps libhdf5 from closing files when the process ends, for programs that use it through this package only: nothing of
/// this package is left to close, but after a failed read libhdf5 complains on standard error. Has an effect before the
/// first use of libhdf5.
package func disableHDF5ExitHandler() { H5dont_atexit() }

/// Why a call of the library has failed.
struct HDF5Failure: Error {
  let reason: String
  /// Whether the system could not read, write or lock the file, rather than the library make sense of it.
  let isSystemError: Bool

  init(reason: String) {
    self.reason = reason
    isSystemError = false
  }

  init(_ error: SystemError) {
    reason = error.text
    isSystemError = true
  }

  /// The error of reading a file; `damage` makes the one that says what is wrong with its contents.
  func readingError(path: String, damage: (_ reason: String) -> HDF5Error) -> HDF5Error {
    isSystemError ? .cannotRead(path: path, reason: reason) : damage(reason)
  }
}

/// Passes on the result of a function of the library.
@discardableResult
func checked<Status: SignedInteger>(_ status: Status) throws(HDF5Failure) -> Status {
  guard status >= 0 else { throw HDF5Failure(reason: HDF5Library.lastError) }
  return status
}

/// Passes on the size of a type, which is 0 where the function has failed.
func checked(size: Int) throws(HDF5Failure) -> Int {
  guard size > 0 else { throw HDF5Failure(reason: HDF5Library.lastError) }
  return size
}
