import BatchUp

/// The outcome of a run of `batchup predict`.
struct PredictionReport: CommandReport {
  let imageCount: Int
  let classCount: Int
  /// The share of images that are not of their label's class; nil without labels or images.
  let errorRate: Double?
  let seconds: Double

  private enum CodingKeys: CodingKey { case imageCount, classCount, errorRate, seconds }

  // Written out because the synthesized one leaves out a member that is nil instead of writing null.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(imageCount, forKey: .imageCount)
    try container.encode(classCount, forKey: .classCount)
    try container.encode(errorRate, forKey: .errorRate)
    try container.encode(seconds, forKey: .seconds)
  }

  /// One line for people.
  func line(output: String) -> String {
    let error = errorRate.map { ", \(($0 * 100).fixed(digits: 2)) % not of their label's class" } ?? ""
    return "\(output): \(classCount.grouped) scores for each of \(imageCount.grouped) images in "
      + "\(seconds.fixed(digits: 2)) s\(error)"
  }
}
