extension NPYHeader {
  /// The header that `numpy.save` writes for an array in this machine's byte order and in C order.
  ///
  /// Spaces leave room for the first axis to grow to 21 digits, and end it at a multiple of 64 bytes. Always version 1:
  /// 64 axes fit.
  package static func bytes(elementType: NPYElementType, shape: [Int]) -> [UInt8] {
    let lengths = shape.map(String.init)
    let tuple = lengths.count == 1 ? "\(lengths[0])," : lengths.joined(separator: ", ")
    var text = "{'descr': '\(elementType.descriptor(.native))', 'fortran_order': False, 'shape': (\(tuple)), }"
    text += String(repeating: " ", count: lengths.first.map { 21 - $0.utf8.count } ?? 0)
    let fixedCount = magic.count + 4
    text += String(repeating: " ", count: 64 - (fixedCount + text.utf8.count + 1) % 64) + "\n"
    let count = text.utf8.count
    return magic + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + text.utf8
  }
}
