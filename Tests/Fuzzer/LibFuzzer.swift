import BatchUp

// In a file that only the executable has, whose `main` is libFuzzer's.

private let session: (target: FuzzTarget, folder: ScratchFolder) = {
  let name = environmentVariable("BATCHUP_FUZZ_TARGET") ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    fatalError("BATCHUP_FUZZ_TARGET is '\(name)', not one of \(FuzzTarget.allCases.map(\.rawValue))")
  }
  do { return (target, try ScratchFolder()) } catch { fatalError("\(error)") }
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try session.target.check(Array(UnsafeBufferPointer(start: bytes, count: count)), in: session.folder)
  } catch {
    fatalError("\(error)")
  }
  return 0
}
