import BatchUp

/// The JPEG and PNG files below a folder, or any others, decoded when they are asked for.
///
/// A batch is an `NDArray<UInt8>` of shape (n, channels, height, width) or (n, height, width, channels).
///
/// ```swift
/// let folder = try ImageFolder("photos", width: 224, height: 224)
/// let source = try ArraySource(loading: folder, folder.labels)
/// for try await (x, y) in source.batches(of: 64).prefetched(by: pool).async { … }
/// ```
///
/// Each folder in the uppermost one is a class, whose label is its place in the order of the names' bytes; all images
/// below it, at any depth, belong to it. Names that start with a dot are left out, and so are files that do not end in
/// .jpg, .jpeg or .png. Whether a file is JPEG or PNG is told by its content. Links are followed. Names that are not UTF-8
/// are those of `String(pathBytes:)`.
///
/// The orientation in Exif data is applied, but not that in XMP. Alpha channels and transparent colours are dropped, colour profiles and
/// gamma are ignored, 16-bit channels are rounded to 8 bits, and inks (CMYK) become the light that they let through; JPEG
/// files store them inverted, with Adobe's marker or without.
///
/// Where an axis gets shorter, each pixel is the exact mean over the area that it covers; where it gets longer, it is
/// interpolated linearly between the centres of the pixels. Large JPEG files are first decoded at 1/2, 1/4 or 1/8 of
/// their size, as long as that is not less than the wanted one. A picture of the wanted size comes out unchanged.
///
/// Nothing is shared among threads: any number of workers may load batches at the same time.
public struct ImageFolder: RowLoader, Sendable {
  public typealias Failure = ImageError

  /// The files, in the order of the samples: that of the bytes of the names, folder by folder.
  public let paths: [String]
  /// The class of each sample, a position in `classNames`; -1 for files that are in no subfolder.
  public let labels: NDArray<Int32>
  /// The names of the classes, sorted by their bytes; those without images too.
  public let classNames: [String]
  /// What the pictures of a batch look like.
  public let format: ImageFormat

  /// All images below `folder`, as pictures of that format.
  ///
  /// - Throws: ``ImageError`` where a folder cannot be read, or there are no images. Files are not opened yet.
  public init(_ folder: String, format: ImageFormat) throws(ImageError) {
    let found = try ImagePaths(below: folder)
    paths = found.paths
    labels = NDArray(found.labels)
    classNames = found.classNames
    self.format = format
  }

  /// The images in these files, in their order, whatever their names are. There are no classes: all labels are -1.
  public init(paths: [String], format: ImageFormat) {
    self.paths = paths
    labels = NDArray(repeating: -1, shape: [paths.count])
    classNames = []
    self.format = format
  }

  /// All images below `folder`, whose pictures have the given size.
  ///
  /// - Throws: ``ImageError`` where a folder cannot be read, or there are no images. Files are not opened yet.
  /// - Precondition: `width` and `height` are 1 to 65,536, and `pixelLimit` is positive.
  public init(
    _ folder: String, width: Int, height: Int, layout: ImageFormat.Layout = .channelsFirst,
    channels: ImageFormat.Channels = .rgb, fitting: ImageFormat.Fitting = .stretch,
    damage: ImageFormat.Damage = .refused, pixelLimit: Int = ImageFormat.standardPixelLimit
  ) throws(ImageError) {
    let format = ImageFormat(
      width: width, height: height, layout: layout, channels: channels, fitting: fitting, damage: damage,
      pixelLimit: pixelLimit)
    try self.init(folder, format: format)
  }

  /// The images in these files, in their order, whatever their names are. There are no classes: all labels are -1.
  ///
  /// - Precondition: `width` and `height` are 1 to 65,536, and `pixelLimit` is positive.
  public init(
    paths: [String], width: Int, height: Int, layout: ImageFormat.Layout = .channelsFirst,
    channels: ImageFormat.Channels = .rgb, fitting: ImageFormat.Fitting = .stretch,
    damage: ImageFormat.Damage = .refused, pixelLimit: Int = ImageFormat.standardPixelLimit
  ) {
    let format = ImageFormat(
      width: width, height: height, layout: layout, channels: channels, fitting: fitting, damage: damage,
      pixelLimit: pixelLimit)
    self.init(paths: paths, format: format)
  }

  public var sampleCount: Int { paths.count }

  public var rowShape: [Int] { format.sampleShape }

  /// - Throws: ``ImageError`` where the file cannot be decoded.
  public func load(_ index: Int, into picture: UnsafeMutableBufferPointer<UInt8>) throws(ImageError) {
    var decoder = ImageDecoder(format)
    try decoder.decode(file: paths[index], into: picture)
  }

  public func loadRows(
    at indices: BatchIndices, into rows: UnsafeMutableBufferPointer<UInt8>,
    reporting report: (_ place: Int, ImageError) -> Void
  ) {
    var decoder = ImageDecoder(format)
    let size = rows.count / max(indices.count, 1)
    for (place, index) in indices.enumerated() {
      let picture = UnsafeMutableBufferPointer(rebasing: rows[place * size..<(place + 1) * size])
      do throws(ImageError) { try decoder.decode(file: paths[index], into: picture) } catch { report(place, error) }
    }
  }
}

extension ImageFolder: CustomStringConvertible {
  /// How many files and classes there are: `ImageFolder(240 files, 2 classes)`.
  public var description: String { "ImageFolder(\(paths.count) files, \(classNames.count) classes)" }
}
