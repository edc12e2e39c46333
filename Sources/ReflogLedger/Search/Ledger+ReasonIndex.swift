extension Ledger {
  /// Adds the reasons of new changes to the index of reasons.
  ///
  /// One call reads and writes a limited number of changes. If the ledger has no index, the result is `upToDate`.
  package func indexReasons() async throws(LedgerError) -> ReasonIndex.Progress {
    guard let reasonIndex else { return .upToDate }
    do { return try await reasonIndex.add(from: questions.reader) } catch { throw LedgerError(error) }
  }

  /// Whether a search has found that the index is damaged, so ``indexReasons()`` builds the index again.
  package var isReasonIndexDamaged: Bool { reasonIndex?.isDamaged ?? false }

  /// Removes from the index the reasons of all changes that purges and erasures have claimed.
  ///
  /// When this returns, the index contains no byte of these reasons. The removed parts of the index are built again
  /// when all purges and erasures are finished.
  ///
  /// - Returns: The id of the newest claim. Only the data of this claim and of earlier claims may be deleted. If the
  ///   ledger has no index, the result is the highest possible id.
  func removeClaimedReasons() async throws(LedgerError) -> Int64 {
    guard let reasonIndex else { return .max }
    do { return try await reasonIndex.removeClaimed(history.reader) } catch { throw LedgerError(error) }
  }
}
