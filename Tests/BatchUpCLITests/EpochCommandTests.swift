import TestSupport
import Testing

@Suite struct EpochCommandTests {
  /// The advice is one for the tool.
  @Test func fortranOrder() async throws {
    let run = try await BatchUpProcess.run(["epoch", caseFile("fortran.npy")])
    #expect(run.status == 1 && run.output.isEmpty && run.errorLines.count == 1)
    #expect(run.errors.contains("fortran.npy: is in Fortran order") && run.errors.contains("batchup convert "))
  }
}
