import ReflogModel
import ReflogStorage

/// Reads columns in the forms that the ledger writes.
///
/// The file may be damaged. So each method throws ``StorageError/unexpectedValue(column:)`` for a value in another
/// form.
extension Row {
  /// Returns `value`, or throws if `value` is nil.
  func required<Value>(_ value: Value?, _ column: Int) throws -> Value {
    guard let value else { throw unexpected(column) }
    return value
  }

  /// Throws if one of these columns is not NULL.
  func requireNull(_ columns: [Int]) throws {
    for column in columns where !isNull(column) { throw unexpected(column) }
  }

  /// Converts the text in a column with the closure `value`, for example to a case of an enum.
  ///
  /// If the closure returns nil, the text is not valid, and this method throws.
  func word<Value>(_ column: Int, _ value: (String) -> Value?) throws -> Value {
    try required(value(try text(column)), column)
  }

  /// Returns the time in a column.
  func time(_ column: Int) throws -> Timestamp {
    try required(Timestamp(recorded: try integer(column)), column)
  }

  /// Returns the time in a column, or nil if the column is NULL.
  func optionalTime(_ column: Int) throws -> Timestamp? {
    isNull(column) ? nil : try time(column)
  }

  /// Returns the hash in a column.
  func hash(_ column: Int) throws -> Hash {
    try required(Hash(bytes: try blob(column)), column)
  }

  /// Returns the hash in a column, or nil if the column is NULL.
  func optionalHash(_ column: Int) throws -> Hash? {
    isNull(column) ? nil : try hash(column)
  }

  /// Returns the salt in a column, or nil if the column is NULL.
  func optionalSalt(_ column: Int) throws -> Salt? {
    isNull(column) ? nil : try required(Salt(bytes: try blob(column)), column)
  }

  /// Returns the flow in two columns, which contain the type and the id of the flow.
  func flowName(_ column: Int) throws -> FlowName {
    FlowName(try word(column, FlowType.init(rawValue:)), try word(column + 1) { FlowID($0) })
  }

  /// Returns the address in three columns, which contain the flow type, the flow id and the step.
  func address(_ column: Int) throws -> Address {
    let flow = try flowName(column)
    let name = try text(column + 2)
    let step = try required(Step(name), column + 2)
    // Reflog stores the name of a known step in Graph's spelling, so another spelling is not valid.
    guard step.name.utf8.elementsEqual(name.utf8) else { throw unexpected(column + 2) }
    return Address(flowType: flow.flowType, flow: flow.flow, step: step)
  }

  /// Returns the connector id in a column.
  func connectorID(_ column: Int) throws -> ConnectorID {
    try word(column) { ConnectorID($0) }
  }
}

extension Timestamp {
  /// Creates a time from the value of a column, or returns nil if the time is not in the years 1970 to 9999.
  ///
  /// RFC 3339, the format of times in answers, can't express later years.
  init?(recorded microseconds: Int64) {
    guard (0..<253_402_300_800_000_000).contains(microseconds) else { return nil }
    self.init(microseconds: microseconds)
  }
}
