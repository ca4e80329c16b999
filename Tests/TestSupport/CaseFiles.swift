import Foundation

/// The path of a file in Tests/Fixtures/cases: small files of which a reference library reads the values that tests expect.
public func caseFile(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).appendingPathComponent("../../Fixtures/cases/\(name)").standardizedFileURL.path
}
