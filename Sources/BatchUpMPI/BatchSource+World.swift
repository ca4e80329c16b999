#if MPI
  public import BatchUp

  extension BatchSource {
    /// The part of this rank in each batch: see `sharded(rank:of:end:)`.
    public func sharded(over world: MPIWorld, end: ShardEnd) -> ShardedSource<Self> {
      sharded(rank: world.rank, of: world.size, end: end)
    }

    /// The part of this rank in each batch, filled up, with a mask: see `sharded(rank:of:end:)`.
    public func sharded(over world: MPIWorld, end: ShardPadding) -> PaddedShardSource<Self> {
      sharded(rank: world.rank, of: world.size, end: end)
    }

    /// The whole batches of this rank, of which it takes every `size`-th: see `dealt(rank:of:)`.
    public func dealt(over world: MPIWorld) -> DealtSource<Self> { dealt(rank: world.rank, of: world.size) }
  }
#endif
