import BatchUpSystem
import CBatchKernels
import Testing

extension KernelTests {
  @Suite struct DispatchTests {
    @Test func names() {
      #expect(name(CBK_ISA_SCALAR) == "scalar")
      #expect(name(CBK_ISA_AVX2) == "avx2")
      #expect(name(CBK_ISA_AVX512) == "avx512")
      #expect(name(CBK_ISA_NEON) == "neon")
      #expect(name(cbk_isa(rawValue: 99)) == "unknown")
    }

    @Test func scalarIsAlwaysAvailable() {
      #expect(cbk_isa_is_available(CBK_ISA_SCALAR))
      #expect(!cbk_isa_is_available(cbk_isa(rawValue: 99)))
    }

    @Test func oneArchitectureAtATime() {
      #if arch(x86_64)
        #expect(!cbk_isa_is_available(CBK_ISA_NEON))
      #elseif arch(arm64)
        #expect(cbk_isa_is_available(CBK_ISA_NEON))
        #expect(!cbk_isa_is_available(CBK_ISA_AVX2) && !cbk_isa_is_available(CBK_ISA_AVX512))
      #endif
    }

    @Test func settingAnAvailableISAChangesTheActiveOne() {
      withEachISA { #expect(cbk_active_isa() == $0) }
    }

    @Test func settingAnUnavailableISAChangesNothing() {
      let active = cbk_active_isa()
      #expect(!cbk_set_isa(cbk_isa(rawValue: 99)))
      #if arch(x86_64)
        #expect(!cbk_set_isa(CBK_ISA_NEON))
      #else
        #expect(!cbk_set_isa(CBK_ISA_AVX512))
      #endif
      #expect(cbk_active_isa() == active)
    }

    // The environment counts once, before the first kernel runs: each of these needs its own process.

    @Test func environmentNamesTheISA() async {
      await #expect(processExitsWith: .success) {
        setenv("CBATCHKERNELS_ISA", "scalar", 1)
        precondition(cbk_active_isa() == CBK_ISA_SCALAR)
      }
    }

    @Test func environmentWithoutAnAvailableNameLeavesTheBest() async {
      await #expect(processExitsWith: .success) {
        unsetenv("CBATCHKERNELS_ISA")
        precondition(cbk_active_isa() == KernelTests.availableISAs.last)
      }
      await #expect(processExitsWith: .success) {
        setenv("CBATCHKERNELS_ISA", "SSE9", 1)
        precondition(cbk_active_isa() == KernelTests.availableISAs.last)
      }
      await #expect(processExitsWith: .success) {
        #if arch(x86_64)
          setenv("CBATCHKERNELS_ISA", "neon", 1)
        #else
          setenv("CBATCHKERNELS_ISA", "avx2", 1)
        #endif
        precondition(cbk_active_isa() == KernelTests.availableISAs.last)
      }
    }

    @Test func aChoiceBeforeTheFirstKernelStays() async {
      await #expect(processExitsWith: .success) {
        unsetenv("CBATCHKERNELS_ISA")
        precondition(cbk_set_isa(CBK_ISA_SCALAR))
        precondition(cbk_active_isa() == CBK_ISA_SCALAR)
      }
    }
  }
}
