import BatchUp

/// The images of one part of a data set, and what is on them.
///
/// ```swift
/// let mnist = try await MNIST()
/// let source = try ArraySource(mnist.train.images, mnist.train.labels)
/// ```
public struct LabelledImages<Images: SampleArray & Sendable>: Sendable {
  /// Samples of shape (channels, height, width), mapped from the file of the data set, which must not be changed
  /// meanwhile; in memory where they do not lie together in it.
  public let images: Images
  /// The class of each image, from 0.
  public let labels: NDArray<Int32>

  /// Images and their classes, equally many.
  public init(images: Images, labels: NDArray<Int32>) {
    self.images = images
    self.labels = labels
  }
}

extension LabelledImages {
  /// How many images there are.
  public var sampleCount: Int { labels.sampleCount }
}
