import BatchUp

extension Dataset {
  /// What the pixels are in the data set's file; nil where it is not one of the standard data sets.
  package var pixelType: NPYElementType? { layout?.elementType }

  /// All images with labels that are to be trained on, those for validation included, from a data set's file.
  ///
  /// - Precondition: it is one of the standard data sets.
  package func trainingSamples<Pixel: NPYScalar>(
    cache path: String, of: Pixel.Type = Pixel.self
  ) throws -> LabelledImages<NDArray<Pixel>> {
    guard let layout else { preconditionFailure("\(name) is not a standard data set") }
    let cache = try DatasetCache(path: path, layout: layout)
    return LabelledImages(images: try cache.images(0), labels: try cache.labels(0))
  }
}
