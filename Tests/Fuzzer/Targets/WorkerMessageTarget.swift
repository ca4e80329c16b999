import BatchUpSystem

@testable import BatchUp

/// Messages of both directions stay as they are, encoded and decoded again; arrays that a worker tells of are in its
/// memory.
func checkWorkerMessage(_ bytes: [UInt8]) throws {
  if let request = try? WorkerRequest(decoding: bytes) {
    let encoded = request.encoded()
    try require(try WorkerRequest(decoding: encoded).encoded() == encoded, "a request is the same, decoded again")
  }
  if let reply = try? WorkerReply(decoding: bytes) {
    let encoded = reply.encoded()
    try require(try WorkerReply(decoding: encoded).encoded() == encoded, "a reply is the same, decoded again")
    if case .loaded(let batch) = reply { try checkBatch(batch) }
  }
}

private func checkBatch(_ loaded: LoadedBatch) throws {
  let stock = RegionStock(channel: MessageChannel(owning: open("/dev/null", O_RDWR)))
  let (region, _) = try stock.make(byteCount: 4096)
  let lease = RegionLease(region, from: stock, isReusable: !loaded.isRetained)
  let elements = loaded.arrays.map { _ in ElementType(Float.self) }
  for lease in [lease, nil] {
    guard let batch = ReceivedBatch(loaded.arrays, elements: elements, in: lease) else { continue }
    var byteCount = 0
    for (number, place) in loaded.arrays.enumerated() {
      let array = batch.array(number, of: Float.self)
      try require(array.shape == place.shape, "\(array.shape) is \(place.shape)")
      // Where that is outside of the region, it is a fault.
      byteCount += elementBytes(array).count
    }
    try require(batch.byteCount == byteCount, "\(batch.byteCount) bytes are \(byteCount)")
  }
}
