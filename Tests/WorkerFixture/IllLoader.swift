import BatchUp
import Foundation

/// The indices, but for one sample, at which it falls ill; only once, where a file is named that then exists. Where the
/// times are counted, the file gets a byte each time.
struct IllLoader: SampleLoader {
  enum Illness: String {
    case none, counted, kill, segv, abort, exit3, hang, stop, fail, garbage, unasked, deaf, closed, helper,
      stoppedHelper
  }

  let sampleCount = 40
  private let illness: Illness
  private let sample: Int
  private let marker: String?

  struct UnknownIllness: Error {}
  struct BadSample: Error { let index: Int }

  init(arguments: [String]) throws(UnknownIllness) {
    guard let illness = Illness(rawValue: arguments[0]), let sample = Int(arguments[1]) else { throw UnknownIllness() }
    self.illness = illness
    self.sample = sample
    marker = arguments.dropFirst(2).first
  }

  func batch(at indices: BatchIndices) throws(BadSample) -> NDArray<Int32> {
    if indices.contains(sample), illness == .counted || marker.map(isFirst) ?? true { try fall() }
    return NDArray(indices.map(Int32.init))
  }

  private func fall() throws(BadSample) {
    switch illness {
    case .none: break
    case .counted: count()
    case .kill: kill(getpid(), SIGKILL)
    case .segv: useBadAddress()
    case .abort: giveUp()
    case .exit3: _exit(3)
    case .hang: while true { pause() }
    case .stop: kill(getpid(), SIGSTOP)
    case .fail: throw BadSample(index: sample)
    case .garbage: _ = [UInt8](repeating: 0xAB, count: 64).withUnsafeBytes { write(3, $0.baseAddress, $0.count) }
    case .unasked: _ = [8, 99].withUnsafeBytes { write(3, $0.baseAddress, 16) }
    case .deaf: askWithoutListening()
    case .closed: close(3)
    case .helper:
      startHelper()
      while true { pause() }
    case .stoppedHelper:
      startHelper()
      kill(getpid(), SIGSTOP)
    }
  }

  private func count() {
    let descriptor = open(marker ?? "", O_CREAT | O_APPEND | O_WRONLY, 0o600)
    write(descriptor, "x", 1)
    kill(getpid(), SIGKILL)
  }

  private func giveUp() {
    // Whatever a sanitizer or the runtime does about it otherwise.
    signal(SIGABRT, SIG_DFL)
    Foundation.abort()
  }

  private func useBadAddress() {
    signal(SIGSEGV, SIG_DFL)
    UnsafeMutablePointer<Int>(bitPattern: 64)?.pointee = 1
  }

  /// Asks for a larger region, as a worker may, but would not hear of it.
  private func askWithoutListening() {
    shutdown(3, Int32(SHUT_RD))
    _ = [16, 4, 64].withUnsafeBytes { write(3, $0.baseAddress, 24) }
    while true { pause() }
  }

  /// Starts a program that does not end by itself.
  private func startHelper() { _ = popen("exec sleep 1000", "r") }
}
