import ReflogLedger
package import ReflogModel

/// Exports history, oldest first, in pieces that are read on demand.
///
/// A full export is in the order of change ids. An export that begins after an entry contains every change with a newer
/// entry, in the order of entries. So a change that was exported as pending is exported again after the change is
/// settled. To keep an exact copy of the history, store the changes by id. If you receive a change whose id is already
/// stored, replace the stored change.
package struct HistoryExport: ExportSource {
  /// The maximum number of changes in a piece.
  ///
  /// The number is small. So every read of the ledger is short, and even fifty slow clients need little memory: an
  /// export has at most three pieces in memory, and a piece needs about 2 MB. A smaller number would make exports from
  /// PostgreSQL slower, because PostgreSQL plans a query for each piece.
  private static let pieceSize = 1024
  /// The maximum time that one read searches for matching changes.
  ///
  /// If the read finds no matching change in this time, the read returns an empty piece.
  private static let timeLimit = Duration.milliseconds(200)

  private let history: History
  private let query: ChangeQuery
  private var position: Position
  private var isOver = false

  private enum Position {
    /// The export continues after this change, in the order of change ids.
    ///
    /// The export ends with the change `last`: the newest change at the time when the export began. The value `last` is
    /// nil until the first piece is read.
    case change(Change.ID?, last: Change.ID?)
    /// The export continues after this entry, in the order of entries.
    ///
    /// The export ends with the entry `last`: the newest entry at the time when the export began. The value `last` is
    /// nil until the first piece is read.
    case entry(Int64, last: Int64?)
  }

  init(history: History, query: ChangeQuery, afterEntry entry: Int64?) {
    self.history = history
    self.query = query
    position = entry.map { .entry($0, last: nil) } ?? .change(nil, last: nil)
  }

  /// Returns the next piece of changes, or nil at the end.
  ///
  /// A piece is empty if none of the changes in this part of the ledger matches the query.
  package mutating func nextPiece() async throws(ServiceError) -> ExportPiece<Change>? {
    do {
      switch position {
      case .change(let behind, let last): return try await changes(behind, upTo: last)
      case .entry(let behind, let last): return try await entries(behind, upTo: last)
      }
    } catch {
      throw ServiceError(reading: error)
    }
  }

  private mutating func changes(
    _ behind: Change.ID?,
    upTo known: Change.ID?
  ) async throws(LedgerError) -> ExportPiece<Change>? {
    let newest = if let known { known } else { try await history.newestID() }
    guard !isOver, let last = newest else { return nil }
    let piece = try await history.piece(
      of: ChangeQuery(filter: query.filter, isAscending: true, includesImpact: query.includesImpact),
      behind: behind,
      upTo: last,
      limit: Self.pieceSize,
      timeLimit: Self.timeLimit
    )
    isOver = piece.end == nil
    position = .change(piece.end ?? behind, last: last)
    return ExportPiece(piece.changes)
  }

  private mutating func entries(
    _ behind: Int64,
    upTo known: Int64?
  ) async throws(LedgerError) -> ExportPiece<Change>? {
    let newest = if let known { known } else { try await history.status().newestSequence }
    guard let last = newest, behind < last else { return nil }
    let end = min(last, behind + Int64(Self.pieceSize))
    let changes = try await history.changesWithEntries(query, after: behind, through: end, upTo: last)
    position = .entry(end, last: last)
    return ExportPiece(changes)
  }
}
