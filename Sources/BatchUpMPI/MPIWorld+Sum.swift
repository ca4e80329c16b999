#if MPI
  internal import CMPI

  extension MPIWorld {
    /// Adds up the arrays of all ranks element by element, in the order of the ranks, as for the gradients of a batch.
    ///
    /// `MPI_Allreduce` may add in any order, and does so in another one for other lengths. Here each rank adds up a part
    /// of the elements, which all then get: the same number of bytes as in a ring.
    ///
    /// - Throws: `MPIError.differentCalls` where the arrays of the ranks differ in length or type; they are unchanged then.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    public func sum<Scalar: BinaryFloatingPoint & BitwiseCopyable>(_ values: inout [Scalar]) throws(MPIError) {
      try meet(for: "sum of \(values.count) elements of \(Scalar.self)")
      let limit = size * (Self.partByteCount / MemoryLayout<Scalar>.stride)
      var start = 0
      while start < values.count {
        let part = start..<min(start + limit, values.count)
        values.replaceSubrange(part, with: try sum(of: values[part]))
        start = part.upperBound
      }
    }

    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    private func sum<Scalar: BinaryFloatingPoint & BitwiseCopyable>(
      of values: ArraySlice<Scalar>
    ) throws(MPIError) -> ArraySlice<Scalar> {
      let share = (values.count - 1) / size + 1
      let byteCount = Int32(share * MemoryLayout<Scalar>.stride)
      var all = Array(values) + Array(repeating: 0, count: share * size - values.count)
      var shares = all
      try check("MPI_Alltoall", cbu_mpi_transpose(&all, &shares, byteCount))
      var own = Array(shares[..<share])
      for other in 1..<size {
        for i in 0..<share { own[i] += shares[other * share + i] }
      }
      try check("MPI_Allgather", cbu_mpi_gather(&own, &all, byteCount))
      return all[..<values.count]
    }
  }
#endif
