import CHDF5

/// The ids that a piece of work opens, inside of `HDF5Library.locked`.
///
/// All of them are closed when the work ends, the last one first, and each result is checked: closing a data set or a file
/// writes what the library has kept back until then.
struct HDF5Scope: ~Copyable {
  private var ids: [hid_t] = []

  private init() {}

  /// Calls `body` with a scope of its own and closes the scope's ids.
  ///
  /// - Throws: what `body` throws, or else what closing reports first.
  static func run<Result>(
    _ body: (inout HDF5Scope) throws(HDF5Failure) -> Result
  ) throws(HDF5Failure) -> Result {
    var scope = HDF5Scope()
    let result: Result
    do throws(HDF5Failure) {
      result = try body(&scope)
    } catch {
      _ = scope.close()
      throw error
    }
    if let failure = scope.close() { throw failure }
    return result
  }

  /// Takes over the id that a function of the library has returned.
  mutating func own(_ id: hid_t) throws(HDF5Failure) -> hid_t {
    ids.append(try checked(id))
    return id
  }

  /// Leaves an id open, for a holder that closes it later.
  mutating func disown(_ id: hid_t) -> hid_t {
    ids.removeAll { $0 == id }
    return id
  }

  /// Returns the first failure.
  private mutating func close() -> HDF5Failure? {
    var failure: HDF5Failure?
    while let id = ids.popLast() {
      do throws(HDF5Failure) { try checked(H5Idec_ref(id)) } catch { failure = failure ?? error }
    }
    return failure
  }
}
