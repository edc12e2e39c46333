import contextlib
import sqlite3
import unittest

import postgresqlschema
from postgresqlsample import hash_of, purge, salt_of, sample
from postgresqlserver import MIGRATIONS, PostgreSQLServer, SQLError

# The time in seconds and the number of cores that this module needs. sidebyside.py reads these constants.
SECONDS, CORES = 25, 0.5

OWNER, SERVICE = "reflog_owner", "reflog_service"
ROLES = (OWNER, SERVICE)
# The beginnings of the SQLSTATE codes with which PostgreSQL refuses a statement: because of a constraint or a trigger, because
# of a generated column, or because a right is missing.
CONSTRAINT, GENERATED, FORBIDDEN = "23", "428C9", "42501"

# The tables of the index of reasons. They can be truncated.
INDEX = {"reason_index", "reason_trigram"}
# Tables that are not part of the history. They have no triggers against updates and deletions.
FREE = {"idempotency", "seen_reference", "seen_connector", "sweep", "unread_part", "token", "service_process"} | INDEX
# All other tables are part of the history. In the sample, an UPDATE statement can change only these columns of those tables.
CHANGEABLE = {("erasure", "finished"), ("time_rollback", "finished"),
              ("schema_version", "version")}
# The columns that the role of the server is allowed to update. The triggers also check the new values.
ERASED = {"salt", "actor_name", "ip_address", "reason", "erased_hash", "erased_event"}
UPDATE_RIGHTS = {
    "ledger": {"origin"},
    "head": {"next_sequence", "next_change", "next_event", "newest_time", "frontier", "checkpoint", "verifier_key"},
    "change": {"result", "outcome_sequence", "result_delay", "http_status", "error_code", "error_message", "retry_after",
               "settler", "graph_request_id", "created_connector", "created_name"},
    "entry": {"change", "event", "salt"},
    "change_personal": ERASED, "change_statement": ERASED, "service_event_personal": ERASED,
    "connector": {"connector_id"}, "connector_name": {"display_name"},
    "actor": {"actor_type", "actor_id"}, "actor_name": {"name", "user_principal_name"},
    "purge": {"before", "change", "event", "restarts", "finished"}, "erasure": {"finished"}, "retention": {"days"},
    "time_rollback": {"finished"}, "idempotency": {"body_hash", "change", "recorded"},
    "seen_reference": {"state", "connector", "seen"},
    "seen_connector": {"display_name", "target_url", "authentication", "entry", "seen"},
    "change_freeze": {"released"}, "sweep": {"finished"}, "unread_part": {"reason"}, "token": {"revoked", "recorded", "last_used"},
    "service_process": {"holder", "host", "process_id", "machine", "started", "expires"},
    "reason_index": {"letters", "through", "long_through"},
}
DELETE_RIGHTS = {"change", "change_personal", "change_statement", "service_event", "service_event_personal", "retention", "hold",
                 "idempotency", "seen_connector", "unread_part", "service_process", "freeze_override", "reason_trigram"}

# A function that runs a statement and undoes the statement's effect. The function returns "done" and the number of rows, or the
# SQLSTATE and the message of the refusal.
ATTEMPT = """
CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO PUBLIC;
CREATE FUNCTION test.attempt(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  amount bigint;
BEGIN
  EXECUTE statement;
  GET DIAGNOSTICS amount = ROW_COUNT;
  RAISE EXCEPTION USING ERRCODE = 'DONE0', MESSAGE = 'done ' || amount;
EXCEPTION
  WHEN SQLSTATE 'DONE0' THEN RETURN SQLERRM;
  WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
"""
APPEND_ONLY = "23000 history is append-only"
NEW_CHANGE = ("INSERT INTO change (id, intent_sequence, activity_time, address, kind, before_absent, after_connector, actor, "
              "request_id) VALUES ")
NEW_EVENT = "INSERT INTO service_event (id, sequence, time, kind, count, details) VALUES "
# SQL that inserts wrong rows, and the beginning of the message that refuses the SQL. In correct rows, the next entry has the
# sequence 18, the next change has the id 6, and the next event has the id 10.
WRONG_ROWS = {
    "a gap in the entries": (f"INSERT INTO entry (sequence, change, hash) VALUES (19, 6, {hash_of(1)})",
                             "23000 entries are numbered without gaps"),
    "a gap within one statement": (
        f"INSERT INTO entry (sequence, change, hash) SELECT s, 6, {hash_of(1)} FROM unnest(ARRAY[18, 20]) s",
        "23000 entries are numbered without gaps"),
    "a used sequence": (f"INSERT INTO entry (sequence, change, hash) VALUES (15, 6, {hash_of(1)})", "23505"),
    "an entry of a change and an event": (f"INSERT INTO entry VALUES (18, 1, 1, {hash_of(1)}, NULL)", "23514"),
    "a short hash": ("INSERT INTO entry (sequence, change, hash) VALUES (18, 6, '\\x00')", "23514"),
    "the id of a purged change": (NEW_CHANGE + "(1, 18, 1, 2, 'update', 'none', 1, 1, 'x')", APPEND_ONLY),
    "the id of a change": (NEW_CHANGE + "(3, 18, 1, 2, 'update', 'none', 1, 1, 'x')", "23505"),
    "the id of a change in a set": (NEW_CHANGE + "(6, 18, 1, 2, 'update', 'none', 1, 1, 'x'), "
                                    "(1, 18, 1, 2, 'update', 'none', 1, 1, 'x')", "23"),
    "a second pending change": (NEW_CHANGE + "(6, 18, 1, 1, 'update', 'none', 1, 1, 'x')", "23505"),
    "two pending changes in a set": (NEW_CHANGE + "(6, 18, 1, 2, 'update', 'none', 1, 1, 'x'), "
                                     "(7, 18, 1, 2, 'update', 'none', 1, 1, 'x')", "23505"),
    "an unknown actor": (NEW_CHANGE + "(6, 18, 1, 2, 'update', 'none', 1, 99, 'x')", "23503"),
    "an unknown kind": (NEW_CHANGE + "(6, 18, 1, 2, 'other', 'none', 1, 1, 'x')", "23514"),
    "a state and a connector": (NEW_CHANGE.replace("kind,", "kind, before_connector,")
                                + "(6, 18, 1, 2, 'update', 1, 'none', 1, 1, 'x')", "23514"),
    "the id of a purged event": (NEW_EVENT + "(2, 18, 1, 'started', 1, '{}')", APPEND_ONLY),
    "personal data of an older change": (
        f"INSERT INTO change_personal (change, salt) SELECT 6, {salt_of(1)} FROM change WHERE id = 3", "23503"),
    "a statement about a settled change": (
        f"INSERT INTO change_statement (change, salt, actor, reason) VALUES (3, {salt_of(1)}, 1, 'x')", APPEND_ONLY),
    "a gap in the subtrees": (f"INSERT INTO subtree VALUES (1, 3, {hash_of(1)})", APPEND_ONLY),
    "a purge without a claim": ("INSERT INTO purged_change VALUES (3, 3, 3)", "23000 only records that a signed claim"),
    "an id that is purged twice": ("INSERT INTO purged_event VALUES (2, 2, 4)", "23000 only records that a signed claim"),
    "an erasure without an event": ("INSERT INTO erasure (actor, event) VALUES (1, 1)", "23000 an erasure needs"),
    "a second erasure of an event": ("INSERT INTO erasure (actor, event) VALUES (1, 5)", "23505"),
    "a second purge": ("INSERT INTO purge (before, asked) VALUES (1, 1)", "23505"),
    "a hold without an event": ("INSERT INTO hold (name, reason, placed) VALUES ('Case 8', 'x', 1)", "23000 a hold needs"),
    "a freeze without an event": ("INSERT INTO change_freeze (id) VALUES (7)", "23000 a freeze needs"),
    "an override without an event": ("INSERT INTO freeze_override VALUES (4, 8)", "23000 an override needs"),
    "a second ledger": (f"INSERT INTO ledger VALUES (2, 'graph', 't', 0, 'o', {hash_of(1)})", "23514"),
    "a second head": ("INSERT INTO head (id, next_sequence, next_change, next_event, newest_time, frontier) "
                      "VALUES (1, 0, 1, 1, 0, '')", "23505"),
    "a flow in other case": ("INSERT INTO flow (flow_type, flow_id) VALUES ('b2cUserFlows', 'b2c_1_SIGNUP')", "23505"),
    "a step in other case": ("INSERT INTO step (name) VALUES ('POSTFEDERATIONSIGNUP')", "23505"),
    "a connector in other case": ("INSERT INTO connector (connector_id) VALUES ('FRAUD-CHECK')", "23505"),
    "an empty connector": ("INSERT INTO connector (connector_id) VALUES (NULL)", APPEND_ONLY),
    "an empty actor": ("INSERT INTO actor (actor_type) VALUES (NULL)", APPEND_ONLY),
    "an empty name of a connector": ("INSERT INTO connector_name (connector) VALUES (1)", APPEND_ONLY),
    "an empty name": ("INSERT INTO actor_name (actor) VALUES (1)", APPEND_ONLY),
    "a batch id in upper case": ("INSERT INTO time_rollback (batch_id, as_of, asked, newest_change) "
                                 "VALUES ('5D4C3B2A-1F0E-4D9C-8B7A-6F5E4D3C2B1A', 1, 1, 1)", "23514"),
}
# INSERT … ON CONFLICT DO UPDATE statements that would change a row that must not change.
UPSERTS = (
    NEW_CHANGE + "(3, 5, 1, 1, 'update', 'none', 1, 1, 'x') ON CONFLICT (id) DO UPDATE SET kind = 'drift'",
    f"INSERT INTO entry (sequence, change, hash) VALUES (15, 6, {hash_of(1)}) "
    "ON CONFLICT (sequence) DO UPDATE SET hash = excluded.hash, salt = NULL",
    f"INSERT INTO change_personal (change, salt) VALUES (3, {salt_of(1)}) ON CONFLICT (change) DO UPDATE SET reason = 'other'",
    "INSERT INTO head (id, next_sequence, next_change, next_event, newest_time, frontier) VALUES (1, 0, 1, 1, 0, '') "
    "ON CONFLICT (id) DO UPDATE SET next_sequence = 0",
    f"INSERT INTO ledger VALUES (1, 'graph', 't', 0, 'o', {hash_of(1)}) ON CONFLICT (id) DO UPDATE SET origin = 'other'",
    "INSERT INTO connector (connector_id) VALUES ('FRAUD-CHECK') "
    "ON CONFLICT (lower(connector_id)) DO UPDATE SET connector_id = excluded.connector_id",
    "INSERT INTO step (name) VALUES ('postfederationsignup') ON CONFLICT (lower(name)) DO UPDATE SET name = excluded.name",
    f"INSERT INTO subtree VALUES (1, 1, {hash_of(7)}) ON CONFLICT (level, position) DO UPDATE SET hash = excluded.hash",
    "INSERT INTO retention VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET days = 1",
)
# Updates that each break only one rule, so that the test fails if this rule is missing.
UPDATES = (
    "UPDATE address SET step = step", "UPDATE flow SET flow_type = flow_type", "UPDATE step SET name = name",
    "UPDATE subtree SET hash = hash",
    "UPDATE actor SET actor_id = 'other' WHERE id = 2", "UPDATE actor_name SET name = 'other' WHERE id = 2",
    "UPDATE connector SET connector_id = 'other' WHERE id = 3", "UPDATE connector_name SET display_name = 'other' WHERE id = 3",
    f"UPDATE change_personal SET erased_hash = {hash_of(7)} WHERE change = 2",
    f"UPDATE entry SET hash = {hash_of(7)} WHERE sequence = 0", "UPDATE entry SET salt = NULL, change = 0 WHERE sequence = 15",
    "UPDATE head SET next_sequence = next_sequence + 1", "UPDATE purge SET before = 1 WHERE finished IS NULL",
    "UPDATE purge SET restarts = 9 WHERE finished IS NOT NULL", "UPDATE erasure SET actor = 2, finished = 1",
    "UPDATE time_rollback SET as_of = 9",
)
OTHER_VALUE = {"bigint": "coalesce({0}, 0) + 1", "text": "coalesce({0}, '') || 'x'", "bytea": "coalesce({0}, '') || '\\x00'"}

# The conditions of queries, and the index that each query must use. In the schema, the comment on an index describes its
# queries.
LOOKUPS = {
    "coalesce(address, -before_connector) = 5 AND result = 'pending'": "change_pending",
    "address = 5 ORDER BY id DESC LIMIT 100": "change_address",
    "address = 5 AND result = 'applied' AND (before_state <> after_state OR before_connector IS DISTINCT FROM after_connector) "
    "= TRUE ORDER BY id DESC LIMIT 1": "change_effective",
    "address = 5 AND result = 'applied' AND (before_state <> after_state OR before_connector IS DISTINCT FROM after_connector) "
    "= FALSE ORDER BY id DESC LIMIT 1": "change_ineffective",
    "before_connector = 5 ORDER BY id DESC LIMIT 100": "change_before_connector",
    "after_connector = 5 ORDER BY id DESC LIMIT 100": "change_after_connector",
    "created_connector = 101 ORDER BY id DESC LIMIT 100": "change_created_connector",
    "subject = 'connector' ORDER BY id DESC LIMIT 100": "change_connectors",
    "coalesce(before_connector, after_connector, created_connector) = 51 AND subject = 'connector' ORDER BY id DESC LIMIT 1":
        "change_connector",
    "actor = 5 ORDER BY id DESC LIMIT 100": "change_actor",
    "client_app = 5 ORDER BY id DESC LIMIT 100": "change_client_app",
    "result = 'rejected' ORDER BY id DESC LIMIT 100": "change_result",
    "correlation_id = '5' ORDER BY id DESC LIMIT 100": "change_correlation",
    "batch_id = '5' ORDER BY id DESC LIMIT 100": "change_batch",
    "rollback_of = 5 ORDER BY id DESC LIMIT 100": "change_rollback",
}
# SQL that inserts 30,000 settled changes: most belong to 1,000 addresses, and some belong to connectors.
MANY_CHANGES = f"""
INSERT INTO flow (flow_type, flow_id) SELECT 'b2cUserFlows', 'flow' || i FROM generate_series(1, 500) i;
INSERT INTO step (name) VALUES ('one'), ('two');
INSERT INTO address (flow, step) SELECT flow.id, step.id FROM flow, step;
INSERT INTO connector (connector_id) SELECT 'connector' || i FROM generate_series(1, 200) i;
INSERT INTO actor (actor_type, actor_id) SELECT 'user', 'user' || i FROM generate_series(1, 100) i;
INSERT INTO client_app (app_id) SELECT 'app' || i FROM generate_series(1, 50) i;
INSERT INTO change (id, intent_sequence, activity_time, address, kind, before_connector, before_absent, after_connector,
  after_absent, actor, client_app, request_id, correlation_id, batch_id, rollback_of, result, outcome_sequence, result_delay,
  created_connector)
SELECT i, 2 * i, i, CASE WHEN is_step THEN i % 1000 + 1 END, 'update',
  CASE WHEN NOT is_created THEN i % 200 + 1 END, CASE WHEN is_created THEN 'none' END,
  CASE WHEN NOT is_created THEN (i + i % 10) % 200 + 1 END, CASE WHEN is_created THEN 'none' END,
  i % 100 + 1, i % 50 + 1, i::text, (i / 10)::text, (i / 20)::text, i - 1,
  CASE WHEN i % 50 = 1 THEN 'rejected' ELSE 'applied' END, 2 * i + 1, 1, CASE WHEN is_created THEN i % 200 + 1 END
FROM (SELECT i, i % 50 <> 0 AS is_step, i % 100 = 0 AS is_created FROM generate_series(1, 30000) i) AS numbers;
VACUUM ANALYZE change;
"""


class SchemaTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # These tests never kill the server, so the server need not wait for the disk.
        cls.server = cls.enterClassContext(PostgreSQLServer(in_memory=True, fsync="off"))
        cls.server.create_database("sample")
        cls.server.psql(ATTEMPT, database="sample")
        # The sample is written with the role of the server, because this role must have all rights that the server needs.
        cls.server.psql(sample().sql, SERVICE, "sample")

    def attempts(self, role, statements):
        """Runs each statement as this role, and undoes the effect of each statement. Returns the results in the same order."""
        rows = ",\n".join(f"({number}, $statement${statement}$statement$)" for number, statement in enumerate(statements))
        sql = f"SELECT test.attempt(statement) FROM (VALUES {rows}) AS attempts (number, statement) ORDER BY number"
        results = self.server.psql(sql, role, "sample").splitlines()
        self.assertEqual(len(results), len(statements), results)
        return results

    def columns(self):
        rows = self.server.psql(
            "SELECT table_name, column_name, data_type FROM information_schema.columns JOIN pg_tables ON tablename = table_name "
            "WHERE table_schema = 'public' AND schemaname = 'public' ORDER BY 1, ordinal_position", database="sample")
        return [row.split("|") for row in rows.splitlines()]

    def tables(self):
        return sorted({table for table, _, _ in self.columns()})

    def test_every_table_and_view_has_the_same_columns_as_in_sqlite(self):
        expected = {}
        with contextlib.closing(sqlite3.connect(":memory:")) as database:
            for name in ("ledger-0001-changes", "tokens-0001-tokens"):
                database.executescript((MIGRATIONS / f"{name}.sql").read_text())
            names = database.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'")
            for (name,) in names.fetchall():
                expected[name] = [row[1] for row in database.execute(f"PRAGMA table_xinfo({name})")]
        found = {}
        rows = self.server.psql("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
                                "ORDER BY table_name, ordinal_position", database="sample").splitlines()
        for table, column in (row.split("|") for row in rows):
            found.setdefault(table, []).append(column)

        self.assertEqual(set(found) - set(expected), {"schema_version", "service_process"} | INDEX)
        for name, columns in expected.items():
            with self.subTest(name):
                self.assertEqual(found.get(name), columns)

    def test_verify_compares_the_schema_that_the_migration_creates(self):
        if postgresqlschema.version(self.server) != postgresqlschema.VERSION:
            self.skipTest("the file contains the definitions of another version of PostgreSQL")
        # To write the file again, see postgresqlschema.py.
        self.server.create_database("plain")
        self.assertEqual(postgresqlschema.items(self.server, "plain"), postgresqlschema.FILE.read_text().splitlines())

    def test_every_table_has_a_row(self):
        for table in self.tables():
            with self.subTest(table):
                self.assertNotEqual(self.server.psql(f"SELECT count(*) FROM {table}", database="sample"), "0")

    def test_no_column_of_the_history_can_be_updated(self):
        columns = self.columns()
        statements = [f"UPDATE {table} SET {column} = {OTHER_VALUE[kind].format(column)}" for table, column, kind in columns]
        for role in ROLES:
            for (table, column, _), statement, result in zip(columns, statements, self.attempts(role, statements)):
                with self.subTest(statement, role=role):
                    may_update = role == OWNER or column in UPDATE_RIGHTS.get(table, set())
                    if not may_update:
                        self.assertRegex(result, f"^({FORBIDDEN}|{GENERATED}) ")
                    elif (table, column) in CHANGEABLE:
                        self.assertRegex(result, "^done [1-9]")
                    elif table not in FREE:
                        self.assertRegex(result, f"^({CONSTRAINT}|{GENERATED})")
                    else:
                        self.assertNotIn(FORBIDDEN, result)

    def test_the_intent_of_a_pending_change_can_not_be_updated(self):
        columns = [row for row in self.columns() if row[0] == "change"]
        statements = [f"UPDATE change SET {column} = {OTHER_VALUE[kind].format(column)}, result = 'applied', "
                      "outcome_sequence = 99, result_delay = 1 WHERE result = 'pending'"
                      for _, column, kind in columns if column not in UPDATE_RIGHTS["change"]]
        for statement, result in zip(statements, self.attempts(OWNER, statements)):
            with self.subTest(statement):
                self.assertRegex(result, f"^({APPEND_ONLY}|{GENERATED})")

    def test_an_update_that_breaks_one_rule_is_refused(self):
        for statement, result in zip(UPDATES, self.attempts(OWNER, UPDATES)):
            with self.subTest(statement):
                self.assertEqual(result, APPEND_ONLY)

    def test_the_version_of_the_schema_never_decreases(self):
        results = self.attempts(OWNER, ["UPDATE schema_version SET version = 3; UPDATE schema_version SET version = 2"])
        self.assertEqual(results, ["23000 the version of the schema never decreases"])

    def test_no_row_of_the_history_can_be_deleted(self):
        statements = [f"DELETE FROM {table}" for table in self.tables()]
        for role in ROLES:
            for table, result in zip(self.tables(), self.attempts(role, statements)):
                with self.subTest(table, role=role):
                    if role == SERVICE and table not in DELETE_RIGHTS:
                        self.assertRegex(result, f"^{FORBIDDEN} ")
                    elif table in FREE:
                        self.assertRegex(result, "^done 1")
                    else:
                        self.assertRegex(result, "^23000 ")

    def test_only_the_index_of_reasons_can_be_truncated(self):
        statements = [f"TRUNCATE {table} CASCADE" for table in self.tables()]
        for role, refusal in ((OWNER, APPEND_ONLY), (SERVICE, FORBIDDEN)):
            for table, result in zip(self.tables(), self.attempts(role, statements)):
                with self.subTest(table, role=role):
                    self.assertTrue(result.startswith("done" if table in INDEX else refusal), result)

    def test_wrong_rows_are_refused(self):
        statements = [statement for statement, _ in WRONG_ROWS.values()]
        for role in ROLES:
            for (name, (_, refusal)), result in zip(WRONG_ROWS.items(), self.attempts(role, statements)):
                with self.subTest(name, role=role):
                    self.assertTrue(result.startswith(refusal), result)

    def test_an_insert_can_not_update_a_row_of_the_history(self):
        for role in ROLES:
            for statement, result in zip(UPSERTS, self.attempts(role, UPSERTS)):
                with self.subTest(statement, role=role):
                    self.assertRegex(result, f"^({CONSTRAINT}|{FORBIDDEN})")

    def test_the_server_can_not_switch_off_a_trigger_or_create_an_object(self):
        statements = ("ALTER TABLE entry DISABLE TRIGGER ALL", "DROP TRIGGER entry_delete ON entry", "DROP TABLE entry",
                      "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                      "SET session_replication_role = replica", "CREATE TABLE other (id bigint)",
                      "CREATE TRIGGER other BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION refuse('x')",
                      "UPDATE retention_event SET details = '{}'", "DELETE FROM claim_event",
                      "INSERT INTO retention_event VALUES (99, 'holdPlaced', '{}')",
                      "INSERT INTO schema_version VALUES (1, 9, 'reflog')")
        for statement, result in zip(statements, self.attempts(SERVICE, statements)):
            with self.subTest(statement):
                self.assertRegex(result, f"^{FORBIDDEN} ")

    def test_a_temporary_table_does_not_deceive_a_trigger(self):
        with self.assertRaisesRegex(SQLError, "entries are numbered without gaps"):
            self.server.psql(
                "CREATE TEMPORARY TABLE entry (LIKE public.entry); "
                f"INSERT INTO entry (sequence, change, hash) VALUES (99, 1, {hash_of(1)}); "
                f"INSERT INTO public.entry (sequence, change, hash) VALUES (100, 1, {hash_of(1)})", SERVICE, "sample")

    def test_only_the_roles_of_reflog_have_rights(self):
        self.server.psql("CREATE ROLE stranger LOGIN")
        statements = [f"SELECT FROM {name}" for name in (*self.tables(), "history", "service_events")]
        for statement, result in zip(statements, self.attempts("stranger", statements)):
            with self.subTest(statement):
                self.assertRegex(result, f"^{FORBIDDEN} ")

    def test_many_rows_in_one_statement_are_accepted(self):
        statements = (
            NEW_CHANGE.replace("VALUES ", "SELECT 5 + i, 17 + i, 1, NULL, 'update', 'none', 2, 1, 'x' FROM "
                               "generate_series(1, 500) i"),
            f"INSERT INTO entry (sequence, change, hash) SELECT 17 + i, 5 + i, {hash_of('i')} "
            "FROM unnest((SELECT array_agg(i) FROM generate_series(1, 500) i)) i",
            f"INSERT INTO subtree SELECT 1, 1 + i, {hash_of('i')} FROM generate_series(1, 500) i",
            "INSERT INTO actor (actor_type, actor_id) SELECT 'app', i::text FROM generate_series(1, 500) i",
        )
        for statement, result in zip(statements, self.attempts(SERVICE, statements)):
            with self.subTest(statement):
                self.assertEqual(result, "done 500")

    def test_text_is_compared_bytewise_and_lower_changes_only_ascii_letters(self):
        rows = self.server.psql("SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' "
                                "AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'", database="sample")
        self.assertEqual(rows, "")
        self.assertEqual(self.server.psql("SELECT lower('ABC-ÀÉİ' COLLATE \"C\")"), "abc-ÀÉİ")


class LegalWriteTests(unittest.TestCase):
    """Tests that the server's own writes are accepted, each in a new database."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(PostgreSQLServer(in_memory=True, fsync="off"))

    def ledger(self, name):
        self.server.create_database(name)
        log = sample()
        self.run_sql(log, name)
        return log

    def run_sql(self, log, name):
        self.server.psql(log.sql, SERVICE, name)
        log.statements = []

    def rows(self, sql, name):
        return self.server.psql(sql, SERVICE, name).splitlines()

    def test_views_show_the_history_as_text(self):
        self.ledger("views")

        history = self.rows("SELECT id, time, result, result_time, before, after, actor_name, reason, error_message, settled_by "
                            "FROM history ORDER BY id", "views")
        events = self.rows("SELECT id, time, kind, actor_name, erased_event_id FROM service_events ORDER BY id LIMIT 1", "views")

        time, later = "2023-11-14T22:13:20.123456Z", "2023-11-14T22:13:20.124456Z"
        change = "Fraud check (Fraud-check)|Loyalty (Loyalty)"
        self.assertEqual(history, [
            f"2|{time}|applied|{later}|{change}|[erased]|[erased]||request",
            f"3|{time}|applied|{later}|{change}|Mia|CHG0042||request",
            f"4|{time}|applied|{later}|{change}|Mia|CHG0042|Mia: checked in the portal|person",
            f"5|{time}|pending||{change}|Mia|CHG0042||",
        ])
        self.assertEqual(events, ["1|2023-11-14T22:13:20.000000Z|retentionSet|Mia|"])

    def test_a_hold_keeps_a_claimed_change_until_its_release(self):
        log = self.ledger("holds")
        with self.assertRaisesRegex(SQLError, "on hold"):
            purge(log, change=2, sequences="2, 3")
            self.run_sql(log, "holds")

        # The claim was recorded earlier, and only the deletion was refused. So only the deletion is run again after the release
        # of the hold.
        delete = log.statements.pop()
        log.statements = []
        log.add_event("holdReleased", '{"name":"case 7"}', "DELETE FROM hold WHERE lower(name) = lower('CASE 7')")
        self.run_sql(log, "holds")
        log.run(delete)
        self.run_sql(log, "holds")
        placed = log.add_event("holdPlaced", '{"name":"Case 7"}',
                               "INSERT INTO hold (name, reason, placed) VALUES ('Case 7', 'again', 1)")
        self.run_sql(log, "holds")

        self.assertEqual(self.rows("SELECT id FROM change ORDER BY id", "holds"), ["3", "4", "5"])
        self.assertEqual(self.rows("SELECT sequence FROM entry WHERE change = 0 ORDER BY 1", "holds"), ["0", "1", "2", "3"])
        self.assertEqual(self.rows("SELECT id FROM hold", "holds"), [str(placed)])

    def test_the_kept_change_and_a_pending_change_are_not_purged(self):
        for change in (4, 5):
            with self.subTest(change=change):
                log = self.ledger(f"kept{change}")
                log.add_event("holdReleased", '{"name":"Case 7"}', "DELETE FROM hold")
                purge(log, change=change, sequences="6")
                with self.assertRaisesRegex(SQLError, "pending, on hold or the last of its step"):
                    self.run_sql(log, f"kept{change}")

    def test_a_claim_permits_no_deletion_before_it_is_signed_or_after_it_is_withdrawn(self):
        log = self.ledger("claims")
        unsigned = ("BEGIN; INSERT INTO service_event (id, sequence, time, kind, count, details) "
                    "VALUES (10, 18, 1, 'purged', 1, '{\"changes\":\"3\"}'); INSERT INTO purged_change VALUES (3, 3, 10); COMMIT")
        with self.assertRaisesRegex(SQLError, "a signed claim"):
            self.server.psql(unsigned, SERVICE, "claims")
        claim = log.add_event("purged", '{"changes":"3"}')
        log.add_event("purgeWithdrawn")
        log.run(f"INSERT INTO purged_change VALUES (3, 3, {claim})")
        with self.assertRaisesRegex(SQLError, "a signed claim"):
            self.run_sql(log, "claims")

    def refuse(self, statement, name, role=SERVICE):
        with self.subTest(statement), self.assertRaisesRegex(SQLError, "history is append-only"):
            self.server.psql(statement, role, name)

    def test_only_claimed_data_is_erased_and_only_once(self):
        log = self.ledger("erasures")
        emptied = "salt = NULL, actor_name = NULL, ip_address = NULL"
        # The entries 4, 7 and 8 are the intent of change 3, the outcome of change 4 and event 1.
        rows = (("change_personal", "change = 3", ", reason = NULL"), ("change_statement", "change = 4", ", reason = NULL"),
                ("service_event_personal", "event = 1", ""))
        updates = [f"UPDATE {table} SET {emptied}{reason}, erased_hash = {hash_of(9)}, erased_event = {{0}} WHERE {row}"
                   for table, row, reason in rows]
        for update in updates:
            self.refuse(update.format(6), "erasures")
        claim = log.add_event("erased", '{"actor":"mia","entries":"4,7,8"}')
        self.run_sql(log, "erasures")
        for update in updates:
            self.server.psql(update.format(claim), SERVICE, "erasures")
        for table, row, _ in rows:
            self.refuse(f"UPDATE {table} SET erased_hash = {hash_of(7)} WHERE {row}", "erasures")
            self.refuse(f"UPDATE {table} SET salt = {salt_of(1)}, erased_hash = NULL, erased_event = NULL WHERE {row}", "erasures")
        history = self.rows("SELECT id, reason, error_message, statement_erased_event_id FROM history WHERE id IN (3, 4) "
                            "ORDER BY id", "erasures")
        self.assertEqual(history, ["3|[erased]||", f"4|CHG0042|[erased]|{claim}"])

    def test_records_without_a_claim_are_neither_deleted_nor_given_personal_data(self):
        log = self.ledger("unclaimed")
        log.settle(5)
        change = log.add_intent(personal=False)
        log.settle(change)
        log.settle(log.add_intent())
        event = log.add_event("holdReleased", '{"name":"Case 7"}', "DELETE FROM hold")
        bare = log.add_event("started", personal=False)
        self.run_sql(log, "unclaimed")
        self.refuse(f"DELETE FROM change WHERE id = {change}", "unclaimed")
        self.refuse(f"INSERT INTO change_personal (change, salt) VALUES ({change}, {salt_of(1)})", "unclaimed")
        self.refuse(f"INSERT INTO service_event_personal (event, salt) VALUES ({bare}, {salt_of(1)})", "unclaimed")
        self.refuse("DELETE FROM change_personal WHERE change = 3", "unclaimed")
        self.refuse("DELETE FROM change_statement WHERE change = 4", "unclaimed")
        self.refuse(f"DELETE FROM service_event_personal WHERE event = {event}", "unclaimed")
        self.refuse("DELETE FROM service_event WHERE id = 1", "unclaimed")

    def test_only_an_unused_identity_is_emptied(self):
        self.ledger("identities")
        used = ("UPDATE actor_name SET name = NULL, user_principal_name = NULL WHERE id = 1",
                "UPDATE actor SET actor_type = NULL, actor_id = NULL WHERE id = 1",
                "UPDATE connector_name SET display_name = NULL WHERE id = 1",
                "UPDATE connector SET connector_id = NULL WHERE id = 1")
        for statement in used:
            with self.subTest(statement), self.assertRaisesRegex(SQLError, "append-only"):
                self.server.psql(statement, SERVICE, "identities")
        unused = [statement.replace("id = 1", "id = 2").replace("connector_name SET display_name = NULL WHERE id = 2",
                  "connector_name SET display_name = NULL WHERE id = 3") for statement in used[:3]]
        self.server.psql(";\n".join([*unused, "UPDATE connector SET connector_id = NULL WHERE id = 3"]), SERVICE, "identities")
        self.server.psql("INSERT INTO connector (connector_id) VALUES ('unused')", SERVICE, "identities")
        self.assertEqual(self.rows("SELECT id, connector_id FROM connector ORDER BY id", "identities"),
                         ["1|Fraud-check", "2|Loyalty", "3|", "4|unused"])

    def test_the_name_of_the_log_changes_only_with_an_event(self):
        log = self.ledger("origins")
        log.add_event("keyReplaced", '{"origin":"reflog.example/new"}', "UPDATE ledger SET origin = 'reflog.example/new'")
        self.run_sql(log, "origins")
        log.add_event("keyReplaced", '{"origin":"reflog.example/newer"}', "UPDATE ledger SET origin = 'other'")
        with self.assertRaisesRegex(SQLError, "the name of a log cannot change"):
            self.run_sql(log, "origins")

    def test_every_lookup_uses_its_index(self):
        self.server.create_database("many")
        self.server.psql(MANY_CHANGES, OWNER, "many")
        for condition, index in LOOKUPS.items():
            with self.subTest(condition):
                # The planner can prefer to sort a few rows, because its statistics are from a random sample. So sorting is
                # switched off.
                plan = self.server.psql("SET enable_sort = off; SET enable_bitmapscan = off; "
                                        f"EXPLAIN SELECT id FROM change WHERE {condition}", SERVICE, "many")
                self.assertIn(f"using {index} on change", plan)
                self.assertNotIn("Sort", plan)

    def test_acknowledged_rows_survive_a_killed_server(self):
        with PostgreSQLServer() as server:
            server.create_database("killed")
            server.psql(sample().sql, SERVICE, "killed")
            before = server.psql("SELECT * FROM entry ORDER BY sequence", database="killed")
            server.kill()
            self.assertEqual(server.psql("SELECT * FROM entry ORDER BY sequence", database="killed"), before)
