/// The arguments of a statement: an array for the placeholders `?`, or a dictionary for placeholders such as `:name`.
///
/// `nil` is bound as NULL.
package struct SQLArguments: Sendable, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  /// The values of the placeholders `?`, in order.
  package private(set) var positional: [SQLValue] = []
  /// The names of placeholders such as `:name`, without the colon, and their values.
  package private(set) var named: [(name: String, value: SQLValue)] = []

  /// Creates arguments for the placeholders `?`, in order.
  package init(_ values: [(any SQLConvertible)?]) {
    positional = values.map { $0?.sqlValue ?? .null }
  }

  /// Creates arguments for the placeholders `?`, in order.
  package init(_ values: [SQLValue]) {
    positional = values
  }

  /// Creates arguments for placeholders such as `:name`.
  ///
  /// The keys are the names without the colon.
  package init(_ values: [String: SQLValue]) {
    named = values.map { ($0.key, $0.value) }
  }

  /// Creates arguments for the placeholders `?`, in order.
  package init(arrayLiteral values: (any SQLConvertible)?...) {
    self.init(values)
  }

  /// Creates arguments for placeholders such as `:name`.
  ///
  /// The keys are the names without the colon.
  package init(dictionaryLiteral values: (String, (any SQLConvertible)?)...) {
    named = values.map { ($0.0, $0.1?.sqlValue ?? .null) }
  }

  /// Returns the arguments of `left` and `right` together; the arguments must have names.
  package static func + (left: SQLArguments, right: SQLArguments) -> SQLArguments {
    var all = left
    all.positional += right.positional
    all.named += right.named
    return all
  }

  /// Binds all arguments to a statement, and throws if their number or names do not match the statement.
  func bind(to statement: Statement) throws(SQLError) {
    guard statement.argumentCount == positional.count + named.count else {
      throw SQLError(code: .misuse, message: "the statement has \(statement.argumentCount) arguments: \(statement.sql)")
    }
    for (index, value) in positional.enumerated() { statement.bind(Int32(index + 1), value) }
    for (name, value) in named {
      guard let index = statement.index(ofArgument: name) else {
        throw SQLError(code: .misuse, message: "the statement has no argument :\(name): \(statement.sql)")
      }
      statement.bind(index, value)
    }
  }
}
