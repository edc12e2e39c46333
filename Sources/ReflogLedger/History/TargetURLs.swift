import GRDB
import ReflogModel

/// Where connectors sent to at a moment, redacted, as far as the ledger knows: within one read of it.
final class TargetURLs {
  private let moment: Timestamp
  private let db: Database
  private var known: [ConnectorID: String?] = [:]

  init(_ moment: Timestamp, _ db: Database) {
    self.moment = moment
    self.db = db
  }

  /// What the last change of it until then made it; else what the next one found; else what was seen last.
  func url(of connector: ConnectorID) throws -> String? {
    if let url = known[connector] { return url }
    let url =
      try url(of: connector, "<=", "DESC", \.after) ?? url(of: connector, ">", "ASC", \.before) ?? seen(connector)
    known[connector] = url
    return url
  }

  private func url(
    of connector: ConnectorID,
    _ comparison: String,
    _ direction: String,
    _ side: KeyPath<Change.ChangedProperty, String?>
  ) throws -> String? {
    let text = try String.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT change.changed_properties FROM change
          WHERE change.id IN (
              SELECT id FROM change INDEXED BY change_connector
              WHERE before_connector = \(Self.row) AND subject = 'connector'
              UNION ALL
              SELECT id FROM change WHERE created_connector = \(Self.row)
              UNION ALL
              SELECT id FROM change INDEXED BY change_connector_after
              WHERE after_connector = \(Self.row) AND subject = 'connector'
            )
            AND change.result = 'applied' AND change.result_time \(comparison) :moment
            AND change.changed_properties LIKE '%"targetUrl"%'
          ORDER BY change.id \(direction) LIMIT 1
          """
      ),
      arguments: ["connector": connector.text, "moment": moment.microseconds]
    )
    let properties = try text.map(ChangedPropertiesColumn.properties(of:)) ?? []
    return properties.first { $0.name == "targetUrl" }?[keyPath: side]
  }

  private func seen(_ connector: ConnectorID) throws -> String? {
    try String.fetchOne(
      db.cachedStatement(sql: "SELECT target_url FROM seen_connector WHERE connector = \(Self.row)"),
      arguments: ["connector": connector.text]
    )
  }

  private static let row = "(SELECT id FROM connector WHERE connector_id = :connector)"
}
