import ReflogLedger
package import ReflogModel

/// Hands out history oldest first, piece by piece, each read when it is asked for.
package struct HistoryExport: Sendable {
  /// Few enough that a slow taker keeps little in memory and every read is short.
  private static let pieceSize = 500

  private let history: History
  private let query: ChangeQuery
  /// The newest change when the export began: what comes later is not part of it.
  private var last: Change.ID?
  private var after: Change.ID?

  init(history: History, query: ChangeQuery) {
    self.history = history
    self.query = query
  }

  /// The next changes, or nothing at the end.
  package mutating func next() async throws(ServiceError) -> [Change]? {
    do {
      if last == nil { last = try await history.newestID() }
      guard let last else { return nil }
      let piece = try await history.oldestChanges(query, after: after, upTo: last, limit: Self.pieceSize)
      after = piece.last?.id ?? after
      return piece.isEmpty ? nil : piece
    } catch {
      throw ServiceError(reading: error)
    }
  }
}
