/// Elements that can be added up in Float64: numbers, and truth values as 0 and 1.
public protocol SummableScalar {
  /// What is added.
  var summand: Double { get }
}

extension Double: SummableScalar {
  @inlinable public var summand: Double { self }
}

extension Float: SummableScalar {
  @inlinable public var summand: Double { Double(self) }
}

extension Bool: SummableScalar {
  @inlinable public var summand: Double { self ? 1 : 0 }
}

extension SummableScalar where Self: BinaryInteger {
  @inlinable public var summand: Double { Double(self) }
}

extension Int: SummableScalar {}
extension Int8: SummableScalar {}
extension Int16: SummableScalar {}
extension Int32: SummableScalar {}
extension Int64: SummableScalar {}
extension UInt: SummableScalar {}
extension UInt8: SummableScalar {}
extension UInt16: SummableScalar {}
extension UInt32: SummableScalar {}
extension UInt64: SummableScalar {}
