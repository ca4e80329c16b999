import BatchUp
import Foundation

/// A parser that gets arbitrary bytes.
enum FuzzTarget: String, CaseIterable, Sendable {
  case npy
  case npz
  case partialOutput = "partial-output"
  case idx
  case safetensors
  case csv
  case mat
  case image
  case exif
  case randomState = "random-state"
  case iterationState = "iteration-state"
  case workerMessage = "worker-message"
  case configuration

  /// Lets the parser read the bytes. A typed error of the parser is as good as a result.
  ///
  /// - Throws: `Contradiction` where two results do not agree; other errors where something failed that must not.
  func check(_ bytes: [UInt8], in folder: ScratchFolder) throws {
    switch self {
    case .npy: try checkNPY(bytes, in: folder)
    case .npz: try checkNPZ(bytes, in: folder)
    case .partialOutput: try checkPartialOutput(bytes, in: folder)
    case .idx: try checkIDX(bytes, in: folder)
    case .safetensors: try checkSafetensors(bytes, in: folder)
    case .csv: try checkCSV(bytes, in: folder)
    case .mat: try checkMAT(bytes, in: folder)
    case .image: try checkImage(bytes, in: folder)
    case .exif: try checkExif(bytes)
    case .randomState: try checkRandomState(bytes)
    case .iterationState: try checkIterationState(bytes)
    case .workerMessage: try checkWorkerMessage(bytes)
    case .configuration: try checkConfiguration(bytes, in: folder)
    }
  }
}

/// Something that is true of every input is not true of one.
struct Contradiction: Error, CustomStringConvertible {
  let description: String
}

func require(_ isTrue: Bool, _ statement: @autoclosure () -> String) throws(Contradiction) {
  if !isTrue { throw Contradiction(description: "not so: \(statement())") }
}

/// An error is one line that begins with the file's name.
func requireLine(_ error: any Error, about path: String) throws(Contradiction) {
  let text = "\(error)"
  try require(text.hasPrefix(path) && !text.contains(where: \.isNewline), "an error is a line about the file: \(text)")
}

/// What the bytes are as JSON; nil where that is refused.
func decoded<Value: Decodable>(_: Value.Type, from bytes: [UInt8]) throws -> Value? {
  do { return try JSONDecoder().decode(Value.self, from: Data(bytes)) } catch is DecodingError { return nil }
}

/// Encoded and decoded again.
func copied<Value: Codable>(_ value: Value) throws -> Value {
  try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
}

/// The elements as they are in memory, which NaNs do not keep from being compared.
func elementBytes<Scalar>(_ array: NDArray<Scalar>) -> [UInt8] {
  array.withUnsafeBufferPointer { Array(UnsafeRawBufferPointer($0)) }
}

func isSame<Scalar>(_ one: NDArray<Scalar>, as other: NDArray<Scalar>) -> Bool {
  one.shape == other.shape && elementBytes(one) == elementBytes(other)
}
