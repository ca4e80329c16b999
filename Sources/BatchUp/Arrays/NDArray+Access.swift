extension NDArray {
  /// A copy of the elements, last axis fastest.
  public var scalars: [Scalar] { withUnsafeBufferPointer(Array.init) }

  /// An array of the same shape whose elements are made from these one by one.
  @inlinable
  public func map<Result, E: Error>(_ transform: (Scalar) throws(E) -> Result) throws(E) -> NDArray<Result> {
    try NDArray<Result>(unsafeUninitializedShape: shape) { results throws(E) in
      let elements = span
      for i in 0..<elements.count { results[i] = try transform(elements[i]) }
    }
  }

  /// Calls `body` with the elements, last axis fastest.
  @inlinable
  public func withUnsafeBufferPointer<Result: ~Copyable, E: Error>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(E) -> Result
  ) throws(E) -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: start, count: count))
  }

  /// Calls `body` with the elements to be changed in place, after a copy where they are shared. The memory that an
  /// iterator recycles is not shared with the iterator.
  @inlinable
  public mutating func withUnsafeMutableBufferPointer<Result: ~Copyable, E: Error>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws(E) -> Result
  ) throws(E) -> Result {
    makeUnique()
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeMutableBufferPointer(start: start, count: count))
  }

  /// The elements, last axis fastest.
  @inlinable
  public var span: Span<Scalar> {
    @_lifetime(borrow self)
    get {
      let start = UnsafePointer(self.start)
      let span = Span(_unsafeStart: start, count: count)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// The elements to be changed in place, after a copy where they are shared.
  @inlinable
  public var mutableSpan: MutableSpan<Scalar> {
    @_lifetime(&self)
    mutating get {
      makeUnique()
      let start = self.start
      let span = MutableSpan(_unsafeStart: start, count: count)
      return _overrideLifetime(span, mutating: &self)
    }
  }

  /// The only element.
  ///
  /// - Precondition: the array has one element; its rank may be any.
  public var scalar: Scalar {
    precondition(count == 1, "an array of shape \(shape) has not just one element")
    return self[flat: 0]
  }

  /// The element of a one-dimensional array.
  @inlinable
  public subscript(i: Int) -> Scalar {
    get { self[flat: position(i)] }
    set { self[flat: position(i)] = newValue }
  }

  /// The element of a two-dimensional array.
  @inlinable
  public subscript(i: Int, j: Int) -> Scalar {
    get { self[flat: position(i, j)] }
    set { self[flat: position(i, j)] = newValue }
  }

  /// The element at one index per axis.
  public subscript(i: Int, j: Int, k: Int, more: Int...) -> Scalar {
    get { self[flat: position([i, j, k] + more)] }
    set { self[flat: position([i, j, k] + more)] = newValue }
  }

  /// One sample, without its axis: a view when it is read; its elements are replaced when it is assigned.
  ///
  /// - Precondition: there is such a sample, and what is assigned has its shape.
  public subscript(row i: Int) -> NDArray {
    get {
      precondition(rank > 0 && i >= 0 && i < sampleCount, "row \(i) is outside 0..<\(sampleCount)")
      return self[rows: i..<i + 1].reshaped(rowShape)
    }
    set {
      precondition(rank > 0 && i >= 0 && i < sampleCount, "row \(i) is outside 0..<\(sampleCount)")
      precondition(newValue.shape == rowShape, "a row of shape \(rowShape), not \(newValue.shape)")
      replaceRows(at: i, by: newValue)
    }
  }

  /// Neighboring samples: a view when they are read; their elements are replaced when they are assigned.
  ///
  /// - Precondition: there are such samples, and what is assigned has as many of the same shape.
  public subscript(rows range: Range<Int>) -> NDArray {
    get {
      requireRows(range)
      return NDArray(
        storage: storage, offset: offset + range.lowerBound * rowLength, sampleCount: range.count,
        rowLength: rowLength)
    }
    set {
      requireRows(range)
      precondition(
        newValue.shape == [range.count] + rowShape, "rows of shape \([range.count] + rowShape), not \(newValue.shape)")
      replaceRows(at: range.lowerBound, by: newValue)
    }
  }

  private func requireRows(_ range: Range<Int>) {
    precondition(
      rank > 0 && range.lowerBound >= 0 && range.upperBound <= sampleCount,
      "rows \(range) are not inside 0..<\(sampleCount)")
  }

  private mutating func replaceRows(at row: Int, by other: NDArray) {
    let first = row * rowLength
    withUnsafeMutableBufferPointer { elements in
      other.withUnsafeBufferPointer { source in
        for i in 0..<source.count { elements[first + i] = source[i] }
      }
    }
  }

  @inlinable
  var start: UnsafeMutablePointer<Scalar> {
    storage.base.assumingMemoryBound(to: Scalar.self) + offset
  }

  @inlinable
  subscript(flat position: Int) -> Scalar {
    get {
      defer { withExtendedLifetime(storage) {} }
      return start[position]
    }
    set {
      makeUnique()
      defer { withExtendedLifetime(storage) {} }
      start[position] = newValue
    }
  }

  @inlinable
  func position(_ i: Int) -> Int {
    precondition(rank == 1, "one index for an array of rank \(rank)")
    precondition(i >= 0 && i < sampleCount, "index \(i) is outside 0..<\(sampleCount)")
    return i
  }

  @inlinable
  func position(_ i: Int, _ j: Int) -> Int {
    precondition(rank == 2, "two indices for an array of rank \(rank)")
    precondition(i >= 0 && i < sampleCount, "index \(i) is outside 0..<\(sampleCount)")
    precondition(j >= 0 && j < rowLength, "index \(j) is outside 0..<\(rowLength)")
    return i * rowLength + j
  }

  private func position(_ indices: [Int]) -> Int {
    precondition(rank == indices.count, "\(indices.count) indices for an array of rank \(rank)")
    return zip(indices, shape).reduce(0) { position, axis in
      precondition(axis.0 >= 0 && axis.0 < axis.1, "index \(axis.0) is outside 0..<\(axis.1)")
      return position * axis.1 + axis.0
    }
  }

  @inlinable
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) || !storage.isWritable { withdrawOrCopyStorage() }
  }

  @usableFromInline
  mutating func withdrawOrCopyStorage() {
    if ArrayStorage.withdraw(&storage) { return }
    self = withUnsafeBufferPointer { NDArray(copying: $0, shape: shape) }
  }
}
