import BatchUp
import BatchUpDatasets
import BatchUpFiles
import Foundation

// What scripts/check_datasets.py runs, to compare with Python's BatchUp:
//   convert NAME CACHE SOURCE…        makes the file of a data set from its sources
//   fetch NAME FOLDER SOURCE…         the same in a data folder, as the library does it (scripts/faults/check_faults.py)
//   read NAME CACHE VALIDATION FILE   all arrays of a data set as a safetensors file, with so many samples or folds for
//                                     validation; a line of JSON with its names and folds, or the error

/// The arrays and lists of a data set.
struct Contents {
  private(set) var arrays = SafetensorsWriter()
  private(set) var lists: [String: [Any]] = [:]
  private let range = -1.0...2.0

  private mutating func add(_ images: RescaledBytes, named name: String) {
    arrays.add(images.bytes, named: "\(name)_X_u8")
    arrays.add(images.converted(), named: "\(name)_X")
  }

  private mutating func add(_ part: LabelledImages<RescaledBytes>, named name: String) {
    add(part.images, named: name)
    arrays.add(part.labels, named: "\(name)_y")
  }

  private mutating func add(_ part: LabelledImages<NDArray<Float>>, named name: String) {
    arrays.add(part.images, named: "\(name)_X")
    arrays.add(part.labels, named: "\(name)_y")
  }

  private mutating func add(_ part: CIFAR100.Part, named name: String) {
    add(part.images, named: name)
    arrays.add(part.labels, named: "\(name)_y")
    arrays.add(part.coarseLabels, named: "\(name)_y_coarse")
  }

  mutating func read(_ name: String, _ cache: String, validation: Int) throws {
    func addAll(_ parts: [LabelledImages<RescaledBytes>]) {
      for (part, name) in zip(parts, ["train", "val", "test"]) { add(part, named: name) }
    }
    switch name {
    case "mnist":
      let set = try MNIST(cache: cache, validationCount: validation, range: range)
      addAll([set.train, set.validation, set.test])
    case "fashion-mnist":
      let set = try FashionMNIST(cache: cache, validationCount: validation, range: range)
      addAll([set.train, set.validation, set.test])
    case "cifar10":
      let set = try CIFAR10(cache: cache, validationCount: validation, range: range)
      addAll([set.train, set.validation, set.test])
      lists["class_names"] = set.classNames
    case "cifar100":
      let set = try CIFAR100(cache: cache, validationCount: validation, range: range)
      for (part, name) in [(set.train, "train"), (set.validation, "val"), (set.test, "test")] { add(part, named: name) }
      lists["class_names"] = set.classNames
      lists["class_names_coarse"] = set.coarseClassNames
    case "svhn":
      let set = try SVHN(cache: cache, validationCount: validation, range: range)
      addAll([set.train, set.validation, set.test])
    case "svhn-extra":
      let set = try SVHNExtra(cache: cache, range: range)
      arrays.add(set.images.bytes, named: "X_u8")
      arrays.add(set.images.converted(), named: "X")
      arrays.add(set.labels, named: "y")
    case "stl10":
      let set = try STL10(cache: cache, validationFolds: validation, range: range)
      addAll([set.train, set.validation, set.test])
      arrays.add(set.unlabelled.bytes, named: "unl_X_u8")
      lists["class_names"] = set.classNames
      lists["tr_folds"] = set.foldIndices.map { $0.map(Int.init) }
    default:
      let set = try USPS(cache: cache, validationCount: validation)
      for (part, name) in [(set.train, "train"), (set.validation, "val"), (set.test, "test")] { add(part, named: name) }
    }
  }
}

/// Fetches a data set of that kind, of which these are the published files.
func fetch(_ dataset: Dataset, into folder: String, from paths: [String]) throws {
  let sources = paths.map { SourceFile(URL(filePath: $0).lastPathComponent, from: .copy(path: $0)) }
  let local = Dataset(
    name: dataset.name, file: dataset.file, sources: sources, check: dataset.check, convert: dataset.convert)
  var options = FetchOptions()
  options.folder = DataFolder(path: folder)
  let ended = DispatchSemaphore(value: 0)
  Task { [options] in
    do { _ = try await local.fetch(options) } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
    ended.signal()
  }
  ended.wait()
}

func run(_ arguments: [String]) throws {
  guard arguments.count > 2, let dataset = Dataset.standard.first(where: { $0.name == arguments[1] }) else {
    throw CocoaError(.userCancelled)
  }
  if arguments[0] == "convert" {
    try dataset.convert(Array(arguments[3...]), arguments[2])
    try dataset.check(arguments[2])
    return
  }
  if arguments[0] == "fetch" {
    try fetch(dataset, into: arguments[2], from: Array(arguments[3...]))
    return
  }
  try dataset.check(arguments[2])
  var contents = Contents()
  var line: [String: Any]
  do {
    try contents.read(dataset.name, arguments[2], validation: Int(arguments[3]) ?? 0)
    try contents.arrays.write(to: arguments[4])
    line = contents.lists
  } catch {
    line = ["error": "\(error)"]
  }
  print(String(decoding: try JSONSerialization.data(withJSONObject: line), as: UTF8.self))
}

disableHDF5ExitHandler()
try run(Array(CommandLine.arguments.dropFirst()))
