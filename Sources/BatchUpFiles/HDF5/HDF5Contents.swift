import BatchUp

/// The data sets that a file has to have once it is written.
struct HDF5Contents {
  private let datasets: [Dataset]

  private struct Dataset {
    let name: String
    /// Nil where the elements are no scalars.
    let elementType: NPYElementType?
    let shape: [Int]
  }

  init(of entries: [HDF5Writer.Entry]) {
    datasets = entries.map { entry in
      let elementType: NPYElementType? = if case .scalars(let type) = entry.elements { type } else { nil }
      return Dataset(name: entry.parts.joined(separator: "/"), elementType: elementType, shape: entry.shape)
    }
  }

  /// Opens the file, which fails where it is shorter than it says, and compares names, types and shapes. Elements have
  /// been written without an error and are not read back.
  func check(_ path: String) throws(HDF5Error) {
    let file = try HDF5File(path: path)
    for expected in datasets {
      let found =
        if let type = expected.elementType {
          try file.checkedDataset(named: expected.name, elementType: type)
        } else {
          try file.dataset(named: expected.name)
        }
      guard found.shape == expected.shape else {
        throw .wrongElements(
          path: path, dataset: found.name, expected: "the shape \(expected.shape)", found: "the shape \(found.shape)")
      }
    }
  }
}
