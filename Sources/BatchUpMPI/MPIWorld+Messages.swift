#if MPI
  public import BatchUp
  internal import CMPI

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  extension MPIWorld {
    /// Gives all ranks what one of them has made: a seed, a state, settings.
    ///
    /// ```swift
    /// let seed = try world.broadcast(UInt64.random(in: 0 ... .max))
    /// ```
    ///
    /// - Parameters:
    ///   - value: Is evaluated on that rank alone.
    ///   - root: The rank whose value it is.
    /// - Throws: What making or coding the value throws; on the other ranks, `MPIError.rankFailed`.
    /// - Precondition: `root` is in `0..<size`.
    public func broadcast<Value: Codable>(
      _ value: @autoclosure () throws -> Value, from root: Int = 0
    ) throws -> Value {
      precondition((0..<size).contains(root), "rank \(root) is outside 0..<\(size)")
      var bytes = try agree(on: "broadcast of \(Value.self) from rank \(root)") {
        rank == root ? try encoded(value()) : []
      }
      bytes = try broadcast(bytes: bytes, from: root)
      return try decoded(bytes, from: root)
    }

    /// What each rank has, on all ranks, in the order of the ranks.
    ///
    /// - Throws: What coding the value throws; on the other ranks, `MPIError.rankFailed`.
    public func gather<Value: Codable>(_ value: Value) throws -> [Value] {
      let messages = try exchange(agree(on: "gather of \(Value.self)") { try encoded(value) })
      return try messages.enumerated().map { try decoded($0.element, from: $0.offset) }
    }

    /// What the ranks have accumulated together.
    ///
    /// The sums in metrics are exact, and they are merged in the order of the ranks: the result has the bits of one
    /// process that has gone through the same batches.
    ///
    /// - Throws: `MetricError.differentSettings` where the ranks do not measure the same.
    public func merged<M: Metric>(_ metric: M) throws -> M {
      let metrics = try gather(metric)
      var merged = metrics[0]
      for metric in metrics.dropFirst() { try merged.merge(metric) }
      return merged
    }

    /// The digest of what all ranks have delivered.
    public func merged(_ digest: SampleDigest) throws -> SampleDigest {
      try gather(digest).reduce(SampleDigest(), +)
    }

    /// The bytes of all ranks, in the order of the ranks.
    func exchange(_ bytes: [UInt8]) throws(MPIError) -> [[UInt8]] {
      var messages: [[UInt8]] = []
      for root in 0..<size { messages.append(try broadcast(bytes: bytes, from: root)) }
      return messages
    }

    /// The bytes of one rank, of any number.
    private func broadcast(bytes: [UInt8], from root: Int) throws(MPIError) -> [UInt8] {
      var count = Int64(bytes.count)
      try check("MPI_Bcast", cbu_mpi_broadcast(&count, Int32(MemoryLayout<Int64>.size), Int32(root)))
      var bytes = rank == root ? bytes : Array(repeating: 0, count: Int(count))
      var start = 0
      while start < bytes.count {
        let part = start..<min(start + Self.partByteCount, bytes.count)
        let status = bytes.withUnsafeMutableBytes { bytes in
          cbu_mpi_broadcast(bytes.baseAddress.map { $0 + start }, Int32(part.count), Int32(root))
        }
        try check("MPI_Bcast", status)
        start = part.upperBound
      }
      return bytes
    }

    /// MPI counts in 32 bits: more bytes go in parts.
    static var partByteCount: Int { 1 << 30 }
  }

  private func encoded(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return Array(try encoder.encode(value))
  }

  private func decoded<Value: Decodable>(_ bytes: [UInt8], from rank: Int) throws(MPIError) -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(Value.self, from: Data(bytes))
    } catch {
      throw .unreadableMessage(rank: rank, reason: "\(error)")
    }
  }
#endif
