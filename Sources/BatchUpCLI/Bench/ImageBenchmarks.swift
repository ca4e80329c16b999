import BatchUp
import BatchUpImages
import CBatchUpImages
import Foundation

/// An epoch over a folder of JPEG files, against a plain loop over libjpeg that decodes the same files at the same scale.
enum ImageBenchmarks {
  /// At the files' own size, so that both do the same, and at that of most models, to which the loop does not resample.
  static var groups: [BenchmarkGroup] {
    let files = Lazily { GeneratedPhotographs() }
    return [
      group("native", width: GeneratedPhotographs.width, height: GeneratedPhotographs.height, files),
      group("224", width: 224, height: 224, files),
    ]
  }

  private static func group(
    _ name: String, width: Int, height: Int, _ files: Lazily<GeneratedPhotographs?>
  ) -> BenchmarkGroup {
    let limit = "images/jpeg-500x375/\(name)/plain-libjpeg"
    let count = GeneratedPhotographs.count
    let plain = Benchmark(limit, unit: .milliseconds, amount: count) {
      let paths = files.value?.paths ?? []
      let capacity = GeneratedPhotographs.width * GeneratedPhotographs.height * 3
      var pixels = [UInt8](repeating: 0, count: capacity)
      // Half of the files' size is less than 224 x 224.
      return { for path in paths { keep(cbi_plain_jpeg(path, 8, &pixels, capacity)) } }
    }
    return BenchmarkGroup(
      benchmarks: [plain]
        + Benchmark.byWorkers(in: "images/jpeg-500x375/\(name)", amount: count, limit: limit) { pool in
          let paths = files.value?.paths ?? []
          epoch(of: ImageFolder(paths: paths, width: width, height: height, layout: .channelsLast), by: pool)
        })
  }

  private static func epoch(of folder: ImageFolder, by pool: WorkerPool?) {
    do {
      let batches = try ArraySource(loading: folder, folder.labels).batches(of: 64)
      if let pool {
        try batches.prefetched(by: pool).forEachBatch { batch, _ in keep(batch) }
      } else {
        try batches.forEachBatch { batch, _ in keep(batch) }
      }
    } catch {
      // The files have just been written; without them there is nothing to measure.
      BatchUpCommand.report("\(error)")
    }
  }
}

/// JPEG files of quality 85 in a temporary folder, which goes with their last holder.
private final class GeneratedPhotographs {
  static let width = 500, height = 375, count = 1_000
  /// So many different ones; more would only take longer to make.
  private static let differentCount = 10

  private let place = TemporaryPlace()
  let paths: [String]

  /// Nil where they cannot be written.
  init?() {
    let folder = URL(fileURLWithPath: place.path, isDirectory: true)
    var paths: [String] = []
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let photographs = (0..<Self.differentCount).map { Self.photograph(seed: $0) }
      for i in 0..<Self.count {
        let file = folder.appending(path: "\(i).jpg")
        try photographs[i % Self.differentCount].write(to: file)
        paths.append(file.path)
      }
    } catch {
      return nil
    }
    self.paths = paths
  }

  /// Waves of several lengths and some noise.
  private static func photograph(seed: Int) -> Data {
    var generator = SeededGenerator(seed: UInt64(seed))
    let waves = (0..<12).map { i in
      let frequency = 0.01 * Double(i + 1)
      return (
        x: Double.random(in: -frequency...frequency, using: &generator),
        y: Double.random(in: -frequency...frequency, using: &generator), height: 60 / Double(i + 1)
      )
    }
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let level = waves.reduce(128.0) { $0 + $1.height * sine($1.x * Double(x) + $1.y * Double(y)) }
        let noise = Double.random(in: -6...6, using: &generator)
        for shade in [1.0, 0.9, 0.7] { pixels.append(UInt8(min(max(level * shade + noise, 0), 255))) }
      }
    }
    let encoded = cbi_encode_jpeg(pixels, UInt32(width), UInt32(height), 3, 85, false, false)
    defer { free(encoded.bytes) }
    return encoded.bytes.map { Data(bytes: $0, count: encoded.count) } ?? Data()
  }

  private static func sine(_ turns: Double) -> Double { sin(2 * .pi * turns) }
}
