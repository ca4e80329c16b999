/// What of the files that are there is not complete, and how it is removed.
///
/// A program that is about to end by a signal asks for that; where a process is killed, it stays. While the lock is
/// held, such a program does not end: what is made under it is known here, and what is completed under it stays.
package enum Leftovers {
  package typealias Removals = [String: @Sendable () -> Void]

  private static let removals = Guarded<Removals>([:])

  /// Makes or completes what has a path.
  package static func withLock<Result: ~Copyable, E: Error>(
    _ body: (inout Removals) throws(E) -> Result
  ) throws(E) -> Result {
    try removals.withLock(body)
  }

  /// Removes all of them and calls `end`; meanwhile nothing is made or completed.
  package static func remove(andThen end: () -> Void) {
    removals.withLock { removals in
      // What is in a folder goes before the folder.
      for (_, remove) in removals.sorted(by: { $0.key.utf8.count > $1.key.utf8.count }) { remove() }
      end()
    }
  }
}
