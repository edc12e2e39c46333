import ReflogModel
import ReflogStorage

/// Finds, in one read of the ledger, the target URLs that connectors had at a moment.
///
/// The ledger stores each target URL without the query (the part after `?`).
final class TargetURLs {
  private let moment: Timestamp
  private let db: any LedgerConnection
  private let changes: ChangeRows
  private var known: [ConnectorID: String?] = [:]

  /// Creates a finder for the target URLs at a moment.
  init(_ moment: Timestamp, _ changes: ChangeRows, _ db: any LedgerConnection) {
    self.moment = moment
    self.db = db
    self.changes = changes
  }

  /// Returns the target URL that a connector had at the moment, or nil if the ledger does not contain it.
  ///
  /// The result is the first of these URLs that exists:
  /// - the URL that was set by the last change at or before the moment,
  /// - the URL that was replaced by the first change after the moment,
  /// - the URL that was shown by the last read of the directory.
  func url(of connector: ConnectorID) throws -> String? {
    if let url = known[connector] { return url }
    let row = try History.row(of: connector, db)
    let url = try row.flatMap { row in
      try property(of: row, "<=", "DESC")?.after ?? property(of: row, ">", "ASC")?.before ?? lastSeen(row)
    }
    known[connector] = .some(url)
    return url
  }

  /// Returns one change of the target URL: the last at or before the moment, or the first after the moment.
  ///
  /// The parameters `comparison` and `direction` select one of these two changes.
  ///
  /// - Parameters:
  ///   - connector: The row number of the connector.
  ///   - comparison: `<=` for changes at or before the moment, `>` for changes after the moment.
  ///   - direction: `DESC` for the last of these changes, `ASC` for the first.
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

  /// Returns the target URL that the newest recorded read of the connector showed, or nil if no read is recorded.
  private func lastSeen(_ connector: Int64) throws -> String? {
    try db.text("SELECT target_url FROM seen_connector WHERE connector = ?", [connector])
  }
}
