import Foundation

/// What `batchup train --json` writes, by the names that its help documents.
struct Report: Decodable {
  let dataSet: String
  let trainingCount: Int
  let validationCount: Int
  let valuesPerSample: Int
  let classCount: Int
  let options: Options
  let epochs: [Epoch]
  let loadingSeconds: Double
  let seconds: Double
  private(set) var text = ""

  struct Options: Decodable, Equatable {
    let epochs: Int
    let batchSize: Int
    let hidden: Int
    let learningRate: Double
    let seed: UInt64
    var workers = 0
    var buffer = 20
  }

  struct Epoch: Decodable {
    let epoch: Int
    let loss: Double
    let validationError: Double?
    let samplesPerSecond: Double
    let waitingShare: Double
    let digests: Digests

    struct Digests: Decodable, Hashable {
      let ordered: String
      let unordered: String
    }
  }

  private enum CodingKeys: CodingKey {
    case dataSet, trainingCount, validationCount, valuesPerSample, classCount, options, epochs, loadingSeconds, seconds
  }

  /// - Throws: where standard output is not one JSON object with these members.
  init(_ run: BatchUpProcess) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(Report.self, from: Data(run.output.utf8))
    text = run.output
  }
}
