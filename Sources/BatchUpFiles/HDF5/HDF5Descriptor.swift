import BatchUp
import BatchUpSystem
import CBatchUpHDF5
import CHDF5

/// An open descriptor that the library reads or writes through a driver of this package, which keeps the system's errors.
///
/// `@unchecked Sendable`: the driver's file is used inside of `HDF5Library.locked` only.
final class HDF5Descriptor: @unchecked Sendable {
  private let driverFile: OpaquePointer
  /// Keeps the descriptor open.
  private let owner: ReadableFile?

  private init(_ descriptor: Int32, ownedBy owner: ReadableFile?) throws(HDF5Failure) {
    // A file that is being written has a name that only this process knows.
    guard let file = cbh_file_create(descriptor, owner != nil) else { throw HDF5Failure(SystemError(code: ENOMEM)) }
    driverFile = file
    self.owner = owner
  }

  /// For reading a file, which the library locks.
  convenience init(_ file: ReadableFile) throws(HDF5Failure) {
    try self.init(file.descriptor, ownedBy: file)
  }

  /// For writing a new file.
  ///
  /// - Precondition: the descriptor stays open for as long as this object exists.
  convenience init(writing descriptor: Int32) throws(HDF5Failure) {
    try self.init(descriptor, ownedBy: nil)
  }

  deinit {
    HDF5Library.locked { cbh_file_release(driverFile) }
  }

  /// Calls `body`, while no other thread is in the library, with a scope for the ids that it opens.
  ///
  /// - Throws: the system's error where reading, writing or locking the file has failed meanwhile, whatever the library
  ///   made of it; else what `body` and the end of the scope throw.
  func run<Result>(_ body: (inout HDF5Scope) throws(HDF5Failure) -> Result) throws(HDF5Failure) -> Result {
    try HDF5Library.locked { () throws(HDF5Failure) in
      let result: Result
      do throws(HDF5Failure) {
        result = try HDF5Scope.run(body)
      } catch {
        try checkSystem()
        throw error
      }
      try checkSystem()
      return result
    }
  }

  /// The file or data set that `body` opens, as `run` does.
  func opened(_ body: (inout HDF5Scope) throws(HDF5Failure) -> hid_t) throws(HDF5Failure) -> HDF5Object {
    let id = try run { scope throws(HDF5Failure) in
      let id = try body(&scope)
      try checkSystem()
      return scope.disown(id)
    }
    return HDF5Object(owning: id, of: self)
  }

  /// Throws the system's error, if there was one. Only inside of `run`.
  func checkSystem() throws(HDF5Failure) {
    let code = cbh_file_take_error(driverFile)
    if code != 0 { throw HDF5Failure(SystemError(code: code)) }
  }

  /// Has a file access property list open this descriptor. Only inside of `run`.
  func set(on access: hid_t) throws(HDF5Failure) { try checked(cbh_file_set(access, driverFile)) }
}

/// A file or data set that stays open for as long as this object exists, which must not end inside of
/// `HDF5Library.locked`. It is only read, so that closing it writes nothing.
final class HDF5Object: Sendable {
  let id: hid_t
  let descriptor: HDF5Descriptor

  init(owning id: hid_t, of descriptor: HDF5Descriptor) {
    self.id = id
    self.descriptor = descriptor
  }

  deinit {
    HDF5Library.locked { _ = H5Idec_ref(id) }
  }
}
