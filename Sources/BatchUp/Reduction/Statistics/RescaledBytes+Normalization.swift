extension RescaledBytes {
  /// Bytes that become (b - mean) / deviation, with the mean and the standard deviation of the byte's channel: of mean
  /// 0 and standard deviation 1, where the statistics are of the same bytes.
  ///
  /// Computed as `b * scale + offset`, each channel's factors and both operations rounded to Float32: within
  /// 2^-22 x 255 / deviation of the value. The bytes of a channel whose deviation is 0 all become 0.
  ///
  /// - Parameters:
  ///   - bytes: One sample for each place of the first axis.
  ///   - statistics: Those of bytes, in steps of a byte, as of `bytes.statistics(.perChannel(axis: 1))`.
  /// - Throws: `StatisticsError` where they are of no bytes, or their channels are not those of the bytes.
  public init(_ bytes: NDArray<UInt8>, normalizedBy statistics: Statistics<UInt8>) throws(StatisticsError) {
    try self.init(bytes, step: 1, start: 0, statistics)
  }

  /// The same by statistics of what the bytes become in `range`: of batches of `RescaledBytes(bytes, range: range)`.
  ///
  /// - Throws: `StatisticsError` where they are of nothing, or their channels are not those of the bytes.
  public init(
    _ bytes: NDArray<UInt8>, range: ClosedRange<Double> = 0...1, normalizedBy statistics: Statistics<Float>
  ) throws(StatisticsError) {
    let step = (range.upperBound - range.lowerBound) / 255
    try self.init(bytes, step: step, start: range.lowerBound, statistics)
  }

  /// The statistics are those of b * step + start.
  private init<Scalar>(
    _ bytes: NDArray<UInt8>, step: Double, start: Double, _ statistics: Statistics<Scalar>
  ) throws(StatisticsError) {
    guard statistics.hasElements else { throw .noElements }
    if case .perChannel(axis: 0) = statistics.axis { throw .channelsAreSamples }
    let view = try statistics.axis.view(of: bytes.shape)
    guard view.channelCount == statistics.channelCount else {
      throw .wrongChannelCount(expected: statistics.channelCount, found: view.channelCount)
    }
    let factors = (0..<statistics.channelCount).map { channel -> (scale: Float, offset: Float) in
      let (mean, deviation) = (statistics[channel].mean, statistics[channel].standardDeviation)
      return deviation == 0 ? (0, 0) : (Float(step / deviation), Float((start - mean) / deviation))
    }
    self.init(
      bytes: bytes,
      rescaling: ByteRescaling(
        scales: factors.map(\.scale), offsets: factors.map(\.offset), innerCount: view.innerCount))
  }
}
