#if PostgreSQL
import ReflogModel
import ReflogStorage

/// An SQL text whose placeholders `?`, `?1` and `:name` are replaced with `$1`, `$2`, and so on.
///
/// Placeholders have the same numbers as in SQLite (sqlite.org/lang_expr.html#varparam). For example, `?1` has the
/// number 1. A `?` gets the next number after the highest number in front of it. A name also gets the next number, but
/// only when it is used for the first time.
struct PlaceholderTranslation {
  /// The text with the placeholders `$1`, `$2`, and so on.
  let sql: String
  /// The number of the original placeholder for each parameter: first for `$1`, then for `$2`, and so on.
  private(set) var order: [Int] = []
  /// The numbers of the placeholders that have a name.
  ///
  /// The key is the name.
  private(set) var names: [String: Int] = [:]
  /// The highest number of a placeholder.
  private(set) var argumentCount = 0

  /// Translates a text.
  init(_ text: String) {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count + 16)
    var scanner = SQLScanner(Array(text.utf8))
    var places: [Int: Int] = [:]
    while let token = scanner.next() {
      let number: Int
      switch token {
      case .other(let range):
        output.append(contentsOf: scanner.bytes[range])
        continue
      case .next:
        number = argumentCount + 1
      case .number(let given):
        number = given
      case .name(let name):
        number = names[name] ?? argumentCount + 1
        names[name] = number
      }
      argumentCount = max(argumentCount, number)
      if places[number] == nil {
        order.append(number)
        places[number] = order.count
      }
      output.append(contentsOf: "$\(places[number] ?? 0)".utf8)
    }
    sql = String(decoding: output, as: UTF8.self)
  }

  /// Returns the values of `$1`, `$2`, and so on, and throws if the arguments do not match the placeholders.
  func parameters(_ arguments: SQLArguments) throws(SQLError) -> [PostgreSQLConnection.Parameter] {
    guard argumentCount == arguments.positional.count + arguments.named.count else {
      throw SQLError(code: .misuse, message: "the statement has \(argumentCount) arguments: \(sql)")
    }
    guard argumentCount > 0 else { return [] }
    var values = arguments.positional + arguments.named.map { _ in .null }
    for (name, value) in arguments.named {
      guard let number = names[name] else {
        throw SQLError(code: .misuse, message: "the statement has no argument :\(name): \(sql)")
      }
      values[number - 1] = value
    }
    return order.map { PostgreSQLConnection.Parameter(values[$0 - 1]) }
  }
}

/// The translations of SQL texts that a connection keeps for the next use.
struct PlaceholderTranslations {
  private var kept: [String: PlaceholderTranslation] = [:]

  /// The number of translations in this cache.
  var count: Int { kept.count }

  /// The maximum number of translations in this cache.
  ///
  /// Reflog has fewer SQL statements, so normally the cache does not become full.
  private static let maximumCount = 1024

  /// Returns the translation of a text.
  ///
  /// - Parameters:
  ///   - sql: The SQL text.
  ///   - kept: Whether to keep the translation. If the maximum number is reached, all kept translations are dropped
  ///     first.
  mutating func translation(of sql: String, kept isKept: Bool) -> PlaceholderTranslation {
    if let known = kept[sql] { return known }
    let translation = PlaceholderTranslation(sql)
    if isKept {
      if kept.count == Self.maximumCount { kept.removeAll() }
      kept[sql] = translation
    }
    return translation
  }
}

extension PostgreSQLConnection.Parameter {
  /// Creates the parameter that contains a value of Reflog.
  init(_ value: SQLValue) {
    switch value {
    case .null: self = .null
    case .integer(let number): self = .integer(number)
    case .text(let text): self = .text(text)
    case .blob(let bytes): self = .bytes(bytes)
    // Bytes that are not a GUID have no text form. Such bytes are sent as `bytea`, so the server refuses such a value
    // for a text column.
    case .guid(let bytes): self = bytes.withUnsafeBytes { GUID.text(of: $0) }.map { .text($0) } ?? .bytes(bytes)
    }
  }
}
#endif
