import BatchUpFiles
import BatchUpSystem

/// Pictures in rows of a grid on a dark ground, each with a number below it where there are labels.
struct ContactSheet {
  let width: Int
  let height: Int
  /// Red, green and blue, row by row.
  private(set) var bytes: [UInt8]

  private static let gap = 6
  private static let ground: UInt8 = 48
  private static let ink: UInt8 = 240
  /// Pixels of the sheet for a pixel of a digit.
  private static let digitScale = 2

  /// - Parameter labels: one for each picture, or none.
  /// - Precondition: there are pictures, and `columnCount` and `side` are positive.
  init(_ pictures: [SheetPicture], labels: [Int]?, columnCount: Int, side: Int) {
    let columnCount = min(columnCount, pictures.count)
    let rowCount = (pictures.count + columnCount - 1) / columnCount
    let labelHeight = labels == nil ? 0 : DigitFont.height * Self.digitScale + 4
    let (cellWidth, cellHeight) = (side + Self.gap, side + labelHeight + Self.gap)
    width = columnCount * cellWidth + Self.gap
    height = rowCount * cellHeight + Self.gap
    bytes = [UInt8](repeating: Self.ground, count: width * height * 3)
    for (i, picture) in pictures.enumerated() {
      let picture = picture.fitted(to: side)
      let left = Self.gap + i % columnCount * cellWidth
      let top = Self.gap + i / columnCount * cellHeight
      draw(picture, left: left + (side - picture.width) / 2, top: top + (side - picture.height) / 2)
      if let labels { draw("\(labels[i])", centre: left + side / 2, top: top + side + 4, within: side) }
    }
  }

  private mutating func draw(_ picture: SheetPicture, left: Int, top: Int) {
    for y in 0..<picture.height {
      let start = ((top + y) * width + left) * 3
      let row = picture.bytes[y * picture.width * 3..<(y + 1) * picture.width * 3]
      bytes.replaceSubrange(start..<start + picture.width * 3, with: row)
    }
  }

  /// Digits that would reach into the next cell are left out.
  private mutating func draw(_ number: String, centre: Int, top: Int, within limit: Int) {
    let advance = (DigitFont.width + 1) * Self.digitScale
    let shown = number.suffix(max(1, limit / advance))
    let left = centre - shown.count * advance / 2
    for (place, character) in shown.enumerated() {
      for (y, row) in (DigitFont.rows(of: character) ?? []).enumerated() {
        for x in 0..<DigitFont.width where row >> (DigitFont.width - 1 - x) & 1 == 1 {
          fillSquare(left: left + place * advance + x * Self.digitScale, top: top + y * Self.digitScale)
        }
      }
    }
  }

  private mutating func fillSquare(left: Int, top: Int) {
    for y in top..<top + Self.digitScale where (0..<height).contains(y) {
      for x in left..<left + Self.digitScale where (0..<width).contains(x) {
        for c in 0..<3 { bytes[(y * width + x) * 3 + c] = Self.ink }
      }
    }
  }

  /// Writes a file, which appears whole or not at all.
  func write(to path: String, as format: SheetFormat = .png) throws(ToolError) {
    let encoded = format.encode(self)
    defer { free(encoded.bytes) }
    guard encoded.bytes != nil else {
      throw .cannotWrite(path: path, reason: "\(width) x \(height) pixels cannot be encoded as .\(format.rawValue)")
    }
    var file = try AtomicFile<ToolError>(path: path)
    try file.write(UnsafeRawBufferPointer(start: encoded.bytes, count: encoded.count))
    try file.commit()
  }
}
