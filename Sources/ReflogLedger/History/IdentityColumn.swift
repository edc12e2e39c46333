import ReflogModel
import ReflogStorage

/// A column of identity rows that contains the text of a field.
struct IdentityColumn {
  /// The SQL expression of the number of a row.
  private let row: String
  /// The SQL expression of the number that the indexed columns of `change` contain.
  private let reference: String
  /// The tables and the condition, in SQL. Another condition may follow.
  private let source: String
  /// The SQL expression of the text.
  private let text: String
  /// The SQL expression of the row that a change refers to.
  private let column: String
  /// The indexed columns of `change` that refer to the rows.
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
        row: "id",
        source: "client_app WHERE true",
        text: "app_id",
        column: "change.client_app",
        indexed: ["client_app"],
        selectivity: .clientApp
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
      row: "id",
      source: "connector WHERE true",
      text: "connector_id",
      column: column,
      indexed: indexed,
      selectivity: .connector
    )
  }

  private static func connectorName(_ column: String, _ indexed: [String]) -> IdentityColumn {
    IdentityColumn(
      row: "id",
      reference: "connector",
      source: "connector_name WHERE true",
      text: "display_name",
      column: column,
      indexed: indexed,
      selectivity: .connector
    )
  }

  private static func actor(_ type: String) -> IdentityColumn {
    IdentityColumn(
      row: "id",
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

  /// Returns the rows that match a test.
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
  /// Returns all texts of the field, each once.
  func texts(_ db: any LedgerConnection) throws -> [String] {
    try db.rows("SELECT DISTINCT \(text) FROM \(source) AND \(text) IS NOT NULL", kept: false) { try $0.text(0) }
  }
}
