import Foundation

/// What Python BatchUp 0.2.3 did, case by case: a file in JSON, with NumPy's numbers in full precision.
struct GoldenFile: FieldsDecodable, Sendable {
  let cases: [GoldenCase]

  /// The file at the path in the environment variable BATCHUP_GOLDEN, otherwise the one in the repository.
  static let chosen = Result {
    let url = path.map { URL(fileURLWithPath: $0) } ?? fixture
    return try JSONDecoder().decode(GoldenFile.self, from: Data(contentsOf: url))
  }

  init(reading fields: inout Fields) throws {
    try check(fields.read("batchup"), is: "0.2.3", "the version of Python BatchUp")
    _ = try fields.read("numpy", as: String.self)
    _ = try fields.read("base_seed", as: Int.self)
    cases = try fields.read("cases")
  }

  static let path = ProcessInfo.processInfo.environment["BATCHUP_GOLDEN"]

  private static let fixture = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../../Fixtures/batchup.json").standardizedFileURL
}

/// One trace, or why it cannot be replayed.
struct GoldenCase: Decodable, Sendable {
  let id: String
  let group: GoldenGroup
  let trace: Result<any GoldenTrace, any Error>

  init(from decoder: any Decoder) throws {
    var fields = try Fields(decoder)
    id = try fields.read("id")
    let group: GoldenGroup = try fields.read("group")
    self.group = group
    trace = Result {
      let trace = try group.traceType.init(reading: &fields)
      try fields.requireAllRead()
      return trace
    }
  }
}

enum GoldenGroup: String, Decodable, CaseIterable {
  case randomState = "random_state"
  case sampler
  case source
  case balance
  case reduce

  var traceType: any GoldenTrace.Type {
    switch self {
    case .randomState: RandomStateTrace.self
    case .sampler: SamplerTrace.self
    case .source: SourceTrace.self
    case .balance: BalanceTrace.self
    case .reduce: ReduceTrace.self
    }
  }
}

/// What went into a piece of Python BatchUp and what came out.
protocol GoldenTrace: Sendable {
  init(reading fields: inout Fields) throws

  /// Does the same here; throws where something else comes out.
  func replay() throws
}
