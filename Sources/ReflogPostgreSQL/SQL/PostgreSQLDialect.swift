#if PostgreSQL
import ReflogStorage

/// The SQL of PostgreSQL 15 and later.
package struct PostgreSQLDialect: Dialect {
  /// Creates the dialect.
  package init() {}

  package func greater(_ first: String, _ second: String) -> String { "greatest(\(first), \(second))" }

  // The collation "C" changes only ASCII letters to lower case, and compares bytes.
  package func ignoringCase(_ text: String) -> String { "lower((\(text)) COLLATE \"C\")" }

  package func bytewise(_ text: String) -> String { "(\(text)) COLLATE \"C\"" }

  package func bytes(of text: String, ignoringCase: Bool) -> String {
    "convert_to(\(ignoringCase ? self.ignoringCase(text) : text), 'UTF8')"
  }

  package func position(of part: String, in whole: String) -> String { "position((\(part)) IN (\(whole)))" }

  package func numbers(inArray array: String) -> String {
    "SELECT value::bigint FROM jsonb_array_elements_text((\(array))::jsonb)"
  }

  package func texts(inArray array: String) -> String {
    "SELECT value FROM jsonb_array_elements_text((\(array))::jsonb)"
  }

  package func table(_ name: String, index: String) -> String { name }

  package func requestID(_ column: String) -> String { column }

  package var explain: String { "EXPLAIN" }
  package var explainColumn: Int { 0 }
}
#endif
