import ReflogModel
import ReflogStorage

/// Finds the target URLs that connectors had at a moment, within one read of the ledger.
///
/// The ledger stores target URLs without their queries.
final class TargetURLs {
  private let moment: Timestamp
  private let db: Connection
  private let changes: ChangeRows
  private var known: [ConnectorID: String?] = [:]

  /// Creates a finder for a moment.
  init(_ moment: Timestamp, _ changes: ChangeRows, _ db: Connection) {
    self.moment = moment
    self.db = db
    self.changes = changes
  }

  /// Returns the target URL that a connector had at the moment, or nil if the ledger has none.
  ///
  /// The URL is the one that the last change of the connector up to the moment set. If there is no such change, it is
  /// the URL that the next change replaced. If there is no later change either, it is the URL that a read of the
  /// directory last showed.
  func url(of connector: ConnectorID) throws -> String? {
    if let url = known[connector] { return url }
    let row = try History.row(of: connector, db)
    let url = try row.flatMap { row in
      try property(of: row, "<=", "DESC")?.after ?? property(of: row, ">", "ASC")?.before ?? lastSeen(row)
    }
    known[connector] = .some(url)
    return url
  }

  /// Returns the change of the target URL that is nearest to the moment, either up to it or after it.
  private func property(
    of connector: Int64,
    _ comparison: String,
    _ direction: String
  ) throws -> Change.ChangedProperty? {
    try changes.checked(
      """
      WHERE change.id = (
        SELECT change.id FROM change
        WHERE \(History.ofConnector) AND change.result = 'applied' AND change.result_time \(comparison) :moment
          AND change.changed_properties LIKE '%"targetUrl"%'
        ORDER BY change.id \(direction) LIMIT 1
      )
      """,
      ["connector": connector, "moment": moment.microseconds]
    ).first?.intent.changedProperties?.first { $0.name == "targetUrl" }
  }

  /// Returns the target URL that a read of the directory last showed.
  private func lastSeen(_ connector: Int64) throws -> String? {
    try db.text("SELECT target_url FROM seen_connector WHERE connector = ?", [connector])
  }
}
