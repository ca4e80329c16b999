// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "BatchUp",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "BatchUp", targets: ["BatchUp"]),
    .library(name: "BatchUpFiles", targets: ["BatchUpFiles"]),
    .library(name: "BatchUpDatasets", targets: ["BatchUpDatasets"]),
    .library(name: "BatchUpImages", targets: ["BatchUpImages"]),
    // Empty without the trait MPI.
    .library(name: "BatchUpMPI", targets: ["BatchUpMPI"]),
    .executable(name: "batchup", targets: ["BatchUpCLI"]),
  ],
  traits: [
    .trait(name: "MPI", description: "Ranks over MPI: the library BatchUpMPI, and --mpi of the tool."),
    .default(enabledTraits: []),
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
    // Decompresses gzip-compressed IDX files, and members of .npz files, which it compresses, too.
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    // Reads and writes HDF5 files, whose format is a file system of its own.
    .systemLibrary(
      name: "CHDF5", pkgConfig: "hdf5",
      providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    // Reads MATLAB files of version 5, which may be compressed and keep numbers in fewer bytes than they have.
    .systemLibrary(
      name: "CMatIO", pkgConfig: "matio",
      providers: [.apt(["libmatio-dev"]), .brew(["libmatio"])]),
    // Splits CSV files into fields: quotes, line ends and all that, as a stream. It has no .pc file.
    .systemLibrary(name: "CCSV", providers: [.apt(["libcsv-dev"]), .brew(["libcsv"])]),
    // Unpacks the archives that data sets are published in.
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive",
      providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
    // SHA-256 of downloaded files. swift-crypto would take a minute of each clean build.
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
    // Downloads data sets. Foundation's URLSession on Linux keeps a core busy while it waits, and reads what nobody has
    // room for.
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
    // Decodes JPEG files, with vector code for all the steps that take long.
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg",
      providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
    // Decodes PNG files, and encodes the sheets of `batchup view`.
    .systemLibrary(
      name: "CPNG", pkgConfig: "libpng",
      providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    // Ranks that work together. Other libraries than Open MPI go by another name, such as mpich.
    .systemLibrary(
      name: "CMPI", pkgConfig: Context.environment["BATCHUP_MPI_PKG_CONFIG"] ?? "ompi-c",
      providers: [.apt(["libopenmpi-dev", "openmpi-bin"]), .brew(["open-mpi"])]),
    // C, since Swift cannot call what the C library offers as macros or under a feature macro.
    .target(name: "CBatchUpSystem"),
    // Files, locks, threads and processes, for all other targets.
    .target(name: "BatchUpSystem", dependencies: ["CBatchUpSystem"]),
    .target(
      name: "CBatchKernels", dependencies: ["COpenBLAS"], path: "CBatchKernels",
      sources: ["src"], publicHeadersPath: "include", cSettings: [.headerSearchPath("src")],
      // For machines without pkg-config, where the module map alone does not make C code link.
      linkerSettings: [.linkedLibrary("openblas")]),
    .target(
      name: "BatchUp", dependencies: ["BatchUpSystem", "CBatchKernels"],
      swiftSettings: [
        // `NDArray.span` returns a lifetime-dependent value; users of the package need no flag.
        .enableExperimentalFeature("Lifetimes")
      ]),
    // C, since a file driver of libhdf5 is a table of functions at the head of a structure.
    .target(
      name: "CBatchUpHDF5", dependencies: ["CHDF5"],
      // For machines without pkg-config, as above.
      linkerSettings: [.linkedLibrary("hdf5")]),
    .target(
      name: "BatchUpFiles",
      dependencies: ["BatchUp", "BatchUpSystem", "CBatchUpHDF5", "CCSV", "CHDF5", "CMatIO", "CZlib"],
      linkerSettings: [.linkedLibrary("csv")]),
    // C, since libcurl's options are set by a function with variable arguments.
    .target(
      name: "CBatchUpDownload", dependencies: ["CCurl"],
      // For machines without pkg-config, as above.
      linkerSettings: [.linkedLibrary("curl")]),
    .target(
      name: "BatchUpDatasets",
      dependencies: ["BatchUp", "BatchUpFiles", "BatchUpSystem", "CArchive", "CBatchUpDownload", "CCrypto"]),
    // C, since the two libraries report errors by longjmp, which must not pass over Swift's frames.
    .target(
      name: "CBatchUpImages", dependencies: ["CBatchKernels", "CJPEG", "CPNG"],
      // For machines without pkg-config, as above.
      linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png")]),
    .target(name: "BatchUpImages", dependencies: ["BatchUp", "BatchUpSystem", "CBatchUpImages"]),
    .target(
      name: "BatchUpMPI",
      dependencies: ["BatchUp", "BatchUpSystem", .target(name: "CMPI", condition: .when(traits: ["MPI"]))]),
    .executableTarget(
      name: "BatchUpCLI",
      dependencies: [
        .target(name: "BatchUpMPI", condition: .when(traits: ["MPI"])),
        "BatchUp", "BatchUpDatasets", "BatchUpFiles", "BatchUpImages", "BatchUpSystem", "CBatchUpImages",
        "CBatchKernels", "COpenBLAS",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(name: "TestSupport", dependencies: ["BatchUp", "BatchUpSystem"], path: "Tests/TestSupport"),
    // What the tests of files make them of.
    .target(name: "FileTestSupport", dependencies: ["CZlib"], path: "Tests/FileTestSupport"),
    // What the tests of worker processes run in them.
    .executableTarget(name: "WorkerFixture", dependencies: ["BatchUp"], path: "Tests/WorkerFixture"),
    // What the tests of fetching kill.
    .executableTarget(
      name: "FetchFixture", dependencies: ["BatchUpDatasets", "BatchUpSystem"], path: "Tests/FetchFixture"),
    // What scripts/check_safetensors.py compares with the format's own library.
    .executableTarget(
      name: "SafetensorsFixture", dependencies: ["BatchUp", "BatchUpFiles"], path: "Tests/SafetensorsFixture"),
    // What scripts/check_datasets.py compares with Python's BatchUp.
    .executableTarget(
      name: "ConversionFixture", dependencies: ["BatchUp", "BatchUpDatasets", "BatchUpFiles"],
      path: "Tests/ConversionFixture"),
    // What scripts/test-mpi.sh runs by mpirun.
    .executableTarget(
      name: "MPIFixture",
      dependencies: ["BatchUp", .target(name: "BatchUpMPI", condition: .when(traits: ["MPI"]))], path: "Tests/MPI"),
    // What scripts/compare.sh measures beside other loaders.
    .executableTarget(
      name: "ComparisonFixture", dependencies: ["BatchUp", "BatchUpImages", "COpenBLAS"],
      path: "Tests/ComparisonFixture"),
    .testTarget(
      name: "BatchUpSystemTests",
      dependencies: ["BatchUp", "BatchUpSystem", "CBatchKernels", "TestSupport", "WorkerFixture"]),
    .testTarget(name: "CBatchKernelsTests", dependencies: ["BatchUpSystem", "CBatchKernels", "TestSupport"]),
    .testTarget(name: "BatchUpTests", dependencies: ["BatchUp", "TestSupport", "WorkerFixture"]),
    .testTarget(name: "BatchUpFilesTests", dependencies: ["BatchUpFiles", "CZlib", "FileTestSupport", "TestSupport"]),
    .testTarget(
      name: "BatchUpDatasetsTests",
      dependencies: ["BatchUpDatasets", "BatchUpFiles", "CZlib", "FetchFixture", "FileTestSupport", "TestSupport"]),
    .testTarget(
      name: "BatchUpImagesTests", dependencies: ["BatchUp", "BatchUpImages", "CBatchUpImages", "TestSupport"]),
    .testTarget(name: "ReadmeTests", dependencies: ["BatchUp", "BatchUpDatasets", "BatchUpFiles", "BatchUpImages"]),
    .testTarget(
      name: "BatchUpCLITests",
      dependencies: [
        "BatchUpCLI", "BatchUpImages", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)

// The parsers under libFuzzer (scripts/fuzz.sh), which brings a `main` of its own; else their corpus as tests.
let fuzzedModules: [Target.Dependency] = [
  "BatchUp", "BatchUpDatasets", "BatchUpFiles", "BatchUpImages", "BatchUpSystem", "CBatchUpImages",
]
package.targets.append(
  Context.environment["BATCHUP_FUZZER"] == nil
    ? .testTarget(
      name: "FuzzerTests", dependencies: fuzzedModules, path: "Tests/Fuzzer",
      exclude: ["Corpus", "LibFuzzer.swift", "make_corpus.py"])
    : .executableTarget(
      name: "Fuzzer", dependencies: fuzzedModules, path: "Tests/Fuzzer",
      exclude: ["Corpus", "CorpusTests.swift", "make_corpus.py"]))

// The plugin that builds the documentation (scripts/docs.sh); nobody else has it as a dependency.
if Context.environment["BATCHUP_DOCS"] != nil {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
