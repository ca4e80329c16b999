import TestSupport
import Testing

@testable import BatchUp

@Suite(.namingCases) struct NDArrayAppendingTests {
  private func rows(_ count: Int, length: Int, from first: Int) -> NDArray<Int> {
    NDArray((0..<count * length).map { first + $0 }, shape: [count, length])
  }

  /// No, one, some rows in memory for none to several of them, with nobody else or somebody else holding it.
  @Test func whatIsAppendedIsBehindTheRest() {
    withEvery("length", in: 0...3) { length in
      withEvery("capacity", in: 0...9) { capacity in
        withEvery(
          "first, second, third", in: [(0, 0, 0), (0, 1, 1), (1, 0, 2), (3, 2, 1), (1, 8, 9), (5, 4, 0), (4, 40, 1)]
        ) { first, second, third in
          withEvery("isHeld", in: [false, true]) { isHeld in
            let parts = [(first, 0), (second, 100), (third, 200)].map { rows($0, length: length, from: $1) }
            var array = parts[0].emptyRows(capacity: capacity)
            var expected: [Int] = []
            var count = 0
            for part in parts {
              let held = isHeld ? array : nil
              let before = expected
              array.append(part)
              expected += part.scalars
              count += part.sampleCount
              #expect(array.scalars == expected && array.shape == [count, length])
              #expect(held == nil || held?.scalars == before)
            }
            #expect(array.withoutMuchSpareMemory() == array)
          }
        }
      }
    }
  }

  @Test func memoryIsTakenAnewOnlyWhereThereIsNoRoom() {
    var array = rows(0, length: 5, from: 0).emptyRows(capacity: 40)
    let base = array.storage.base
    for i in 0..<40 {
      array.append(rows(1, length: 5, from: 5 * i))
      #expect(array.storage.base == base)
    }
    array.append(rows(1, length: 5, from: 200))
    #expect(array.storage.base != base)
    #expect(array.scalars == Array(0..<205))
  }

  @Test func manyRowsOneByOneAreCopiedFewTimes() {
    for length in [1, 20] {
      var array = rows(0, length: length, from: 0).emptyRows(capacity: 0)
      var copyCount = 0
      for i in 0..<20_000 {
        let base = array.storage.base
        array.append(rows(1, length: length, from: i))
        if array.storage.base != base { copyCount += 1 }
      }
      #expect(array.sampleCount == 20_000 && array[19_999, 0] == 19_999)
      #expect(copyCount <= 16)  // twice as many rows each time, from 1 to 2^15
      #expect(array.storage.byteCapacity <= 2 * 20_000 * length * 8)
    }
  }

  @Test func viewsUseTheRoomBehindThemWhereNobodyHoldsIt() {
    // 16 rows of 3; a view of the rows 2 and 3 has room for 12 more.
    func view() -> NDArray<Int> { rows(16, length: 3, from: 0)[rows: 2..<4] }
    for count in 0...14 {
      var array = view()
      let base = array.storage.base
      let more = rows(count, length: 3, from: 500)
      array.append(more)
      #expect((array.storage.base == base) == (count <= 12), "\(count)")
      #expect(array.scalars == Array(6..<12) + more.scalars)

      let whole = rows(16, length: 3, from: 0)
      var shared = whole[rows: 2..<4]
      shared.append(more)
      #expect(shared.scalars == array.scalars && whole.scalars == Array(0..<48))
      // Rows of the same memory, and the array itself.
      var own = view()
      own.append(own)
      #expect(own.scalars == Array(6..<12) + Array(6..<12))
    }
    // One that does not start at a row of its own shape.
    for first in 0...5 {
      var odd = NDArray(Array(0..<32))[rows: first..<first + 10].reshaped([2, 5])
      for i in 0..<6 { odd.append(rows(1, length: 5, from: 100 * i)) }
      let added: [Int] = (0..<6).flatMap { (i: Int) -> Range<Int> in 100 * i..<100 * i + 5 }
      #expect(odd.scalars == Array(first..<first + 10) + added)
    }
  }

  @Test func borrowedMemoryIsLeftAlone() {
    let memory = UnsafeMutableBufferPointer<Int>.allocate(capacity: 12)
    for i in 0..<12 { memory[i] = i }
    var array = NDArray(borrowing: UnsafeBufferPointer(memory), shape: [4, 3]) {}[rows: 0..<2]
    array.append(rows(1, length: 3, from: 50))
    #expect(array.scalars == Array(0..<6) + [50, 51, 52])
    #expect(Array(memory) == Array(0..<12))
    memory.deallocate()
  }

  @Test func spareMemoryIsGivenBackFromHalfOn() {
    for count in 0...20 {
      var array = rows(0, length: 8, from: 0).emptyRows(capacity: 20)
      array.append(rows(count, length: 8, from: 0))
      let kept = array.withoutMuchSpareMemory()
      #expect(kept == array)
      #expect((kept.storage === array.storage) == (2 * count + 1 >= 20), "\(count)")
      #expect(kept.storage === array.storage || kept.storage.byteCapacity <= max(64, count * 64))
    }
  }
}
