#if MPI
  import BatchUpMPI

  // What scripts/test-mpi.sh runs by mpirun: `checks FOLDER` compares what the ranks do with what this process does
  // alone; `images FOLDER` writes data for the tool; the others show how a failure on one rank ends all of them.

  let arguments = Array(CommandLine.arguments.dropFirst())
  try MPIWorld.run { world in
    let folder = arguments.count > 1 ? arguments[1] : "."
    switch arguments.first {
    case "checks": try check(world, folder: folder)
    case "differences": try checkDifferences(world, folder: folder)
    case "ending-early": try endEarly(world)
    case "throwing": try failAmongOthers(world)
    case "throwing-together": try failTogether(world, folder: folder)
    case "images": try writeImages(world, folder: folder)
    case "killed": try beKilled(world, folder: folder)
    default: throw CheckFailure(what: "no such mode: \(arguments)")
    }
  }
#else
  print("Built without the trait MPI.")
#endif
