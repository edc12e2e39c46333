import Crypto

/// Computes the hash of each row of a file, and the hash over all rows.
///
/// The hash of a row is the SHA-256 of the row in its usual spelling, without the end of the line. The usual spelling
/// is one fixed form of the row, for example without quotes that are not needed. So the hash is the same if another
/// program saves the row in another form. The hash over the rows is the SHA-256 of the hashes of the rows, in order.
package struct RowHashes: Sendable {
  private var state = SHA256()
  /// The number of rows that were added.
  package private(set) var count: Int64 = 0

  /// Creates the hash of no rows.
  package init() {}

  /// Adds a row in its usual spelling, and returns the hash of the row.
  @discardableResult
  package mutating func add(_ row: ArraySlice<UInt8>) -> Hash {
    let hash = Hash(row.withUnsafeBytes { SHA256.hash(data: $0) })
    hash.withUnsafeBytes { state.update(bufferPointer: $0) }
    count += 1
    return hash
  }

  /// Returns the hash over all rows that were added.
  package func hash() -> Hash { Hash(state.finalize()) }
}
