import BatchUpSystem
import Foundation
import Testing

@testable import BatchUp

/// What a worker process says of the arrays in its memory is not taken on trust.
@Suite struct ReceivedBatchTests {
  private let lease: RegionLease

  init() throws {
    let stock = RegionStock(channel: MessageChannel(owning: open("/dev/null", O_RDWR)))
    lease = RegionLease(try stock.make(byteCount: 4096).0, from: stock, isReusable: false)
  }

  private func batch(_ shape: [Int], offset: Int = 0) -> ReceivedBatch? {
    ReceivedBatch([ArrayPlace(shape: shape, offset: offset)], elements: [ElementType(Float.self)], in: lease)
  }

  @Test func arraysInsideOfTheRegion() {
    let cases = [([], 4032), ([1024], 0), ([2, 3], 4032), ([16], 4032), ([0], 0), ([0, 3], 1 << 40), ([3, 0], -1)]
    for (shape, offset) in cases {
      let array = batch(shape, offset: offset)?.array(0, of: Float.self)
      #expect(array?.shape == shape, "\(shape) at \(offset)")
    }
  }

  @Test func arraysOutsideOfTheRegion() {
    let cases = [
      ([], 4096), ([1025], 0), ([1024], 64), ([17], 4032), ([1], -64), ([1], 32), ([1], Int.max - 63), ([-1], 0),
      ([-1, -1], 0), ([0, -1], 0), ([Int.max], 0), ([1 << 62, 4], 0),
    ]
    for (shape, offset) in cases { #expect(batch(shape, offset: offset) == nil, "\(shape) at \(offset)") }
  }

  /// Their rows could not be counted.
  @Test func emptyArraysOfRowsBeyondCounting() {
    for shape in [[1 << 62, 4, 0], [0, 1 << 62, 4], [1 << 62, 0, 4]] { #expect(batch(shape) == nil, "\(shape)") }
  }

  @Test func aNumberOfSamplesIsNotNegative() throws {
    for count in [Int.min, -1, 0, 1, Int.max] {
      let reply = WorkerReply.opened(LoaderDescription(sampleCount: count, hasSampleAxis: true, elements: []))
      if count < 0 {
        #expect(throws: MalformedMessage.self) { try WorkerReply(decoding: reply.encoded()) }
      } else {
        _ = try WorkerReply(decoding: reply.encoded())
      }
    }
  }
}
