/// An .npy file that predictions are to be written to: complete, or absent.
public struct PredictionFile: Sendable {
  /// Where the file will be.
  public let path: String
  /// What the predictions depend on; nil where an interrupted prediction starts anew.
  public let fingerprint: [UInt64]?

  /// A file that appears when all predictions are in it, in place of one of that name.
  public static func npy(_ path: String) -> PredictionFile { PredictionFile(path: path, fingerprint: nil) }

  /// A file that goes on where an interrupted prediction into it has stopped.
  ///
  /// What is done is kept beside it, in a file with `.partial` behind the name, whatever ends the process. The file is
  /// the same to the last bit as one that was written without a break, since the same batches are made.
  ///
  /// - Parameters:
  ///   - path: where the file appears when it is complete.
  ///   - fingerprint: numbers that stand for what the predictions depend on, such as digests of the model and of
  ///     the data; 63 at most. What was left by a run with other numbers, with another batch size or with results of
  ///     another shape is an error.
  public static func npy(_ path: String, resuming fingerprint: [UInt64]) -> PredictionFile {
    PredictionFile(path: path, fingerprint: fingerprint)
  }
}
