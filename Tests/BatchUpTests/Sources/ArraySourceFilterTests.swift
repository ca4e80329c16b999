import BatchUp
import TestSupport
import Testing

@Suite struct ArraySourceFilterTests {
  @Test func keepsWhatIsIncludedInOrder() throws {
    for count in 0...6 {
      for mask in 0..<1 << count {
        let kept = (0..<count).filter { mask >> $0 & 1 == 1 }
        let source = try numbers(0..<count).filter { mask >> $0 & 1 == 1 }
        #expect(source.batches(of: 3).flatMap(\.scalars) == kept)
        #expect(source.sampleCount == .finite(kept.count))
      }
    }
  }

  @Test func asksOnceForEachSample() throws {
    var asked: [Int] = []
    _ = try ArraySource(NDArray(Array(0..<9)), indices: [7, 2, 2, 5], repeats: .forever).filter { index in
      asked.append(index)
      return true
    }
    #expect(asked == [7, 2, 2, 5])
  }

  @Test func keepsRepetitionsAndFurtherMembers() throws {
    let source = try ArraySource(NDArray(Array(0..<6)), ["a", "b", "c", "d", "e", "f"], repeats: 2)
    let vowels = source.filter { [0, 4].contains($0) }
    #expect(vowels.batches(of: 3).map(\.1) == [["a", "e", "a"], ["e"]])
    let none = vowels.filter { $0 > 4 }
    #expect(Array(none.batches(of: 3).map(\.1)).isEmpty)
    #expect(try numbers(0..<3, repeats: .forever).filter { $0 > 0 }.sampleCount == .infinite)
    #expect(try numbers(0..<3, repeats: .forever).filter { _ in false }.sampleCount == .finite(0))
  }

  @Test func passesErrorsOn() throws {
    let source = try numbers(0..<9)
    do throws(UnreadableSample) {
      _ = try source.filter { (index) throws(UnreadableSample) in
        if index == 4 { throw UnreadableSample(index: index) }
        return true
      }
      Issue.record("sample 4 cannot be decided on")
    } catch { #expect(error == UnreadableSample(index: 4)) }
  }

  @Test func leavesLoadersWhatTheyAre() throws {
    let source = try loaded(10..<16, unreadable: [12]).filter { $0 != 2 }
    #expect(try outcomes(source.batches(of: 4)).flatMap { try $0.get() } == [10, 11, 13, 14, 15])
  }
}
