/// Texts that fields are compared with, most of which are none of them.
struct CSVSpellings {
  /// By their first bytes.
  private var texts = [[[UInt8]]](repeating: [], count: 256)
  private let hasEmpty: Bool

  init(_ texts: Set<String>) {
    hasEmpty = texts.contains("")
    for text in texts.map({ Array($0.utf8) }) { if let first = text.first { self.texts[Int(first)].append(text) } }
  }

  func contains(_ field: UnsafeRawBufferPointer) -> Bool {
    guard let first = field.first else { return hasEmpty }
    return texts[Int(first)].contains { $0.count == field.count && field.elementsEqual($0) }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the text is that of a floating-point NaN.
  var isNaN: Bool {
    let letters = dropFirst(first == UInt8(ascii: "-") || first == UInt8(ascii: "+") ? 1 : 0)
    return letters.count == 3 && letters.map { $0 | 0x20 } == Array("nan".utf8)
  }
}
