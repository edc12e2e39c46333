/// Finds the changes whose reasons contain a text, with an index.
///
/// With SQLite, the index is a file: see ``ReasonIndex``. In PostgreSQL, it is in tables of the ledger's database. The
/// following rules apply to both. If the index does not contain a change, a search reads the change in the ledger. The
/// search compares the filter with each change that the index finds. The index never contains the reason of a change
/// that a purge or an erasure deleted.
package protocol ReasonFinder: Sendable {
  /// Whether a search has found that the index is damaged, so the index must be built again.
  var isDamaged: Bool { get }

  /// Returns the next ids that a search for a text examines, or nil if the index can't be used.
  ///
  /// - Parameters:
  ///   - ids: The ids that the search still has to examine.
  ///   - isAscending: Whether the search begins with the lowest id.
  ///   - text: The text that the reasons contain.
  ///   - limit: The maximum number of candidates.
  func next(
    of ids: ClosedRange<Int64>,
    isAscending: Bool,
    containing text: SearchText,
    limit: Int
  ) async -> ReasonIndex.Part?

  /// Removes the reasons of all changes that purges and erasures have claimed, and returns the id of the newest claim.
  ///
  /// When this returns, no byte of these reasons is left in the index, and ``add(from:)`` adds no reasons that were
  /// read earlier than this call. Only the data of the returned claim and of earlier claims may then be deleted.
  ///
  /// - Parameter reader: The reader of the ledger.
  func removeClaimed(_ reader: any LedgerReader) async throws -> Int64

  /// Adds some of the changes that the index does not contain yet.
  ///
  /// - Parameter reader: The reader of the ledger.
  func add(from reader: any LedgerReader) async throws -> ReasonIndex.Progress
}
