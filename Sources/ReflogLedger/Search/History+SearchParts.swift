import ReflogModel

extension History {
  /// The same history, for reads whose results must not depend on the index of reasons.
  package var withoutIndex: History { History(reader: reader, identities: identities, reasonIndex: nil) }

  /// Returns whether a search begins with the index of reasons.
  ///
  /// A broad search first compares the newest changes with the filter, because many of them match.
  func beginsWithIndex(_ plan: QueryPlan) -> Bool {
    reasonIndex != nil && plan.indexedScan != nil && !plan.isBroad
  }

  /// The maximum number of candidates in the first read of a search, which are usually enough for a page.
  private static let firstCandidates: Int64 = 200
  /// The smallest limit of candidates in a later read; see `idsOfACandidate`.
  private static let laterCandidates: Int64 = 1000
  /// The largest limit of candidates in a read, so that the read is short.
  private static let mostCandidates: Int64 = 8000
  /// The maximum numbers of candidates in a read of a search that alternates between the index and lookups.
  private static let alternatingCandidates = (first: Int64(2000), later: Int64(8000))
  /// In a later read, the limit of candidates is the number of ids in a read without the index, divided by this number.
  private static let idsOfACandidate: Int64 = 80
  /// If there are at most this many ids for each candidate, a scan of the ids is not slower than the index.
  private static let denseIDs: Int64 = 8
  /// A read that uses both the index and the lookups examines this many times as many ids as a read without the index.
  private static let idsWithIndex: Int64 = 4

  /// Returns the ids that the next read of a search examines.
  ///
  /// If the plan has lookups for another condition, it is not known whether the index or the lookups find fewer
  /// changes. So the reads of such a search alternate between the index and the lookups.
  ///
  /// - Parameters:
  ///   - rest: The ids that the search still has to examine.
  ///   - plan: The plan of the search.
  ///   - size: The number of ids of a read that does not use the index of reasons.
  ///   - isAscending: Whether the search begins with the lowest id.
  ///   - turn: The number of earlier reads of the search.
  func nextPart(
    of rest: ClosedRange<Int64>,
    _ plan: QueryPlan,
    size: Int64,
    isAscending: Bool,
    turn: Int
  ) async -> ReasonIndex.Part {
    let scanned = ReasonIndex.Part(ids: rest.part(of: size, fromBelow: isAscending), candidates: nil)
    guard let reasonIndex, let scan = plan.indexedScan, let text = scan.indexedText else { return scanned }
    let isAlternating = plan.isIndexSufficient && plan.lookups != nil
    if isAlternating, !turn.isMultiple(of: 2) { return scanned }
    // If the index of reasons is not sufficient, the lookups of the plan search the same ids, so the number of ids is
    // limited.
    let ids = plan.isIndexSufficient ? rest : rest.part(of: size * Self.idsWithIndex, fromBelow: isAscending)
    let later = min(max(Self.laterCandidates, size / Self.idsOfACandidate), Self.mostCandidates)
    let limit =
      if isAlternating {
        turn == 0 ? Self.alternatingCandidates.first : Self.alternatingCandidates.later
      } else {
        turn == 0 ? Self.firstCandidates : later
      }
    let found = await reasonIndex.next(of: ids, isAscending: isAscending, containing: text, limit: Int(limit))
    guard let found else { return scanned }
    guard let candidates = found.candidates else {
      return ReasonIndex.Part(ids: found.ids.part(of: size, fromBelow: isAscending), candidates: nil)
    }
    guard candidates.count == Int(limit), !isAlternating else { return found }
    let isDense = found.ids.upperBound - found.ids.lowerBound < limit * Self.denseIDs
    return isDense && turn > 0 ? scanned : found
  }
}
