"""Creates a ledger in PostgreSQL for the mutations, and copies of the ledger. Each copy is a database."""

import contextlib
import itertools
import os
import shutil

import libpq
from forger import Forger, seed_of
from ledgerfile import COLUMNS
from mutatedledgers import SETTINGS, Ledgers
from postgresqlmutation import PostgreSQLMutation
from postgresqlreflog import PostgreSQLReflog
from postgresqlrows import CHECKS, learn_columns, read_history
from postgresqlserver import OWNER, SERVICE, PostgreSQLServer
from reflogserver import Graph, eventually, graph_connector, wait_for_checkpoint
from test_rollback_to_time import now, wait_for_end

# The settings of the server for the first changes. The server's sweep records drift, and the first reference of each address.
SWEEPING = {"SETTLE_WINDOW": 1, "GRAPH_TIMEOUT": 1, "SWEEP_INTERVAL": 1, "GRAPH_READS_PER_MINUTE": 60000}
STEPS = ("postFederationSignup", "postAttributeCollection", "preTokenIssuance")
# age() moves the times of the first changes. Then the newest of them is AGE_DAYS old, and the oldest is RANGE_DAYS older than
# the newest.
AGE_DAYS, RANGE_DAYS = 500, 300
MICROSECONDS_PER_DAY = 86_400_000_000
# The columns with the times that age() moves into the past.
OLD_TIMES = {"change": ("activity_time", "last_verified_time", "rollback_to"), "service_event": ("time",),
             "time_rollback": ("as_of", "asked", "finished")}


class PostgreSQLLedgers(Ledgers):
    """Databases on a temporary server: a signed ledger, an older copy, and a copy without CHECK constraints.

    `pristine`, `older` and `unchecked` are names of databases. Mutations are copies of the database `unchecked`.
    """

    def __init__(self, folder, binary, changes, seed):
        self.folder = folder
        self.binary = shutil.copy(binary, os.path.join(folder, "reflog"))
        self.names = itertools.count(1)
        self.changes, self.seed = changes, seed
        self.postgres = PostgreSQLServer(has_own_group=True, in_memory=True, max_connections=60, autovacuum="off")

    def __enter__(self):
        self.postgres.__enter__()
        try:
            self.create()
        except BaseException:
            self.postgres.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.postgres.__exit__()

    def create(self):
        self.postgres.create_database("served")
        self.served = self.postgres.dsn(SERVICE, "served")
        self.files = os.path.join(self.folder, "served")
        with Graph(timeout=SETTINGS["GRAPH_TIMEOUT"], flows=max(4, self.changes // 20)) as graph:
            graph.control(set={"b2xUserFlows/B2X_1_partner/postFederationSignup": graph_connector("Fraud check")})
            with self.started(graph, SWEEPING) as server:
                self.make_first_changes(server, graph)
                wait_for_checkpoint(server)
            self.age()
            self.serve(graph, self.delete_history, "older")
            self.serve(graph, self.make_last_changes, "pristine")
        # Reflog needs fsync, so fsync is switched off only after the last start. The copies need no fsync.
        self.postgres.set(fsync="off")
        self.pristine, self.older, self.unchecked = "pristine", "older", "unchecked"
        self.key = self.checkpoint()["key"]
        with self.connected("pristine") as connection:
            learn_columns(connection)
            self.history = read_history(connection)
            self.checks = connection.execute(CHECKS).fetchall()
            self.triggers_off(connection)
        self.size = len(self.history["entry"])
        self.older_checkpoint = self.row(self.url("older"), "SELECT next_sequence, checkpoint FROM head")
        self.copy("pristine", "unchecked")
        with self.connected("unchecked") as connection:
            for table, name, _ in self.checks:
                connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    @property
    def summary(self):
        kinds = sorted({row[COLUMNS["change"].index("kind")] for row in self.history["change"]})
        return (f"PostgreSQL, {len(self.history['change'])} changes ({', '.join(kinds)}), {self.size} entries; the older copy "
                f"has {self.older_checkpoint[0]}. The mutations of bytes and of the -wal need a SQLite file, so none is made.")

    def url(self, database, role="postgres"):
        return self.postgres.dsn(role, database)

    def connected(self, database):
        """Opens a connection of a superuser."""
        return libpq.Connection(self.url(database))

    def copy(self, source, target):
        self.postgres.psql(f"CREATE DATABASE {target} TEMPLATE {source} OWNER {OWNER}")

    def drop(self, database):
        self.postgres.psql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    @contextlib.contextmanager
    def mutation(self, chance):
        """Yields a mutation, and deletes the altered copy at the end."""
        name = f"mutation_{os.getpid()}_{next(self.names)}"
        try:
            yield PostgreSQLMutation(self, name, chance)
        finally:
            self.drop(name)

    # The following methods run the server and make the changes.

    @contextlib.contextmanager
    def started(self, graph, settings):
        server = PostgreSQLReflog(self.served, self.binary, graph, **settings)
        server.files = self.files
        with server:
            self.admit(server, graph)
            yield server
            assert server.stop() == 0

    def serve(self, graph, changes, copy):
        with self.started(graph, SETTINGS) as server:
            changes(server, graph)
            wait_for_checkpoint(server)
        self.copy("served", copy)
        shutil.copy(f"{self.files}.anchor", self.anchor(copy))

    def anchor(self, database):
        return os.path.join(self.folder, f"{database}.anchor")

    def make_first_changes(self, server, graph):
        """Points steps at connectors, makes changes without Reflog, and rolls back a change and a flow."""
        fraud, loyalty = graph_connector("Fraud check"), graph_connector("Loyalty")
        for number in range(self.changes):
            flow, step = number // 3 % max(4, self.changes // 20), STEPS[number % 3]
            answer = server.put(f"b2cUserFlows/B2C_1_flow{flow}/{step}", [fraud, loyalty, None][number * 7 % 11 % 3],
                                headers={"Reflog-Reason": f"CHG{number % 9:04}", "Idempotency-Key": f"key-{number}"})
            assert answer.status == 204, answer.text
        server.request("POST", f"/beta/auditLogs/connectorChanges/{answer.change}/rollback", {"reason": "CHG0042"})
        moment = now()
        server.put("b2cUserFlows/B2C_1_flow2/postFederationSignup", loyalty)
        server.put("b2cUserFlows/B2C_1_flow2/preTokenIssuance", fraud)
        answer = server.request("POST", "/beta/auditLogs/connectorConfigurations/rollback", {
            "asOf": moment, "reason": "CHG0044", "flowType": "b2cUserFlows", "flowId": "B2C_1_flow2"})
        assert answer.status in (200, 202), answer.text
        wait_for_end(server, answer.json["batchId"])
        graph.control(set={"b2cUserFlows/B2C_1_flow0/preTokenIssuance": loyalty,
                           "b2cUserFlows/B2C_1_signup/preTokenIssuance": fraud})
        eventually(lambda: self.row(self.served, "SELECT count(*) FROM change WHERE kind = 'drift'")[0])

    def make_last_changes(self, server, graph):
        """Makes more changes, and places and releases legal holds."""
        self.make_further_changes(server, graph)
        holds = "/beta/reflog/holds"
        for name, flow in (("CASE-7", {}), ("CASE-8", {"flowType": "b2cUserFlows", "flowId": "B2C_1_flow1"})):
            answer = server.request("POST", holds, {"name": name, "reason": "lawsuit"} | flow, role="admin")
            assert answer.status == 201, answer.text
        assert server.request("DELETE", f"{holds}/CASE-7", role="admin").status == 204

    def age(self):
        """Moves the times of all changes and events far into the past, and signs the log again with the log's key.

        A purge deletes only old changes, so some changes must be old.
        """
        with self.connected("served") as connection:
            self.triggers_off(connection)
            connection.execute("BEGIN")
            first, last = connection.execute("SELECT min(activity_time), (SELECT newest_time FROM head) FROM change").fetchone()
            factor = RANGE_DAYS * MICROSECONDS_PER_DAY // (last - first)
            for table, columns in OLD_TIMES.items():
                newest = last - AGE_DAYS * MICROSECONDS_PER_DAY
                moved = (f"{column} = {newest} - ({last} - {column}) * {factor}" for column in columns)
                connection.execute(f"UPDATE {table} SET {', '.join(moved)}")
            connection.execute("UPDATE ledger SET created = created - ?", (2 * AGE_DAYS * MICROSECONDS_PER_DAY,))
            forger = Forger(connection)
            for table in ("change", "service_event"):
                for (id,) in connection.execute(f"SELECT id FROM {table}"):
                    forger.rehash(table, id)
            log = forger.rebuild(seed_of(f"{self.files}.key"))
            forger.sign(log)
            connection.execute("COMMIT")
        with open(f"{self.files}.anchor", "w") as anchor:
            anchor.write(log.checkpoint())

    @staticmethod
    def triggers_off(connection):
        connection.execute("SET session_replication_role = replica")

    def row(self, url, sql):
        with libpq.Connection(url) as connection:
            return connection.execute(sql).fetchone()

    def checkpoint(self):
        with open(self.anchor("pristine")) as anchor:
            checkpoint = anchor.read()
        return {"checkpoint": checkpoint, "key": self.row(self.url("pristine"), "SELECT verifier_key FROM head")[0]}

    def controls(self):
        """Verifies the unaltered ledgers. No verification may have findings. Returns the names of the ledgers that failed the
        verification."""
        with self.connected("pristine") as connection:
            Forger.check_rows(connection)
        failures = []
        for name, database, anchor in (("the unaltered ledger", "pristine", self.anchor("pristine")),
                                       ("a copy with new CHECK constraints", "control", self.anchor("pristine")),
                                       ("the older copy without the anchor", "older", None)):
            if database == "control":
                mutation = PostgreSQLMutation(self, database, None)
                with mutation.rows():
                    pass
            code, output = self.verify(self.url(database, SERVICE), anchor)
            print(f"control: {name} verifies: {'yes' if code == 0 else f'NO, exit code {code}: {output}'}")
            failures += [name] * (code != 0)
        self.drop("control")
        return failures
