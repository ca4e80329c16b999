import BatchUp
import BatchUpFiles

extension TrainingData.Images {
  /// Reads the images of a file of any known format: integers are bytes, 0 to 255; truth values and floating-point numbers
  /// are numbers from 0 to 1, which `requireUnitRange` checks.
  init(file path: String, array name: String?, csv: CSVSettings) throws {
    let array = try InputFile(path: path, csv: csv).array(named: name, option: "--images-array")
    switch array.elementType {
    case .uint8, .int8, .int16, .int32, .int64, .uint16, .uint32, .uint64:
      self = .bytes(try array.elements(of: path, as: UInt8.self, "a byte of an image"))
    case .bool, .float16, .float32, .float64:
      self = .numbers(try array.elements(of: path, as: Float.self, "a Float"))
    }
  }

  var shape: [Int] {
    switch self {
    case .bytes(let bytes): bytes.shape
    case .numbers(let numbers): numbers.shape
    }
  }

  /// Throws where a number is not from 0 to 1, as classifiers take them.
  func requireUnitRange(file path: String) throws(ImageRangeError) {
    if case .numbers(let numbers) = self { try requireNumbersInUnitRange(of: numbers, file: path) { $0 } }
  }
}

extension NPYFile {
  /// The .npy file at a path, to be mapped; nil where there is a file of another format, or one that is to be reordered.
  static func mappable(_ path: String) throws -> NPYFile? {
    guard try FileFront.format(ofFile: path) is NPYFormat else { return nil }
    let file = try NPYFile(path: path)
    return file.isFortranOrder ? nil : file
  }
}

/// Throws where a number of the images in a batch is not from 0 to 1.
///
/// - Parameter index: the index in the file of an image of the batch.
func requireNumbersInUnitRange(
  of images: NDArray<Float>, file path: String, index: (Int) -> Int
) throws(ImageRangeError) {
  let found = images.withUnsafeBufferPointer { numbers in
    numbers.firstIndex { !($0 >= 0 && $0 <= 1) }.map { (place: $0, number: numbers[$0]) }
  }
  guard let found else { return }
  throw ImageRangeError(path: path, index: index(found.place / max(images.rowLength, 1)), number: found.number)
}

/// An image has a number that is not from 0 to 1.
struct ImageRangeError: Error, CustomStringConvertible {
  let path: String
  let index: Int
  let number: Float

  init(path: String, index: Int, number: Float) {
    self.path = path
    self.index = index
    self.number = number
  }

  /// The error itself, or what kept workers from making a batch.
  init?(causing error: any Error) {
    if let error = error as? ImageRangeError {
      self = error
    } else if let failure = error as? BatchFailure, case .thrown(let cause) = failure.cause {
      self.init(causing: cause)
    } else {
      return nil
    }
  }

  var description: String {
    "\(path): image \(index) has the number \(number), expected 0 to 1; where they are whole numbers from 0 to 255, make "
      + "bytes of them: batchup convert \(path) bytes.npy --to uint8"
  }
}

extension TrainingData {
  /// Reads a list of labels from a file of any known format: whole numbers of any type, or a column of texts in a CSV file.
  static func readLabels(_ path: String, array name: String? = nil, csv: CSVSettings = CSVSettings()) throws -> NDArray<
    Int32
  > {
    let labels = try InputFile(path: path, csv: csv).array(named: name, option: "--labels-array")
    guard labels.shape.count == 1 else {
      throw ToolError("\(path): has \(labels.shape.count) axes, not the one of a list of labels")
    }
    return try labels.elements(of: path, as: Int32.self, "a label")
  }
}

extension FileArray {
  /// The elements as those of another type; without a copy where they are of that type.
  ///
  /// - Parameter what: what an element is, for the error that one is none.
  fileprivate func elements<Scalar: FileScalar>(
    of path: String, as type: Scalar.Type, _ what: String
  ) throws(ToolError) -> NDArray<Scalar> {
    if let array = self as? NDArray<Scalar> { return array }
    switch converted(to: type) {
    case .array(let array):
      guard let array = array as? NDArray<Scalar> else { throw ToolError("\(path): cannot be converted") }
      return array
    case .impossible(let position, let element):
      throw ToolError("\(path): element \(element) at position \(position) is not \(what)")
    }
  }
}

/// Images that are mapped, whose numbers are checked as they are read.
struct UnitRangeImages: SampleLoader, Sendable {
  let images: MappedArray<Float>
  let path: String

  var sampleCount: Int { images.sampleCount }
  var hasSampleAxis: Bool { images.hasSampleAxis }
  var fingerprint: Fingerprint { images.fingerprint }

  func batch(at indices: BatchIndices) throws(any Error) -> NDArray<Float> {
    try batch(at: indices, in: BatchContext())
  }

  func batch(at indices: BatchIndices, in context: BatchContext) throws(any Error) -> NDArray<Float> {
    let batch = try images.batch(at: indices, in: context)
    try requireNumbersInUnitRange(of: batch, file: path) { indices[$0] }
    return batch
  }
}
