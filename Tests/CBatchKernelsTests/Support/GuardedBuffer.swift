import BatchUpSystem

/// Memory with an inaccessible page directly before and directly behind it.
final class GuardedBuffer {
  enum Edge: CaseIterable {
    /// The region begins where the page before ends.
    case front
    /// The region ends where the page behind begins.
    case back
  }

  /// What the memory outside a region is filled with.
  static let canary: UInt8 = 0xA5

  private let mapping: UnsafeMutableRawPointer
  private let base: UnsafeMutableRawPointer
  private let capacity: Int
  private let pageSize: Int
  private let canaries: [UInt8]

  init(capacity minimum: Int) {
    pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    capacity = max(1, (minimum + pageSize - 1) / pageSize) * pageSize
    mapping = mmap(
      nil, capacity + 2 * pageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    precondition(mapping != UnsafeMutableRawPointer(bitPattern: -1), "mmap failed")
    base = mapping + pageSize
    canaries = Array(repeating: Self.canary, count: capacity)
    precondition(mprotect(mapping, pageSize, PROT_NONE) == 0)
    precondition(mprotect(base + capacity, pageSize, PROT_NONE) == 0)
    memset(base, Int32(Self.canary), capacity)
  }

  deinit { munmap(mapping, capacity + 2 * pageSize) }

  /// The `byteCount` bytes at an edge.
  func region(_ byteCount: Int, at edge: Edge) -> UnsafeMutableRawPointer {
    precondition(byteCount <= capacity)
    return edge == .front ? base : base + capacity - byteCount
  }

  /// The region at an edge, holding these elements.
  func region<T>(of elements: [T], at edge: Edge) -> UnsafeMutablePointer<T> {
    let byteCount = elements.count * MemoryLayout<T>.stride
    let start = region(byteCount, at: edge)
    elements.withUnsafeBytes { if byteCount > 0 { memcpy(start, $0.baseAddress!, byteCount) } }
    return start.assumingMemoryBound(to: T.self)
  }

  func fillWithCanaries() { memset(base, Int32(Self.canary), capacity) }

  /// Whether the region holds `expected`, and all memory outside it is as `fillWithCanaries` left it.
  func holds(_ expected: UnsafeRawBufferPointer, at edge: Edge) -> Bool {
    let start = region(expected.count, at: edge)
    let before = start - base
    let behind = capacity - before - expected.count
    return canaries.withUnsafeBytes { canaries in
      memcmp(base, canaries.baseAddress!, before) == 0
        && memcmp(start + expected.count, canaries.baseAddress!, behind) == 0
        && (expected.isEmpty || memcmp(start, expected.baseAddress!, expected.count) == 0)
    }
  }

  func holds<T>(_ expected: [T], at edge: Edge) -> Bool {
    expected.withUnsafeBytes { holds($0, at: edge) }
  }

  func isUntouched() -> Bool { holds([UInt8](), at: .front) }
}
