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

  var description: String { "NDArray<\(name)>" }
}

extension ElementType {
  init<Scalar>(_ type: Scalar.Type) {
    self.init(name: String(describing: type), byteCount: MemoryLayout<Scalar>.stride)
  }
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

// MARK: Bytes

extension WorkerRequest {
  func encoded() -> [UInt8] {
    switch self {
    case .open(let loader, let name, let arguments): [UInt8](message: 0, loader, name, arguments)
    case .load(let loader, let region, let indices):
      [UInt8](message: 1, loader, region.map { [$0] } ?? [], indices)
    case .provide(let region): [UInt8](message: 2, region)
    case .forget(let regions): [UInt8](message: 3, regions)
    }
  }

  init(decoding bytes: [UInt8]) throws(MalformedMessage) {
    var message = MessageReader(bytes)
    switch try Int(reading: &message) {
    case 0: self = .open(loader: try message.read(), name: try message.read(), arguments: try message.read())
    case 1:
      self = .load(
        loader: try message.read(), region: try [RegionOffer](reading: &message).first, indices: try message.read())
    case 2: self = .provide(try message.read())
    case 3: self = .forget(regions: try message.read())
    default: throw MalformedMessage()
    }
    try message.finish()
  }
}

extension WorkerReply {
  func encoded() -> [UInt8] {
    switch self {
    case .ready(let version): [UInt8](message: 0, version)
    case .opened(let loader): [UInt8](message: 1, loader)
    case .unknownLoader(let known): [UInt8](message: 2, known)
    case .failed(let text): [UInt8](message: 3, text)
    case .tooSmall(let byteCount): [UInt8](message: 4, byteCount)
    case .loaded(let batch): [UInt8](message: 5, batch)
    }
  }

  init(decoding bytes: [UInt8]) throws(MalformedMessage) {
    var message = MessageReader(bytes)
    switch try Int(reading: &message) {
    case 0: self = .ready(version: try message.read())
    case 1: self = .opened(try message.read())
    case 2: self = .unknownLoader(known: try message.read())
    case 3: self = .failed(message: try message.read())
    case 4: self = .tooSmall(byteCount: try message.read())
    case 5: self = .loaded(try message.read())
    default: throw MalformedMessage()
    }
    try message.finish()
  }
}

extension RegionOffer: MessagePart {
  func write(to message: inout [UInt8]) { message.write(number, byteCount) }

  init(reading message: inout MessageReader) throws(MalformedMessage) {
    self.init(number: try message.read(), byteCount: try message.read())
  }
}

extension LoaderDescription: MessagePart {
  func write(to message: inout [UInt8]) { message.write(sampleCount, hasSampleAxis, elements) }

  init(reading message: inout MessageReader) throws(MalformedMessage) {
    self.init(sampleCount: try message.read(), hasSampleAxis: try message.read(), elements: try message.read())
    if sampleCount < 0 { throw MalformedMessage() }
  }
}

extension ElementType: MessagePart {
  func write(to message: inout [UInt8]) { message.write(name, byteCount) }

  init(reading message: inout MessageReader) throws(MalformedMessage) {
    self.init(name: try message.read(), byteCount: try message.read())
  }
}

extension LoadedBatch: MessagePart {
  func write(to message: inout [UInt8]) { message.write(arrays, byteCount, isRetained) }

  init(reading message: inout MessageReader) throws(MalformedMessage) {
    self.init(arrays: try message.read(), byteCount: try message.read(), isRetained: try message.read())
  }
}

extension ArrayPlace: MessagePart {
  func write(to message: inout [UInt8]) { message.write(shape, offset) }

  init(reading message: inout MessageReader) throws(MalformedMessage) {
    self.init(shape: try message.read(), offset: try message.read())
  }
}

extension BatchIndices: MessagePart {
  func write(to message: inout [UInt8]) {
    switch storage {
    case .run(let range): message.write(0, range.lowerBound, range.upperBound)
    case .narrow(let list): message.write(1, list)
    case .wide(let list): message.write(2, list)
    }
  }

  init(reading message: inout MessageReader) throws(MalformedMessage) {
    switch try Int(reading: &message) {
    case 0:
      let (lower, upper): (Int, Int) = (try message.read(), try message.read())
      guard lower <= upper, !upper.subtractingReportingOverflow(lower).overflow else { throw MalformedMessage() }
      self.init(lower..<upper)
    case 1: self.init(.narrow(try message.read()))
    case 2: self.init(.wide(try message.read()))
    default: throw MalformedMessage()
    }
  }
}
