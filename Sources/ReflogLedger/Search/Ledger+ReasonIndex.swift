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

  /// Deletes all reasons from the index, so that no reason of a change is left in it when the change is deleted.
  ///
  /// The index is built again when all purges and erasures are finished.
  func emptyReasonIndex() async throws(LedgerError) {
    do { try await reasonIndex?.empty() } catch { throw LedgerError(error) }
  }
}
