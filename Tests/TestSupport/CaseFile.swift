import Foundation

/// The path of a file in Tests/Fixtures/cases, which make.py there makes with the libraries that others use.
public func caseFile(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).appendingPathComponent("../../Fixtures/cases/\(name)").standardizedFileURL
    .path(percentEncoded: false)
}
