import CBatchKernels
import Testing

/// The parent of every suite here: `cbk_set_isa` changes the whole process, so no two of their tests may
/// run at the same time.
@Suite(.serialized)
enum KernelTests {
  static let availableISAs = [CBK_ISA_SCALAR, CBK_ISA_AVX2, CBK_ISA_AVX512, CBK_ISA_NEON]
    .filter { cbk_isa_is_available($0) }
}

/// Runs `body` with each instruction set of this machine in turn, and goes back to the one before.
func withEachISA(_ body: (cbk_isa) throws -> Void) rethrows {
  let previous = cbk_active_isa()
  defer { cbk_set_isa(previous) }
  for isa in KernelTests.availableISAs {
    #expect(cbk_set_isa(isa))
    try body(isa)
  }
}

func name(_ isa: cbk_isa) -> String { String(cString: cbk_isa_name(isa)) }

/// Collects the mismatches of thousands of cases, as an `#expect` for each would dominate the run time.
struct Mismatches {
  private(set) var count = 0
  private var first: [String] = []

  mutating func check(_ isMatch: Bool, _ description: @autoclosure () -> String) {
    if isMatch { return }
    count += 1
    if first.count < 5 { first.append(description()) }
  }

  func expectNone(sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(count == 0, "\(first.joined(separator: "; "))", sourceLocation: sourceLocation)
  }
}
