#if PostgreSQL
import ReflogStorage

/// The SQL of PostgreSQL 15 and later.
package struct PostgreSQLDialect: Dialect {
  /// Creates the dialect.
  package init() {}

  /// Returns the SQL expression for the greater of two numbers.
  package func greater(_ first: String, _ second: String) -> String { "greatest(\(first), \(second))" }

  /// Returns the SQL expression that converts a text to lower case; the collation "C" changes only ASCII letters.
  package func ignoringCase(_ text: String) -> String { "lower((\(text)) COLLATE \"C\")" }

  /// Returns the SQL expression that adds the collation "C" to a text; this collation compares bytes.
  package func bytewise(_ text: String) -> String { "(\(text)) COLLATE \"C\"" }

  /// Returns the SQL expression for the UTF-8 bytes of a text.
  package func bytes(of text: String, ignoringCase: Bool) -> String {
    "convert_to(\(ignoringCase ? self.ignoringCase(text) : text), 'UTF8')"
  }

  /// Returns the SQL expression for the position of a part within a text or within bytes.
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

  /// Returns the column unchanged, because the column contains text.
  package func requestID(_ column: String) -> String { column }

  package var explain: String { "EXPLAIN" }
  package var explainColumn: Int { 0 }
}
#endif
