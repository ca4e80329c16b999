import Testing

/// Runs a test's body for every value, and names the value where the body fails: in the errors that it throws, and in
/// the issues of suites with the trait `.namingCases`.
///
/// ```swift
/// withEvery("count", in: 0...9) { count in
///   withEvery("batchSize", in: 1...10) { batchSize in #expect(…) }
/// }
/// ```
public func withEvery<Values: Sequence>(
  _ label: String, in values: Values, _ body: (Values.Element) throws -> Void
) rethrows {
  for value in values {
    let names = TestCase.names + ["\(label) = \("\(value)".prefix(80))"]
    do { try TestCase.$names.withValue(names) { try body(value) } } catch let error as TestCase.Failure {
      throw error
    } catch {
      throw TestCase.Failure(names: names, error: error)
    }
  }
}

/// The values of the loops around the code that runs.
private enum TestCase {
  @TaskLocal static var names: [String] = []

  struct Failure: Error, CustomStringConvertible {
    let names: [String]
    let error: any Error

    var description: String { "\(names.joined(separator: ", ")): \(error)" }
  }
}

extension Trait where Self == IssueHandlingTrait {
  /// Adds the values of `withEvery` to issues.
  public static var namingCases: Self {
    .compactMapIssues { issue in
      var issue = issue
      if !TestCase.names.isEmpty { issue.comments.append("\(TestCase.names.joined(separator: ", "))") }
      return issue
    }
  }
}
