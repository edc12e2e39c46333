/// What a writer keeps on its thread for one file: prepared statements, and what the next write needs to know.
///
/// A session lives on one thread, and is never shared. A write changes the session only behind the row that it changes: one that fails
/// before it has changed a row leaves the session as it was.
package protocol WriteSession: AnyObject, SendableMetatype {
  var connection: Connection { get }
  /// Called after BEGIN, before the first write. If it throws, nothing of the transaction is kept.
  func begin() throws
  /// Called after the last write, before COMMIT. If it throws, nothing of the transaction is kept.
  func end() throws
  /// Called once the transaction is durable.
  func committed()
  /// Called once nothing of the transaction is left.
  func rolledBack()
  /// Remembers the state after the writes so far, for ``restore()``.
  func save()
  /// Goes back to the state that ``save()`` remembered: a write was taken back alone.
  func restore()
}
