import BatchUp
import BatchUpFiles

/// The variables of a MATLAB file of house numbers: `X`, of shape (32, 32, 3, n), and `y`, of shape (n, 1).
enum HouseNumbers {
  /// As many as there are images, with 0 where the file has 10.
  static func labels(of file: MATFile) throws -> NDArray<Int32> {
    let variable = try file.variable(named: "y")
    let imageCount = try imageCount(of: file)
    guard variable.shape.count == 2, variable.shape[1] == 1 || variable.shape[0] == 1 else {
      throw DatasetContentsError.wrongShape(path: file.path, array: "y", expected: [1], found: variable.shape)
    }
    guard variable.shape.reduce(1, *) == imageCount else {
      throw DatasetContentsError.wrongCount(
        path: file.path, array: "y", expected: imageCount, found: variable.shape.reduce(1, *))
    }
    let labels = try numbers(of: variable, in: file).map { $0 == 10 ? 0 : $0 }
    let array = NDArray(labels)
    try array.requireLabels(of: 10, path: file.path, array: "y")
    return array
  }

  /// Hands out the images in blocks, as rows of shape (3, 32, 32).
  static func images(of file: MATFile, to body: (NDArray<UInt8>) throws -> Void) throws {
    let count = try imageCount(of: file)
    // In the file, pixels of a column are neighbours.
    let images = try file.reversedArray(named: "X", of: UInt8.self).reshaped([count, 3, 32, 32])
    let blockCount = 1024
    for start in stride(from: 0, to: count, by: blockCount) {
      try body(images[rows: start..<min(start + blockCount, count)].withTransposedPlanes())
    }
  }

  /// MATLAB leaves out a last axis of length 1.
  private static func imageCount(of file: MATFile) throws -> Int {
    let shape = try file.variable(named: "X").shape
    let (imageShape, rest) = (Array(shape.prefix(3)), shape.dropFirst(3))
    guard imageShape == [32, 32, 3], rest.count <= 1 else {
      throw DatasetContentsError.wrongShape(
        path: file.path, array: "X", expected: [3, 32, 32], found: shape.reversed())
    }
    return rest.first ?? 1
  }

  /// Numbers of any type; those that are no Int32 become -1, which is no label.
  private static func numbers(of variable: MATVariable, in file: MATFile) throws -> [Int32] {
    func read<Scalar: NPYScalar & SummableScalar>(_: Scalar.Type) throws -> [Int32] {
      // As Float64, which has all numbers of Int32.
      try file.reversedArray(named: "y", of: Scalar.self).scalars.map { Int32(exactly: $0.summand) ?? -1 }
    }
    let types: [any (NPYScalar & SummableScalar).Type] = [
      UInt8.self, Int8.self, UInt16.self, Int16.self, UInt32.self, Int32.self, UInt64.self, Int64.self, Float.self,
      Double.self,
    ]
    guard let type = types.first(where: { $0.npyElementType == variable.elementType }) else {
      throw DatasetContentsError.labelsAreNoNumbers(path: file.path, array: "y", found: variable.typeDescription)
    }
    return try read(type)
  }
}
