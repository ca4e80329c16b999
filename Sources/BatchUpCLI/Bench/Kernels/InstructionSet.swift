import CBatchKernels

/// The instruction sets that the kernels are written for, by name.
enum InstructionSet {
  private static let all = (0..<UInt32(CBK_ISA_COUNT)).map { cbk_isa($0) }

  static var available: [String] { all.filter(cbk_isa_is_available).map(name) }

  static var active: String { name(cbk_active_isa()) }

  static func use(_ name: String) {
    for isa in all where self.name(isa) == name { cbk_set_isa(isa) }
  }

  private static func name(_ isa: cbk_isa) -> String { String(cString: cbk_isa_name(isa)) }
}
