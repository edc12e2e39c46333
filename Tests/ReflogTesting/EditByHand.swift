/// The error for an edit of a file that SQLite refused.
package struct RefusedEdit: Error {
  /// The text that `sqlite3` printed.
  package let output: String
}

/// Edits a file as an attacker could who has read Reflog's source code.
///
/// The edit runs without the triggers and the check constraints of the file. Both are restored afterwards.
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
