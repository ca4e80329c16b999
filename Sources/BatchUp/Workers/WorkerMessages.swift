import BatchUpSystem

/// What the parent asks of a worker process.
enum WorkerRequest {
  /// Make the loader of that name, to be known by a number.
  case open(loader: Int, name: String, arguments: [String])
  /// Load samples into a region, where the worker has one.
  case load(loader: Int, region: RegionOffer?, indices: BatchIndices)
  /// The region that a worker has asked for. Its descriptor comes with the message.
  case provide(RegionOffer)
  /// Regions that are not going to be used any more.
  case forget(regions: [Int])
}

/// What a worker process answers.
enum WorkerReply {
  /// Comes first, before any request.
  case ready(version: Int)
  case opened(LoaderDescription)
  case unknownLoader(known: [String])
  /// The loader has thrown.
  case failed(message: String)
  /// The batch needs a region of that size.
  case tooSmall(byteCount: Int)
  case loaded(LoadedBatch)

  /// Changes with the messages.
  static let version = 1
}

/// A region of shared memory that a batch may be put into; its descriptor comes along the first time.
struct RegionOffer {
  let number: Int
  let byteCount: Int
}

extension SharedRegion {
  var offer: RegionOffer { RegionOffer(number: number, byteCount: byteCount) }
}

/// What a loader has to offer.
struct LoaderDescription: Equatable {
  let sampleCount: Int
  let hasSampleAxis: Bool
  let elements: [ElementType]
}

/// The type of the elements of an array, as two processes can compare it.
struct ElementType: Equatable, CustomStringConvertible {
  let name: String
  let byteCount: Int

  init(name: String, byteCount: Int) {
    self.name = name
    self.byteCount = byteCount
  }

  init<Scalar>(_ type: Scalar.Type) {
    self.init(name: String(describing: type), byteCount: MemoryLayout<Scalar>.stride)
  }

  var description: String { "NDArray<\(name)>" }
}

/// Where in a region the arrays of a batch are.
struct LoadedBatch {
  let arrays: [ArrayPlace]
  /// The bytes of shared memory that it took, and what the loader made on its way.
  let byteCount: Int
  /// Whether the loader has kept some of the memory, which therefore cannot be used for another batch.
  let isRetained: Bool
}

struct ArrayPlace {
  let shape: [Int]
  let offset: Int
}

extension WorkerRequest {
  func encoded() -> [UInt8] {
    var writer = MessageWriter()
    switch self {
    case .open(let loader, let name, let arguments):
      writer.write(0)
      writer.write(loader)
      writer.write(name)
      writer.write(arguments) { $0.write($1) }
    case .load(let loader, let region, let indices):
      writer.write(1)
      writer.write(loader)
      writer.write(region.map { [$0] } ?? []) { $0.write($1) }
      writer.write(indices)
    case .provide(let region):
      writer.write(2)
      writer.write(region)
    case .forget(let regions):
      writer.write(3)
      writer.write(regions) { $0.write($1) }
    }
    return writer.bytes
  }

  init(decoding bytes: [UInt8]) throws(MalformedMessage) {
    var reader = MessageReader(bytes)
    switch try reader.readInt() {
    case 0:
      self = .open(
        loader: try reader.readInt(), name: try reader.readText(),
        arguments: try reader.readTexts())
    case 1:
      self = .load(
        loader: try reader.readInt(),
        region: try reader.readList { reader throws(MalformedMessage) in try reader.readRegion() }.first,
        indices: try reader.readIndices())
    case 2: self = .provide(try reader.readRegion())
    case 3: self = .forget(regions: try reader.readInts())
    default: throw MalformedMessage()
    }
    try reader.finish()
  }
}

extension WorkerReply {
  func encoded() -> [UInt8] {
    var writer = MessageWriter()
    switch self {
    case .ready(let version):
      writer.write(0)
      writer.write(version)
    case .opened(let loader):
      writer.write(1)
      writer.write(loader)
    case .unknownLoader(let known):
      writer.write(2)
      writer.write(known) { $0.write($1) }
    case .failed(let message):
      writer.write(3)
      writer.write(message)
    case .tooSmall(let byteCount):
      writer.write(4)
      writer.write(byteCount)
    case .loaded(let batch):
      writer.write(5)
      writer.write(batch)
    }
    return writer.bytes
  }

  init(decoding bytes: [UInt8]) throws(MalformedMessage) {
    var reader = MessageReader(bytes)
    switch try reader.readInt() {
    case 0: self = .ready(version: try reader.readInt())
    case 1: self = .opened(try reader.readDescription())
    case 2: self = .unknownLoader(known: try reader.readTexts())
    case 3: self = .failed(message: try reader.readText())
    case 4: self = .tooSmall(byteCount: try reader.readInt())
    case 5: self = .loaded(try reader.readBatch())
    default: throw MalformedMessage()
    }
    try reader.finish()
  }
}

extension MessageWriter {
  fileprivate mutating func write(_ region: RegionOffer) {
    write(region.number)
    write(region.byteCount)
  }

  fileprivate mutating func write(_ loader: LoaderDescription) {
    write(loader.sampleCount)
    write(loader.hasSampleAxis)
    write(loader.elements) {
      $0.write($1.name)
      $0.write($1.byteCount)
    }
  }

  fileprivate mutating func write(_ batch: LoadedBatch) {
    write(batch.arrays) {
      $0.write($1.shape) { $0.write($1) }
      $0.write($1.offset)
    }
    write(batch.byteCount)
    write(batch.isRetained)
  }

  fileprivate mutating func write(_ indices: BatchIndices) {
    switch indices.storage {
    case .run(let range):
      write(0)
      write(range.lowerBound)
      write(range.upperBound)
    case .narrow(let list):
      write(1)
      write(list)
    case .wide(let list):
      write(2)
      write(list)
    }
  }
}

extension MessageReader {
  fileprivate mutating func readRegion() throws(MalformedMessage) -> RegionOffer {
    RegionOffer(number: try readInt(), byteCount: try readInt())
  }

  fileprivate mutating func readDescription() throws(MalformedMessage) -> LoaderDescription {
    let sampleCount = try readInt()
    guard sampleCount >= 0 else { throw MalformedMessage() }
    return LoaderDescription(
      sampleCount: sampleCount, hasSampleAxis: try readBool(),
      elements: try readList { reader throws(MalformedMessage) in
        ElementType(name: try reader.readText(), byteCount: try reader.readInt())
      })
  }

  fileprivate mutating func readBatch() throws(MalformedMessage) -> LoadedBatch {
    LoadedBatch(
      arrays: try readList { reader throws(MalformedMessage) in
        ArrayPlace(
          shape: try reader.readInts(),
          offset: try reader.readInt())
      },
      byteCount: try readInt(), isRetained: try readBool())
  }

  fileprivate mutating func readIndices() throws(MalformedMessage) -> BatchIndices {
    switch try readInt() {
    case 0:
      let (lower, upper) = (try readInt(), try readInt())
      guard lower <= upper, !upper.subtractingReportingOverflow(lower).overflow else { throw MalformedMessage() }
      return BatchIndices(lower..<upper)
    case 1: return BatchIndices(.narrow(try readArray()))
    case 2: return BatchIndices(.wide(try readArray()))
    default: throw MalformedMessage()
    }
  }
}
