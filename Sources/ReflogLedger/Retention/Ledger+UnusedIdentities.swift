import ReflogModel
import ReflogStorage

extension Ledger {
  /// Empties the rows of actors, connectors and names to which no row refers any more.
  ///
  /// When this method returns, the rows are empty, and the deletion of their contents is durable. If a new row began to
  /// refer to a row in the meantime, the row is kept.
  func emptyUnusedIdentities() async throws(LedgerError) {
    for table in UnusedIdentities.all {
      let rows = try await history.read { db in try db.integers("SELECT id FROM \(table.unused)") }
      for row in rows {
        try await write { session in
          try session.connection.beginDeletion()
          // A new row may have begun to refer to this row after the list was read. The condition in `unused` is then
          // false, and the row is kept.
          try session.connection.execute(
            "UPDATE \(table.name) SET \(table.emptied) WHERE id = (SELECT id FROM \(table.unused) AND id = ?)",
            [row]
          )
          session.forgetMemory()
        }
      }
    }
  }
}

/// A table of ids or names, with the SQL that finds and empties the rows to which no other row refers.
///
/// A trigger of the table has the same condition. If you change one of the two conditions, change the other too.
private struct UnusedIdentities {
  let name: String
  /// The table and the condition in SQL.
  ///
  /// The condition selects the rows that are not empty and to which no other row refers.
  let unused: String
  let emptied: String

  /// All tables of ids and names.
  ///
  /// The two tables of names are emptied first, because names refer to connectors and actors.
  static let all = [
    UnusedIdentities(
      name: "connector_name",
      unused: """
        connector_name WHERE display_name IS NOT NULL
          AND NOT EXISTS (
            SELECT 1 FROM change WHERE before_connector = connector_name.connector AND before_name = connector_name.id
          )
          AND NOT EXISTS (
            SELECT 1 FROM change WHERE after_connector = connector_name.connector AND after_name = connector_name.id
          )
          AND NOT EXISTS (
            SELECT 1 FROM change WHERE created_connector = connector_name.connector AND created_name = connector_name.id
          )
        """,
      emptied: "display_name = NULL"
    ),
    UnusedIdentities(
      name: "actor_name",
      unused: """
        actor_name WHERE coalesce(name, user_principal_name) IS NOT NULL
          AND NOT EXISTS (
            SELECT 1 FROM change JOIN change_personal ON change_personal.change = change.id
            WHERE change.actor = actor_name.actor AND change_personal.actor_name = actor_name.id
          )
          AND NOT EXISTS (SELECT 1 FROM change_statement WHERE change_statement.actor_name = actor_name.id)
          AND NOT EXISTS (SELECT 1 FROM service_event_personal WHERE service_event_personal.actor_name = actor_name.id)
        """,
      emptied: "name = NULL, user_principal_name = NULL"
    ),
    UnusedIdentities(
      name: "connector",
      unused: """
        connector WHERE connector_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM change WHERE before_connector = connector.id)
          AND NOT EXISTS (SELECT 1 FROM change WHERE after_connector = connector.id)
          AND NOT EXISTS (SELECT 1 FROM change WHERE created_connector = connector.id)
          AND NOT EXISTS (SELECT 1 FROM seen_connector WHERE seen_connector.connector = connector.id)
          AND NOT EXISTS (SELECT 1 FROM seen_reference WHERE seen_reference.connector = connector.id)
        """,
      emptied: "connector_id = NULL"
    ),
    UnusedIdentities(
      name: "actor",
      unused: """
        actor WHERE actor_type IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM change WHERE change.actor = actor.id)
          AND NOT EXISTS (SELECT 1 FROM change_statement WHERE change_statement.actor = actor.id)
          AND NOT EXISTS (SELECT 1 FROM service_event WHERE service_event.actor = actor.id)
          AND NOT EXISTS (SELECT 1 FROM erasure WHERE erasure.actor = actor.id)
        """,
      emptied: "actor_type = NULL, actor_id = NULL"
    ),
  ]
}
