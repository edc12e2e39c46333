/// The error for an edit of a file that SQLite refused.
package struct RefusedEdit: Error {
  /// The text that `sqlite3` printed.
  package let output: String
}

/// Edits a file in the same way as an attacker who has read Reflog's source code.
///
/// During the edit, the file's triggers and check constraints are switched off. After the edit, they are restored.
package func editByHand(_ path: String, _ statements: String) throws {
  func triggers(_ column: String) throws -> String {
    try sqlite3(path, "SELECT group_concat(\(column), ';' || char(10)) FROM sqlite_schema WHERE type = 'trigger'")
  }
  let (drop, create) = (try triggers("'DROP TRIGGER ' || name"), try triggers("sql"))
  let output = try sqlite3(
    path,
    "PRAGMA ignore_check_constraints = ON; BEGIN IMMEDIATE; \(drop); \(statements); \(create); COMMIT"
  )
  guard output.isEmpty else { throw RefusedEdit(output: output) }
}
