import BatchUpSystem

/// The handler of SIGBUS that turns a mapped file which is made shorter into an error.
///
/// The first batch of a mapped file installs it, for the whole process. It takes the faults of reading mapped files for
/// batches, on threads that block SIGBUS too, and passes all others on to the handler that was there before, or to the
/// system.
///
/// A program that handles SIGBUS itself installs its handler before the first batch of a mapped file. A handler that it
/// installs later replaces the guard: it has to call the one that `sigaction` returned for what is not its own. Otherwise
/// a file that is made shorter ends in the program's handler.
public enum MappedFileGuard {
  /// Whether batches of mapped files are guarded; true at first.
  ///
  /// Where it is false before the first of these batches, no handler is installed, and a file that is made shorter while a
  /// batch is read ends the process with SIGBUS; one that was made shorter before may do that, too. A handler that was
  /// installed before stays, and passes all signals on. Batches that are being read meanwhile are read as before.
  public static var isEnabled: Bool {
    get { FaultGuard.isEnabled }
    set { FaultGuard.isEnabled = newValue }
  }
}
