"""Creates the SQL for a small ledger in an empty PostgreSQL database. The SQL writes each transaction like the server.

The ledger has at least one row in each table. The tests of the schema try to alter these rows.
"""


def hash_of(number):
    return f"decode(lpad(to_hex({number}), 64, '0'), 'hex')"


def salt_of(number):
    return f"decode(lpad(to_hex({number}), 32, '0'), 'hex')"


class Log:
    """Writes SQL for the transactions that append to a log, and counts the entries, the changes and the events."""

    def __init__(self):
        self.sequence, self.change, self.event = 0, 1, 1
        self.statements = []

    def run(self, sql):
        self.statements.append(sql)

    def add_entry(self, column, number):
        self.run(f"INSERT INTO entry (sequence, {column}, hash, salt) "
                 f"VALUES ({self.sequence}, {number}, {hash_of(self.sequence)}, {salt_of(self.sequence)})")
        self.sequence += 1

    def write_head(self):
        self.run(f"UPDATE head SET next_sequence = {self.sequence}, next_change = {self.change}, next_event = {self.event}, "
                 f"newest_time = {1_700_000_000_000_000 + self.sequence}, checkpoint = 'checkpoint {self.sequence}', "
                 "verifier_key = 'key'")

    def begin(self):
        self.run("BEGIN")
        self.run("SELECT FROM head WHERE id = 1 FOR UPDATE")

    def commit(self):
        self.write_head()
        self.run("COMMIT")

    def add_intent(self, address=1, after=2, time=1_700_000_000_123_456, personal=True):
        """Appends a pending change, and returns the change's id. Without `personal`, the change has no personal data."""
        self.begin()
        number = self.change
        self.run("INSERT INTO change (id, intent_sequence, activity_time, address, kind, before_connector, before_name, "
                 "after_connector, after_name, actor, actor_proof, client_app, correlation_id, request_id, batch_id) "
                 f"VALUES ({number}, {self.sequence}, {time}, {address}, 'update', 1, 1, {after}, {after}, 1, 'entra', 1, "
                 "'5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a', 'my-request-7', '0e4d9c8b-1f0e-4d9c-8b7a-6f5e4d3c2b1a')")
        if personal:
            self.run("INSERT INTO change_personal (change, salt, actor_name, ip_address, reason) "
                     f"VALUES ({number}, {salt_of(number)}, 1, '192.0.2.1', 'CHG0042')")
        self.add_entry("change", number)
        self.change += 1
        self.commit()
        return number

    def settle(self, number, statement=False):
        """Settles a change as applied. With `statement`, a person settles the change. Returns the sequence of the entry."""
        self.begin()
        sequence = self.sequence
        if statement:
            self.run("INSERT INTO change_statement (change, salt, actor, actor_name, ip_address, reason) "
                     f"VALUES ({number}, {salt_of(number)}, 1, 1, '192.0.2.1', 'checked in the portal')")
        settler = "'person'" if statement else "NULL"
        self.run(f"UPDATE change SET result = 'applied', outcome_sequence = {sequence}, result_delay = 1000, http_status = 204, "
                 f"settler = {settler} WHERE id = {number} AND result = 'pending'")
        self.add_entry("change", number)
        self.commit()
        return sequence

    def add_event(self, kind, details="{}", then="", personal=True):
        """Appends a service event, and returns the event's id. `then` is more SQL for the transaction of the event."""
        self.begin()
        number = self.event
        reason = "'x'" if kind in ("freezePlaced", "freezeOverridden") else "NULL"
        self.run("INSERT INTO service_event (id, sequence, time, kind, actor, actor_proof, client_app, count, details) "
                 f"VALUES ({number}, {self.sequence}, 1700000000000000, '{kind}', 1, 'entra', 1, 1, '{details}')")
        if personal:
            self.run("INSERT INTO service_event_personal (event, salt, actor_name, ip_address, reason) "
                     f"VALUES ({number}, {salt_of(number)}, 1, '192.0.2.1', {reason})")
        self.add_entry("event", number)
        if then:
            self.run(then)
        self.event += 1
        self.commit()
        return number

    @property
    def sql(self):
        return ";\n".join(self.statements) + ";\n"


def sample():
    """Returns a log that has at least one row in each table.

    Change 1 was purged. The personal data of change 2 was erased. Changes 3 and 4 were applied, and a person settled change
    4. Change 5 is pending.
    """
    log = Log()
    log.run(f"""
      INSERT INTO ledger (id, directory, tenant_id, created, origin, cursor_key)
      VALUES (1, 'graph', 'tenant', 0, 'reflog.example/log', {hash_of(0)});
      INSERT INTO head (id, next_sequence, next_change, next_event, newest_time, frontier) VALUES (1, 0, 1, 1, 0, '');
      INSERT INTO flow (flow_type, flow_id) VALUES ('b2cUserFlows', 'B2C_1_signup');
      INSERT INTO step (name) VALUES ('postFederationSignup'), ('postAttributeCollection');
      INSERT INTO address (flow, step) VALUES (1, 1), (1, 2);
      INSERT INTO connector (connector_id) VALUES ('Fraud-check'), ('Loyalty'), ('unused');
      INSERT INTO connector_name (connector, display_name) VALUES (1, 'Fraud check'), (2, 'Loyalty'), (3, 'Unused');
      INSERT INTO actor (actor_type, actor_id) VALUES ('user', 'mia'), ('user', 'unused');
      INSERT INTO actor_name (actor, name, user_principal_name) VALUES (1, 'Mia', 'mia@contoso.example'), (2, 'Noa', NULL);
      INSERT INTO client_app (app_id) VALUES ('client');
      INSERT INTO subtree (level, position, hash) VALUES (1, 0, {hash_of(1)}), (1, 1, {hash_of(2)}), (2, 0, {hash_of(3)})""")
    for _ in range(3):
        log.settle(log.add_intent())
    log.settle(log.add_intent(address=2), statement=True)
    log.add_event("retentionSet", '{"days":400,"reason":"policy"}', "INSERT INTO retention (id, days) VALUES (1, 400)")
    log.add_event("purgeAsked")
    log.run("INSERT INTO purge (before, asked) VALUES (2, 1); UPDATE purge SET finished = 3; "
            "INSERT INTO purge (before, asked) VALUES (5, 4)")
    purge(log, change=1, sequences="0, 1")
    purged = log.add_event("purged", '{"events":"2"}')
    log.run(f"BEGIN; INSERT INTO purged_event VALUES (2, 2, {purged}); DELETE FROM service_event_personal WHERE event = 2; "
            "DELETE FROM service_event WHERE id = 2; UPDATE entry SET salt = NULL, event = 0 WHERE event = 2; COMMIT")
    asked = log.add_event("erasureAsked")
    log.run(f"INSERT INTO erasure (actor, event) VALUES (1, {asked})")
    # The entry of change 2's intent has the sequence 2.
    erased = log.add_event("erased", '{"actor":"mia","entries":"2"}')
    log.run("UPDATE change_personal SET salt = NULL, actor_name = NULL, ip_address = NULL, reason = NULL, "
            f"erased_hash = {hash_of(9)}, erased_event = {erased} WHERE change = 2")
    log.add_event("holdPlaced", '{"name":"Case 7","flow":null}',
                  "INSERT INTO hold (name, flow, reason, placed) VALUES ('Case 7', NULL, 'lawsuit', 1)")
    log.add_intent()
    frozen = log.add_event("freezePlaced", '{"scope":"all"}')
    log.run(f"INSERT INTO change_freeze (id, ends) VALUES ({frozen}, 5)")
    overridden = log.add_event("freezeOverridden", '{"changes":"5"}')
    log.run(f"INSERT INTO freeze_override (change, event) VALUES (5, {overridden})")
    log.run(f"""
      INSERT INTO time_rollback (batch_id, as_of, asked, newest_change)
      VALUES ('5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a', 1, 2, 3);
      INSERT INTO idempotency (key_hash, body_hash, change, recorded) VALUES ({hash_of(1)}, {hash_of(2)}, 1, 1);
      INSERT INTO seen_reference (address, state, connector, seen) VALUES (1, 'connector', 2, 1);
      INSERT INTO seen_connector (connector, display_name, target_url, entry, seen) VALUES (2, 'Loyalty', 'https://x', 1, 1);
      INSERT INTO sweep (id, finished) VALUES (1, 1);
      INSERT INTO unread_part (name, since, reason) VALUES ('apiConnectors', 1, 'forbidden');
      INSERT INTO token (id, secret_hash, name, role, created, expires)
      VALUES ('0123456789abcdef', {hash_of(1)}, 'ci', 'reader', 1, 2);
      INSERT INTO service_process (id, holder, host, process_id, machine, started, expires)
      VALUES (1, 7, 'host1', 71, 'boot', 1, 2);
      INSERT INTO reason_index (id, letters, through, long_through) VALUES (1, 1, 4, 0);
      INSERT INTO reason_trigram (trigram, segment, changes) VALUES (1, 1, {hash_of(1)})""")
    return log


def purge(log, change, sequences):
    """Appends the event with which a purge records that it deletes a change. Then deletes the change."""
    event = log.add_event("purged", f'{{"changes":"{change}"}}')
    log.run(f"BEGIN; INSERT INTO purged_change (first, last, event) VALUES ({change}, {change}, {event}); "
            f"DELETE FROM change_personal WHERE change = {change}; DELETE FROM change_statement WHERE change = {change}; "
            f"DELETE FROM change WHERE id = {change}; "
            f"UPDATE entry SET salt = NULL, change = 0 WHERE sequence IN ({sequences}); COMMIT")
