import BatchUp

/// The distance of each pixel of a square image from the nearest line drawn so far.
struct InkCanvas {
  private let side: Int
  /// Squared, in pixels; row after row.
  private var distances: [Float]
  private static let far: Float = 1e6

  init(side: Int) {
    self.side = side
    distances = Array(repeating: Self.far, count: side * side)
  }

  mutating func clear() {
    distances.withUnsafeMutableBufferPointer { $0.update(repeating: Self.far) }
  }

  /// Draws a line that is seen up to a distance of `reach`.
  mutating func drawLine(from start: Point, to end: Point, reach: Float) {
    let columns = pixels(near: min(start.x, end.x) - reach, max(start.x, end.x) + reach)
    let rows = pixels(near: min(start.y, end.y) - reach, max(start.y, end.y) + reach)
    let direction = end - start
    let scale = 1 / max((direction * direction).sum(), 1e-12)
    let side = side
    distances.withUnsafeMutableBufferPointer { distances in
      for row in rows {
        let y = Float(row) + 0.5 - start.y
        for column in columns {
          let x = Float(column) + 0.5 - start.x
          let along = (x * direction.x + y * direction.y) * scale
          let nearest = along < 0 ? 0 : along > 1 ? 1 : along
          let dx = x - nearest * direction.x
          let dy = y - nearest * direction.y
          let distance = dx * dx + dy * dy
          let previous = distances[row * side + column]
          distances[row * side + column] = distance < previous ? distance : previous
        }
      }
    }
  }

  private func pixels(near low: Float, _ high: Float) -> Range<Int> {
    let first = min(max(Int(low), 0), side)
    return first..<max(first, min(Int(high) + 1, side))
  }

  /// Writes the image: full ink within `radius` of a line, an edge one pixel wide, and noise over everything.
  func develop(
    radius: Float, ink: Float, noise: Float, using generator: inout SeededGenerator,
    into pixels: UnsafeMutableBufferPointer<UInt8>
  ) {
    distances.withUnsafeBufferPointer { distances in
      var random: UInt64 = 0
      for i in distances.indices {
        if i % 8 == 0 { random = generator.next() }
        let coverage = min(max(radius + 0.5 - distances[i].squareRoot(), 0), 1)
        let disturbance = (Float(UInt8(truncatingIfNeeded: random)) - 127.5) * (noise / 127.5)
        pixels[i] = UInt8(min(max(coverage * ink + disturbance, 0), 255))
        random >>= 8
      }
    }
  }
}
