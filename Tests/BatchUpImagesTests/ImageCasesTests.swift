import BatchUp
import BatchUpImages
import TestSupport
import Testing

/// Files that are out of the ordinary, and whose pixels are whole; scripts/check-cases.sh compares them with Pillow.
@Suite struct ImageCasesTests {
  private func pixels(_ name: String, side: Int) throws -> [UInt8] {
    let format = ImageFormat(width: side, height: side, layout: .channelsLast)
    return try ImageFolder(paths: [caseFile(name)], format: format).batch(at: [0]).scalars
  }

  @Test(arguments: ["cmyk_adobe.jpg", "cmyk_no_adobe.jpg"]) func inksAreInvertedWithAndWithoutAMarker(name: String)
    throws
  {
    #expect(try pixels(name, side: 16) == (0..<256).flatMap { _ in [53, 216, 187] as [UInt8] })
  }

  @Test(arguments: ["junk_between_segments.jpg", "zeros_before_end.jpg", "unknown_jfif.jpg"])
  func whatLeavesPixelsWholeIsNoDamage(name: String) throws {
    #expect(try pixels(name, side: 32) == pixels("good.jpg", side: 32))
  }

  /// Other bytes behind the data of a scan may tell that it was not decoded to its end.
  @Test func foreignBytesBehindAScanAreDamage() throws {
    let folder = try ImageFixture()
    let bytes = encodedJPEG(photograph(width: 16, height: 16), width: 16, height: 16)
    let path = try folder.write(bytes.dropLast(2) + [1, 2, 3, 4, 5, 6, 7, 8, 9] + bytes.suffix(2), "file")
    #expect { try ImageFolder(paths: [path], width: 8, height: 8).batch(at: [0]) } throws: { error in
      guard case ImageError.damaged(path, let reason) = error else { return false }
      return reason.contains("extraneous bytes")
    }
  }
}
