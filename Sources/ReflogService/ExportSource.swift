import ReflogLedger

/// A source of exported items, oldest first, in pieces that are read on demand.
package protocol ExportSource: Sendable {
  /// The type of the exported items: a change or a service event.
  associatedtype Item: Sendable

  /// Reads the next piece, or returns nil at the end.
  ///
  /// A piece is empty if none of the items in this part of the ledger matches the filter.
  mutating func nextPiece() async throws(ServiceError) -> ExportPiece<Item>?
}

/// A piece of an export; the items are compared with the log when a caller requests the items.
package struct ExportPiece<Item: Sendable>: Sendable {
  private let check: @Sendable () throws(LedgerError) -> [Item]

  /// Creates a piece from a function that compares the items with the log.
  init(_ check: @escaping @Sendable () throws(LedgerError) -> [Item]) {
    self.check = check
  }

  /// Creates a piece of items that were already compared with the log.
  init(_ items: [Item]) {
    check = { items }
  }

  /// Compares the items with the log, and returns the items.
  package func items() throws(ServiceError) -> [Item] {
    do { return try check() } catch { throw ServiceError(reading: error) }
  }
}

extension ExportSource {
  /// Returns the items of the next piece, or nil at the end.
  package mutating func next() async throws(ServiceError) -> [Item]? {
    try await nextPiece()?.items()
  }

  /// Returns the items of the first piece, or nil if there is no piece.
  @concurrent
  package func firstItems() async throws -> ExportedItems<Self>? {
    try await ExportedItems(from: try await following())
  }

  /// Returns the next piece and a source that continues after the piece, or nil at the end.
  @concurrent
  fileprivate func following() async throws(ServiceError) -> Following<Self>? {
    var rest = self
    guard let piece = try await rest.nextPiece() else { return nil }
    return Following(piece: piece, rest: rest)
  }
}

/// A piece that was read, and a source that continues after the piece.
private struct Following<Source: ExportSource>: Sendable {
  let piece: ExportPiece<Source.Item>
  let rest: Source
}

/// The items of one piece of an export; the next piece is already read.
///
/// Call ``following()`` with `async let`, and write the items at the same time. So three pieces are processed at the
/// same time: the first piece is written, the second piece is compared with the log, and the third piece is read. An
/// export can therefore use several processors.
package struct ExportedItems<Source: ExportSource>: Sendable {
  /// The items, oldest first.
  package let items: [Source.Item]
  private let next: Following<Source>?

  /// Compares the items of a piece with the log, and reads the next piece at the same time.
  ///
  /// Returns nil if there is no piece.
  fileprivate init?(from read: Following<Source>?) async throws {
    guard let read else { return nil }
    async let next = read.rest.following()
    items = try read.piece.items()
    self.next = try await next
  }

  /// Returns the items of the next piece, or nil at the end.
  @concurrent
  package func following() async throws -> ExportedItems? {
    try await ExportedItems(from: next)
  }
}
