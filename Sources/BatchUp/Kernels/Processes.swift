internal import CBatchKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A call of the system that failed.
package struct SystemError: Error {
  package let code: Int32

  package init(code: Int32) {
    self.code = code
  }

  /// The error of the call that this thread made last.
  package static var last: SystemError { SystemError(code: errno) }

  package var text: String { String(cString: strerror(code)) }
}

/// The path of the file that this process runs; nil where the system does not say.
var executablePath: String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { path in
    guard let start = path.baseAddress, cbk_executable_path(start, path.count) else { return nil }
    return String(systemPath: start)
  }
}

/// The descriptor that a child process knows its socket by.
var childSocket: Int32 { Int32(CBK_CHILD_SOCKET) }

/// Starts an executable with nothing but a socket to talk over; its process group has its own number.
func spawn(_ path: String, arguments: [String], socket: Int32) throws(SystemError) -> Int32 {
  var child: Int32 = 0
  let strings = arguments.map { $0.withSystemPath { strdup($0) } }
  defer { for string in strings { free(string) } }
  let code = path.withSystemPath { cbk_spawn($0, strings + [nil], socket, &child) }
  if code != 0 { throw SystemError(code: code) }
  return child
}

/// Kills a child process and its process group.
func kill(processGroup child: Int32) { cbk_kill(child) }

/// How a process ended.
enum ProcessEnd {
  case exited(status: Int32)
  case signalled(Int32)
  /// Somebody else has waited for it.
  case unknown
}

/// Waits for the end of a child process.
func reap(_ child: Int32) -> ProcessEnd {
  var status: Int32 = 0
  var signal: Int32 = 0
  guard cbk_reap(child, &status, &signal) else { return .unknown }
  return signal == 0 ? .exited(status: status) : .signalled(signal)
}

/// Has the system kill this process when the thread that started it ends, where the system can do that.
func dieWithParent() { cbk_die_with_parent() }

/// Has the system kill the process group that this process leads when this process ends, where the system can do that.
/// Called by a thread that lives as long as the process.
func guardProcessGroup() { cbk_guard_process_group() }

/// Ends this process at once, and with it the process group, where this process leads it.
func killOwnGroup() -> Never { cbk_kill_own_group() }

/// Two connected sockets, which are not inherited.
func socketPair() throws(SystemError) -> (Int32, Int32) {
  var sockets: (Int32, Int32) = (-1, -1)
  let isMade = withUnsafeMutablePointer(to: &sockets) {
    $0.withMemoryRebound(to: Int32.self, capacity: 2) { cbk_socket_pair($0) }
  }
  if !isMade { throw .last }
  return sockets
}

/// Sends some of the bytes without waiting, and a descriptor with the first of them; the number of bytes, or -1.
func send(_ bytes: UnsafeRawBufferPointer, descriptor: Int32?, to socket: Int32) -> Int {
  cbk_send(socket, bytes.baseAddress, bytes.count, descriptor ?? -1)
}

/// Receives some bytes without waiting, and perhaps a descriptor; the number of bytes, 0 at the end, or -1.
func receive(into bytes: UnsafeMutableRawBufferPointer, from socket: Int32) -> (count: Int, descriptor: Int32?) {
  var descriptor: Int32 = -1
  let count = cbk_receive(socket, bytes.baseAddress, bytes.count, &descriptor)
  return (count, descriptor >= 0 ? descriptor : nil)
}

/// A descriptor of memory without a name, all zero.
func makeSharedMemory(byteCount: Int) throws(SystemError) -> Int32 {
  let descriptor = cbk_shared_memory(byteCount)
  if descriptor < 0 { throw .last }
  return descriptor
}
