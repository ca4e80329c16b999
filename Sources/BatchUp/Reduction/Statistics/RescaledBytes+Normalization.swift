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

  /// The same by means and standard deviations of what the bytes become in 0...1, such as those of published models:
  /// `means: [0.485, 0.456, 0.406], deviations: [0.229, 0.224, 0.225]` for ImageNet.
  ///
  /// - Parameters:
  ///   - bytes: One sample for each place of the first axis.
  ///   - means: One for each channel, or one for all.
  ///   - deviations: As many.
  ///   - axis: Which axis tells the channels apart, where there are several: 1 for images of shape (channels, height,
  ///     width), 3 for (height, width, channels).
  /// - Throws: `StatisticsError` where there are not as many deviations as means, or channels, or a deviation is not above
  ///   0.
  public init(
    _ bytes: NDArray<UInt8>, means: [Double], deviations: [Double], axis: Int = 1
  ) throws(StatisticsError) {
    guard deviations.count == means.count else {
      throw .wrongChannelCount(expected: means.count, found: deviations.count)
    }
    for (channel, deviation) in deviations.enumerated() where !(deviation > 0 && deviation.isFinite) {
      throw .unusableDeviation(channel: channel, found: "\(deviation)")
    }
    try self.init(
      bytes, step: 1.0 / 255, start: 0, axis: means.count == 1 ? .overall : .perChannel(axis: axis),
      channels: Array(zip(means, deviations)))
  }

  /// The statistics are those of b * step + start.
  private init<Scalar>(
    _ bytes: NDArray<UInt8>, step: Double, start: Double, _ statistics: Statistics<Scalar>
  ) throws(StatisticsError) {
    guard statistics.hasElements else { throw .noElements }
    let channels = (0..<statistics.channelCount).map {
      (statistics[$0].mean, statistics[$0].standardDeviation)
    }
    try self.init(bytes, step: step, start: start, axis: statistics.axis, channels: channels)
  }

  private init(
    _ bytes: NDArray<UInt8>, step: Double, start: Double, axis: StatisticsAxis,
    channels: [(mean: Double, deviation: Double)]
  ) throws(StatisticsError) {
    if case .perChannel(axis: 0) = axis { throw .channelsAreSamples }
    let view = try axis.view(of: bytes.shape)
    guard view.channelCount == channels.count else {
      throw .wrongChannelCount(expected: channels.count, found: view.channelCount)
    }
    let factors = channels.map { mean, deviation -> (scale: Float, offset: Float) in
      deviation == 0 ? (0, 0) : (Float(step / deviation), Float((start - mean) / deviation))
    }
    self.init(
      bytes: bytes,
      rescaling: ByteRescaling(
        scales: factors.map(\.scale), offsets: factors.map(\.offset), innerCount: view.innerCount))
  }
}
