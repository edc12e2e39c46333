import ReflogLedger
package import ReflogModel

/// Hands out service events oldest first, piece by piece, each read when it is asked for.
package struct EventExport: Sendable {
  private static let pieceSize = 500

  private let history: History
  /// The newest event when the export began.
  private var last: Int64?
  private var after: Int64 = 0

  init(history: History) {
    self.history = history
  }

  /// The next events, or nothing at the end.
  package mutating func next() async throws(ServiceError) -> [ServiceEvent]? {
    do {
      if last == nil { last = try await history.newestEvents(before: nil, limit: 1).first?.id }
      guard let last else { return nil }
      let piece = try await history.oldestEvents(after: after, upTo: last, limit: Self.pieceSize)
      after = piece.last?.id ?? after
      return piece.isEmpty ? nil : piece
    } catch {
      throw ServiceError(reading: error)
    }
  }
}
