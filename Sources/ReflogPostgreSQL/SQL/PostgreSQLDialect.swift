#if PostgreSQL
import ReflogStorage

/// The SQL of PostgreSQL 15 and later.
package struct PostgreSQLDialect: Dialect {
  /// Creates the dialect.
  package init() {}

  /// Returns the expression of the greater of two numbers.
  package func greater(_ first: String, _ second: String) -> String { "greatest(\(first), \(second))" }

  /// Returns a text expression in lower case; the collation "C" changes only ASCII letters.
  package func ignoringCase(_ text: String) -> String { "lower((\(text)) COLLATE \"C\")" }

  /// Returns a text expression with the collation "C", which compares bytes.
  package func bytewise(_ text: String) -> String { "(\(text)) COLLATE \"C\"" }

  /// Returns the expression of the UTF-8 bytes of a text.
  package func bytes(of text: String, ignoringCase: Bool) -> String {
    "convert_to(\(ignoringCase ? self.ignoringCase(text) : text), 'UTF8')"
  }

  /// Returns the expression of the position of a part in a text or in bytes.
  package func position(of part: String, in whole: String) -> String { "position((\(part)) IN (\(whole)))" }

  /// Returns a query for the numbers in a JSON array.
  package func numbers(inArray array: String) -> String {
    "SELECT value::bigint FROM jsonb_array_elements_text((\(array))::jsonb)"
  }

  /// Returns a query for the texts in a JSON array.
  package func texts(inArray array: String) -> String {
    "SELECT value FROM jsonb_array_elements_text((\(array))::jsonb)"
  }

  /// Returns the name of the table, because PostgreSQL has no hints for indexes.
  package func table(_ name: String, index: String) -> String { name }

  /// Returns the column, because it contains text.
  package func requestID(_ column: String) -> String { column }

  package var explain: String { "EXPLAIN" }
  package var explainColumn: Int { 0 }
}
#endif
