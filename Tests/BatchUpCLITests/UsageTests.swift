import Testing

/// Wrong use of the options ends with status 64 and a first line that says what is wrong.
@Suite struct UsageTests {
  @Test(arguments: [
    (["--images", "a"], "--images and --labels go together: give both, or neither"),
    (["--labels", "a"], "--images and --labels go together: give both, or neither"),
    (["--validation-count=-1"], "--validation-count -1 is negative"),
    (["--epochs", "0"], "--epochs is at least 1, not 0"),
    (["--batch-size", "0"], "--batch-size is at least 1, not 0"),
    (["--hidden=-3"], "--hidden is at least 1, not -3"),
    (["--workers=-1"], "--workers is from 0 to 1024, not -1"),
    (["--workers", "1025"], "--workers is from 0 to 1024, not 1025"),
    (["--buffer", "0"], "--buffer is from 1 to 4096, not 0"),
    (["--buffer", "4097"], "--buffer is from 1 to 4096, not 4097"),
    (["--learning-rate", "0"], "--learning-rate is a positive number, not 0.0"),
    (["--learning-rate=-0.1"], "--learning-rate is a positive number, not -0.1"),
    (["--learning-rate", "nan"], "--learning-rate is a positive number, not nan"),
    (["--learning-rate", "inf"], "--learning-rate is a positive number, not inf"),
    (["--learning-rate", "1e300"], "--learning-rate is a positive number, not 1e+300"),
    (["--learning-rate", "1e-300"], "--learning-rate is a positive number, not 1e-300"),
  ])
  func wrongValues(options: [String], message: String) async throws {
    let run = try await BatchUpProcess.run(["train"] + options)
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.errorLines.first ?? "" == "batchup: \(message)")
  }

  @Test(arguments: [["--seed", "x"], ["--epochs", "many"], ["--nonsense"], ["extra"], ["--hidden"]])
  func whatCannotBeParsed(options: [String]) async throws {
    let run = try await BatchUpProcess.run(["train"] + options)
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("batchup: "))
  }

  @Test func help() async throws {
    let run = try await BatchUpProcess.run(["help", "train"])
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    for option in [
      "images", "labels", "validation-count", "epochs", "batch-size", "hidden", "learning-rate", "seed", "workers",
      "buffer", "save", "json",
    ] {
      #expect(run.output.contains("--\(option)"))
    }
  }
}
