/// The parts of SQL that differ between the databases of a ledger.
///
/// Each method returns a part of an SQL text. All other SQL of the ledger is the same for all databases.
package protocol Dialect: Sendable {
  /// Returns an SQL expression for the greater of two numbers; neither number may be NULL.
  func greater(_ first: String, _ second: String) -> String

  /// Changes an SQL expression of a text, so that a comparison ignores the case of ASCII letters.
  ///
  /// Change the expressions on both sides of the comparison.
  func ignoringCase(_ text: String) -> String

  /// Changes an SQL expression of a text, so that a comparison is made byte by byte.
  ///
  /// Change only the expression on the left side of the comparison.
  func bytewise(_ text: String) -> String

  /// Returns an SQL expression for the UTF-8 bytes of a text.
  ///
  /// If `ignoringCase` is true, the value is the bytes of the text in lower case.
  func bytes(of text: String, ignoringCase: Bool) -> String

  /// Returns an SQL expression for the position of a part in a text or in bytes.
  ///
  /// The first position is 1. The value is 0 if the part is missing.
  func position(of part: String, in whole: String) -> String

  /// Returns a query for the numbers in a JSON array, one row for each number.
  ///
  /// - Parameter array: An SQL expression whose value is the JSON text of the array.
  func numbers(inArray array: String) -> String

  /// Returns a query for the strings in a JSON array, one row for each string.
  ///
  /// - Parameter array: An SQL expression whose value is the JSON text of the array.
  func texts(inArray array: String) -> String

  /// Returns the table `name` for a FROM clause, with a hint that tells the database to use this index.
  ///
  /// The hint is left out if the database accepts no hints. `name` may end with an alias, for example `change AS
  /// pending`.
  func table(_ name: String, index: String) -> String

  /// Returns the table `name` for a FROM clause, with a hint that tells the database to use no index.
  func tableWithoutIndexes(_ name: String) -> String

  /// Returns an SQL expression for the id of a request as text.
  ///
  /// A database may store a GUID in another form, see ``SQLValue/guid(_:)``.
  func requestID(_ column: String) -> String

  /// The prefix that makes a query return its query plan, such as `EXPLAIN`.
  ///
  /// Each row contains one line of the query plan.
  var explain: String { get }
  /// The index of the column that contains the query plan in the result of a query with ``explain``.
  var explainColumn: Int { get }
}

extension Dialect {
  /// Returns the condition that two texts are equal except for the case of ASCII letters.
  package func equalIgnoringCase(_ left: String, _ right: String) -> String {
    "\(ignoringCase(left)) = \(ignoringCase(right))"
  }

  /// Returns the table without a hint.
  package func tableWithoutIndexes(_ name: String) -> String { name }
}

/// The SQL of SQLite.
package struct SQLiteDialect: Dialect {
  /// Creates the dialect.
  package init() {}

  /// Returns an SQL expression for the greater of two numbers; neither number may be NULL.
  package func greater(_ first: String, _ second: String) -> String { "max(\(first), \(second))" }

  /// Changes an SQL expression of a text, so that a comparison ignores the case of ASCII letters.
  package func ignoringCase(_ text: String) -> String { "\(text) COLLATE NOCASE" }

  /// Changes an SQL expression of a text, so that a comparison is made byte by byte.
  package func bytewise(_ text: String) -> String { "\(text) COLLATE BINARY" }

  /// Returns an SQL expression for the UTF-8 bytes of a text, in lower case if `ignoringCase` is true.
  package func bytes(of text: String, ignoringCase: Bool) -> String {
    ignoringCase ? "CAST(lower(\(text)) AS BLOB)" : "CAST(\(text) AS BLOB)"
  }

  /// Returns an SQL expression for the position of a part in a text or in bytes.
  ///
  /// The value is 0 if the part is missing.
  package func position(of part: String, in whole: String) -> String { "instr(\(whole), \(part))" }

  /// Returns a query for the numbers in a JSON array, one row for each number.
  package func numbers(inArray array: String) -> String { "SELECT value FROM json_each(\(array))" }

  /// Returns a query for the texts in a JSON array, one row for each text.
  package func texts(inArray array: String) -> String { "SELECT value FROM json_each(\(array))" }

  /// Returns the table `name` for a FROM clause, with a hint that tells the database to use this index.
  package func table(_ name: String, index: String) -> String { "\(name) INDEXED BY \(index)" }

  /// Returns the table `name` for a FROM clause, with a hint that tells the database to use no index.
  package func tableWithoutIndexes(_ name: String) -> String { "\(name) NOT INDEXED" }

  /// Returns an SQL expression for the id of a request as text.
  package func requestID(_ column: String) -> String {
    """
    CASE WHEN typeof(\(column)) = 'blob' THEN lower(printf('%s-%s-%s-%s-%s', substr(hex(\(column)), 1, 8), \
    substr(hex(\(column)), 9, 4), substr(hex(\(column)), 13, 4), substr(hex(\(column)), 17, 4), \
    substr(hex(\(column)), 21))) ELSE \(column) END
    """
  }

  package var explain: String { "EXPLAIN QUERY PLAN" }
  package var explainColumn: Int { 3 }
}
