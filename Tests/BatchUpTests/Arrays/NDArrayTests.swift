import BatchUp
import Synchronization
import Testing

private func address<Scalar>(_ array: NDArray<Scalar>) -> UnsafePointer<Scalar>? {
  array.withUnsafeBufferPointer { $0.baseAddress }
}

@Suite struct NDArrayTests {
  @Test func shapesOfEveryRank() {
    for shape in [[], [0], [5], [2, 3], [3, 0, 2], [1, 2, 3, 4], [2, 1, 2, 1, 2, 1]] {
      let count = shape.reduce(1, *)
      let array = NDArray(Array(0..<count), shape: shape)
      #expect(array.shape == shape)
      #expect(array.rank == shape.count)
      #expect(array.count == count)
      #expect(array.sampleCount == shape.first ?? 1)
      #expect(array.scalars == Array(0..<count))
      #expect(array.reshaped([count]).scalars == Array(0..<count))
    }
  }

  @Test func subscriptsReadAndWriteTheElementAtEachIndex() {
    var one = NDArray(Array(0..<5))
    var two = NDArray(Array(0..<6), shape: [2, 3])
    var four = NDArray(Array(0..<24), shape: [2, 1, 3, 4])
    for i in 0..<5 {
      #expect(one[i] == i)
      one[i] = -i
    }
    #expect(one == NDArray([0, -1, -2, -3, -4]))
    for i in 0..<2 {
      for j in 0..<3 {
        #expect(two[i, j] == i * 3 + j)
        two[i, j] += 100
        for k in 0..<4 {
          #expect(four[i, 0, j, k] == (i * 3 + j) * 4 + k)
          four[i, 0, j, k] += 1
        }
      }
    }
    #expect(two.scalars == Array(100..<106))
    #expect(four.scalars == Array(1..<25))
  }

  @Test func rowsAreViewsUntilChanged() {
    let array = NDArray(Array(0..<12), shape: [3, 2, 2])
    for i in 0..<3 {
      let row = array[row: i]
      #expect(row == NDArray(Array(i * 4..<i * 4 + 4), shape: [2, 2]))
      #expect(address(row) == address(array)! + i * 4)
    }
    #expect(array[rows: 1..<3] == NDArray(Array(4..<12), shape: [2, 2, 2]))
    #expect(array[rows: 3..<3].shape == [0, 2, 2])
    var changed = array[rows: 1..<2]
    changed[0, 0, 0] = 99
    #expect(changed.scalars == [99, 5, 6, 7])
    #expect(array.scalars == Array(0..<12))
  }

  @Test func copiesAreValues() {
    let original = NDArray<Float>([1, 2, 3])
    var copy = original
    copy[1] = 9
    #expect(original == [1, 2, 3])
    #expect(copy == [1, 9, 3])
    let before = address(copy)
    copy[2] = 8  // now alone: changed in place
    #expect(address(copy) == before)
    copy.withUnsafeMutableBufferPointer { $0[0] = 7 }
    #expect(copy == [7, 9, 8])
  }

  @Test func spansSeeAndChangeTheElements() {
    var array = NDArray<Float>([1, 2, 3, 4], shape: [2, 2])
    let copy = array
    var sum: Float = 0
    do {
      let span = array.span
      for i in span.indices { sum += span[i] }
    }
    #expect(sum == 10)
    do {
      var span = array.mutableSpan
      for i in span.indices { span[i] *= 2 }
    }
    #expect(array.scalars == [2, 4, 6, 8])
    #expect(copy.scalars == [1, 2, 3, 4])
  }

  @Test func elementsAreMappedInPlaceOfEachOther() throws {
    struct Refused: Error {}
    let array = NDArray<UInt8>([1, 2, 3, 4, 5, 6], shape: [3, 2])
    #expect(array.map { Int32($0) * 10 } == NDArray<Int32>([10, 20, 30, 40, 50, 60], shape: [3, 2]))
    #expect(array[rows: 1..<2].map { Float($0) }.scalars == [3, 4])
    #expect(throws: Refused.self) { try array.map { byte throws(Refused) -> Int in throw Refused() } }
    #expect(array.rowLength == 2)
  }

  @Test func memoryIsAligned() {
    for count in [1, 3, 1000, (4 << 20) / 4, (4 << 20) / 4 + 1] {
      let bits = UInt(bitPattern: address(NDArray<Float>(repeating: 1, shape: [count])))
      #expect(bits % 64 == 0)
      if count * 4 >= 4 << 20 { #expect(bits % (2 << 20) == 0) }
    }
  }

  @Test func borrowedMemoryIsReleasedOnceByTheLastHolder() {
    let memory = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 6)
    defer { memory.deallocate() }
    _ = memory.initialize(from: [1, 2, 3, 4, 5, 6])
    let counter = ReleaseCounter()
    do {
      let array = NDArray(borrowing: UnsafeBufferPointer(memory), shape: [3, 2]) { counter.count() }
      #expect(address(array) == UnsafePointer(memory.baseAddress))
      var view = Optional(array[row: 2])
      var changed = array
      changed[0, 0] = 77
      #expect(changed.scalars == [77, 2, 3, 4, 5, 6])
      #expect(Array(memory) == [1, 2, 3, 4, 5, 6])
      #expect(view == [5, 6])
      view = nil
      #expect(counter.value == 0)
    }
    #expect(counter.value == 1)
  }

  @Test func borrowingNothingReleasesToo() {
    let counter = ReleaseCounter()
    let empty = UnsafeBufferPointer<Float>(start: nil, count: 0)
    let array = NDArray(borrowing: empty, shape: [0, 4]) { counter.count() }
    #expect(array.shape == [0, 4])
    #expect(counter.value == 1)
  }

  @Test func equalityAndDescription() {
    #expect(NDArray([1, 2, 3, 4], shape: [2, 2]) != NDArray([1, 2, 3, 4]))
    #expect(NDArray([Float.nan]) != [.nan])
    #expect("\(NDArray<Int32>([1, 2, 3, 4], shape: [2, 2]))" == "NDArray<Int32>(2, 2)[1, 2, 3, 4]")
    #expect("\(NDArray(Array(0..<100)))".hasSuffix("6, 7, …, 92, 93, 94, 95, 96, 97, 98, 99]"))
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) { _ = NDArray([1, 2, 3], shape: [2, 2]) }
    await #expect(processExitsWith: .failure) { _ = NDArray([Float](), shape: [-1, 0]) }
    await #expect(processExitsWith: .failure) { _ = NDArray([1, 2, 3])[3] }
    await #expect(processExitsWith: .failure) { _ = NDArray([1, 2, 3, 4], shape: [2, 2])[1] }
    await #expect(processExitsWith: .failure) { _ = NDArray([1, 2, 3, 4], shape: [2, 2])[0, 2] }
    await #expect(processExitsWith: .failure) { _ = NDArray([1, 2, 3, 4], shape: [2, 2])[row: 2] }
    await #expect(processExitsWith: .failure) { _ = NDArray([1, 2, 3]).batch(at: [0, 3]) }
    await #expect(processExitsWith: .failure) { _ = NDArray([1, 2, 3]).batch(at: [0, -1]) }
    await #expect(processExitsWith: .failure) { _ = NDArray([1, 2, 3]).batch(at: BatchIndices(2..<4)) }
  }

  @Test func rowsAreReplaced() {
    var array = NDArray(Array(0..<12), shape: [3, 2, 2])
    let before = array
    array[row: 1] = NDArray([40, 50, 60, 70], shape: [2, 2])
    #expect(array == NDArray([0, 1, 2, 3, 40, 50, 60, 70, 8, 9, 10, 11], shape: [3, 2, 2]))
    array[row: 0][1, 0] = -2
    #expect(array == NDArray([0, 1, -2, 3, 40, 50, 60, 70, 8, 9, 10, 11], shape: [3, 2, 2]))
    array[rows: 1..<3] = array[rows: 0..<2]
    #expect(array == NDArray([0, 1, -2, 3, 0, 1, -2, 3, 40, 50, 60, 70], shape: [3, 2, 2]))
    array[rows: 1..<1] = NDArray([], shape: [0, 2, 2])
    array[row: 0] = array[row: 2]
    #expect(array == NDArray([40, 50, 60, 70, 0, 1, -2, 3, 40, 50, 60, 70], shape: [3, 2, 2]))
    #expect(before == NDArray(Array(0..<12), shape: [3, 2, 2]))
    var view = array[rows: 1..<3]
    view[row: 0] = NDArray(repeating: 7, shape: [2, 2])
    #expect(view.scalars == [7, 7, 7, 7, 40, 50, 60, 70])
    #expect(array.scalars[4...7] == [0, 1, -2, 3])
    var list = NDArray([1, 2, 3])
    list[row: 2] = NDArray([9], shape: [])
    #expect(list.scalars == [1, 2, 9])
  }

  @Test func rowsOfOtherShapesAreNoReplacement() async {
    await #expect(processExitsWith: .failure) {
      var array = NDArray([1, 2, 3, 4], shape: [2, 2])
      array[row: 0] = NDArray([1, 2], shape: [2, 1])
    }
    await #expect(processExitsWith: .failure) {
      var array = NDArray([1, 2, 3, 4], shape: [2, 2])
      array[rows: 0..<2] = NDArray([1, 2], shape: [1, 2])
    }
    await #expect(processExitsWith: .failure) {
      var array = NDArray([1, 2, 3, 4], shape: [2, 2])
      array[row: 2] = NDArray([1, 2])
    }
  }
}

/// Counts atomically, since `release` may be called on any thread.
final class ReleaseCounter: Sendable {
  private let calls = Atomic<Int>(0)
  func count() { calls.add(1, ordering: .relaxed) }
  var value: Int { calls.load(ordering: .relaxed) }
}
