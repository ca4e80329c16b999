import BatchUp
import BatchUpFiles
import Foundation

/// A classifier in a safetensors file: the parameters of two layers by PyTorch's names and in its order, one row of
/// weights per output, and in the metadata what images it takes.
extension Classifier {
  static let formatName = "batchup-classifier"
  static let formatVersion = "1"

  /// The bytes of an image are divided by 255.
  static let valueRange = "[0,1]"

  /// How many weights a classifier may have: what could only end in a failed allocation, or in sizes that OpenBLAS's
  /// 32-bit integers cannot express.
  static let weightLimit = 1 << 28

  static func isWithinLimit(inputs: Int, hidden: Int, classes: Int) -> Bool {
    let (width, isTooWide) = inputs.addingReportingOverflow(classes)
    let (count, overflows) = hidden.multipliedReportingOverflow(by: width)
    return !isTooWide && !overflows && count <= weightLimit
  }

  /// How many values may be between two layers for all samples of a batch, for the same reasons.
  static let batchValueLimit = 4 * weightLimit

  static func isWithinLimit(batchSize: Int, inputs: Int, hidden: Int, classes: Int) -> Bool {
    batchSize.multipliedSaturating(by: max(inputs, hidden, classes)) <= batchValueLimit
  }

  /// Writes a file that `init(safetensors:)` reads; it appears whole or not at all.
  func write(safetensors path: String) throws(SafetensorsError) {
    var writer = SafetensorsWriter(metadata: [
      "format": Self.formatName, "version": Self.formatVersion,
      "input_shape": "[\(inputShape.map(String.init).joined(separator: ","))]",
      "value_range": Self.valueRange, "class_count": "\(classCount)",
    ])
    for (name, layer) in [("hidden", hiddenLayer), ("output", outputLayer)] {
      let columns = NDArray(layer.weights, shape: [layer.inputCount, layer.outputCount])
      writer.add(columns.withReversedAxes(), named: "\(name).weight")
      writer.add(NDArray(layer.biases), named: "\(name).bias")
    }
    try writer.write(to: path)
  }

  /// Reads a file that `write(safetensors:)` has written.
  init(safetensors path: String) throws(ToolError) {
    let file = try SafetensorsFile(path: path, writtenBy: "train --save")
    let description = try ClassifierDescription(of: file)
    // All shapes before any data are read.
    let hiddenCount = try file.length(ofVector: "hidden.bias")
    let inputCount = description.inputCount
    let classCount = description.classCount
    guard Self.isWithinLimit(inputs: inputCount, hidden: hiddenCount, classes: classCount) else {
      throw ToolError(
        "\(path): \(inputCount) values per image, \(hiddenCount) hidden units and \(classCount) classes make more than "
          + "\(Self.weightLimit) weights")
    }
    self.init(
      inputShape: description.inputShape,
      hiddenLayer: try file.layer(named: "hidden", inputCount: inputCount, outputCount: hiddenCount),
      outputLayer: try file.layer(named: "output", inputCount: hiddenCount, outputCount: classCount))
  }
}

/// What the metadata of a classifier's file say.
private struct ClassifierDescription {
  let inputShape: [Int]
  let inputCount: Int
  let classCount: Int

  init(of file: SafetensorsFile) throws(ToolError) {
    for (key, expected) in [
      ("format", Classifier.formatName), ("version", Classifier.formatVersion), ("value_range", Classifier.valueRange),
    ] where file.metadata[key] != expected {
      throw file.wrongMetadata(key, expected: expected, "holds no classifier")
    }
    inputShape = try Self.value([Int].self, of: "input_shape", in: file, expected: "the lengths of an image's axes") {
      $0.allSatisfy { $0 > 0 }
    }
    classCount = try Self.value(Int.self, of: "class_count", in: file, expected: "a positive number") { $0 > 0 }
    inputCount = inputShape.reduce(1) { $0.multipliedSaturating(by: $1) }
  }

  /// A text of the metadata, read as JSON.
  private static func value<Value: Decodable>(
    _: Value.Type, of key: String, in file: SafetensorsFile, expected: String, isValid: (Value) -> Bool
  ) throws(ToolError) -> Value {
    let text = file.metadata[key]
    guard let text, let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)), isValid(value) else {
      throw file.wrongMetadata(key, expected: expected, "holds no classifier")
    }
    return value
  }
}

extension SafetensorsFile {
  /// Opens a file that a command has written.
  ///
  /// - Throws: where it is of another format, which format that is.
  init(path: String, writtenBy command: String) throws(ToolError) {
    let front: FileFront
    do { front = try FileFront(ofFile: path) } catch { throw ToolError("\(error)") }
    let format = SafetensorsFormat()
    if !format.recognizes(front.bytes) || front.isCompressed,
      let found = knownFormats(CSVSettings()).first(where: { $0.recognizes(front.bytes) })
    {
      throw ToolError(
        "\(path): is a file of format \(found.name)\(front.isCompressed ? ", gzip-compressed" : ""), expected a "
          + "\(format.name) file that batchup \(command) has written")
    }
    do { try self.init(path: path) } catch { throw ToolError("\(error)") }
  }

  /// The metadata say something else than `expected` under a key, or nothing, so that the file is not what it should be.
  func wrongMetadata(_ key: String, expected: String, _ problem: String) -> ToolError {
    let found = metadata[key]?.quotedBriefly ?? "missing"
    return ToolError("\(path): \(problem) of this program: the \(key) in its metadata is \(found), not \(expected)")
  }

  fileprivate func length(ofVector name: String) throws(ToolError) -> Int {
    let shape = try shape(named: name)
    guard shape.count == 1, shape[0] > 0 else {
      throw ToolError("\(path): tensor \(name) has shape \(shape), not one of a list")
    }
    return shape[0]
  }

  fileprivate func layer(
    named name: String, inputCount: Int, outputCount: Int
  ) throws(ToolError) -> LinearLayer {
    let weights = try array(named: "\(name).weight", shape: [outputCount, inputCount])
    let biases = try array(named: "\(name).bias", shape: [outputCount])
    return LinearLayer(weights: weights.withReversedAxes().scalars, biases: biases.scalars, inputCount: inputCount)
  }

  private func shape(named name: String) throws(ToolError) -> [Int] {
    do { return try tensor(named: name).shape } catch { throw ToolError("\(error)") }
  }

  func array(named name: String, shape expected: [Int]) throws(ToolError) -> NDArray<Float> {
    let found = try shape(named: name)
    guard found == expected else { throw ToolError("\(path): tensor \(name) has shape \(found), not \(expected)") }
    do { return try array(named: name) } catch { throw ToolError("\(error)") }
  }
}
