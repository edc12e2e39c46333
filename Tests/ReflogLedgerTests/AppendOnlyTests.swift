import ReflogLedger
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

/// Tests that the triggers and the check constraints of the ledger's file refuse edits of the history.
///
/// The tests make these edits with the program `sqlite3`.
struct AppendOnlyTests {
  @Test(arguments: [
    "UPDATE change SET after_absent = 'none', after_connector = NULL, after_name = NULL WHERE id = 1",
    "UPDATE change SET activity_time = 0 WHERE id = 1",
    "UPDATE change SET actor = 2",
    "UPDATE change SET result = 'rejected' WHERE id = 1",
    "UPDATE change SET result_delay = result_delay + 1 WHERE id = 1",
    "UPDATE change SET id = 9 WHERE id = 1",
    "UPDATE change SET rowid = 99",
    "UPDATE change SET _rowid_ = 99",
    "UPDATE change SET oid = 99",
    "DELETE FROM change WHERE id = 1",
    "DELETE FROM change",
    "REPLACE INTO change "
      + "(id, intent_sequence, activity_time, address, kind, before_absent, after_absent, actor, request_id) "
      + "SELECT 1, 0, 0, address, kind, 'none', 'none', actor, 'x' FROM change WHERE id = 1",
    "UPDATE change SET intent_sequence = 7 WHERE id = 1",
    "UPDATE change SET outcome_sequence = 7 WHERE id = 1",
    "INSERT INTO change_personal (change, salt, reason) VALUES (1, zeroblob(16), 'other')",
    "DELETE FROM entry WHERE sequence = 0",
    "UPDATE entry SET change = 1",
    "UPDATE entry SET hash = zeroblob(32)",
    "INSERT INTO entry VALUES (9, 1, NULL, zeroblob(32), NULL)",
    "REPLACE INTO entry VALUES (0, 1, NULL, zeroblob(32), NULL)",
    "UPDATE change_personal SET reason = 'other'",
    "DELETE FROM change_personal",
    "REPLACE INTO change_personal (change, salt, reason) VALUES (1, zeroblob(16), 'other')",
    "UPDATE connector SET connector_id = 'other'",
    "DELETE FROM connector",
    "REPLACE INTO connector VALUES (1, 'other')",
    "REPLACE INTO connector (connector_id) SELECT connector_id FROM connector",
    "UPDATE connector_name SET display_name = 'other'",
    "UPDATE actor SET actor_id = 'other'",
    "UPDATE actor_name SET name = 'other'",
    "UPDATE flow SET flow_id = 'other'",
    "UPDATE step SET name = 'other'",
    "UPDATE address SET step = 1",
    "UPDATE entry SET rowid = 99 WHERE sequence = 1",
    "UPDATE connector SET rowid = 99",
    "UPDATE change_personal SET rowid = 99",
    "UPDATE head SET next_sequence = next_sequence - 1",
    "UPDATE head SET next_change = next_change - 1",
    "UPDATE head SET next_event = next_event - 1",
    "UPDATE head SET newest_time = newest_time - 1",
    "DELETE FROM head",
    "REPLACE INTO head (id, next_sequence, next_change, next_event, newest_time, frontier) "
      + "VALUES (1, 0, 1, 1, 0, zeroblob(0))",
    "UPDATE ledger SET tenant_id = 'other'",
    "DELETE FROM ledger",
    "REPLACE INTO ledger VALUES (1, 'graph', 'other', 0, 'x', randomblob(32))",
  ])
  func historyCannotBeEdited(statement: String) async throws {
    try await withLedgerFile { ledger, storage in
      try await ledger.apply(Sample.intent(before: Sample.fraudCheck, after: Sample.newVendor))
      let before = try sqlite3(storage.path, Self.everything)

      let output = try sqlite3(storage.path, statement)

      #expect(
        output.contains("append-only") || output.contains("without gaps") || output.contains("cannot change"),
        "\(output)"
      )
      #expect(try sqlite3(storage.path, Self.everything) == before)
    }
  }

  @Test func aPendingChangeCanBeSettledButNotRewritten() async throws {
    try await withLedgerFile { ledger, storage in
      try await ledger.record(Sample.intent(before: .none, after: .none), .intended)

      let replaced = try sqlite3(
        storage.path,
        """
        REPLACE INTO change (
          intent_sequence, activity_time, address, kind, before_absent, after_absent, actor, request_id
        )
        SELECT 1, activity_time, address, kind, 'none', 'none', actor, 'x' FROM change WHERE id = 1
        """
      )
      let rewritten = try sqlite3(storage.path, "UPDATE change SET kind = 'drift' WHERE id = 1")
      let renumbered = try sqlite3(storage.path, "UPDATE change SET rowid = 99")
      let halfSettled = try sqlite3(storage.path, "UPDATE change SET result = 'applied' WHERE id = 1")

      #expect(replaced.contains("append-only"))
      #expect(rewritten.contains("append-only"))
      #expect(renumbered.contains("append-only"))
      #expect(halfSettled.contains("CHECK constraint failed"))
    }
  }

  private static let everything = """
    SELECT * FROM change_details; SELECT * FROM entry; SELECT * FROM change; SELECT * FROM change_personal;
    SELECT * FROM connector; SELECT * FROM connector_name; SELECT * FROM actor; SELECT * FROM ledger; SELECT * FROM head
    """
}
