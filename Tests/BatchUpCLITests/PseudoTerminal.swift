import BatchUpSystem

#if os(Linux)
  import Foundation
  import Synchronization

  /// A terminal without a screen, which remembers what processes write to it.
  ///
  /// Made by Linux's own calls, because Swift's Glibc module leaves out `posix_openpt` and its companions.
  final class PseudoTerminal: Sendable {
    /// The end that a process takes for its terminal.
    let slave: FileHandle
    private let master: FileHandle
    private let text = Mutex<[UInt8]>([])

    private static let unlock: UInt = 0x4004_5431  // TIOCSPTLCK
    private static let getNumber: UInt = 0x8004_5430  // TIOCGPTN

    init(width: UInt16) throws {
      master = try FileHandle(forUpdating: URL(filePath: "/dev/ptmx"))
      var lock: Int32 = 0
      var number: Int32 = 0
      var size = winsize(ws_row: 24, ws_col: width, ws_xpixel: 0, ws_ypixel: 0)
      guard ioctl(master.fileDescriptor, Self.unlock, &lock) == 0,
        ioctl(master.fileDescriptor, Self.getNumber, &number) == 0,
        ioctl(master.fileDescriptor, UInt(TIOCSWINSZ), &size) == 0,
        fcntl(master.fileDescriptor, F_SETFL, O_NONBLOCK) == 0
      else { throw POSIXError(.ENXIO) }
      slave = try FileHandle(forUpdating: URL(filePath: "/dev/pts/\(number)"))
      // Its buffer is small, and a process that writes to a full one waits.
      master.readabilityHandler = { [weak self] _ in self?.readOn() }
    }

    /// What has been written so far; nothing more is received.
    func received() -> String {
      master.readabilityHandler = nil
      readOn()
      return text.withLock { String(decoding: $0, as: UTF8.self) }
    }

    private func readOn() {
      text.withLock { text in
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
          let count = read(master.fileDescriptor, &chunk, chunk.count)
          if count <= 0 { return }
          text += chunk[..<count]
        }
      }
    }
  }
#endif
