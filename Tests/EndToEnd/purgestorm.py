"""Purges half of a ledger and erases the personal data of a person. Meanwhile, kills the server at several points."""

import contextlib
import json
import os
import random
import shutil
import sqlite3
import tempfile
import threading
import time

from generated import SETTINGS, generate, texts_in_file
from reflogserver import BUILD, Graph, Server
from test_retention import DAYS, LAST_CHANGES

# After each kill, this number of purged changes is drawn at random. The files must not contain the ids of these changes.
SAMPLE = 300
# The maximum size, in bytes, that the `-wal` file may have: the server's own limit plus space for a few transactions.
WAL_LIMIT = 256 << 20
# The server is killed at a point of a purge. A point is BEFORE, AFTER, or the share of the changes that are already purged. At
# AFTER, the server deletes unused names and frees space.
BEFORE, AFTER = "before it begins", "after the last change"


class Storm:
    def __init__(self, changes, configuration="release", seed=1, ledger=None):
        self.configuration = configuration
        self.chance = random.Random(seed)
        self.folder = tempfile.mkdtemp(prefix="reflog-purge-")
        self.pristine = ledger or os.path.join(self.folder, "pristine.sqlite")
        if not ledger:
            generate(self.pristine, changes, seed, configuration)
        self.findings = []
        self.facts()

    def facts(self):
        """Finds the changes that a purge must keep or must delete, and the person whose data must be erased."""
        ledger = sqlite3.connect(f"file:{self.pristine}?mode=ro", uri=True)
        rows = lambda sql, *values: ledger.execute(sql, values).fetchall()
        cutoff = int((time.time() - DAYS * 86_400) * 1e6)
        last_changes = {row[0] for row in rows(LAST_CHANGES)}
        self.flows = rows("SELECT id, flow_type, flow_id FROM flow WHERE id % 40 = 3")
        held = {row[0] for row in rows("SELECT change.id FROM change JOIN address ON address.id = change.address "
                                       "WHERE address.flow % 40 = 3")}
        old = {row[0] for row in rows("SELECT id FROM change WHERE result_time < ?", cutoff)}
        self.all = rows("SELECT max(id) FROM change")[0][0]
        self.kept = held | last_changes
        self.purgeable = old - self.kept
        self.actor, self.upn = rows(
            "SELECT actor_id, user_principal_name FROM actor JOIN actor_name ON actor_name.actor = actor.id "
            "WHERE actor_type = 'user' ORDER BY actor.id LIMIT 1 OFFSET 5")[0]
        ledger.close()

    def sample(self):
        """Draws up to SAMPLE changes from those that must be purged. Returns the request ids of the drawn changes."""
        with contextlib.closing(sqlite3.connect(f"file:{self.pristine}?mode=ro", uri=True)) as ledger:
            return [value for id in self.chance.sample(sorted(self.purgeable), min(SAMPLE, len(self.purgeable)))
                    for value in ledger.execute("SELECT correlation_id, request_id FROM change WHERE id = ?", (id,)).fetchone()
                    if isinstance(value, bytes)]

    def run(self, points):
        for point in points:
            started = time.monotonic()
            with Graph() as graph:
                self.one(point, graph)
            print(f"killed {point}: {len(self.findings)} findings so far, {time.monotonic() - started:.0f} s", *self.findings[-3:],
                  sep="\n  ", flush=True)
        shutil.rmtree(self.folder)
        return self.findings

    def one(self, point, graph):
        server = Server(BUILD / self.configuration / "reflog", graph=graph, **SETTINGS)
        try:
            for suffix in ("", ".key"):
                shutil.copy(self.pristine + suffix, server.files + suffix)
            server.start()
            self.ask(server)
            self.wait(server, point)
            server.kill()
            server.start()
            while server.request("GET", "/checkpoint", role=None).status != 200:
                time.sleep(0.1)
            with self.verifying(server, point):
                self.wait_until_done(server)
            self.check(server, point)
            self.release(server)
            self.wait_until_done(server)
            self.check_released(server, point)
        finally:
            server.__exit__()

    def ask(self, server):
        admin = lambda path, body: server.request("POST", "/beta/reflog/" + path, body, "admin")
        for number, flow_type, flow in self.flows:
            assert admin("holds", {"name": f"CASE-{number}", "reason": "x", "flowType": flow_type, "flowId": flow}).status == 201
        assert admin("retention", {"days": DAYS}).status == 200
        assert admin("retention/purge", {}).status == 202
        assert admin("erasures", {"actor": self.actor}).status == 202

    def wait(self, server, point):
        """Waits until the purge has reached a point."""
        share = {BEFORE: 0, AFTER: 1}.get(point, point)
        while self.state(server)[0] < share * self.all * 0.49 and self.state(server)[1]:
            time.sleep(0.02)
        time.sleep(self.chance.random() * 0.3)

    @contextlib.contextmanager
    def verifying(self, server, point):
        """Verifies the ledger repeatedly while the server runs the purge. Every verification must succeed."""
        stopped, runs, sizes = threading.Event(), [], []

        def loop():
            while not stopped.is_set():
                sizes.append(os.path.getsize(server.files + "-wal"))
                run = server.command("verify", "--database", server.database, "--anchor", server.files + ".anchor")
                runs.append(run.returncode)
                if run.returncode != 0:
                    self.findings.append(f"killed {point}: verify during the purge ended with {run.returncode}: {run.stdout[:500]} "
                                         f"{run.stderr[-300:]}")

        thread = threading.Thread(target=loop)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()
        print(f"verified {len(runs)} times during the purge; -wal up to {max(sizes) / 1e6:.0f} MB", flush=True)
        if max(sizes) > WAL_LIMIT:
            self.findings.append(f"killed {point}: the -wal grew to {max(sizes)} bytes")

    def release(self, server):
        """Releases all holds, and purges and erases again. All old changes and all texts of the person must then be deleted."""
        for number, _, _ in self.flows:
            assert server.request("DELETE", f"/beta/reflog/holds/CASE-{number}", role="admin").status == 204
        assert server.request("POST", "/beta/reflog/retention/purge", {}, "admin").status == 202
        assert server.request("POST", "/beta/reflog/erasures", {"actor": self.actor}, "admin").status == 202

    def check_released(self, server, point):
        report = lambda finding: self.findings.append(f"killed {point}, then released: {finding}")
        run = server.command("verify", "--database", server.database, "--anchor", server.files + ".anchor")
        if run.returncode != 0:
            report(f"verify ended with {run.returncode}: {run.stdout[:500]} {run.stderr[-500:]}")
        server.compact()
        for path in (server.database, server.files + "-wal"):
            if texts_in_file(path, self.upn):
                report(f"the erased person's UPN is in {os.path.basename(path)}")

    @staticmethod
    def state(server):
        """Returns the id of the last change that the purge checked, and whether the purge is still running."""
        ledger = sqlite3.connect(f"file:{server.database}?mode=ro", uri=True, timeout=30)
        try:
            return ledger.execute("SELECT change, finished IS NULL FROM purge").fetchone() or (0, True)
        finally:
            ledger.close()

    @staticmethod
    def wait_until_done(server):
        deadline = time.monotonic() + 1800
        while True:
            erasures = server.request("GET", "/beta/reflog/erasures", role="admin").json["value"]
            purge = server.request("GET", "/beta/reflog/retention", role="admin").json["purge"]
            if purge["state"] == "done" and {erasure["state"] for erasure in erasures} == {"done"}:
                return
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def check(self, server, point):
        report = lambda finding: self.findings.append(f"killed {point}: {finding}")
        ledger = sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)
        present = {row[0] for row in ledger.execute("SELECT id FROM change")}
        erased = ledger.execute(
            "SELECT count(*) FROM change JOIN change_personal ON change_personal.change = change.id JOIN actor ON actor.id = "
            "change.actor LEFT JOIN address ON address.id = change.address WHERE actor_id = ? AND salt IS NOT NULL "
            "AND coalesce(address.flow, 0) % 40 <> 3", (self.actor,)).fetchone()[0]
        ledger.close()
        if self.kept - present:
            report(f"{len(self.kept - present)} changes are missing that are held or the last of their step")
        if present & self.purgeable:
            report(f"{len(present & self.purgeable)} changes were not purged that are old enough")
        if set(range(1, self.all + 1)) - present - self.purgeable:
            report("changes are missing that are not old enough to be purged")
        if erased:
            report(f"{erased} changes still have personal data of the erased person")
        run = server.command("verify", "--database", server.database, "--anchor", server.files + ".anchor")
        if run.returncode != 0:
            report(f"verify ended with {run.returncode}: {run.stdout[:500]} {run.stderr[-500:]}")
        # Compact the file first. If SQLite moved a row within the file and the row was deleted later, the file can still
        # contain the old copy of the row.
        server.compact()
        texts = self.sample()
        for path in (server.database, server.files + "-wal"):
            if found := texts_in_file(path, *texts):
                report(f"{len(found)} of {len(texts)} ids of purged changes are in {os.path.basename(path)}")
        events = [e["kind"] for e in server.request("GET", "/beta/auditLogs/serviceEvents?$top=1000", role="reader").json["value"]]
        if "purged" not in events:
            report("no purge is recorded")


def points(count):
    """Returns `count` points of a purge. The first is BEFORE and the last is AFTER."""
    return [BEFORE, *(round(number / (count - 1), 2) for number in range(1, count - 1)), AFTER]


def main(changes, kills, configuration, seed, ledger=None):
    storm = Storm(changes, configuration, seed, ledger)
    print(f"{storm.all} changes: {len(storm.purgeable)} to purge, {len(storm.kept)} held or the last of their step", flush=True)
    findings = storm.run(points(kills))
    print(json.dumps(findings, indent=1) if findings else "0 findings")
    return 1 if findings else 0
