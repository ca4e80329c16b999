extension NDArray: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Scalar...) {
    self.init(elements)
  }
}

extension NDArray: Equatable where Scalar: Equatable {
  /// Equal shapes and equal elements.
  public static func == (left: NDArray, right: NDArray) -> Bool {
    left.shape == right.shape
      && left.withUnsafeBufferPointer { l in right.withUnsafeBufferPointer { l.elementsEqual($0) } }
  }
}

extension NDArray: CustomStringConvertible {
  /// The shape and the elements, the middle left out of long arrays: `NDArray<Float>(2, 2)[1.0, 2.0, 3.0, 4.0]`.
  public var description: String {
    let shown = 16
    let elements = withUnsafeBufferPointer { elements in
      elements.count <= shown
        ? elements.map { "\($0)" }
        : elements.prefix(shown / 2).map { "\($0)" } + ["…"] + elements.suffix(shown / 2).map { "\($0)" }
    }
    let lengths = shape.map(String.init).joined(separator: ", ")
    return "NDArray<\(Scalar.self)>(\(lengths))[\(elements.joined(separator: ", "))]"
  }
}
