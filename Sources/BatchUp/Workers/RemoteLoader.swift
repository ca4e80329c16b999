import BatchUpSystem
import Synchronization

/// A loader that worker processes have, each its own.
final class RemoteLoader: Sendable {
  /// What the processes of a pool know it by.
  let number: Int
  let name: String
  let arguments: [String]
  let elements: [ElementType]
  private let opened = Guarded<LoaderDescription?>(nil)
  private let largestByteCount = Atomic(0)

  init(number: Int, name: String, arguments: [String], elements: [ElementType]) {
    self.number = number
    self.name = name
    self.arguments = arguments
    self.elements = elements
  }

  /// What it had to offer in the first process that has made it.
  var description: LoaderDescription? { opened.withLock { $0 } }

  /// The memory that each batch so far would have fitted into.
  var regionByteCount: Int { largestByteCount.load(ordering: .relaxed) }

  func note(byteCount: Int) { largestByteCount.max(byteCount, ordering: .relaxed) }

  /// Why what it has to offer in one more process is not what is expected; nil where it is.
  func objection(to found: LoaderDescription) -> WorkerProcessError.Cause? {
    guard found.elements == elements else {
      return .wrongBatchType(expected: batchName(of: elements), found: batchName(of: found.elements))
    }
    let first = opened.withLock { first in
      first = first ?? found
      return first
    }
    guard let first, first != found else { return nil }
    return .loader(message: "it has \(found.sampleCount) samples now, and had \(first.sampleCount) before")
  }
}

private func batchName(of elements: [ElementType]) -> String {
  let names = elements.map { "\($0)" }
  return names.count == 1 ? names[0] : "(\(names.joined(separator: ", ")))"
}
