import Foundation

/// A port of this machine where connections are made, since the system makes them, and nothing is answered.
final class SilentPort {
  let number: UInt16
  private var sockets: [Int32]

  /// - Parameter number: 0 for any that is free.
  init(number: UInt16 = 0, queueLength: Int32 = 0) throws {
    let listener = socket(AF_INET, streamSocket, 0)
    var address = loopback(port: number)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, queueLength) == 0 && getsockname(listener, $0, &size) == 0
      }
    }
    guard isListening else {
      close(listener)
      throw POSIXError(.EADDRINUSE)
    }
    _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
    self.number = UInt16(bigEndian: address.sin_port)
    sockets = [listener]
  }

  deinit {
    for socket in sockets { close(socket) }
  }

  /// The listening socket, which is the caller's from now on.
  func release() -> (socket: Int32, port: UInt16) { (sockets.removeFirst(), number) }

  /// Fills the queue of connections that wait to be accepted, so that Linux makes no more of them.
  func fill() {
    for _ in 0..<8 {
      let client = socket(AF_INET, streamSocket, 0)
      _ = fcntl(client, F_SETFL, O_NONBLOCK)
      var address = loopback(port: number)
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      sockets.append(client)
    }
  }
}

private func loopback(port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}

#if os(Linux)
  private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
  private let streamSocket = SOCK_STREAM
#endif
