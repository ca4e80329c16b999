import Foundation

/// The path of an executable of this package: beside the tests, which is where SwiftPM puts both for any configuration and
/// scratch path.
///
/// - Returns: a text that says where it was looked for, where there is none.
public func builtExecutable(named name: String) -> String {
  let candidates = testFolders.map { $0.appending(path: name).path }
  return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "no \(name) in \(testFolders)"
}

private let testFolders: [URL] = {
  #if os(Linux)
    // Foundation's list of bundles leaks where two threads ask for it at once.
    let file = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return [URL(filePath: file).deletingLastPathComponent()]
  #else
    return Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }.map {
      $0.deletingLastPathComponent()
    }
      + [Bundle.main.executableURL, CommandLine.arguments.first.map { URL(filePath: $0) }]
      .compactMap { $0?.deletingLastPathComponent() }
  #endif
}()
