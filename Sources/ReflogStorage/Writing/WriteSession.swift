/// What a writer keeps on its thread for one file: prepared statements, and what the next write must know.
///
/// A session lives on one thread and is never shared. A write updates the session only after it has changed the row. A
/// write that fails before it changes a row therefore leaves the session unchanged.
package protocol WriteSession: AnyObject, SendableMetatype {
  /// The write connection.
  var connection: Connection { get }
  /// Called after BEGIN, before the first write.
  ///
  /// If it throws, the transaction is rolled back.
  func begin() throws
  /// Called after the last write, before COMMIT.
  ///
  /// If it throws, the transaction is rolled back.
  func end() throws
  /// Called once the transaction is durable.
  func committed()
  /// Called once the transaction is rolled back.
  func rolledBack()
  /// Remembers the state after the writes so far, for ``restore()``.
  func save()
  /// Restores the state that ``save()`` remembered, after one write was rolled back alone.
  func restore()
}
