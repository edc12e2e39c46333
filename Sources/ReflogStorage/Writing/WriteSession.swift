/// The state that a writer keeps on its thread for one file.
///
/// The state contains prepared statements and the data that the next write needs.
///
/// A session is used on one thread only. A write must first change a row and then update the session. So the session is
/// unchanged if a write fails before it changes a row.
package protocol WriteSession: AnyObject, SendableMetatype {
  /// The items that a write appends.
  associatedtype Items: Sendable = Never

  /// Prepares the session for a transaction.
  ///
  /// The writer calls this method after BEGIN and before the first write. If this method throws, the transaction is
  /// rolled back.
  ///
  /// - Parameter items: The items that the writes will append, as far as they are known. With the items, a session can
  ///   read the rows for several writes in one request.
  func begin(_ items: [Items]) throws
  /// Ends the session's part of a transaction.
  ///
  /// The writer calls this method after the last write and before COMMIT.
  ///
  /// If this method throws, the transaction is rolled back.
  func end() throws
  /// Updates the session when the transaction is durable.
  func committed()
  /// Updates the session when the transaction is rolled back.
  func rolledBack()
  /// Saves the state of the session, for ``restore()``.
  func save()
  /// Restores the state that ``save()`` saved.
  ///
  /// The writer calls this method after it rolled back one write of a transaction.
  func restore()
}
