/// Texts that fields are compared with, most of which are none of them.
struct CSVSpellings {
  private let texts: [[UInt8]]
  private let hasEmpty: Bool
  /// Whether one of the texts starts with each byte.
  private let isFirst: [Bool]

  init(_ texts: Set<String>) {
    self.texts = texts.map { Array($0.utf8) }
    hasEmpty = texts.contains("")
    var isFirst = [Bool](repeating: false, count: 256)
    for text in self.texts { if let first = text.first { isFirst[Int(first)] = true } }
    self.isFirst = isFirst
  }

  func contains(_ field: UnsafeRawBufferPointer) -> Bool {
    guard let first = field.first else { return hasEmpty }
    return isFirst[Int(first)] && texts.contains { $0.count == field.count && field.elementsEqual($0) }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the text is that of a floating-point NaN.
  var isNaN: Bool {
    let letters = dropFirst(first == UInt8(ascii: "-") || first == UInt8(ascii: "+") ? 1 : 0)
    return letters.count == 3 && letters.map { $0 | 0x20 } == Array("nan".utf8)
  }
}
