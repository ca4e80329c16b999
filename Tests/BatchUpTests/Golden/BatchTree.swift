import BatchUp

/// A batch of any source: the numbers of an array, or a tuple of such, as Python nests them.
enum BatchTree: Hashable, Sendable {
  case array([Int])
  case tuple([BatchTree])
}

extension BatchTree: Decodable {
  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let numbers = try? value.decode([Int].self) {
      self = .array(numbers)
    } else {
      self = .tuple(try value.decode([BatchTree].self))
    }
  }
}

extension BatchTree: CustomStringConvertible {
  var description: String {
    switch self {
    case .array(let numbers): "\(numbers)"
    case .tuple(let members): "(\(members.map(\.description).joined(separator: ", ")))"
    }
  }
}

extension BatchTree {
  static func tuple<each Part: BatchLeaf>(of parts: (repeat each Part)) -> BatchTree {
    var members: [BatchTree] = []
    for part in repeat each parts { members.append(part.tree) }
    return .tuple(members)
  }

  /// The members of a tuple; an array is its own and only one.
  var members: [BatchTree] {
    switch self {
    case .array: [self]
    case .tuple(let members): members
    }
  }

  /// The lengths of all arrays.
  var lengths: [Int] {
    switch self {
    case .array(let numbers): [numbers.count]
    case .tuple(let members): members.flatMap(\.lengths)
    }
  }
}

/// A part of a typed batch that is one array.
protocol BatchLeaf {
  var tree: BatchTree { get }
}

extension NDArray<Int>: BatchLeaf {
  var tree: BatchTree { .array(scalars) }
}

extension BatchIndices: BatchLeaf {
  var tree: BatchTree { .array(Array(self)) }
}
