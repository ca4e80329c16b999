import BatchUp
import BatchUpDatasets
import Foundation
import TestSupport

/// Bytes that are the same in each test, and in which no piece is like another.
func numbers() -> [UInt8] { usualNumbers }

private let usualNumbers = numbers(100_000)

func numbers(_ count: Int = 100_000, seed: Int = 0) -> [UInt8] {
  var state = UInt64(seed + 1)
  var numbers: [UInt8] = []
  numbers.reserveCapacity(count)
  for _ in 0..<count {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    numbers.append(UInt8(truncatingIfNeeded: state >> 56))
  }
  return numbers
}

/// The SHA-256 of `numbers(100_000)`, by sha256sum.
let numbersDigest = "a2de2a84c824aae35e851049cec2301e696e0cf3e04a0c7f53d00cfcac598026"

/// A data folder of a test's own, removed with its last holder, and a data set whose file is its source and `END`.
final class NumbersFolder: Sendable {
  let url: URL

  init(_ name: String = "BatchUpDatasetsTests") throws {
    url = FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var data: DataFolder { DataFolder(path: path("data")) }

  func path(_ name: String) -> String { url.path(percentEncoded: false) + "/" + name }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Makes a symbolic link.
  func link(_ name: String, to target: String) throws {
    let path = path(name)
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    guard symlink(target, path) == 0 else { throw NotWhole() }
  }

  /// All that is in the folder, but for folders that have something in them, and for the data folder itself.
  var names: [String] {
    // Foundation's enumerator leaves out what is on another disk.
    func list(_ name: String) -> [String] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? []
      return names.isEmpty ? [name] : names.flatMap { list(name.isEmpty ? $0 : name + "/" + $0) }
    }
    return list("").filter { $0 != "" && $0 != "data" && $0 != "disk" }.sorted()
  }

  /// Not by Foundation, which leaks where it reads empty files.
  func bytes(_ name: String) -> [UInt8]? {
    guard let (file, size) = try? DatasetError.openedWithSize(path(name)) else { return nil }
    return [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      count = (try? file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)) ?? 0
    }
  }

  @discardableResult
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let path = path(name)
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }

  /// In the folder `data`, with tries that follow at once.
  func options(_ change: (inout FetchOptions) -> Void = { _ in }) -> FetchOptions {
    var options = FetchOptions()
    options.folder = data
    options.limits.backOff = .milliseconds(1)
    // Servers of a machine with much to do seem silent for a while.
    options.limits.stall = .seconds(600)
    options.limits.connection = .seconds(600)
    options.limits.lockInterval = .milliseconds(5)
    change(&options)
    return options
  }
}

let partialName = "data/temp/numbers.bin.fetching/numbers.dat.unverified"
let partialNames = [partialName, partialName + ".origin"]

/// What there is once the data set has been made.
let fetchedNames = ["data/numbers.bin"]

let converted = numbers() + Array("END".utf8)

struct NotWhole: Error {}

func numbersSet(
  _ origin: SourceFile.Origin, sha256: String? = numbersDigest, byteCount: Int? = nil,
  convert: (@Sendable ([String], String) throws -> Void)? = nil
) -> Dataset {
  Dataset(
    name: "numbers", file: "numbers.bin",
    sources: [SourceFile("numbers.dat", from: origin, sha256: sha256, byteCount: byteCount)],
    check: { path in
      guard FileManager.default.contents(atPath: path)?.suffix(3) == Data("END".utf8) else { throw NotWhole() }
    },
    convert: convert ?? { sources, target in
      guard let bytes = FileManager.default.contents(atPath: sources[0]) else { throw NotWhole() }
      try (bytes + Data("END".utf8)).write(to: URL(filePath: target))
    })
}

func eventually(_ isSo: @escaping @Sendable () -> Bool) async -> Bool {
  await onOwnThread { TestSupport.eventually(isSo) }
}
