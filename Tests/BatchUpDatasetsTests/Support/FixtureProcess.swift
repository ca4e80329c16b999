import TestSupport

/// The executable that fetches in tests.
let fetchFixturePath = builtExecutable(named: "FetchFixture")

extension FixtureProcess {
  /// By default one that fetches the data set of the tests.
  convenience init(executable: String = fetchFixturePath, _ arguments: String...) throws {
    try self.init(executable: executable, arguments)
  }
}
