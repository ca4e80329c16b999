import Testing

@Suite struct GoldenTests {
  @Test(arguments: GoldenGroup.allCases) func everyTraceIsReplayed(of group: GoldenGroup) throws {
    let cases = try GoldenFile.chosen.get().cases.filter { $0.group == group }
    let replayed = cases.count { golden in
      do {
        try golden.trace.get().replay()
        return true
      } catch {
        Issue.record("\(golden.id): \(error)")
        return false
      }
    }
    print("\(group.rawValue): \(replayed) of \(cases.count) traces")
    #expect(!cases.isEmpty && replayed == cases.count)
  }

  @Test(arguments: TypedExpression.allCases) func typedSourcesDeliverTheSame(as expression: TypedExpression) throws {
    let cases = try GoldenFile.chosen.get().cases.filter { $0.group == .source }
    var replayed = 0
    for golden in cases {
      guard let trace = try golden.trace.get() as? SourceTrace else { continue }
      guard trace.spec.outline == expression.rawValue else { continue }
      #expect(throws: Never.self, "\(golden.id)") { try expression.replay(trace) }
      replayed += 1
    }
    #expect(replayed > 0 || GoldenFile.path != nil)
  }
}
