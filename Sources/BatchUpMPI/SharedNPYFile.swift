#if MPI
  internal import BatchUp
  internal import CMPI

  /// An .npy file that all ranks write together, and that appears whole or not at all.
  ///
  /// Rank 0 makes it under another name, and gives it its own when all is on the disk.
  final class SharedNPYFile<Scalar: NPYScalar> {
    private let world: MPIWorld
    private let path: String
    private let rowByteCount: Int
    private let headerByteCount: Int
    /// On rank 0 alone.
    private let output: NPYOutput<Scalar>?
    private var file: MPI_File?

    /// Together.
    init(path: String, shape: [Int], over world: MPIWorld) throws {
      self.world = world
      self.path = path
      rowByteCount = shape.dropFirst().reduce(MemoryLayout<Scalar>.size, *)
      let output = try world.agree { world.rank == 0 ? try NPYOutput<Scalar>(path: path, shape: shape) : nil }
      self.output = output
      let place = try world.broadcast(
        Place(path: output?.temporaryPath ?? "", headerByteCount: output?.headerByteCount ?? 0))
      headerByteCount = place.headerByteCount
      var file: MPI_File?
      try world.agree { try requireSuccess(place.path.withSystemPath { cbu_mpi_open_for_writing($0, &file) }) }
      self.file = file
    }

    deinit {
      // Left open where something has failed on all ranks; MPI_Finalize wants it closed.
      if file != nil { _ = cbu_mpi_close(&file) }
    }

    private struct Place: Codable {
      let path: String
      let headerByteCount: Int
    }

    /// Writes some rows of each rank, or none; together.
    func write(_ rows: NDArray<Scalar>?, at row: Int) throws {
      let byteCount = (rows?.sampleCount ?? 0) * rowByteCount
      let largest = try world.maximum(byteCount)
      var start = 0
      while start < largest {
        let part = min(start, byteCount)..<min(start + MPIWorld.partByteCount, byteCount)
        try world.agree {
          try requireSuccess(write(rows, part, at: headerByteCount + row * rowByteCount + part.lowerBound))
        }
        start += MPIWorld.partByteCount
      }
    }

    private func write(_ rows: NDArray<Scalar>?, _ part: Range<Int>, at offset: Int) -> Int32 {
      guard let rows else { return cbu_mpi_write_together(file, Int64(offset), nil, 0) }
      return rows.withUnsafeBufferPointer { elements in
        let start = UnsafeRawBufferPointer(elements).baseAddress.map { $0 + part.lowerBound }
        return cbu_mpi_write_together(file, Int64(offset), start, Int32(part.count))
      }
    }

    /// Gives the file its name, once it is on the disk; together.
    func finish() throws {
      try world.agree { try requireSuccess(cbu_mpi_sync(file)) }
      try world.agree { try requireSuccess(cbu_mpi_close(&file)) }
      file = nil
      try world.agree { try output?.finishWrittenByOthers() }
    }

    private func requireSuccess(_ status: Int32) throws(NPYOutputError) {
      do { try check("MPI-IO", status) } catch { throw .cannotWrite(path: path, reason: "\(error)") }
    }
  }
#endif
