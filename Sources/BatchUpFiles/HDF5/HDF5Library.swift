import BatchUp
import CHDF5

/// The library libhdf5. Not every system has one that threads may share, so that one at a time is in it.
enum HDF5Library {
  private static let monitor = Monitor()

  /// Calls `body` while no other thread is in the library. Must not be nested, so no `HDF5Object` may end in it.
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

/// Why a call of the library has failed.
struct HDF5Failure: Error {
  let reason: String
}

/// An id of the library, released at the end of its scope, inside of `HDF5Library.locked`.
struct HDF5ID: ~Copyable {
  let id: hid_t

  /// Takes over what a function of the library has returned.
  init(_ id: hid_t) throws(HDF5Failure) {
    guard id >= 0 else { throw HDF5Failure(reason: HDF5Library.lastError) }
    self.id = id
  }

  deinit { H5Idec_ref(id) }

  /// The id, for a holder that releases it later.
  consuming func released() -> hid_t {
    let id = self.id
    discard self
    return id
  }
}

/// A file or data set that is open for as long as somebody holds this, outside of `HDF5Library.locked`.
final class HDF5Object: Sendable {
  let id: hid_t

  init(owning id: hid_t) { self.id = id }

  deinit {
    HDF5Library.locked { _ = H5Idec_ref(id) }
  }
}

/// Passes on the result of a function of the library.
@discardableResult
func checked<Status: SignedInteger>(_ status: Status) throws(HDF5Failure) -> Status {
  guard status >= 0 else { throw HDF5Failure(reason: HDF5Library.lastError) }
  return status
}
