"""The ledger that is mutated, and its copies."""

import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import time

import historybench
from forger import Forger
from ledgerbytes import Pages, Wal
from ledgerfile import copied, learn_columns, said
from reflogserver import Graph, Server, graph_connector, settled
from test_graph import graph_token

HANG_SECONDS = 60
# Quick to doubt, so that somebody can say soon what became of a change.
SETTINGS = historybench.SETTINGS | {"SETTLE_WINDOW": 1, "GRAPH_TIMEOUT": 1}
# The longest that a write may be on its way, and the window.
DOUBT_SECONDS = 6 * SETTINGS["GRAPH_TIMEOUT"] + SETTINGS["SETTLE_WINDOW"]
# Whose personal data is erased on the record.
BRIAN = "0b1c2d3e-0000-4000-8000-000000000002"


class Ledgers:
    """A signed ledger, an older copy of it, and one whose newest commits are in its `-wal`, in a folder."""

    def __init__(self, folder, binary, generator, changes, seed):
        self.folder = pathlib.Path(folder)
        # One program from the first mutation to the last, whatever is built meanwhile.
        self.binary = shutil.copy(binary, self.folder / "reflog")
        self.served = self.folder / "served.sqlite"
        self.pristine, self.older = self.folder / "pristine.sqlite", self.folder / "older.sqlite"
        self.disarmed, self.logged = self.folder / "disarmed.sqlite", self.folder / "logged.sqlite"
        subprocess.run([*generator, "--changes", str(changes), "--seed", str(seed), self.served], check=True,
                       stdout=subprocess.DEVNULL)
        self.leave_free_pages()
        with Graph(timeout=SETTINGS["GRAPH_TIMEOUT"]) as graph:
            self.serve(graph, self.losses, self.older)
            self.serve(graph, self.further_changes, self.pristine)
            self.kill(graph)
        self.key = self.checkpoint()["key"]
        learn_columns(self.pristine)
        self.disarm()
        self.said = said(self.pristine)
        self.size = len(self.said["entry"])
        self.older_checkpoint = self.row(self.older, "SELECT next_sequence, checkpoint FROM head")
        self.pages = Pages(self.pristine)
        self.wal = Wal(self)

    def leave_free_pages(self):
        with contextlib.closing(sqlite3.connect(self.served, isolation_level=None)) as ledger:
            ledger.execute("CREATE TABLE scratch (text TEXT)")
            ledger.execute("INSERT INTO scratch VALUES (?)", ("free " * 8000,))
            ledger.execute("DROP TABLE scratch")

    def serve(self, graph, changes, copy):
        """Changes the ledger through a server, ends that in good order, and keeps what then is."""
        with self.server(graph) as server:
            changes(server, graph)
            settled(server)
            assert server.stop() == 0
        shutil.copy(self.served, copy)
        shutil.copy(f"{self.served}.anchor", f"{copy}.anchor")

    @contextlib.contextmanager
    def server(self, graph):
        server = Server(self.binary, graph=graph, **SETTINGS)
        server.database = str(self.served)
        with server:
            server.tokens["adele"] = graph_token()
            server.tokens["brian"] = graph_token(oid=BRIAN, name="Brian Johnson", upn="brian@contoso.example")
            graph.control(tokens=[server.tokens["adele"], server.tokens["brian"]])
            yield server

    def losses(self, server, graph):
        """What is rightly gone: what is said of one person, and the oldest changes; and some that are there."""
        self.first_changes(server, graph)
        for connector in (graph_connector("Loyalty"), None):
            server.put("b2cUserFlows/B2C_1_flow3/postFederationSignup", connector, role="brian",
                       headers={"Reflog-Reason": "CHG0043"})
        oldest, = self.row(self.served, "SELECT activity_time FROM change LIMIT 1 OFFSET (SELECT count(*) / 20 FROM change)")
        days = int(time.time() - oldest / 1e6) // 86400
        for path, body, table in (("erasures", {"actor": BRIAN}, "erasure"), ("retention", {"days": days}, None),
                                  ("retention/purge", {}, "purge")):
            answer = server.request("POST", f"/beta/reflog/{path}", body, role="admin")
            assert answer.status in (200, 202), answer.text
            self.wait_for(table)

    def wait_for(self, table):
        """Until nothing that was asked for is left to do."""
        deadline = time.monotonic() + 60
        while table and self.row(self.served, f"SELECT count(*) FROM {table} WHERE finished IS NULL")[0]:
            assert time.monotonic() < deadline, f"the {table} does not end"
            time.sleep(0.1)

    @staticmethod
    def first_changes(server, graph):
        """A change of each sort that is not generated."""
        place, (fraud, loyalty) = "b2cUserFlows/B2C_1_flow0/postFederationSignup", map(graph_connector, ("Fraud check", "Loyalty"))
        for connector in (fraud, loyalty, None):
            server.put(place, connector, role="adele", headers={"Reflog-Reason": "CHG0042"})
        server.put(place, fraud, role="reader")
        made = server.request("POST", "/beta/identity/apiConnectors", {"displayName": "Made", "targetUrl": "https://a.example/"},
                              role="adele")
        server.request("PATCH", f"/beta/identity/apiConnectors/{made.json['id']}", {"displayName": "Made again"}, role="adele")
        server.request("DELETE", f"/beta/identity/apiConnectors/{made.json['id']}", role="adele")
        server.request("GET", "/beta/auditLogs/connectorChanges?$format=csv", role="reader")

    @staticmethod
    def further_changes(server, graph):
        """Some more, one that a person settles, and one that stays pending."""
        Ledgers.first_changes(server, graph)
        for step in ("postAttributeCollection", "preTokenIssuance"):
            graph.control(writes=["hang_before"])
            pending = server.put(f"b2cUserFlows/B2C_1_flow1/{step}", graph_connector("Loyalty"), role="adele")
            if step == "postAttributeCollection":
                time.sleep(DOUBT_SECONDS)
                answer = server.request("POST", f"/beta/auditLogs/connectorChanges/{pending.change}/reconcile",
                                        {"result": "notApplied", "reason": "Support says so"})
                assert answer.json["status"]["settledBy"] == "person", answer.text

    def kill(self, graph):
        """Leaves commits in the `-wal`, of which the anchor knows all but the last."""
        with self.server(graph) as server:
            for number in range(20):
                if number == 15:
                    settled(server)
                    shutil.copy(f"{self.served}.anchor", f"{self.logged}.anchor")
                connector = graph_connector(["Fraud check", "Loyalty"][number % 2])
                assert server.put("b2cUserFlows/B2C_1_flow2/preTokenIssuance", connector, role="adele").status == 204
            settled(server)
            server.kill()
        for suffix in ("", "-wal"):
            shutil.copy(f"{self.served}{suffix}", f"{self.logged}{suffix}")

    def disarm(self):
        """A copy that SQL may change as it likes: without triggers."""
        shutil.copy(self.pristine, self.disarmed)
        with contextlib.closing(sqlite3.connect(self.disarmed, isolation_level=None)) as ledger:
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
        """The exit code of a verification, or None where it hangs, and all that it said."""
        arguments = ["verify", "--database", path, "--key", self.key, *(["--anchor", anchor] if anchor else [])]
        try:
            run = subprocess.run([self.binary, *arguments], capture_output=True, timeout=HANG_SECONDS, env=environment())
            return run.returncode, (run.stdout + run.stderr).decode(errors="replace")
        except subprocess.TimeoutExpired as error:
            return None, ((error.stdout or b"") + (error.stderr or b"")).decode(errors="replace")

    def controls(self):
        """What must verify although somebody might think that it does not; returns what did not."""
        failures = []
        Forger.check(self.disarmed)
        for name, path, anchor in (
                ("the ledger as it is", self.pristine, f"{self.pristine}.anchor"),
                ("a copy without triggers", self.disarmed, f"{self.pristine}.anchor"),
                ("the older copy without the anchor", copied(self.older, self.folder / "control.sqlite"), None)):
            code, words = self.verify(path, anchor)
            print(f"control: {name} verifies: {'yes' if code == 0 else f'NO, exit code {code}: {words}'}")
            failures += [name] * (code != 0)
        return failures


def environment():
    """This process's environment without variables of Reflog's. A crash is told by its signal, and needs no trace."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")}
    return kept | {"SWIFT_BACKTRACE": "enable=no"}
