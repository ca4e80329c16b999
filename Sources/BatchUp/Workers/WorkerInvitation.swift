/// The argument that a process is started with to be a worker.
struct WorkerInvitation {
  let parent: Int32

  private static let prefix = "--batchup-worker-of="

  /// The one that this process was started with.
  static let received: WorkerInvitation? = {
    let arguments = CommandLine.arguments
    guard arguments.count == 2, arguments[1].hasPrefix(prefix) else { return nil }
    return Int32(arguments[1].dropFirst(prefix.count)).map(WorkerInvitation.init)
  }()

  var argument: String { "\(Self.prefix)\(parent)" }
}
