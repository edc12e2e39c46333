import ReflogModel
import ReflogStorage

/// Finds the edits of connectors that are later than the changes that pointed steps at these connectors.
///
/// One read of the ledger finds all edits. It has one index lookup for each connector, so its time does not depend on
/// the number of changes in the ledger.
struct LaterEdits {
  /// The maximum number of edits that are read for each connector.
  ///
  /// The newest edits often change only the name of the connector. With this number, an earlier edit of another
  /// property is usually found too.
  static let maximumCount = 20

  private let edits: [ConnectorID: ConnectorEdits]

  /// Reads the newest edits of the connectors up to a moment.
  ///
  /// - Parameters:
  ///   - changes: The changes that set the references.
  ///   - moment: The moment. Edits that were settled later are left out.
  ///   - lastID: The id of the last change that was recorded at or before the moment.
  ///   - rows: Reads the edits.
  ///   - db: The connection of the read.
  init(
    _ changes: [Change],
    until moment: Timestamp,
    lastID: Int64,
    _ rows: ChangeRows,
    _ db: any LedgerConnection
  ) throws {
    var edits: [ConnectorID: ConnectorEdits] = [:]
    let byConnector = Dictionary(grouping: changes) { $0.after.connectorID }
    for (connector, changes) in byConnector {
      guard let connector, let first = changes.map(\.id.number).min(), let start = changes.map(\.newestDateTime).min(),
        let row = try History.row(of: connector, db)
      else { continue }
      let arguments: SQLArguments = [
        "connector": row, "last": first, "moment": start.microseconds, "newest": lastID, "end": moment.microseconds,
        "limit": Self.maximumCount,
      ]
      edits[connector] = ConnectorEdits(
        try rows.checked(History.editsSince, arguments).reversed(),
        limit: Self.maximumCount
      )
    }
    self.edits = edits
  }

  /// Returns the edits of the connector that are later than the change that set the reference to the connector.
  ///
  /// The result is nil if there are no such edits.
  func edits(after change: Change) -> ConnectorEdits? {
    change.after.connectorID.flatMap { edits[$0] }?.since(change.newestDateTime)
  }
}
