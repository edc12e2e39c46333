/// The arguments of a statement: an array for `?`, a dictionary for `:name`. `nil` is NULL.
package struct SQLArguments: Sendable, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  private var positional: [SQLValue] = []
  private var named: [(name: String, value: SQLValue)] = []

  package init(_ values: [(any SQLConvertible)?]) {
    positional = values.map { $0?.sqlValue ?? .null }
  }

  package init(_ values: [String: SQLValue]) {
    named = values.map { ($0.key, $0.value) }
  }

  package init(arrayLiteral values: (any SQLConvertible)?...) {
    self.init(values)
  }

  package init(dictionaryLiteral values: (String, (any SQLConvertible)?)...) {
    named = values.map { ($0.0, $0.1?.sqlValue ?? .null) }
  }

  /// The arguments of both; use it with names only.
  package static func + (left: SQLArguments, right: SQLArguments) -> SQLArguments {
    var all = left
    all.positional += right.positional
    all.named += right.named
    return all
  }

  /// Binds all of them. Throws where the statement has an argument that is not among them, or lacks one that is.
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
