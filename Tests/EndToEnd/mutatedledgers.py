"""Creates a ledger for the mutations, and copies of the ledger."""

import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import time

import historybench
from forger import Forger
from ledgerbytes import Pages, Wal
from ledgerfile import copied, learn_columns, read_history
from mutation import Mutation
from reflogserver import Graph, Server, graph_connector, wait_for_checkpoint
from test_graph import graph_token

# A verification that takes longer than this number of seconds is counted as hung.
HANG_SECONDS = 60
# The times in seconds are short, so that a person can state the result of a pending change after a few seconds.
SETTINGS = historybench.SETTINGS | {"SETTLE_WINDOW": 1, "GRAPH_TIMEOUT": 1}
# The number of seconds after a change until every read shows its result. A write takes effect within six timeouts, and then the
# settle window must pass.
DOUBT_SECONDS = 6 * SETTINGS["GRAPH_TIMEOUT"] + SETTINGS["SETTLE_WINDOW"]
# The id of the person whose personal data is erased.
BRIAN = "0b1c2d3e-0000-4000-8000-000000000002"


class Ledgers:
    """Three ledgers in one folder: a signed ledger, an older copy, and a copy whose newest commits are in the `-wal` file."""

    def __init__(self, folder, binary, generator, changes, seed):
        self.folder = pathlib.Path(folder)
        # Copy the program, because a build at the same time could replace the original file.
        self.binary = shutil.copy(binary, self.folder / "reflog")
        self.served = self.folder / "served.sqlite"
        self.pristine, self.older = self.folder / "pristine.sqlite", self.folder / "older.sqlite"
        self.without_triggers, self.logged = self.folder / "without-triggers.sqlite", self.folder / "logged.sqlite"
        subprocess.run([*generator, "--changes", str(changes), "--seed", str(seed), self.served], check=True,
                       stdout=subprocess.DEVNULL)
        self.make_free_pages()
        with Graph(timeout=SETTINGS["GRAPH_TIMEOUT"]) as graph:
            self.serve(graph, self.delete_history, self.older)
            self.serve(graph, self.make_further_changes, self.pristine)
            self.kill(graph)
        self.key = self.checkpoint()["key"]
        learn_columns(self.pristine)
        self.drop_triggers()
        self.history = read_history(self.pristine)
        self.size = len(self.history["entry"])
        self.older_checkpoint = self.row(self.older, "SELECT next_sequence, checkpoint FROM head")
        self.pages = Pages(self.pristine)
        self.wal = Wal(self)

    @property
    def summary(self):
        return (f"{len(self.history['change'])} changes, {self.size} entries; the older copy has {self.older_checkpoint[0]}, "
                f"the -wal {len(self.wal.commits) - 1} commits")

    @contextlib.contextmanager
    def mutation(self, chance):
        """Yields a mutation, and deletes the altered copy at the end."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield Mutation(self, folder, chance)

    def make_free_pages(self):
        with contextlib.closing(sqlite3.connect(self.served, isolation_level=None)) as ledger:
            ledger.execute("CREATE TABLE scratch (text TEXT)")
            ledger.execute("INSERT INTO scratch VALUES (?)", ("free " * 8000,))
            ledger.execute("DROP TABLE scratch")

    def serve(self, graph, changes, copy):
        """Changes the ledger through a server, stops the server, and copies the ledger and the anchor of the ledger."""
        with self.server(graph) as server:
            changes(server, graph)
            wait_for_checkpoint(server)
            assert server.stop() == 0
        shutil.copy(self.served, copy)
        shutil.copy(f"{self.served}.anchor", f"{copy}.anchor")

    @contextlib.contextmanager
    def server(self, graph):
        server = Server(self.binary, graph=graph, **SETTINGS)
        server.database = server.files = str(self.served)
        with server:
            self.admit(server, graph)
            yield server

    @staticmethod
    def admit(server, graph):
        """Creates tokens for two persons. The fake Graph accepts the tokens."""
        server.tokens["adele"] = graph_token()
        server.tokens["brian"] = graph_token(oid=BRIAN, name="Brian Johnson", upn="brian@contoso.example")
        graph.control(tokens=[server.tokens["adele"], server.tokens["brian"]])

    def delete_history(self, server, graph):
        """Makes changes, erases the personal data of one person, and purges the oldest changes."""
        self.make_changes(server, graph)
        for connector in (graph_connector("Loyalty"), None):
            server.put("b2cUserFlows/B2C_1_flow3/postFederationSignup", connector, role="brian",
                       headers={"Reflog-Reason": "CHG0043"})
        oldest, = self.row(self.served, "SELECT activity_time FROM change ORDER BY id LIMIT 1 OFFSET (SELECT count(*) / 20 FROM change)")
        days = int(time.time() - oldest / 1e6) // 86400
        for path, body, table in (("erasures", {"actor": BRIAN}, "erasure"), ("retention", {"days": days}, None),
                                  ("retention/purge", {}, "purge")):
            answer = server.request("POST", f"/beta/reflog/{path}", body, role="admin")
            assert answer.status in (200, 202), answer.text
            self.wait_for(table)

    def wait_for(self, table):
        """Waits until all jobs in this table are finished. The table contains erasures or purges."""
        deadline = time.monotonic() + 60
        while table and self.row(self.served, f"SELECT count(*) FROM {table} WHERE finished IS NULL")[0]:
            assert time.monotonic() < deadline, f"the {table} does not end"
            time.sleep(0.1)

    @staticmethod
    def make_changes(server, graph):
        """Makes one change of each kind that the generated history does not contain."""
        address, (fraud, loyalty) = "b2cUserFlows/B2C_1_flow0/postFederationSignup", map(graph_connector, ("Fraud check", "Loyalty"))
        for connector in (fraud, loyalty, None):
            server.put(address, connector, role="adele", headers={"Reflog-Reason": "CHG0042"})
        server.put(address, fraud, role="reader")
        made = server.request("POST", "/beta/identity/apiConnectors", {"displayName": "Made", "targetUrl": "https://a.example/"},
                              role="adele")
        server.request("PATCH", f"/beta/identity/apiConnectors/{made.json['id']}", {"displayName": "Made again"}, role="adele")
        server.request("DELETE", f"/beta/identity/apiConnectors/{made.json['id']}", role="adele")
        server.request("GET", "/beta/auditLogs/connectorChanges?$format=csv", role="reader")

    @staticmethod
    def make_further_changes(server, graph):
        """Makes more changes. A person states the result of one change. Another change is still pending at the end."""
        Ledgers.make_changes(server, graph)
        for step in ("postAttributeCollection", "preTokenIssuance"):
            graph.control(writes=["hang_before"])
            pending = server.put(f"b2cUserFlows/B2C_1_flow1/{step}", graph_connector("Loyalty"), role="adele")
            if step == "postAttributeCollection":
                time.sleep(DOUBT_SECONDS)
                answer = server.request("POST", f"/beta/auditLogs/connectorChanges/{pending.change}/reconcile",
                                        {"result": "notApplied", "reason": "Support says so"})
                assert answer.json["status"]["settledBy"] == "person", answer.text

    def kill(self, graph):
        """Kills a server, so that commits are left in the `-wal`. Keeps an anchor that is too old to cover the last commits."""
        with self.server(graph) as server:
            for number in range(20):
                if number == 15:
                    wait_for_checkpoint(server)
                    shutil.copy(f"{self.served}.anchor", f"{self.logged}.anchor")
                connector = graph_connector(["Fraud check", "Loyalty"][number % 2])
                assert server.put("b2cUserFlows/B2C_1_flow2/preTokenIssuance", connector, role="adele").status == 204
            wait_for_checkpoint(server)
            server.kill()
        for suffix in ("", "-wal"):
            shutil.copy(f"{self.served}{suffix}", f"{self.logged}{suffix}")

    def drop_triggers(self):
        """Makes a copy without triggers, so that SQL statements can alter the copy."""
        shutil.copy(self.pristine, self.without_triggers)
        with contextlib.closing(sqlite3.connect(self.without_triggers, isolation_level=None)) as ledger:
            for (name,) in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                ledger.execute(f"DROP TRIGGER {name}")

    def checkpoint(self):
        run = subprocess.run([self.binary, "checkpoint", "--format", "json", "--database", self.pristine], capture_output=True,
                             text=True, check=True)
        return json.loads(run.stdout)

    @staticmethod
    def row(path, sql):
        with contextlib.closing(sqlite3.connect(path)) as ledger:
            return ledger.execute(sql).fetchone()

    def verify(self, path, anchor=None):
        """Verifies a ledger. Returns the exit code and the output. The exit code is None if the verification hung."""
        arguments = ["verify", "--database", path, "--key", self.key, *(["--anchor", anchor] if anchor else [])]
        try:
            run = subprocess.run([self.binary, *arguments], capture_output=True, timeout=HANG_SECONDS, env=environment())
            return run.returncode, (run.stdout + run.stderr).decode(errors="replace")
        except subprocess.TimeoutExpired as error:
            return None, ((error.stdout or b"") + (error.stderr or b"")).decode(errors="replace")

    def controls(self):
        """Verifies the unaltered ledgers. No verification may have findings. Returns the names of the ledgers that failed the
        verification."""
        failures = []
        Forger.check(self.without_triggers)
        for name, path, anchor in (
                ("the unaltered ledger", self.pristine, f"{self.pristine}.anchor"),
                ("a copy without triggers", self.without_triggers, f"{self.pristine}.anchor"),
                ("the older copy without the anchor", copied(self.older, self.folder / "control.sqlite"), None)):
            code, output = self.verify(path, anchor)
            print(f"control: {name} verifies: {'yes' if code == 0 else f'NO, exit code {code}: {output}'}")
            failures += [name] * (code != 0)
        return failures


def environment():
    """Returns the environment of this process, without Reflog's variables and with Swift's backtraces switched off.

    Backtraces are not needed, because the exit code already shows that the program crashed.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")}
    return kept | {"SWIFT_BACKTRACE": "enable=no"}
