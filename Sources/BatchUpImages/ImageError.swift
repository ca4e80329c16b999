import BatchUp
import BatchUpSystem

/// Why a folder has no images, or a file cannot be decoded to one.
public enum ImageError: Error, Hashable, Sendable {
  /// The file cannot be opened, read or written, whatever is in it.
  case file(FileFailure)
  /// There is no file with the ending of an image below the folder.
  case noImages(folder: String)
  /// The file does not start as a JPEG or PNG file does; `firstBytes` are what it starts with.
  case notAnImage(path: String, firstBytes: [UInt8])
  /// The file, of `byteCount` bytes, ends before its image does.
  case truncated(path: String, byteCount: Int)
  /// `reason` is the message of libjpeg or libpng.
  case damaged(path: String, reason: String)
  /// A kind of JPEG or PNG file that is not decoded here.
  case unsupported(path: String, reason: String)
  /// By its header, the image has more pixels than ``ImageFormat/pixelLimit``, or than 2^24 on a side.
  case tooManyPixels(path: String, width: Int, height: Int, limit: Int)
  /// The file itself is larger than any image of that many pixels should be.
  case fileTooLarge(path: String, byteCount: Int, limit: Int)
  /// The operating system does not grant the memory for the file or the decoded image.
  case notEnoughMemory(path: String)
}

extension ImageError: FileError, FileReadingError {}

extension ImageError: CustomStringConvertible {
  /// The file and what is wrong with it, in one line.
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .noImages(let folder):
      "\(folder): has no images: no file below it ends in \(ImagePaths.endings.joined(separator: ", "))"
    case .notAnImage(let path, let firstBytes):
      "\(path): is not a JPEG or PNG file: its first bytes are \(firstBytes), not [255, 216, 255] or [137, 80, 78, 71]"
    case .truncated(let path, let byteCount):
      "\(path): is cut off: its image goes on behind the file's \(byteCount) bytes"
    case .damaged(let path, let reason): "\(path): is damaged: \(reason)"
    case .unsupported(let path, let reason): "\(path): is not supported: \(reason)"
    case .tooManyPixels(let path, let width, let height, let limit):
      "\(path): has \(width) x \(height) pixels by its header; the limit is \(limit), and \(1 << 24) on a side"
    case .fileTooLarge(let path, let byteCount, let limit):
      "\(path): has \(byteCount) bytes; the limit is \(limit)"
    case .notEnoughMemory(let path): "\(path): there is not enough memory for its image"
    }
  }
}
