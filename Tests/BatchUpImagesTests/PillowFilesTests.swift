import BatchUp
import BatchUpImages
import Foundation
import Testing

/// Decodes what scripts/check_images.py has written, for it to compare.
@Suite struct PillowFilesTests {
  private static let folder = ProcessInfo.processInfo.environment["BATCHUP_PILLOW_FILES"]

  @Test(.enabled(if: folder != nil, "scripts/check-images.sh runs it")) func pixels() throws {
    let folder = try #require(Self.folder)
    let paths = try ImageFolder(folder, width: 1, height: 1).paths
    #expect(paths.count > 100)
    for path in paths {
      let (width, height) = try size(of: path)
      func load(_ width: Int, _ height: Int, _ channels: ImageFormat.Channels) throws -> NDArray<UInt8> {
        try ImageFolder(paths: [path], width: width, height: height, layout: .channelsLast, channels: channels)
          .batch(at: [0])
      }
      try load(width, height, .rgb).reshaped([height, width, 3]).write(npyFile: path + ".rgb.npy")
      try load(width, height, .gray).reshaped([height, width]).write(npyFile: path + ".gray.npy")
      let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
      try load(halfWidth, halfHeight, .rgb).reshaped([halfHeight, halfWidth, 3]).write(npyFile: path + ".half.npy")
    }
  }

  /// As it is shown: the names say which are turned, and the first of each batch is one of known sizes.
  private func size(of path: String) throws -> (width: Int, height: Int) {
    let name = try #require(path.split(separator: "/").last)
    let number = try #require(name.first?.wholeNumberValue)
    let (width, height) = [(1, 1), (7, 5), (16, 16), (33, 20), (120, 91)][number]
    let isTurned = (5...8).contains { name.contains("orientation\($0)") }
    return isTurned ? (height, width) : (width, height)
  }
}
