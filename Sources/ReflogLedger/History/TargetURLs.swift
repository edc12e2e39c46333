import ReflogModel
import ReflogStorage

/// The target URLs that connectors had at a moment, redacted, as far as the ledger knows: within one read of it.
final class TargetURLs {
  private let moment: Timestamp
  private let db: Connection
  private let changes: ChangeRows
  private var known: [ConnectorID: String?] = [:]

  init(_ moment: Timestamp, _ changes: ChangeRows, _ db: Connection) {
    self.moment = moment
    self.db = db
    self.changes = changes
  }

  /// The URL that the last change of the connector until the moment set; else the one that the next change replaced; else the one that
  /// was last seen. Nil if the ledger knows none.
  func url(of connector: ConnectorID) throws -> String? {
    if let url = known[connector] { return url }
    let row = try History.row(of: connector, db)
    let url = try row.flatMap { row in
      try property(of: row, "<=", "DESC")?.after ?? property(of: row, ">", "ASC")?.before ?? lastSeen(row)
    }
    known[connector] = .some(url)
    return url
  }

  /// The target URL in the nearest change of the connector on one side of the moment.
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

  private func lastSeen(_ connector: Int64) throws -> String? {
    try db.text("SELECT target_url FROM seen_connector WHERE connector = ?", [connector])
  }
}
