import ReflogModel
import ReflogStorage

/// Describes where the ledger stores the text of an id field or a name field, and which changes refer to the text.
///
/// For example, the names of actors are stored in the table `actor_name`. A reason for the override of a freeze is
/// searched in the same way, because few changes have such a reason.
struct IdentityColumn {
  /// The SQL expression for the number of the row that contains the text, including the name of the table.
  private let row: String
  /// The SQL expression of the row number that the indexed columns of `change` contain.
  ///
  /// For a name, this is the row number of the connector or the actor that has the name.
  private let reference: String
  /// The SQL after `FROM`: the tables and a condition.
  ///
  /// Another condition can be appended with `AND`.
  private let source: String
  /// The SQL expression of the text.
  private let text: String
  /// The SQL expression of the row number that a change contains for the text, such as `change.before_name`.
  private let column: String
  /// The indexed columns of `change` that contain the row number `reference`.
  private let indexed: [String]
  private let selectivity: IndexLookup.Selectivity

  /// Returns the column that contains the text of a field, or nil if no such column exists.
  init?(_ field: ChangeField) {
    switch field {
    case .plain(.flowId): self = .address("flow.flow_id", .flow)
    case .plain(.step): self = .address("step.name", .step)
    case .before(.connectorId): self = .connector("change.before_connector", ["before_connector"])
    case .after(.connectorId):
      self = .connector(
        "coalesce(change.created_connector, change.after_connector)",
        ["after_connector", "created_connector"]
      )
    case .before(.displayName): self = .connectorName("change.before_name", ["before_connector"])
    case .after(.displayName):
      self = .connectorName(
        "CASE WHEN change.created_connector IS NULL THEN change.after_name ELSE change.created_name END",
        ["after_connector", "created_connector"]
      )
    case .initiatedBy(.userId): self = .actor("user")
    case .initiatedBy(.servicePrincipalId): self = .actor("app")
    case .initiatedBy(.tokenId): self = .actor("token")
    case .initiatedBy(.userDisplayName): self = .actorName("name", "user")
    case .initiatedBy(.userPrincipalName): self = .actorName("user_principal_name", "user")
    case .initiatedBy(.appDisplayName): self = .actorName("name", "app")
    case .initiatedBy(.tokenDisplayName): self = .actorName("name", "token")
    case .initiatedBy(.appId):
      self.init(
        row: "client_app.id",
        source: "client_app WHERE true",
        text: "app_id",
        column: "change.client_app",
        indexed: ["client_app"],
        selectivity: .clientApp
      )
    case .override(.reason):
      self.init(
        row: "freeze_override.change",
        source: """
          freeze_override JOIN service_event_personal AS overriding ON overriding.event = freeze_override.event
          WHERE true
          """,
        text: "overriding.reason",
        column: "change.id",
        indexed: ["id"],
        selectivity: .request
      )
    default: return nil
    }
  }

  private init(
    row: String,
    reference: String? = nil,
    source: String,
    text: String,
    column: String,
    indexed: [String],
    selectivity: IndexLookup.Selectivity
  ) {
    (self.row, self.reference, self.source, self.text) = (row, reference ?? row, source, text)
    (self.column, self.indexed, self.selectivity) = (column, indexed, selectivity)
  }

  private static func address(_ text: String, _ selectivity: IndexLookup.Selectivity) -> IdentityColumn {
    IdentityColumn(
      row: "address.id",
      source: "address JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step WHERE true",
      text: text,
      column: "change.address",
      indexed: ["address"],
      selectivity: selectivity
    )
  }

  private static func connector(_ column: String, _ indexed: [String]) -> IdentityColumn {
    IdentityColumn(
      row: "connector.id",
      source: "connector WHERE true",
      text: "connector_id",
      column: column,
      indexed: indexed,
      selectivity: .connector
    )
  }

  private static func connectorName(_ column: String, _ indexed: [String]) -> IdentityColumn {
    IdentityColumn(
      row: "connector_name.id",
      reference: "connector_name.connector",
      source: "connector_name WHERE true",
      text: "display_name",
      column: column,
      indexed: indexed,
      selectivity: .connector
    )
  }

  private static func actor(_ type: String) -> IdentityColumn {
    IdentityColumn(
      row: "actor.id",
      source: "actor WHERE actor_type = '\(type)'",
      text: "actor_id",
      column: "change.actor",
      indexed: ["actor"],
      selectivity: .actor
    )
  }

  private static func actorName(_ text: String, _ type: String) -> IdentityColumn {
    IdentityColumn(
      row: "actor_name.id",
      reference: "actor_name.actor",
      source: "actor_name JOIN actor ON actor.id = actor_name.actor WHERE actor.actor_type = '\(type)'",
      text: "actor_name.\(text)",
      column: "personal.actor_name",
      indexed: ["actor"],
      selectivity: .actor
    )
  }

  /// Returns the rows whose text fulfils a condition.
  func match(_ test: TextTest, _ db: any LedgerConnection) throws -> IdentityMatch {
    var arguments: [SQLValue] = []
    let condition = test.sql(text, db.dialect) { bytes in
      arguments.append(.blob(bytes))
      return "?"
    }
    let sql = "SELECT \(row), \(reference) FROM \(source) AND \(condition)"
    let found = try db.rows(sql, SQLArguments(arguments), kept: false) { row in
      (row: try row.integer(0), reference: try row.integer(1))
    }
    let values = Set(found.map(\.reference)).sorted()
    return IdentityMatch(
      column: column,
      rows: found.map(\.row),
      lookups: values.isEmpty ? [] : indexed.map { IndexLookup(column: $0, rows: values, selectivity: selectivity) }
    )
  }

  /// Returns all different texts of the field to which at least one change refers.
  ///
  /// The tables can contain other texts, to which no change refers: a purge keeps the ids of flows and client apps, and
  /// some actors only caused service events.
  func texts(_ db: any LedgerConnection) throws -> [String] {
    let references = indexed.map { "EXISTS (SELECT 1 FROM change WHERE change.\($0) = \(reference))" }
    let condition = "\(text) IS NOT NULL AND (\(references.joined(separator: " OR ")))"
    return try db.rows("SELECT DISTINCT \(text) FROM \(source) AND \(condition)", kept: false) { try $0.text(0) }
  }
}
