/// What the decoded pictures of a batch look like: bytes of one size, one order of axes and one set of channels.
public struct ImageFormat: Hashable, Sendable {
  /// The order of the axes of a batch of n pictures with c channels.
  public enum Layout: Hashable, Sendable {
    /// (n, c, height, width), as PyTorch has them.
    case channelsFirst
    /// (n, height, width, c), as TensorFlow and most image files have them.
    case channelsLast
  }

  /// Which channels the decoded pictures have.
  public enum Channels: Hashable, Sendable {
    /// Three: red, green and blue. Gray pictures get three equal ones.
    case rgb
    /// One: the luma of ITU-R BT.601, 0.299 red + 0.587 green + 0.114 blue; of JPEG files the one that is stored.
    case gray

    /// 3 or 1.
    public var count: Int { self == .rgb ? 3 : 1 }
  }

  /// How a picture of another aspect ratio comes to the wanted size.
  public enum Fitting: Hashable, Sendable {
    /// All of it, its aspect ratio changed.
    case stretch
    /// The largest part in its centre that has the wanted aspect ratio.
    case cropCentre
    /// All of it, with black bars on two sides.
    case letterbox
  }

  /// What happens to JPEG files that are cut off or damaged, but not so much that nothing can be decoded. PNG files
  /// have checksums, and are refused wherever these are wrong.
  public enum Damage: Hashable, Sendable {
    /// An error that names the file. Oddities that leave all pixels whole, such as foreign bytes between the segments of
    /// a file or zeros behind the data of a scan, are none.
    case refused
    /// As much as can be decoded; the rest is gray or wrong.
    case tolerated
  }

  /// In pixels.
  public var width: Int
  /// In pixels.
  public var height: Int
  /// The order of the axes.
  public var layout: Layout
  /// Which channels the pictures have.
  public var channels: Channels
  /// How pictures of another aspect ratio come to the wanted size.
  public var fitting: Fitting
  /// What happens to damaged JPEG files.
  public var damage: Damage
  /// Files of more pixels are refused, before memory is taken for them.
  public var pixelLimit: Int

  /// 100 million pixels.
  public static let standardPixelLimit = 100_000_000

  /// Pictures of `height` lines of `width` pixels.
  ///
  /// - Precondition: `width` and `height` are 1 to 65,536, and `pixelLimit` is positive.
  public init(
    width: Int, height: Int, layout: Layout = .channelsFirst, channels: Channels = .rgb, fitting: Fitting = .stretch,
    damage: Damage = .refused, pixelLimit: Int = standardPixelLimit
  ) {
    precondition((1...65_536).contains(width), "the width is 1 to 65,536, not \(width)")
    precondition((1...65_536).contains(height), "the height is 1 to 65,536, not \(height)")
    precondition(pixelLimit > 0, "the limit on pixels is positive, not \(pixelLimit)")
    self.width = width
    self.height = height
    self.layout = layout
    self.channels = channels
    self.fitting = fitting
    self.damage = damage
    self.pixelLimit = pixelLimit
  }

  /// The shape of one picture.
  public var sampleShape: [Int] {
    layout == .channelsFirst ? [channels.count, height, width] : [height, width, channels.count]
  }
}
