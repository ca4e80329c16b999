import BatchUp
import BatchUpFiles
import BatchUpImages
import BatchUpSystem

/// The images that a sheet shows some of: of a file of any known format, or of a folder.
struct SheetSamples {
  let count: Int
  /// Where they are from a folder.
  let folder: ImageFolder?
  /// The one at an index.
  let picture: (_ index: Int) throws -> SheetPicture

  /// - Parameters:
  ///   - side: the size to which a folder's images are decoded.
  ///   - array: the name of the images in a file of several arrays.
  /// - Throws: what names the file, in one line.
  init(path: String, side: Int, array: String? = nil, csv: CSVSettings = CSVSettings()) throws {
    if try isFolder(path) {
      self.init(try ImageFolder(path, width: side, height: side, layout: .channelsLast, fitting: .letterbox))
    } else if array == nil, let mapped = try Self.mapped(path) {
      self = mapped
    } else {
      switch try TrainingData.Images(file: path, array: array, csv: csv) {
      case .bytes(let bytes): self.init(bytes, try SheetAxes(of: bytes.shape, file: path)) { byte, _ in byte }
      case .numbers(let numbers): self.init(numbers, try SheetAxes(of: numbers.shape, file: path), Self.byte)
      }
    }
  }

  /// Of an .npy file that can be mapped as it is; nil for any other.
  private static func mapped(_ path: String) throws -> SheetSamples? {
    guard let file = try NPYFile.mappable(path) else { return nil }
    switch file.elementType {
    case .uint8:
      return SheetSamples(try MappedArray<UInt8>(file), try SheetAxes(of: file.shape, file: path)) { byte, _ in byte }
    case .float32:
      return SheetSamples(try MappedArray<Float>(file), try SheetAxes(of: file.shape, file: path), byte)
    default: return nil
    }
  }

  private init(_ folder: ImageFolder) {
    count = folder.sampleCount
    self.folder = folder
    let (width, height) = (folder.format.width, folder.format.height)
    picture = { index in
      SheetPicture(width: width, height: height, bytes: try folder.batch(at: [index]).scalars)
    }
  }

  private init<Scalar, Loader: SampleLoader>(
    _ loader: Loader, _ axes: SheetAxes, _ byte: @escaping (Scalar, inout Bool) -> UInt8
  ) where Loader.Batch == NDArray<Scalar> {
    count = loader.sampleCount
    folder = nil
    picture = { index in
      var isClipped = false
      let bytes = try loader.batch(at: [index]).scalars.map { byte($0, &isClipped) }
      var picture = axes.picture(bytes)
      picture.isClipped = isClipped
      return picture
    }
  }

  /// Of a number from 0 to 1; what is not a number is black.
  private static func byte(_ number: Float, isClipped: inout Bool) -> UInt8 {
    if !(number >= 0 && number <= 1) { isClipped = true }
    return number > 0 ? UInt8(min(number, 1) * 255 + 0.5) : 0
  }
}

/// Where the channels, rows and columns of the images of an array are.
struct SheetAxes: Equatable {
  let width: Int
  let height: Int
  let channelCount: Int
  let channelsFirst: Bool

  /// Of images of shape (height, width), (1 or 3, height, width) or (height, width, 1 or 3); where both of the latter are
  /// possible, the channels come first.
  init(of shape: [Int], file: String) throws(ToolError) {
    let notImages = ToolError(
      "\(file): has the shape \(shape), not that of images: [count, height, width], with 1 or 3 channels before or behind"
        + " the two")
    guard (3...4).contains(shape.count), !shape.dropFirst().contains(0) else {
      throw notImages
    }
    if shape.count == 3 {
      (channelCount, height, width, channelsFirst) = (1, shape[1], shape[2], true)
    } else if [1, 3].contains(shape[1]) {
      (channelCount, height, width, channelsFirst) = (shape[1], shape[2], shape[3], true)
    } else if [1, 3].contains(shape[3]) {
      (channelCount, height, width, channelsFirst) = (shape[3], shape[1], shape[2], false)
    } else {
      throw notImages
    }
    if width > 1 << 20 || height > 1 << 20 { throw notImages }
  }

  func picture(_ sample: [UInt8]) -> SheetPicture {
    let area = width * height
    var bytes = [UInt8](repeating: 0, count: area * 3)
    for i in 0..<area {
      for c in 0..<3 {
        let channel = channelCount == 1 ? 0 : c
        bytes[3 * i + c] = channelsFirst ? sample[channel * area + i] : sample[i * channelCount + channel]
      }
    }
    return SheetPicture(width: width, height: height, bytes: bytes)
  }
}
