#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a message could not be sent or received.
enum ChannelFailure: Error {
  /// The other end is closed.
  case closed
  case late
  case malformed
}

/// One end of a connection between two processes, over which messages go, and descriptors with them.
///
/// Used by one thread at a time.
final class MessageChannel: Sendable {
  private let socket: Int32
  private static let sizeLimit = 1 << 30

  init(owning socket: Int32) {
    self.socket = socket
  }

  deinit { close(socket) }

  /// Lets the other end find the end of the messages, while its answers still arrive.
  func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

  /// Whether there is something to receive, or the end, within the time.
  func waitUntilReadable(until end: ContinuousClock.Instant?) -> Bool { waitUntil(POLLIN, end: end) }

  /// Whether the process at the other end has closed it, or has ended.
  var isClosedByPeer: Bool { isClosedByPeer(within: 0) }

  /// Waits until the process at the other end has closed it, or has ended.
  func waitUntilClosedByPeer() {
    while !isClosedByPeer(within: -1) {}
  }

  private func isClosedByPeer(within milliseconds: Int32) -> Bool {
    var state = pollfd(fd: socket, events: Int16(POLLHUP), revents: 0)
    return poll(&state, 1, milliseconds) > 0
  }

  func send(
    _ message: [UInt8], descriptor: Int32? = nil, until end: ContinuousClock.Instant? = nil
  ) throws(ChannelFailure) {
    var frame = MessageWriter()
    frame.write(message.count)
    let bytes = frame.bytes + message
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        let rest = UnsafeRawBufferPointer(rebasing: $0[sent...])
        return BatchUp.send(rest, descriptor: sent == 0 ? descriptor : nil, to: socket)
      }
      if count >= 0 { sent += count } else { try waitAfterFailure(for: POLLOUT, until: end) }
    }
  }

  func receive(
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
      let part = bytes.withUnsafeMutableBytes {
        BatchUp.receive(into: UnsafeMutableRawBufferPointer(rebasing: $0[received...]), from: socket)
      }
      if let received = part.descriptor { descriptor = SharedDescriptor(owning: received) }
      if part.count == 0 { throw .closed }
      if part.count > 0 { received += part.count } else { try waitAfterFailure(for: POLLIN, until: end) }
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

/// A descriptor of shared memory on its way from one process into the other.
final class SharedDescriptor: Sendable {
  let number: Int32

  init(owning number: Int32) {
    self.number = number
  }

  deinit { close(number) }
}

extension Duration {
  /// Rounded up, so that a wait of that time is long enough, and not more than a day.
  fileprivate var pollMilliseconds: Int32 {
    let milliseconds = min(max(self, .zero), .seconds(86_400)) / .milliseconds(1)
    return Int32(milliseconds.rounded(.up))
  }
}
