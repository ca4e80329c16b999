// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "BatchUp",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "BatchUp", targets: ["BatchUp"]),
    .library(name: "BatchUpFiles", targets: ["BatchUpFiles"]),
    .library(name: "BatchUpImages", targets: ["BatchUpImages"]),
    .executable(name: "batchup", targets: ["BatchUpCLI"]),
  ],
  dependencies: [
    // Parses the arguments of the command-line tool; no library product needs it.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // Matrix products and dot products: the one system library that `BatchUp` needs.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    // Decompresses gzip-compressed IDX files.
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    // Decodes JPEG files, with vector code for all the steps that take long.
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg",
      providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
    // Decodes PNG files, and encodes the sheets of `batchup view`.
    .systemLibrary(
      name: "CPNG", pkgConfig: "libpng",
      providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .target(
      name: "CBatchKernels", dependencies: ["COpenBLAS"], path: "CBatchKernels",
      sources: ["src"], publicHeadersPath: "include",
      // For machines without pkg-config, where the module map alone does not make C code link.
      linkerSettings: [.linkedLibrary("openblas")]),
    .target(
      name: "BatchUp", dependencies: ["CBatchKernels"],
      swiftSettings: [
        // `NDArray.span` returns a lifetime-dependent value; users of the package need no flag.
        .enableExperimentalFeature("Lifetimes")
      ]),
    .target(name: "BatchUpFiles", dependencies: ["BatchUp", "CZlib"]),
    // C, since the two libraries report errors by longjmp, which must not pass over Swift's frames.
    .target(
      name: "CBatchUpImages", dependencies: ["CJPEG", "CPNG"],
      // For machines without pkg-config, as above.
      linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png")]),
    .target(name: "BatchUpImages", dependencies: ["BatchUp", "CBatchUpImages"]),
    .executableTarget(
      name: "BatchUpCLI",
      dependencies: [
        "BatchUp", "BatchUpFiles", "BatchUpImages", "CBatchUpImages", "CBatchKernels", "COpenBLAS",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(name: "TestSupport", dependencies: ["BatchUp"], path: "Tests/TestSupport"),
    // What the tests of worker processes run in them.
    .executableTarget(name: "WorkerFixture", dependencies: ["BatchUp"], path: "Tests/WorkerFixture"),
    // What scripts/check_safetensors.py compares with the format's own library.
    .executableTarget(
      name: "SafetensorsFixture", dependencies: ["BatchUp", "BatchUpFiles"], path: "Tests/SafetensorsFixture"),
    .testTarget(name: "CBatchKernelsTests", dependencies: ["CBatchKernels", "TestSupport"]),
    .testTarget(name: "BatchUpTests", dependencies: ["BatchUp", "TestSupport", "WorkerFixture"]),
    .testTarget(name: "BatchUpFilesTests", dependencies: ["BatchUpFiles", "CZlib", "TestSupport"]),
    .testTarget(
      name: "BatchUpImagesTests", dependencies: ["BatchUp", "BatchUpImages", "CBatchUpImages", "TestSupport"]),
    .testTarget(name: "ReadmeTests", dependencies: ["BatchUp", "BatchUpFiles", "BatchUpImages"]),
    .testTarget(name: "BatchUpCLITests", dependencies: ["BatchUpCLI", "BatchUpImages", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
