/// The error that is thrown if SQLite refuses an edit of a file.
package struct RefusedEdit: Error {
  /// The text that `sqlite3` printed.
  package let output: String
}

/// Edits a file in the same way as an attacker who has read Reflog's source code.
///
/// The file's triggers and check constraints are switched off during the edit, and restored after the edit.
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
