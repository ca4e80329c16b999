import Foundation

/// What NumPy draws and sums: a file in Tests/Fixtures/numpy, which scripts/make_numpy_goldens.py writes.
public struct NumPyGoldens: Sendable {
  public static let generator = NumPyGoldens("generator")
  public static let distributions = NumPyGoldens("distributions")
  public static let randomState = NumPyGoldens("random-state")
  public static let weightedSamplers = NumPyGoldens("weighted-samplers")
  public static let sums = NumPyGoldens("sums")

  private let traces: [Substring: ArraySlice<Substring>]

  private init(_ name: String) {
    let url = URL(fileURLWithPath: #filePath).appendingPathComponent("../../Fixtures/numpy/\(name).txt")
    let text = try! String(contentsOf: url.standardizedFileURL, encoding: .utf8)
    let lines = text.split(separator: "\n").dropFirst()
    let heads = lines.indices.filter { lines[$0].hasPrefix("[") } + [lines.endIndex]
    traces = Dictionary(
      uniqueKeysWithValues: zip(heads, heads.dropFirst()).map { head, end in
        (lines[head].dropFirst().dropLast(), lines[head + 1..<end])
      })
  }

  public func trace(_ name: String) -> NumPyTrace { NumPyTrace(name: name, lines: traces[name[...]] ?? []) }
}

/// Steps that are compared one after the other with those of NumPy.
public struct NumPyTrace {
  let name: String
  /// The steps that are still to come.
  var lines: ArraySlice<Substring>
  private var firstDifference: String?

  init(name: String, lines: ArraySlice<Substring>) {
    self.name = name
    self.lines = lines
    firstDifference = lines.isEmpty ? "[\(name)]: no such trace" : nil
  }

  /// The first difference, or the steps that were left out.
  public var difference: String? { firstDifference ?? lines.first.map { "[\(name)]: \($0) was not compared" } }

  /// Compares what the next step made.
  public mutating func check<Value: LosslessStringConvertible & Equatable>(_ step: String, _ found: [Value]) {
    let line = lines.popFirst()
    if firstDifference != nil { return }
    firstDifference = Self.difference(of: found, in: step, from: line).map { "[\(name)] \(step): \($0)" }
  }

  private static func difference<Value: LosslessStringConvertible & Equatable>(
    of found: [Value], in step: String, from line: Substring?
  ) -> String? {
    guard let fields = line?.split(separator: "|", omittingEmptySubsequences: false), fields[0] == step else {
      return "NumPy's step is \(line?.prefix(40) ?? "none")"
    }
    if fields[1] != "\(found.count)" { return "\(found.count) values, expected \(fields[1])" }
    for (index, text) in fields[2].split(separator: " ").enumerated() {
      let parts = text.split(separator: "=")
      let place = parts.count == 2 ? Int(parts[0])! : index
      if Value(String(parts.last!)) != found[place] {
        return "value \(place) is \(found[place]), expected \(parts.last!)"
      }
    }
    return nil
  }
}
