package import GRDB

/// Takes part in every transaction of a file's writer once that runs. What it throws takes the whole transaction back.
package protocol TransactionWitness: Sendable {
  /// Called once the file is locked, before the first write.
  func begin(_ db: Database) throws
  /// Called after the last write, before the commit.
  func end(_ db: Database) throws
  /// Called once the transaction is durable.
  func committed()
}
