/// How a worker process makes a loader when it is asked for one by name.
///
/// The batches of the loader are arrays, or tuples of arrays, whose elements mean the same in every process: numbers,
/// but no pointers. A loader that makes them in memory of the context that it is given makes them where the other
/// process reads them; others are copied there.
public struct WorkerLoader {
  let make: (_ arguments: [String]) throws -> ServedLoader

  /// A loader of arrays, made from the arguments that its user gives.
  public init<Loader: SampleLoader, Scalar>(
    _ make: @escaping (_ arguments: [String]) throws -> Loader
  ) where Loader.Batch == NDArray<Scalar> {
    self.make = { arguments in
      try ServedLoader(make(arguments), elements: [ElementType(Scalar.self)]) { [ArrayBytes($0)] }
    }
  }

  /// A loader of tuples of arrays, made from the arguments that its user gives.
  public init<Loader: SampleLoader, each Scalar>(
    _ make: @escaping (_ arguments: [String]) throws -> Loader
  ) where Loader.Batch == (repeat NDArray<each Scalar>) {
    var elements: [ElementType] = []
    repeat elements.append(ElementType((each Scalar).self))
    self.make = { [elements] arguments in
      try ServedLoader(make(arguments), elements: elements) { batch in
        var arrays: [ArrayBytes] = []
        repeat arrays.append(ArrayBytes(each batch))
        return arrays
      }
    }
  }
}

/// A loader that was made, and of which only the bytes of its batches matter.
struct ServedLoader {
  let description: LoaderDescription
  let load: (BatchIndices, BatchContext) throws -> [ArrayBytes]

  init<Loader: SampleLoader>(
    _ loader: Loader, elements: [ElementType], arrays: @escaping (Loader.Batch) -> [ArrayBytes]
  ) {
    description = LoaderDescription(
      sampleCount: loader.sampleCount, hasSampleAxis: loader.hasSampleAxis, elements: elements)
    load = { arrays(try loader.batch(at: $0, in: $1)) }
  }
}
