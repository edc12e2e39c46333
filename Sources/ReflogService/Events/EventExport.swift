import ReflogLedger
package import ReflogModel

/// Exports service events, oldest first, in pieces that are read on demand.
package struct EventExport: ExportSource {
  private static let pieceSize = 500

  private let history: History
  private let filter: EventFilter?
  /// The id of the newest event at the time when the first piece was read, or nil if no piece was read yet.
  private var last: Int64?
  private var after: Int64 = 0
  private let entry: Int64?

  init(history: History, filter: EventFilter?, afterEntry entry: Int64?) {
    self.history = history
    self.filter = filter
    self.entry = entry
  }

  /// Returns the next piece of events, or nil at the end.
  ///
  /// A piece is empty if none of the events in this part of the ledger matches the filter.
  package mutating func nextPiece() async throws(ServiceError) -> ExportPiece<ServiceEvent>? {
    do {
      if last == nil {
        last = try await history.newestEvents(before: nil, limit: 1).first?.id
        if let entry { after = try await history.event(upToEntry: entry) }
      }
      guard let last else { return nil }
      let piece = try await history.oldestEvents(after: after, upTo: last, limit: Self.pieceSize)
      after = piece.last?.id ?? after
      return piece.isEmpty ? nil : ExportPiece(piece.filter { filter?.matches($0) ?? true })
    } catch {
      throw ServiceError(reading: error)
    }
  }
}
