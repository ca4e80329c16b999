internal import CBatchUpSystem

/// Why a message could not be sent or received.
package enum ChannelFailure: Error {
  /// The other end is closed.
  case closed
  case late
  case malformed
}

/// One end of a connection between two processes, over which messages go, and descriptors with them.
///
/// Used by one thread at a time.
package final class MessageChannel: Sendable {
  private let socket: Int32
  private static let sizeLimit = 1 << 30

  package init(owning socket: Int32) {
    self.socket = socket
  }

  /// Creates both ends of a connection, which are not inherited; the second one is a descriptor for another process.
  package static func pair() throws(SystemError) -> (MessageChannel, SharedDescriptor) {
    var sockets: [Int32] = [-1, -1]
    if !cbs_socket_pair(&sockets) { throw .last }
    return (MessageChannel(owning: sockets[0]), SharedDescriptor(owning: sockets[1]))
  }

  deinit { close(socket) }

  /// Lets the other end find the end of the messages, while its answers still arrive.
  package func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

  /// Whether there is something to receive, or the end, within the time.
  package func waitUntilReadable(until end: ContinuousClock.Instant?) -> Bool { waitUntil(POLLIN, end: end) }

  /// Whether the process at the other end has closed it, or has ended.
  package var isClosedByPeer: Bool { isClosedByPeer(within: 0) }

  /// Waits until the process at the other end has closed it, or has ended.
  package func waitUntilClosedByPeer() {
    while !isClosedByPeer(within: -1) {}
  }

  private func isClosedByPeer(within milliseconds: Int32) -> Bool {
    var state = pollfd(fd: socket, events: Int16(POLLHUP), revents: 0)
    return poll(&state, 1, milliseconds) > 0
  }

  package func send(
    _ message: [UInt8], descriptor: Int32? = nil, until end: ContinuousClock.Instant? = nil
  ) throws(ChannelFailure) {
    let bytes = withUnsafeBytes(of: message.count) { Array($0) } + message
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        let rest = UnsafeRawBufferPointer(rebasing: $0[sent...])
        return cbs_send(socket, rest.baseAddress, rest.count, sent == 0 ? descriptor ?? -1 : -1)
      }
      if count >= 0 { sent += count } else { try waitAfterFailure(for: POLLOUT, until: end) }
    }
  }

  package func receive(
    until end: ContinuousClock.Instant? = nil
  ) throws(ChannelFailure) -> (message: [UInt8], descriptor: SharedDescriptor?) {
    let (header, descriptor) = try receive(byteCount: MemoryLayout<Int>.size, until: end)
    let byteCount = header.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
    guard byteCount >= 0, byteCount <= Self.sizeLimit else { throw .malformed }
    return (try receive(byteCount: byteCount, until: end).bytes, descriptor)
  }

  private func receive(
    byteCount: Int, until end: ContinuousClock.Instant?
  ) throws(ChannelFailure) -> (bytes: [UInt8], descriptor: SharedDescriptor?) {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    var received = 0
    var descriptor: SharedDescriptor?
    while received < byteCount {
      var number: Int32 = -1
      let count = bytes.withUnsafeMutableBytes {
        let rest = UnsafeMutableRawBufferPointer(rebasing: $0[received...])
        return cbs_receive(socket, rest.baseAddress, rest.count, &number)
      }
      if number >= 0 { descriptor = SharedDescriptor(owning: number) }
      if count == 0 { throw .closed }
      if count > 0 { received += count } else { try waitAfterFailure(for: POLLIN, until: end) }
    }
    return (bytes, descriptor)
  }

  private func waitAfterFailure(
    for event: Int32, until end: ContinuousClock.Instant?
  ) throws(ChannelFailure) {
    guard errno == EAGAIN || errno == EWOULDBLOCK else { throw .closed }
    if !waitUntil(event, end: end) { throw .late }
  }

  /// False where the time is over.
  private func waitUntil(_ event: Int32, end: ContinuousClock.Instant?) -> Bool {
    while true {
      var state = pollfd(fd: socket, events: Int16(event), revents: 0)
      let ready = poll(&state, 1, end.map { ($0 - .now).pollMilliseconds } ?? -1)
      if ready > 0 { return true }
      if ready == 0, let end, end <= .now { return false }
    }
  }
}

extension Duration {
  /// Rounded up, so that a wait of that time is long enough, and not more than a day.
  fileprivate var pollMilliseconds: Int32 {
    let milliseconds = min(max(self, .zero), .seconds(86_400)) / .milliseconds(1)
    return Int32(milliseconds.rounded(.up))
  }
}
