import Testing

@testable import BatchUpSystem

@Suite struct DiskWatchTests {
  /// Looks one after the other, each of which makes so many reads from the disk; what each was told, and whether it was
  /// measured.
  private func looks(_ reads: [Int]) -> [(isFromDisk: Bool, isMeasured: Bool)] {
    var watch = DiskWatch()
    var readCount = 1000
    return reads.map { count in
      let look = watch.beginLook(readCount: readCount)
      readCount += count
      watch.endLook(look, readCount: readCount)
      return (look.isFromDisk, look.isMeasured)
    }
  }

  @Test func filesInThePageCacheAreLookedAtNowAndThen() {
    let looks = looks(Array(repeating: 0, count: 100))
    #expect(looks.allSatisfy { !$0.isFromDisk })
    #expect(looks.indices.filter { looks[$0].isMeasured } == Array(stride(from: 0, to: 100, by: 16)))
  }

  @Test(arguments: 0..<40) func aReadIsFoundOutAndForgottenAgain(first: Int) {
    var reads = Array(repeating: 0, count: 100)
    // As long as it takes to be noticed.
    for i in first..<first + 16 { reads[i] = 3 }
    let looks = looks(reads)
    let noticed = (first + 15) / 16 * 16
    #expect(looks.indices.filter { looks[$0].isFromDisk } == Array(noticed + 1...max(first + 15, noticed) + 16))
    #expect(looks.allSatisfy { $0.isMeasured || !$0.isFromDisk })
  }

  @Test func whatAlwaysComesFromTheDiskStaysSo() {
    let looks = looks(Array(repeating: 1, count: 100))
    #expect(looks.dropFirst().allSatisfy { $0.isFromDisk && $0.isMeasured })
    #expect(!looks[0].isFromDisk)
  }
}
