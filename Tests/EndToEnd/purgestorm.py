"""Purges half of a ledger and erases a person, killing the server meanwhile at one point after another."""

import contextlib
import json
import os
import random
import shutil
import sqlite3
import tempfile
import threading
import time

from generated import SETTINGS, generate, holds_text
from reflogserver import ROOT, Graph, Server
from test_retention import DAYS, STANDING

# Changes whose texts are looked for in the files' bytes after each kill, others each time.
SAMPLE = 300
# What the server lets stand in the -wal, and what a few transactions at a time may add.
WAL_LIMIT = 256 << 20


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
        """What must stay, what must go, and what must not be found afterwards."""
        ledger = sqlite3.connect(f"file:{self.pristine}?mode=ro", uri=True)
        rows = lambda sql, *values: ledger.execute(sql, values).fetchall()
        cutoff = int((time.time() - DAYS * 86_400) * 1e6)
        standing = {row[0] for row in rows(STANDING)}
        self.flows = rows("SELECT id, flow_type, flow_id FROM flow WHERE id % 40 = 3")
        held = {row[0] for row in rows("SELECT change.id FROM change JOIN address ON address.id = change.address "
                                       "WHERE address.flow % 40 = 3")}
        old = {row[0] for row in rows("SELECT id FROM change WHERE result_time < ?", cutoff)}
        self.all = rows("SELECT max(id) FROM change")[0][0]
        self.kept = held | standing
        self.going = old - self.kept
        self.actor, self.upn = rows(
            "SELECT actor_id, user_principal_name FROM actor JOIN actor_name ON actor_name.actor = actor.id "
            "WHERE actor_type = 'user' ORDER BY actor.id LIMIT 1 OFFSET 5")[0]
        ledger.close()

    def sample(self):
        """Ids of requests that belong to some of the changes that go."""
        with contextlib.closing(sqlite3.connect(f"file:{self.pristine}?mode=ro", uri=True)) as ledger:
            return [value for id in self.chance.sample(sorted(self.going), min(SAMPLE, len(self.going)))
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
        server = Server(ROOT / ".build" / self.configuration / "reflog", graph=graph, **SETTINGS)
        try:
            for suffix in ("", ".key"):
                shutil.copy(self.pristine + suffix, server.database + suffix)
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
        """Until the purge came so far: a share of the changes, or what comes behind them."""
        share = {"before it begins": 0, "as names are emptied and space is given back": 1}.get(point, point)
        while self.state(server)[0] < share * self.all * 0.49 and self.state(server)[1]:
            time.sleep(0.02)
        time.sleep(self.chance.random() * 0.3)

    @contextlib.contextmanager
    def verifying(self, server, point):
        """Verifies again and again beside the server: what goes meanwhile is no finding."""
        stopped, runs, sizes = threading.Event(), [], []

        def loop():
            while not stopped.is_set():
                sizes.append(os.path.getsize(server.database + "-wal"))
                run = server.command("verify", "--database", server.database, "--anchor", server.database + ".anchor")
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
        """Nothing is held any more: all that is old goes, and all words of the person."""
        for number, _, _ in self.flows:
            assert server.request("DELETE", f"/beta/reflog/holds/CASE-{number}", role="admin").status == 204
        assert server.request("POST", "/beta/reflog/retention/purge", {}, "admin").status == 202
        assert server.request("POST", "/beta/reflog/erasures", {"actor": self.actor}, "admin").status == 202

    def check_released(self, server, point):
        complain = lambda what: self.findings.append(f"killed {point}, then released: {what}")
        run = server.command("verify", "--database", server.database, "--anchor", server.database + ".anchor")
        if run.returncode != 0:
            complain(f"verify ended with {run.returncode}: {run.stdout[:500]} {run.stderr[-500:]}")
        server.compact()
        for path in (server.database, server.database + "-wal"):
            if holds_text(path, self.upn):
                complain(f"the erased person's UPN stands in {os.path.basename(path)}")

    @staticmethod
    def state(server):
        """How many changes were looked at, and whether the purge goes on."""
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
        complain = lambda what: self.findings.append(f"killed {point}: {what}")
        ledger = sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)
        there = {row[0] for row in ledger.execute("SELECT id FROM change")}
        erased = ledger.execute(
            "SELECT count(*) FROM change JOIN change_personal ON change_personal.change = change.id JOIN actor ON actor.id = "
            "change.actor LEFT JOIN address ON address.id = change.address WHERE actor_id = ? AND salt IS NOT NULL "
            "AND coalesce(address.flow, 0) % 40 <> 3", (self.actor,)).fetchone()[0]
        ledger.close()
        if self.kept - there:
            complain(f"{len(self.kept - there)} changes are gone that are held or stand")
        if there & self.going:
            complain(f"{len(there & self.going)} changes are there that are too old")
        if set(range(1, self.all + 1)) - there - self.going:
            complain("changes are gone that are not old enough")
        if erased:
            complain(f"{erased} changes still speak of who was erased")
        run = server.command("verify", "--database", server.database, "--anchor", server.database + ".anchor")
        if run.returncode != 0:
            complain(f"verify ended with {run.returncode}: {run.stdout[:500]} {run.stderr[-500:]}")
        # Copies of rows that SQLite moved before they were deleted stay until the file is written anew.
        server.compact()
        texts = self.sample()
        for path in (server.database, server.database + "-wal"):
            if found := holds_text(path, *texts):
                complain(f"{len(found)} of {len(texts)} ids of purged changes stand in {os.path.basename(path)}")
        events = [e["kind"] for e in server.request("GET", "/beta/auditLogs/serviceEvents?$top=1000", role="reader").json["value"]]
        if "purged" not in events:
            complain("no purge is on record")


def points(count):
    """So many points of a purge, the first before it begins and the last behind the last change."""
    return ["before it begins", *(round(number / (count - 1), 2) for number in range(1, count - 1)),
            "as names are emptied and space is given back"]


def main(changes, kills, configuration, seed, ledger=None):
    storm = Storm(changes, configuration, seed, ledger)
    print(f"{storm.all} changes, of which {len(storm.going)} go and {len(storm.kept)} are held or stand", flush=True)
    findings = storm.run(points(kills))
    print(json.dumps(findings, indent=1) if findings else "0 findings")
    return 1 if findings else 0
