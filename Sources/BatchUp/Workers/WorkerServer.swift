import BatchUpSystem

/// Answers the requests of the parent, one after the other, until the parent has no more.
struct WorkerServer {
  private let makers: [String: WorkerLoader]
  private let channel: MessageChannel
  private var loaders: [Int: ServedLoader] = [:]
  private var regions: [Int: SharedRegion] = [:]

  init(_ makers: [String: WorkerLoader], over channel: MessageChannel) {
    self.makers = makers
    self.channel = channel
  }

  mutating func serve() throws {
    try answer(.ready(version: WorkerReply.version))
    while true {
      let (request, descriptor) = try receive()
      switch request {
      case .open(let loader, let name, let arguments): try answer(open(loader, name, arguments))
      case .load(let loader, let offer, let indices):
        try load(loader, indices, into: try offer.map { try knownRegion($0, descriptor) })
      case .forget(let numbers): for number in numbers { regions[number] = nil }
      case .provide: throw MalformedMessage()
      }
    }
  }

  private func receive() throws -> (WorkerRequest, SharedDescriptor?) {
    let (message, descriptor) = try channel.receive()
    return (try WorkerRequest(decoding: message), descriptor)
  }

  private func answer(_ reply: WorkerReply) throws { try channel.send(reply.encoded()) }

  private mutating func open(_ number: Int, _ name: String, _ arguments: [String]) -> WorkerReply {
    guard let maker = makers[name] else { return .unknownLoader(known: makers.keys.sorted()) }
    do {
      let loader = try maker.make(arguments)
      loaders[number] = loader
      return .opened(loader.description)
    } catch {
      return .failed(message: "\(error)")
    }
  }

  private mutating func knownRegion(_ offer: RegionOffer, _ descriptor: SharedDescriptor?) throws -> SharedRegion {
    if let descriptor {
      regions[offer.number] = try SharedRegion(
        number: offer.number, byteCount: offer.byteCount, of: descriptor, isWritable: true)
    }
    guard let region = regions[offer.number] else { throw MalformedMessage() }
    return region
  }

  private mutating func load(_ number: Int, _ indices: BatchIndices, into region: SharedRegion?) throws {
    guard let loader = loaders[number] else { throw MalformedMessage() }
    let arena = SharedArena(region)
    let recycler = StorageRecycler(limit: .max) { arena.storage(byteCount: $0) ?? ArrayStorage(byteCount: $0) }
    // The arrays of the batch are gone after this, but for what the loader has kept.
    let outcome = try load(indices, from: loader, recycling: recycler, in: arena)
    switch outcome {
    case .failed(let message): try answer(.failed(message: message))
    case .placed(let places, let used):
      let isRetained = used === arena && !recycler.isOnlyHolder
      if isRetained, let region { regions[region.number] = nil }
      let byteCount = max(arena.askedByteCount, used.askedByteCount)
      try answer(.loaded(LoadedBatch(arrays: places, byteCount: byteCount, isRetained: isRetained)))
    }
  }

  private enum Outcome {
    case placed([ArrayPlace], in: SharedArena)
    case failed(message: String)
  }

  private mutating func load(
    _ indices: BatchIndices, from loader: ServedLoader, recycling recycler: StorageRecycler, in arena: SharedArena
  ) throws -> Outcome {
    let arrays: [ArrayBytes]
    do { arrays = try loader.load(indices, BatchContext(memory: recycler)) } catch {
      return .failed(message: "\(error)")
    }
    if let places = arena.places(of: arrays) { return .placed(places, in: arena) }
    let larger = SharedArena(try largerRegion(byteCount: arena.askedByteCount))
    guard let places = larger.places(of: arrays) else { throw MalformedMessage() }
    return .placed(places, in: larger)
  }

  private mutating func largerRegion(byteCount: Int) throws -> SharedRegion {
    try answer(.tooSmall(byteCount: byteCount))
    let (request, descriptor) = try receive()
    guard case .provide(let offer) = request else { throw MalformedMessage() }
    return try knownRegion(offer, descriptor)
  }
}

extension SharedArena {
  /// Where in the region the arrays are, after those have been copied that are elsewhere; nil where there is no room.
  fileprivate func places(of arrays: [ArrayBytes]) -> [ArrayPlace]? {
    let places = arrays.compactMap { array in
      offset(of: array.bytes).map { ArrayPlace(shape: array.shape, offset: $0) }
    }
    return places.count == arrays.count ? places : nil
  }

  private func offset(of bytes: UnsafeRawBufferPointer) -> Int? {
    if bytes.isEmpty { return 0 }
    if let offset = region?.offset(of: bytes) { return offset }
    guard let offset = claim(bytes.count), let region else { return nil }
    UnsafeMutableRawBufferPointer(start: region.base + offset, count: bytes.count).copyMemory(from: bytes)
    return offset
  }
}
