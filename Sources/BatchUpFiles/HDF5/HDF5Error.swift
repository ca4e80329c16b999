import BatchUp
import BatchUpSystem

/// Why an HDF5 file cannot be read or written.
public enum HDF5Error: Error, Hashable, Sendable {
  /// The file cannot be opened, read or written, whatever is in it.
  case file(FileFailure)
  /// The file is no HDF5 file, or one that is cut off or damaged; `reason` is what libhdf5 says.
  case invalidFile(path: String, reason: String)
  /// The file has no data set of that name.
  case noDataset(path: String, dataset: String)
  /// The name leads, by way of links, to another file or to no data set.
  case brokenLink(path: String, dataset: String, reason: String)
  /// The data set is damaged; `reason` is what libhdf5 says.
  case invalidDataset(path: String, dataset: String, reason: String)
  /// The elements are of another type than asked for; nothing is converted.
  case wrongElementType(path: String, dataset: String, expected: NPYElementType, found: NPYElementType)
  /// The elements are of a type that no Swift scalar stands for; `found` describes it.
  case unsupportedElementType(path: String, dataset: String, expected: NPYElementType, found: String)
  /// The data set has not the texts or rows that were asked for; `found` describes what it has.
  case wrongElements(path: String, dataset: String, expected: String, found: String)
  /// The elements are in other files or data sets.
  case unsupportedStorage(path: String, dataset: String, storage: HDF5Storage)
  /// The elements do not lie together in the file, and cannot be mapped.
  case notContiguous(path: String, dataset: String, storage: HDF5Storage)
  /// The chunks went through a filter that this machine's libhdf5 does not have.
  case missingFilter(path: String, dataset: String, filter: String)
  /// The data set would end at byte `expected` of a file that has `found`.
  case truncatedData(path: String, dataset: String, expected: Int, found: Int)
  /// The lengths of the axes that are not 0, times the size of an element, exceed `Int.max`.
  case overflowingShape(path: String, dataset: String, shape: [Int])
  /// The operating system does not grant the memory for that many bytes.
  case notEnoughMemory(path: String, dataset: String, expected: Int)
  /// The data set is in order, but cannot be mapped.
  case cannotMap(dataset: String, MappedArrayError)
  /// Two data sets to be written have the same name, or one of them that of a group of others.
  case duplicateDataset(path: String, dataset: String)
  /// A part of the name of a data set to be written is empty, `.` or `..`, or has a zero byte.
  case invalidName(path: String, dataset: String)
  /// A chunk to be written would have that many bytes.
  case chunkTooLarge(path: String, dataset: String, limit: Int, found: Int)
}

extension HDF5Error: FileError, FileReadingError, FileWritingError {}

extension HDF5Error: CustomStringConvertible {
  /// The file, what is wrong with it and, where it helps, what to do, in one line.
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .invalidFile(let path, let reason): "\(path): is not a whole HDF5 file: \(reason)"
    case .noDataset(let path, let dataset): "\(path): has no data set \(dataset.quotedBriefly)"
    case .brokenLink(let path, let dataset, let reason):
      "\(path): \(dataset.quotedBriefly) cannot be followed to a data set: \(reason)"
    case .invalidDataset(let path, let dataset, let reason):
      "\(path): data set \(dataset.quotedBriefly) is damaged: \(reason)"
    case .wrongElementType(let path, let dataset, let expected, let found):
      "\(path): data set \(dataset.quotedBriefly) has elements of type \(found), not \(expected)"
    case .unsupportedElementType(let path, let dataset, let expected, let found):
      "\(path): data set \(dataset.quotedBriefly) has \(found), not elements of type \(expected)"
    case .wrongElements(let path, let dataset, let expected, let found):
      "\(path): data set \(dataset.quotedBriefly) has \(found), not \(expected)"
    case .unsupportedStorage(let path, let dataset, let storage):
      "\(path): data set \(dataset.quotedBriefly) cannot be read: it is \(storage)"
    case .notContiguous(let path, let dataset, let storage):
      "\(path): data set \(dataset.quotedBriefly) cannot be mapped: it is \(storage); use HDF5Array"
    case .missingFilter(let path, let dataset, let filter):
      "\(path): data set \(dataset.quotedBriefly) needs the filter \(filter), for which libhdf5 has no plugin here"
    case .truncatedData(let path, let dataset, let expected, let found):
      "\(path): has \(found) bytes, and data set \(dataset.quotedBriefly) would end at byte \(expected)"
    case .overflowingShape(let path, let dataset, let shape):
      "\(path): data set \(dataset.quotedBriefly) has more than \(Int.max) bytes: \(shape)"
    case .notEnoughMemory(let path, let dataset, let expected):
      "\(path): there is not enough memory for \(expected) bytes of data set \(dataset.quotedBriefly)"
    case .cannotMap(let dataset, let error): "data set \(dataset.quotedBriefly): \(error)"
    case .duplicateDataset(let path, let dataset):
      "\(path): the name of data set \(dataset.quotedBriefly) is that of another one or of a group"
    case .invalidName(let path, let dataset):
      "\(path): a data set cannot have the name \(dataset.quotedBriefly), with an empty part, a dot or a zero byte"
    case .chunkTooLarge(let path, let dataset, let limit, let found):
      "\(path): a chunk of data set \(dataset.quotedBriefly) would have \(found) bytes, more than \(limit)"
    }
  }
}
