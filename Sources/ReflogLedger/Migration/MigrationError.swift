/// An error that ends the copy of a ledger to another database.
package enum MigrationError: Error, Sendable, CustomStringConvertible {
  /// The target contains rows that this migration did not copy.
  case targetNotEmpty(target: String)
  /// The target is an unfinished copy of another ledger.
  case copyOfAnother(target: String, origin: String)
  /// Another process copies rows into the target at the same time.
  case targetInUse(target: String)
  /// The source was written after the copy was begun.
  case sourceChanged(source: String, target: String)
  /// A table of the copy differs from the table of the source.
  case tableDiffers(table: String, target: String)
  /// The Merkle root of the copied entries differs from the root in the signed checkpoint.
  case rootDiffers(source: String, target: String)

  /// A text contains U+0000, which PostgreSQL can't store.
  case textWithZero(table: String, column: String)

  package var description: String {
    switch self {
    case .targetNotEmpty(let target):
      "\(target) already contains a ledger, so nothing was copied. Name a new file or an empty database."
    case .copyOfAnother(let target, let origin):
      "\(target) is an unfinished copy of another ledger, with the log \(origin). Name another target, or delete "
        + "\(target)."
    case .targetInUse(let target):
      "Another run of reflog migrate-ledger is copying into \(target), so nothing was copied. Wait until that run "
        + "ends, or stop it. Then run reflog migrate-ledger again."
    case .sourceChanged(let source, let target):
      "\(source) changed while it was copied. Stop the server that uses it, delete \(target), and run "
        + "reflog migrate-ledger again."
    case .tableDiffers(let table, let target):
      "The table \(table) of \(target) differs from the original, so the copy can't be used. Delete \(target), and run "
        + "reflog migrate-ledger again."
    case .rootDiffers(let source, let target):
      "The entries in \(target) do not match the signed checkpoint, so the copy can't be used. Run reflog verify on "
        + "\(source)."
    case .textWithZero(let table, let column):
      "A text in the column \(column) of the table \(table) contains the character U+0000, which PostgreSQL can't "
        + "store. So this ledger can't be copied to PostgreSQL. Continue to use it in SQLite."
    }
  }
}
