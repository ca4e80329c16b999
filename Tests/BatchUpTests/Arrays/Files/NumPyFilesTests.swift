import BatchUp
import Foundation
import Testing

private let numpyFiles = ProcessInfo.processInfo.environment["BATCHUP_NUMPY_FILES"]

/// A part of `scripts/check-numpy.sh`, which writes the files and looks at those that this writes.
@Suite(.enabled(if: numpyFiles != nil, "run by scripts/check-numpy.sh")) struct NumPyFilesTests {
  @Test func filesOfNumPyAreReadAndWrittenAgain() throws {
    let folder = try #require(numpyFiles)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/numpy")
    #expect(names.count == 12 * 16 * 2 * 2 * 3)
    for name in names {
      let file = try NPYFile(path: "\(folder)/numpy/\(name)")
      let type = try #require(file.elementType.scalarType as? any PatternScalar.Type)
      try check(type, file, writing: "\(folder)/swift/\(name)")
    }
  }

  private func check<Scalar: PatternScalar>(_: Scalar.Type, _ file: NPYFile, writing path: String) throws {
    let array: NDArray<Scalar> = try file.array()
    #expect(array == .pattern(shape: file.shape), "\(file.path)")
    if !file.isFortranOrder {
      let mapped = try MappedArray<Scalar>(file)
      if mapped.hasSampleAxis { #expect(try mapped.batch(at: BatchIndices(0..<mapped.sampleCount)) == array) }
    }
    try array.write(npyFile: path)
  }
}
