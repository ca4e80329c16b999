/// How the bytes of a row become floats: b * scale + offset, with the factors of the byte's channel.
struct ByteRescaling: Sendable {
  /// One for all, or one for each channel.
  let scales: [Float]
  let offsets: [Float]
  /// A row of bytes as outer x channels x inner; only the channels and the inner elements where one factor is for all.
  private let innerCount: Int

  /// The same for all bytes.
  init(scale: Float, offset: Float) {
    (scales, offsets, innerCount) = ([scale], [offset], 1)
  }

  /// One for each channel, each of which has `innerCount` bytes side by side.
  init(scales: [Float], offsets: [Float], innerCount: Int) {
    (self.scales, self.offsets, self.innerCount) = (scales, offsets, innerCount)
  }

  /// The layout of rows for the kernel, which knows pixels of channels and planes of pixels: with a plane for each
  /// outer index and channel.
  func layout(rowLength: Int) -> RowLayout {
    if scales.count == 1 || rowLength == 0 { return RowLayout(isPlanar: true, channelCount: 1, width: rowLength) }
    if innerCount == 1 {
      return RowLayout(isPlanar: false, channelCount: scales.count, width: rowLength / scales.count)
    }
    return RowLayout(isPlanar: true, channelCount: rowLength / innerCount, width: innerCount)
  }

  /// The factors, repeated for as many channels as the layout has.
  func factors(for layout: RowLayout) -> (scales: [Float], offsets: [Float]) {
    let repetitions = layout.channelCount / scales.count
    if repetitions == 1 { return (scales, offsets) }
    return (
      Array(repeatElement(scales, count: repetitions).joined()),
      Array(repeatElement(offsets, count: repetitions).joined())
    )
  }
}

/// A row as planes of `width` elements, one for each channel, or as `width` pixels with an element for each channel.
struct RowLayout: Equatable {
  let isPlanar: Bool
  let channelCount: Int
  let width: Int
}
