import ReflogLedger
package import ReflogModel

/// Hands out something oldest first, piece by piece, each read when it is asked for.
package protocol ExportSource: Sendable {
  associatedtype Item: Sendable

  /// The next items, or nil at the end. A piece may be empty where nothing in it matches.
  mutating func next() async throws(ServiceError) -> [Item]?
}

/// Hands out history oldest first, piece by piece, each read when it is asked for.
///
/// Whole, in the order of ids; or from an entry on, in the order of entries: then every change with a newer entry comes, one
/// that was pending comes again once it is settled, and whoever puts them by id ends with exactly the history.
package struct HistoryExport: ExportSource {
  /// Few enough that fifty slow takers keep little in memory, and that every read is short.
  private static let pieceSize = 128
  /// How long it looks for what a filter wants before it says that nothing was there.
  private static let patience = Duration.milliseconds(200)

  private let history: History
  private let query: ChangeQuery
  private var position: Position
  private var isOver = false

  private enum Position {
    /// Behind this change, up to the newest one when the export began.
    case change(Change.ID?, last: Change.ID?)
    /// Behind this entry, up to the newest one when the export began.
    case entry(Int64, last: Int64?)
  }

  init(history: History, query: ChangeQuery, afterEntry entry: Int64?) {
    self.history = history
    self.query = query
    position = entry.map { .entry($0, last: nil) } ?? .change(nil, last: nil)
  }

  /// The next changes, or nothing at the end; a piece may be empty where nothing in it matches.
  package mutating func next() async throws(ServiceError) -> [Change]? {
    do {
      switch position {
      case .change(let behind, let last): return try await changes(behind, upTo: last)
      case .entry(let behind, let last): return try await entries(behind, upTo: last)
      }
    } catch {
      throw ServiceError(reading: error)
    }
  }

  private mutating func changes(_ behind: Change.ID?, upTo known: Change.ID?) async throws(LedgerError) -> [Change]? {
    let newest = if let known { known } else { try await history.newestID() }
    guard !isOver, let last = newest else { return nil }
    let piece = try await history.piece(
      of: ChangeQuery(filter: query.filter, isAscending: true),
      behind: behind,
      upTo: last,
      limit: Self.pieceSize,
      patience: Self.patience
    )
    isOver = piece.end == nil
    position = .change(piece.end ?? behind, last: last)
    return piece.changes
  }

  private mutating func entries(_ behind: Int64, upTo known: Int64?) async throws(LedgerError) -> [Change]? {
    let newest = if let known { known } else { try await history.status().newestSequence }
    guard let last = newest, behind < last else { return nil }
    let end = min(last, behind + Int64(Self.pieceSize))
    let piece = try await history.changesWithEntries(query, after: behind, through: end, upTo: last)
    position = .entry(end, last: last)
    return piece
  }
}
