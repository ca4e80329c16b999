import BatchUp

/// The outcome of a run of `batchup predict`.
struct PredictionReport: CommandReport {
  let imageCount: Int
  let classCount: Int
  /// The share of images that are not of their label's class; nil without labels or images.
  @Nullable var errorRate: Double?
  let seconds: Double

  /// One line for people.
  func line(output: String) -> String {
    let error = errorRate.map { ", \(($0 * 100).fixed(digits: 2)) % not of their label's class" } ?? ""
    return "\(output): \(classCount.grouped) scores for each of \(imageCount.grouped) images in "
      + "\(seconds.fixed(digits: 2)) s\(error)"
  }
}
