#if MPI
  import BatchUp
  import BatchUpMPI
  import Foundation

  /// Writes IDX files of images and labels, for the tool.
  func writeImages(_ world: MPIWorld, folder: String) throws {
    guard world.rank == 0 else { return }
    var generator = SeededGenerator(seed: 3)
    let count = 1_015
    let bigEndianCount = [0, 0, UInt8(count / 256), UInt8(count % 256)]
    let pixels = (0..<count * 64).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let labels = (0..<count).map { _ in UInt8.random(in: 0...9, using: &generator) }
    let images = Data([0, 0, 8, 3] + bigEndianCount + [0, 0, 0, 8, 0, 0, 0, 8] + pixels)
    try images.write(to: URL(filePath: "\(folder)/images.idx"))
    try Data([0, 0, 8, 1] + bigEndianCount + labels).write(to: URL(filePath: "\(folder)/labels.idx"))
  }
#endif
