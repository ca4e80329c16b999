/// Puts elements that come in Fortran order, first axis fastest, to their places in C order, last axis fastest.
struct FortranOrder<Scalar: BitwiseCopyable> {
  private let shape: [Int]
  /// How far neighbours along each axis lie apart in C order.
  private let strides: [Int]
  /// The indices of the element that comes next, and its place in C order.
  private var indices: [Int]
  private var place = 0

  /// - Precondition: there is at least one axis, and none of length 0.
  init(shape: [Int]) {
    self.shape = shape
    strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    indices = shape.map { _ in 0 }
  }

  /// Puts the elements that follow those of the last call.
  mutating func put(_ elements: UnsafeBufferPointer<Scalar>, into array: UnsafeMutableBufferPointer<Scalar>) {
    var position = 0
    while position < elements.count {
      let count = min(shape[0] - indices[0], elements.count - position)
      for i in 0..<count { array[place + i * strides[0]] = elements[position + i] }
      position += count
      advance(alongFirstAxisBy: count)
    }
  }

  private mutating func advance(alongFirstAxisBy count: Int) {
    indices[0] += count
    place += count * strides[0]
    var axis = 0
    while indices[axis] == shape[axis], axis + 1 < shape.count {
      place += strides[axis + 1] - shape[axis] * strides[axis]
      indices[axis] = 0
      axis += 1
      indices[axis] += 1
    }
  }
}
