import BatchUp
import Testing

@Suite struct RescaledBytesTests {
  private let bytes = NDArray<UInt8>((0..<256).map { UInt8($0) }, shape: [32, 2, 4])

  @Test(arguments: [0.0...1, -1...1, -0.5...7.25])
  func bytesAreRescaledAsPythonDoes(range: ClosedRange<Double>) {
    // numpy: x.astype(float32) * float32((upper - lower) / 255) + float32(lower), each operation rounded.
    let scale = Float((range.upperBound - range.lowerBound) / 255)
    let expected = (0..<256).map { b -> Float in
      let product = Float(b) * scale
      return product + Float(range.lowerBound)
    }
    let rescaled = RescaledBytes(bytes, range: range)
    #expect(rescaled.shape == [32, 2, 4])
    #expect(rescaled.sampleCount == 32)
    #expect(rescaled.converted() == NDArray(expected, shape: [32, 2, 4]))
    #expect(rescaled[rows: 3..<6].converted() == NDArray(Array(expected[24..<48]), shape: [3, 2, 4]))
    for chosen in [[31, 0, 0, 7], [5], [], Array(0..<32)] {
      let rows = chosen.flatMap { expected[$0 * 8..<$0 * 8 + 8] }
      #expect(rescaled.batch(at: BatchIndices(chosen)) == NDArray(rows, shape: [chosen.count, 2, 4]))
    }
    #expect(rescaled.batch(at: BatchIndices(3..<6)) == NDArray(Array(expected[24..<48]), shape: [3, 2, 4]))
  }

  @Test func valuesOfTheDefaultRange() {
    let batch = RescaledBytes(NDArray([0, 51, 255])).batch(at: [0, 1, 2])
    #expect(batch[0] == 0)
    #expect(abs(batch[1] - 0.2) < 1e-7)
    #expect(abs(batch[2] - 1) < 1e-7)
  }

  @Test func anEmptyArrayAndARankOfZero() throws {
    #expect(RescaledBytes(NDArray<UInt8>([], shape: [0, 3])).batch(at: []).shape == [0, 3])
    #expect(RescaledBytes(NDArray<UInt8>([7], shape: [])).converted().shape == [])
    #expect(throws: SourceError.noSampleAxis(array: 0)) {
      try ArraySource(RescaledBytes(NDArray<UInt8>([7], shape: [])))
    }
  }
}
