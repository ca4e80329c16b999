import BatchUpSystem

/// What turns a process into a worker of a `WorkerProcessPool`.
///
/// The pool starts the executable of its own process once more for each worker. So the executable begins with the
/// loaders that it has for workers; where it was started as one, nothing after that runs:
///
/// ```swift
/// WorkerProcess.serve(["images": WorkerLoader { ImageFolder(paths: $0) }])
/// ```
public enum WorkerProcess {
  /// Serves the loaders, and never returns, where a pool has started this process; returns at once otherwise.
  ///
  /// A worker ends when its pool is closed or released, and with the process of the pool, however that ends. It loads
  /// one batch at a time, on the thread that this is called on. Its standard input is empty, its standard output that
  /// of the parent.
  ///
  /// Each worker leads a process group, so the keys of a terminal, such as Ctrl-C, reach the parent alone. Programs
  /// that a loader starts are in the worker's group and end with the worker, however it ends; on Linux, a small process
  /// in the group ("batchup guard") kills them. Two kinds are not reached: programs that leave the group (`setsid`,
  /// `setpgid`), and, on systems other than Linux, those of a worker that is killed or stopped when its parent is
  /// killed.
  public static func serve(_ loaders: [String: WorkerLoader]) {
    guard let invitation = WorkerInvitation.received else { return }
    endWithParent(invitation.parent)
    // Programs that a loader starts must not keep the connection.
    guard fcntl(childSocket, F_SETFD, FD_CLOEXEC) == 0 else { exit(EXIT_FAILURE) }
    guardProcessGroup()
    let channel = MessageChannel(owning: childSocket)
    watchParent(over: channel)
    nameThread("batchup worker")
    var server = WorkerServer(loaders, over: channel)
    // There is nobody left to tell about the failure of a connection.
    try? server.serve()
    exit(EXIT_SUCCESS)
  }

  private static func endWithParent(_ parent: Int32) {
    dieWithParent()
    // It may have ended before that was asked for.
    if getppid() != parent { exit(EXIT_FAILURE) }
  }

  /// Ends the process and its group when the parent is gone, also where the loader hangs. One that does not hang gets a
  /// second to end by itself.
  private static func watchParent(over channel: MessageChannel) {
    _ = WorkerThread(name: "batchup watch") {
      channel.waitUntilClosedByPeer()
      sleep(1)
      killOwnGroup()
    }
  }
}
