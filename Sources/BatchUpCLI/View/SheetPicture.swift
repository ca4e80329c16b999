import CBatchUpImages

/// A picture in red, green and blue, row by row.
struct SheetPicture: Equatable {
  let width: Int
  let height: Int
  let bytes: [UInt8]
  /// Whether it was made of numbers that are not all from 0 to 1.
  var isClipped = false

  /// As large as fits into a square: small pictures by a whole number of times, so that their pixels stay squares;
  /// larger ones reduced to the means over the areas.
  func fitted(to side: Int) -> SheetPicture {
    let longest = max(width, height)
    return longest <= side ? enlarged(side / longest) : reduced(to: side)
  }

  private func enlarged(_ factor: Int) -> SheetPicture {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count * factor * factor)
    for y in 0..<height * factor {
      for x in 0..<width * factor {
        let start = (y / factor * width + x / factor) * 3
        result += bytes[start..<start + 3]
      }
    }
    return SheetPicture(width: width * factor, height: height * factor, bytes: result)
  }

  private func reduced(to side: Int) -> SheetPicture {
    let longest = max(width, height)
    let (newWidth, newHeight) = (max(1, width * side / longest), max(1, height * side / longest))
    var result = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
    // Black where there is no memory for the weights.
    _ = cbi_resample(bytes, UInt32(width), UInt32(height), 3, &result, UInt32(newWidth), UInt32(newHeight))
    return SheetPicture(width: newWidth, height: newHeight, bytes: result)
  }
}
