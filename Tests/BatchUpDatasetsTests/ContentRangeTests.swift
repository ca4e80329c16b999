import Testing

@testable import BatchUpDatasets

@Suite struct ContentRangeTests {
  @Test func fields() throws {
    let range = try #require(ContentRange("bytes 5-9/10"))
    #expect(range.bytes == 5...9 && range.byteCount == 10)
    #expect(ContentRange("BYTES 0-0/*")?.byteCount == .some(nil))
    for field in [
      "", "bytes", "bytes 5-9", "bytes 5-9/9", "bytes 9-5/10", "bytes -5-9/10", "bytes 5-/10", "bytes +5-9/10",
      "bytes 5-9/+10", "bytes 5-9/10/11", "bytes 5-9-10/11", "bytes */10", "bytes 5 9/10", "lines 5-9/10",
      "bytes ٥-9/10", "bytes 99999999999999999999-99999999999999999999/*",
    ] { #expect(ContentRange(field) == nil, "\(field)") }
  }
}
