package import ReflogModel
import ReflogStorage

extension History {
  /// The maximum number of changes that are searched for the name of a connector.
  ///
  /// The limit is needed because denied and refused changes contain no name, and a client can cause many such changes.
  private static let searchedForName = 100

  /// Returns the newest recorded names of connectors.
  ///
  /// A name comes from the last read of the directory, from a newer change of the connector, or from a change that
  /// pointed a step at the connector. The key is the id of the connector. The result has no entry for a connector
  /// without a recorded name.
  package func names(of connectors: [ConnectorID]) async throws(LedgerError) -> [ConnectorID: String] {
    try await read { db in
      let rows = ChangeRows(db, identities)
      var names: [ConnectorID: String] = [:]
      for connector in connectors {
        guard let row = try Self.row(of: connector, db) else { continue }
        let seen = try db.first("SELECT display_name, entry FROM seen_connector WHERE connector = ?", [row]) {
          (name: try $0.text(0), entry: try $0.integer(1))
        }
        let newest = try rows.checked(Self.newestAppliedOfConnector, ["connector": row]).first
        let changed = newest.flatMap { $0.sequence > seen?.entry ?? -1 ? $0.after.displayName : nil }
        names[connector] = try changed ?? seen?.name ?? recordedName(row, rows)
      }
      return names
    }
  }

  /// Returns the name in the newest change that pointed a step at a connector or wrote the connector, or nil if no name
  /// was found.
  private func recordedName(_ connector: Int64, _ rows: ChangeRows) throws -> String? {
    let arguments: SQLArguments = ["connector": connector, "limit": Self.searchedForName]
    return try rows.checked(Self.namingConnector, arguments).first?.after.displayName
  }

  /// The condition that selects the newest change whose `after` is `:connector` with a name.
  ///
  /// Only the newest `:limit` changes whose `after` is the connector are searched.
  static let namingConnector = """
    WHERE change.id = (
      SELECT max(newest.id) FROM (
        SELECT setting.id, setting.after_name FROM change AS setting
        WHERE setting.after_connector = :connector ORDER BY setting.id DESC LIMIT :limit
      ) AS newest
      WHERE newest.after_name IS NOT NULL
    )
    """
}
