import BatchUpSystem
import Foundation

/// A small server of HTTP/1.1 on this machine, which does to its clients what a test tells it to.
///
/// Each connection has a thread of its own and is good for one request. It ends with `stop()`, or with its last holder.
final class HTTPServer: Sendable {
  typealias Answer = @Sendable (HTTPRequest, HTTPConnection) -> Void

  let port: UInt16
  private let listener: Int32
  private let answer: Answer
  private let state = ServerState()

  /// - Parameter port: 0 for any that is free.
  init(port: UInt16 = 0, _ answer: @escaping Answer) throws {
    let listening = try SilentPort(number: port, queueLength: 64).release()
    (listener, self.port) = listening
    let listener = listening.socket
    self.answer = answer
    let (state, answerer) = (state, answer)
    Thread.detachNewThread { Self.acceptConnections(listener, state, answerer) }
  }

  deinit { stop() }

  func address(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

  /// All requests so far, in their order.
  var requests: [HTTPRequest] { state.with { $0.requests } }

  func requests(for path: String) -> [HTTPRequest] { requests.filter { $0.path == path } }

  /// Breaks off all connections, and waits for their threads.
  func stop() {
    let isFirst = state.with { state in
      defer { state.isStopped = true }
      if state.isStopped { return false }
      for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
      return true
    }
    guard isFirst else { return }
    shutdown(listener, Int32(SHUT_RDWR))
    state.wait { $0.threadCount == 0 }
    close(listener)
  }

  private static func acceptConnections(_ listener: Int32, _ state: ServerState, _ answer: @escaping Answer) {
    defer { state.with { $0.threadCount -= 1 } }
    while true {
      let client = accept(listener, nil, nil)
      if client < 0, errno == EINTR || errno == ECONNABORTED { continue }
      guard client >= 0 else { return }
      _ = fcntl(client, F_SETFD, FD_CLOEXEC)
      let isOpen = state.with { state in
        if state.isStopped { return false }
        state.connections.insert(client)
        state.threadCount += 1
        return true
      }
      guard isOpen else {
        close(client)
        return
      }
      Thread.detachNewThread {
        Self.serve(HTTPConnection(socket: client), state, answer)
        state.with { state in
          state.connections.remove(client)
          close(client)
          state.threadCount -= 1
        }
      }
    }
  }

  private static func serve(_ connection: HTTPConnection, _ state: ServerState, _ answer: Answer) {
    guard var request = connection.readRequest() else { return }
    state.with { state in
      request.number = state.requests.count { $0.path == request.path }
      state.requests.append(request)
    }
    answer(request, connection)
  }
}

/// What the threads of a server share.
final class ServerState: @unchecked Sendable {
  struct State {
    var requests: [HTTPRequest] = []
    var connections: Set<Int32> = []
    /// The one that accepts is counted from the start.
    var threadCount = 1
    var isStopped = false
  }

  // The lock of `state`.
  private let condition = NSCondition()
  private var state = State()

  func with<Result>(_ body: (inout State) -> Result) -> Result {
    condition.lock()
    defer { condition.unlock() }
    defer { condition.broadcast() }
    return body(&state)
  }

  func wait(until isSo: (State) -> Bool) {
    condition.lock()
    defer { condition.unlock() }
    while !isSo(state) { condition.wait() }
  }
}
