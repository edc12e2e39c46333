"""Alters copies of a signed ledger, and holds what `reflog verify` says of each against what another reader sees in it."""

import collections
import concurrent.futures
import contextlib
import dataclasses
import datetime
import json
import multiprocessing
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import tempfile
import time

import historybench
from referencelog import ReferenceLog, canonical, sha256, tree_hash
from reflogserver import Graph, Server, graph_connector
from test_graph import graph_token

FOUND, HANG_SECONDS = 65, 60
# Quick to doubt, so that somebody can say soon what became of a change.
SETTINGS = historybench.SETTINGS | {"SETTLE_WINDOW": 1, "GRAPH_TIMEOUT": 0.5}
DOUBT_SECONDS = 4 * 0.5 + 1.5
# Whose personal data is erased on the record.
BRIAN = "0b1c2d3e-0000-4000-8000-000000000002"

# The tables that history is made of, with their keys.
HISTORY = {"change": "id", "change_personal": "change", "change_statement": "change", "service_event": "id",
           "service_event_personal": "event", "entry": "sequence"}
# The rows that they name; an address before what it names itself.
IDENTITIES = ("address", "flow", "step", "connector", "connector_name", "actor", "actor_name", "client_app")
REFERENCES = {
    "change": {"address": "address", "before_connector": "connector", "before_name": "connector_name",
               "after_connector": "connector", "after_name": "connector_name", "actor": "actor", "client_app": "client_app",
               "created_connector": "connector", "created_name": "connector_name"},
    "change_personal": {"actor_name": "actor_name"},
    "change_statement": {"actor": "actor", "actor_name": "actor_name"},
    "service_event": {"actor": "actor", "client_app": "client_app"},
    "service_event_personal": {"actor_name": "actor_name"},
    "address": {"flow": "flow", "step": "step"},
}
# What may stand in a column beside what stands in it somewhere.
WORDS = {
    "subject": ["step", "connector"], "kind": ["update", "rollback", "drift", "baseline"],
    "before_state": ["connector", "none", "unknown"], "after_state": ["connector", "none", "unknown"],
    "actor_proof": ["entra", "graph", "apiToken"], "settled_by": ["request", "reconciler", "person"],
    "result": ["pending", "applied", "rejected", "denied", "notApplied", "superseded", "unknown"],
    "actor_type": ["user", "app", "token", "unknown"], "flow_type": ["b2cUserFlows", "b2xUserFlows"],
    "changed_properties": ['[{"name":"displayName","before":"a","after":"b"}]', "[]"], "details": ["{}", '{"by":"nobody"}'],
}
TIMES = ("activity_time", "result_time", "last_verified_time", "rollback_to", "time")
FAR = 1 << 62


class Unreadable(Exception):
    """SQLite itself can't make history out of the file."""


def opened(path, immutable=True):
    """A connection that tells texts from bytes and takes no text for granted."""
    uri = pathlib.Path(path).as_uri() + ("?immutable=1" if immutable else "")
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.text_factory = lambda raw: ("text", raw)
    return connection


def said(path, immutable=True):
    """Everything that history says: rows by table, read in the order of the tables' own trees, without an index."""
    try:
        with contextlib.closing(opened(path, immutable)) as ledger:
            rows = {table: ledger.execute(f"SELECT * FROM {table} NOT INDEXED ORDER BY rowid").fetchall()
                    for table in (*HISTORY, *IDENTITIES)}
            rows["ledger"] = ledger.execute("SELECT id, tenant_id FROM ledger NOT INDEXED").fetchall()
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from error
    return rows | referred(rows)


def referred(rows):
    """The identity rows that something names, by table."""
    wanted, kept = collections.defaultdict(set), {}
    for table in (*HISTORY, *IDENTITIES):
        if table in IDENTITIES:
            kept[table] = [row for row in rows[table] if row[0] in wanted[table]]
        for column, identity in REFERENCES.get(table, {}).items():
            at = COLUMNS[table].index(column)
            wanted[identity].update(row[at] for row in kept.get(table, rows[table]))
    return kept


def differences(before, after, limit=4):
    """What became of which columns, for people."""
    found = []
    for table, rows in before.items():
        if after[table] == rows:
            continue
        old, new = ({row[0]: row for row in some} for some in (rows, after[table]))
        for key in sorted(set(old) | set(new), key=str):
            if old.get(key) == new.get(key):
                continue
            if key not in old or key not in new:
                found.append(f"{table} {key} {'came' if key in new else 'went'}")
            else:
                found += [f"{table} {key} {column}: {a!r} -> {b!r}"
                          for column, a, b in zip(COLUMNS[table], old[key], new[key]) if a != b]
        if len(after[table]) != len(new):
            found.append(f"{table}: a key stands twice")
    return found[:limit] + ([f"and {len(found) - limit} more"] if len(found) > limit else [])


# The columns of each table in their order, by what the migrations say.
COLUMNS = {}


def learn_columns(path):
    with contextlib.closing(sqlite3.connect(path)) as ledger:
        for table in (*HISTORY, *IDENTITIES, "ledger"):
            COLUMNS[table] = [row[1] for row in ledger.execute(f"PRAGMA table_info({table})")]
    COLUMNS["ledger"] = ["id", "tenant_id"]


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
        with Graph(timeout=0.5) as graph:
            self.serve(graph, self.losses, self.older)
            self.serve(graph, self.further_changes, self.pristine)
            self.kill(graph)
        self.key = self.checkpoint()["key"]
        learn_columns(self.pristine)
        self.disarm()
        self.said = said(self.pristine)
        self.size = len(self.said["entry"])
        self.older_checkpoint = self.row(self.older, "SELECT size, note FROM checkpoint")
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
        oldest = self.row(self.served, "SELECT activity_time FROM change LIMIT 1 OFFSET (SELECT count(*) / 20 FROM change)")[0]
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
    return {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")} | {"SWIFT_BACKTRACE": "enable=no"}


def copied(source, target):
    subprocess.run(["cp", "--reflink=auto", source, target], check=True)
    return target


def settled(server):
    """Waits until everything is signed."""
    deadline = time.monotonic() + 30
    while True:
        status = server.request("GET", "/beta/reflog/status", role="reader").json
        answer = server.request("GET", "/checkpoint", role=None)
        if answer.status == 200 and answer.text.split("\n")[1] == str(status["newestSequence"] + 1):
            return
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)


class Pages:
    """What each page of a file is part of."""

    # How often a bit of each sort of page is turned over.
    WEIGHTS = {"history": 60, "identity": 12, "inner": 6, "index": 8, "other": 6, "schema": 4, "header": 2, "free": 2}

    def __init__(self, path):
        with contextlib.closing(sqlite3.connect(path)) as ledger:
            self.bytes = ledger.execute("PRAGMA page_size").fetchone()[0]
            count = ledger.execute("PRAGMA page_count").fetchone()[0]
            tables = {name for (name,) in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            known = {number: (name, kind) for name, number, kind in ledger.execute("SELECT name, pageno, pagetype FROM dbstat")}
        self.file = pathlib.Path(path).read_bytes()
        self.named = collections.defaultdict(list)
        for number in range(1, count + 1):
            self.named[self.names(tables, *known.get(number, (None, "free")))].append(number)

    @staticmethod
    def names(tables, name, kind):
        """The sort of a page, and what people call it."""
        if name is None:
            return "free", "a free page"
        if name.startswith("sqlite_schema"):
            return "schema", "the schema"
        if name not in tables:
            return "index", f"index {name}"
        if name in HISTORY or name in IDENTITIES or name == "ledger":
            if kind == "internal":
                return "inner", f"inner page of {name}"
            return "history" if name in HISTORY else "identity", f"table {name}"
        return "other", f"table {name}"

    def used(self, number):
        """The bytes of a tree's page that say something, by their places in it (SQLite's file format, 1.6)."""
        start = (number - 1) * self.bytes
        head = 100 if number == 1 else 0
        kind, _, cells, content = struct.unpack(">BHHH", self.file[start + head:start + head + 7])
        pointers = head + (12 if kind in (2, 5) else 8) + 2 * cells
        return [*range(head, pointers), *range(content or 65536, self.bytes)]

    def pick(self, chance):
        """A page's name, and the place of a bit of it in the file; mostly of one that says something."""
        sort = chance.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0]
        if sort == "header":
            return "the file's header", chance.randrange(100 * 8)
        names = [(name, pages) for (its, name), pages in self.named.items() if its == sort]
        name, pages = chance.choices(names, [len(pages) ** 0.5 for _, pages in names])[0]
        number = chance.choice(pages)
        byte = chance.choice(self.used(number)) if sort != "free" and chance.random() < 0.85 else chance.randrange(self.bytes)
        return name, ((number - 1) * self.bytes + byte) * 8 + chance.randrange(8)


class Wal:
    """The `-wal` of a ledger, frame by frame, and what history says after each of its commits."""

    HEADER, FRAME = 32, 24

    def __init__(self, ledgers):
        self.path = ledgers.logged
        self.bytes = pathlib.Path(f"{self.path}-wal").read_bytes()
        self.step = self.FRAME + ledgers.pages.bytes
        self.anchored = int(pathlib.Path(f"{self.path}.anchor").read_text().split("\n")[1])
        salt, self.commits = self.bytes[16:24], [self.HEADER]
        for start in range(self.HEADER, len(self.bytes) - self.step + 1, self.step):
            if self.bytes[start + 8:start + 16] != salt:
                break
            if struct.unpack(">I", self.bytes[start + 4:start + 8])[0]:
                self.commits.append(start + self.step)
        self.whole = said_with_wal(self.path, self.bytes, ledgers.folder)
        assert len(self.whole["entry"]) > self.anchored, "nothing is behind the anchor"
        # What is left where the newest commits are gone, none of which the anchor knows.
        self.unanchored = []
        for end in self.commits[::-1]:
            left = said_with_wal(self.path, self.bytes[:end], ledgers.folder)
            if len(left["entry"]) < self.anchored:
                break
            self.unanchored.append(left)

    def pick(self, chance):
        part = chance.choices(["header", "frame", "page"], [1, 3, 16])[0]
        if part == "header":
            return "the -wal's header", chance.randrange(self.HEADER * 8)
        start = self.HEADER + chance.randrange((len(self.bytes) - self.HEADER) // self.step) * self.step
        name = f"{'a frame' if start < self.commits[-1] else 'an older frame'} of the -wal"
        if part == "frame":
            return f"the header of {name}", start * 8 + chance.randrange(self.FRAME * 8)
        return f"the page in {name}", (start + self.FRAME) * 8 + chance.randrange((self.step - self.FRAME) * 8)


def said_with_wal(path, wal, folder):
    """What history says where this is the `-wal` of the file."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        copy = copied(path, pathlib.Path(place, "ledger.sqlite"))
        pathlib.Path(f"{copy}-wal").write_bytes(wal)
        return said(copy, immutable=False)


class Forger:
    """Makes entries agree with altered rows again, as somebody who knows the formats but not the key would."""

    def __init__(self, ledger):
        self.ledger = ledger

    @classmethod
    def check(cls, path):
        """What it makes of unaltered rows is what was logged."""
        with contextlib.closing(sqlite3.connect(path)) as ledger:
            forger = cls(ledger)
            logged = dict(ledger.execute("SELECT sequence, hash FROM entry WHERE salt IS NOT NULL"))
            made = {}
            for (change,) in ledger.execute("SELECT id FROM change"):
                made |= forger.of_change(change)
            for (event,) in ledger.execute("SELECT id FROM service_event"):
                made |= forger.of_event(event)
            wrong = [sequence for sequence in logged if made.get(sequence) != logged[sequence]]
            assert not wrong and len(made) == len(logged), f"the forger does not give the entries {wrong[:5]}"

    def rows(self, sql, *arguments):
        cursor = self.ledger.execute(sql, arguments)
        return [dict(zip([column[0] for column in cursor.description], row)) for row in cursor]

    def salt(self, sequence):
        found = self.ledger.execute("SELECT salt FROM entry WHERE sequence = ?", (sequence,)).fetchone()
        return found[0].hex() if found and found[0] else None

    def personal(self, table, id):
        """The hash of a personal part; nothing where there is none."""
        key = HISTORY[table]
        found = self.rows(f"SELECT {table}.*, name, user_principal_name FROM {table} "
                          f"LEFT JOIN actor_name ON actor_name.id = {table}.actor_name WHERE {key} = ?", id)
        return part_hash(self.ledger, table, found[0]) if found else None

    def of_change(self, id):
        """The hashes of a change's entries by their numbers, from its row."""
        row = self.rows("SELECT history.*, change.intent_sequence, change.outcome_sequence, change.error_message AS message "
                        "FROM history JOIN change ON change.id = history.id WHERE history.id = ?", id)[0]
        first, last = row["intent_sequence"], row["outcome_sequence"]
        parts = self.first_part(row, first) | {"personal": hexadecimal(self.personal("change_personal", id))}
        outcome = {
            "created": reference("connector", row["created_connector_id"], row["created_display_name"])
            if row["created_connector_id"] else None,
            "graphRequestId": row["graph_request_id"], "result": row["result"], "resultDateTime": moment(row["result_time"]),
            "status": {"code": row["error_code"], "http": row["http_status"], "settledBy": row["settled_by"],
                       "message": None if row["settled_by"] == "person" else row["message"]},
        }
        if row["result"] == "pending" or first == last:
            whole = parts | ({"entry": "intent"} if row["result"] == "pending" else outcome | {"entry": "settled"})
            return {first: sha256(canonical(whole))}
        intent = sha256(canonical(parts | {"entry": "intent"}))
        stated = self.personal("change_statement", id) if row["settled_by"] == "person" else None
        return {first: intent, last: sha256(canonical(outcome | {
            "entry": "outcome", "id": str(id), "intent": intent.hex(), "salt": self.salt(last), "sequence": last,
            "personal": hexadecimal(stated)}))}

    def first_part(self, row, sequence):
        return {
            "activityDateTime": moment(row["activity_time"]),
            "actor": {"clientAppId": row["client_app_id"], "id": row["actor_id"], "proof": row["actor_proof"],
                      "type": row["actor_type"]},
            "before": reference(row["before_state"], row["before_connector_id"], row["before_display_name"]),
            "after": reference(row["after_state"], row["after_connector_id"], row["after_display_name"]),
            "batchId": row["batch_id"], "correlationId": row["correlation_id"], "requestId": row["request_id"],
            "changedProperties": row["changed_properties"] and json.loads(row["changed_properties"]),
            "flowId": row["flow_id"], "flowType": row["flow_type"], "step": row["step"], "subject": row["subject"],
            "id": str(row["id"]), "kind": row["kind"], "tenantId": row["tenant_id"],
            "lastVerifiedDateTime": moment(row["last_verified_time"]), "rollbackTo": moment(row["rollback_to"]),
            "rollbackOf": None if row["rollback_of"] is None else str(row["rollback_of"]),
            "salt": self.salt(sequence), "sequence": sequence,
        }

    def of_event(self, id):
        row = self.rows("SELECT service_event.*, actor_type, actor_id, app_id FROM service_event "
                        "LEFT JOIN actor ON actor.id = actor LEFT JOIN client_app ON client_app.id = client_app WHERE service_event.id = ?", id)[0]
        return {row["sequence"]: sha256(canonical({
            "activityDateTime": moment(row["time"]), "count": row["count"], "details": json.loads(row["details"]),
            "actor": row["actor_type"] and {"clientAppId": row["app_id"], "id": row["actor_id"], "proof": row["actor_proof"],
                                            "type": row["actor_type"]},
            "entry": "event", "id": str(id), "kind": row["kind"], "salt": self.salt(row["sequence"]), "sequence": row["sequence"],
            "personal": hexadecimal(self.personal("service_event_personal", id))}))}

    def rehash(self, table, id):
        """Makes the entries of a row agree with it."""
        for sequence, hash in (self.of_change if table == "change" else self.of_event)(id).items():
            self.ledger.execute("UPDATE entry SET hash = ? WHERE sequence = ?", (hash, sequence))

    def rebuild(self, chance):
        """Makes the tree agree with the entries, and returns it with a key of the forger's own."""
        origin = self.ledger.execute("SELECT origin FROM ledger").fetchone()[0]
        hashes = [hash for (hash,) in self.ledger.execute("SELECT hash FROM entry ORDER BY sequence")]
        log = ReferenceLog(hashes, origin, chance.randbytes(32))
        self.ledger.execute("DELETE FROM subtree")
        for level in range(1, 8):
            width = 256**level
            for position in range(len(hashes) // width):
                root = tree_hash(log.leaves[position * width:(position + 1) * width])
                self.ledger.execute("INSERT INTO subtree VALUES (?, ?, ?)", (level, position, root))
        return log

    def sign(self, log, named=None):
        """Signs the tree, in the name of another key if that is given as a vkey."""
        if named:
            log.key_id = bytes.fromhex(named.split("+")[1])
        self.ledger.execute("UPDATE checkpoint SET size = ?, note = ?, verifier_key = ?",
                            (len(log.entries), log.checkpoint(), named or log.vkey))


def part_hash(ledger, table, row):
    """The hash of a personal part with its columns; what stands for it where it was erased."""
    if row["erased_hash"] is not None:
        return row["erased_hash"]
    part = {"ipAddress": row["ip_address"], "name": row["name"], "reason": row.get("reason"), "salt": row["salt"].hex(),
            "userPrincipalName": row["user_principal_name"]}
    if table == "change_statement":
        kind, id = ledger.execute("SELECT actor_type, actor_id FROM actor WHERE id = ?", (row["actor"],)).fetchone()
        part |= {"actorId": id, "actorType": kind}
    return sha256(canonical(part))


def hexadecimal(hash):
    return hash and hash.hex()


def reference(state, connector, name):
    shown = state == "connector"
    return {"state": state, "connectorId": connector if shown else None, "displayName": name if shown else None}


def moment(microseconds):
    """RFC 3339 with six digits of fraction."""
    if microseconds is None:
        return None
    time = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=microseconds)
    return time.isoformat(timespec="microseconds") + "Z"


class Impossible(Exception):
    """This draw gives nothing to do; another one is made."""


class Rows:
    """A copy of the ledger that SQL changes as it likes."""

    def __init__(self, ledgers, path, chance):
        self.ledgers, self.chance = ledgers, chance
        self.ledger = sqlite3.connect(copied(ledgers.disarmed, path), isolation_level=None)
        self.run("PRAGMA synchronous = OFF")
        self.run("PRAGMA ignore_check_constraints = ON")
        self.run("BEGIN")
        self.forger = Forger(self.ledger)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.ledger.in_transaction:
            self.run("COMMIT")
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")
        self.ledger.close()

    def run(self, sql, *arguments):
        return self.ledger.execute(sql, arguments)

    def one(self, sql, *arguments):
        found = self.run(sql, *arguments).fetchone()
        return found and (found[0] if len(found) == 1 else found)

    def dice(self, share):
        return self.chance.random() < share

    def pick(self, table):
        """The key of a row. Often a newer one, for those are of every sort."""
        if table in IDENTITIES:
            keys = [row[0] for row in self.ledgers.said[table]]
        else:
            keys = [row[0] for row in self.ledgers.said[table]]
            if table != "entry" and self.dice(0.4):
                keys = keys[-30:]
        if not keys:
            raise Impossible
        return self.chance.choice(keys)

    def table(self, tables=tuple(HISTORY)):
        weights = {"change": 6, "change_personal": 3, "entry": 4, "service_event": 2, "ledger": 0.3}
        return self.chance.choices(tables, [weights.get(table, 1) for table in tables])[0]

    def other_value(self, table, column, old):
        """Something else that a column may hold as far as its type goes."""
        kind, must = self.one(f"SELECT type, \"notnull\" FROM pragma_table_info('{table}') WHERE name = ?", column)
        how = self.chance.choices(["elsewhere", "word", "nothing", "near", "odd", "alike"], [8, 4, 2, 3, 2, 1])[0]
        if how == "elsewhere":
            count = self.one(f"SELECT count(*) FROM {table}")
            value = self.one(f"SELECT {column} FROM {table} LIMIT 1 OFFSET ?", self.chance.randrange(count))
        elif how == "word":
            value = self.chance.choice(WORDS.get(column, [None]))
        elif how == "nothing":
            value = None
        elif how == "near":
            value = near(old, kind, self.chance)
        elif how == "alike":
            value = alike(column, old)
        else:
            value = {"INTEGER": self.chance.choice([0, -1, 1 << 40]), "TEXT": self.chance.choice(["", "x", "forged"]),
                     "BLOB": self.chance.randbytes(16)}.get(kind, "x")
        if value == old or (value is None and must):
            raise Impossible
        return value

    def edit(self, tables=tuple(HISTORY) + IDENTITIES + ("ledger",)):
        """Sets a column of a row to something else."""
        table = self.table(tables)
        id = 1 if table == "ledger" else self.pick(table)
        key = COLUMNS[table][0]
        column = "tenant_id" if table == "ledger" else self.chance.choice(COLUMNS[table])
        old = self.one(f"SELECT {column} FROM {table} WHERE {key} = ?", id)
        value = self.other_value(table, column, old)
        self.run(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", value, id)
        return table, id, f"{table}.{column} of {id}: {old!r} -> {value!r}"

    def remove_change(self, id):
        self.run("DELETE FROM entry WHERE change = ?", id)
        self.remove_rows_of(id)

    def remove_rows_of(self, id):
        for table in ("change_personal", "change_statement"):
            self.run(f"DELETE FROM {table} WHERE change = ?", id)
        self.run("DELETE FROM change WHERE id = ?", id)

    def copy_row(self, table, source, **columns):
        """Inserts a copy of a row with other values in some columns."""
        names = COLUMNS[table]
        places = ["?" if name in columns else name for name in names]
        self.run(f"INSERT INTO {table} SELECT {', '.join(places)} FROM {table} WHERE {names[0]} = ?",
                 *[columns[name] for name in names if name in columns], source)


def near(value, kind, chance):
    """A value that differs by a little."""
    if isinstance(value, bytes):
        at = chance.randrange(len(value))
        return value[:at] + bytes([value[at] ^ 1 << chance.randrange(8)]) + value[at + 1:]
    if isinstance(value, str):
        at = chance.randrange(len(value) + 1)
        return value[:at] + "x" + value[at + 1:]
    if isinstance(value, int):
        return value + chance.choice([-1, 1])
    return {"INTEGER": 1, "TEXT": "x", "BLOB": bytes(16)}.get(kind, "x")


def alike(column, value):
    """A value that a careless reader may take for the same: a year before Christ, a member that nobody asks for."""
    if column in TIMES and value is not None:
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=value)
        # The Gregorian calendar repeats every 400 years, of 146,097 days.
        years = 2 * moment.year
        eras = -(-years // 400)
        same = moment.replace(year=moment.year + 400 * eras - years) if moment.month > 2 else moment
        return value + int((same - moment).total_seconds()) * 1_000_000 - eras * 146_097 * 86_400_000_000
    if column in ("changed_properties", "details") and value is not None and "}" in value:
        return re.sub(r"}", ("" if value == "{}" else ",") + '"more":1}', value, count=1)
    raise Impossible


@dataclasses.dataclass
class Verdict:
    """What became of one mutation."""

    number: int
    kind: str
    place: str
    description: str
    # found, missed, told, refused, crashed, hung; `nothing` where history says the same.
    outcome: str
    altered: bool
    code: int | None
    words: str
    differences: list
    seconds: float

    @property
    def is_failure(self):
        return self.outcome in ("missed", "crashed", "hung") or (self.altered and self.outcome == "refused")

    @property
    def gist(self):
        """What failures of one cause have in common: the columns that changed, or what was said."""
        changed = [" ".join(re.sub(r" -?\d+\b", "", line.split(":")[0]).split()[:2]) for line in self.differences]
        words = (self.words.strip().splitlines() or [""])[0]
        said = re.sub(r"/\S+/ledger.sqlite|0x\w+|\d+|, row: .*|(?<=malformed database schema) .*", "…", words)[:160]
        parts = [", ".join(changed[:3]), "" if self.outcome == "missed" else said]
        return self.outcome, self.kind, "; ".join(filter(None, parts))


class Mutation:
    """What is done to a copy: a file and what it is to be compared with."""

    def __init__(self, ledgers, folder, chance):
        self.ledgers, self.chance, self.folder = ledgers, chance, pathlib.Path(folder)
        self.path = self.folder / "ledger.sqlite"
        self.anchor, self.before = f"{ledgers.pristine}.anchor", ledgers.said
        # What it was applied to, for people.
        self.place = "rows"

    def rows(self):
        return Rows(self.ledgers, self.path, self.chance)

    def after(self):
        return said(self.path)

    def is_told(self, after, words):
        """Whether it only added to, or took from, what no checkpoint covers, and that is what was said."""
        return False


KINDS = {}


def kind(name, weight):
    def register(function):
        KINDS[name] = (function, weight)
        return function
    return register


@kind("a bit in a page", 45)
def turn_bit(it):
    it.place, bit = it.ledgers.pages.pick(it.chance)
    copied(it.ledgers.pristine, it.path)
    turn(it.path, bit)
    return f"bit {bit % 8} of byte {bit // 8}, page {bit // 8 // it.ledgers.pages.bytes + 1}, {it.place}"


@kind("a bit in the -wal", 8)
def turn_wal_bit(it):
    wal = it.ledgers.wal
    it.anchor, it.before = f"{wal.path}.anchor", wal.whole
    it.place, bit = wal.pick(it.chance)
    copied(wal.path, it.path)
    altered = bytearray(wal.bytes)
    altered[bit // 8] ^= 1 << bit % 8
    pathlib.Path(f"{it.path}-wal").write_bytes(altered)
    it.after = lambda: said_with_wal(wal.path, bytes(altered), it.folder)
    # Commits that are gone may be those of a crash, as long as the anchor does not know them.
    it.is_told = lambda after, words: after in wal.unanchored
    return f"bit {bit % 8} of byte {bit // 8}, {it.place}"


def turn(path, bit):
    with open(path, "r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


@kind("the -wal cut", 2)
def cut_wal(it):
    wal = it.ledgers.wal
    it.anchor, it.before = f"{wal.path}.anchor", wal.whole
    copied(wal.path, it.path)
    left = wal.bytes[:it.chance.choice([0, it.chance.choice(wal.commits), it.chance.randrange(len(wal.bytes))])]
    pathlib.Path(f"{it.path}-wal").write_bytes(left)
    it.after = lambda: said_with_wal(wal.path, left, it.folder)
    it.is_told = lambda after, words: after in wal.unanchored
    return f"all from byte {len(left)} on"


@kind("a row edited", 17)
def edit(it):
    with it.rows() as rows:
        table, _, description = rows.edit()
    it.place = f"table {table}"
    return description


@kind("a row deleted", 5)
def delete(it):
    with it.rows() as rows:
        how = it.chance.choice(["alone", "alone", "whole", "closed up"])
        if how == "alone":
            table = rows.table(tuple(HISTORY) + IDENTITIES)
            id = rows.pick(table)
            rows.run(f"DELETE FROM {table} WHERE {COLUMNS[table][0]} = ?", id)
            return f"{table} {id}"
        id = rows.pick("change")
        gone = [sequence for (sequence,) in rows.run("SELECT sequence FROM entry WHERE change = ? ORDER BY sequence DESC", id)]
        rows.remove_change(id)
        if how == "closed up":
            for sequence in gone:
                close_up(rows, sequence)
        return f"change {id} and all that is of it, {how}"


def close_up(rows, sequence):
    """Moves everything behind a place of the log up by one."""
    rows.run("UPDATE entry SET sequence = sequence - 1 WHERE sequence > ?", sequence)
    for table, column in (("change", "intent_sequence"), ("change", "outcome_sequence"), ("service_event", "sequence")):
        rows.run(f"UPDATE {table} SET {column} = {column} - 1 WHERE {column} > ?", sequence)


@kind("a row inserted", 5)
def insert(it):
    with it.rows() as rows:
        how = it.chance.choices([insert_copy, insert_entry, insert_statement, insert_personal], [6, 3, 2, 2])[0]
        return how(rows)


def insert_copy(rows):
    """A change or an event again, under another number."""
    table = rows.chance.choice(["change", "service_event"])
    source = rows.pick(table)
    id = rows.chance.choices([rows.one(f"SELECT max(id) + 1 FROM {table}"), 0, -rows.chance.randint(1, 99), FAR],
                             [8, 2, 2, 0.2])[0]
    end = rows.ledgers.size
    sequence = rows.chance.choice([end, end + 1, end + rows.chance.randrange(1000), rows.chance.randrange(end), -1])
    columns = {"id": id, "sequence": sequence} if table == "service_event" else {"id": id, "intent_sequence": sequence}
    if table == "change" and rows.dice(0.5):
        # Born settled.
        columns["outcome_sequence"] = sequence
    rows.copy_row(table, source, **columns)
    with_entry = rows.dice(0.4)
    if with_entry:
        salt, hash = rows.chance.randbytes(16), rows.chance.randbytes(32)
        rows.run(f"INSERT INTO entry (sequence, {'change' if table == 'change' else 'event'}, hash, salt) VALUES (?, ?, ?, ?)",
                 sequence, id, hash, salt)
    return f"{table} {source} as {id} with number {sequence}{', and an entry with another hash' if with_entry else ''}"


def insert_entry(rows):
    """An entry again."""
    source, end = rows.pick("entry"), rows.ledgers.size
    sequence = rows.chance.choices([end, end + 7, -1, FAR, (1 << 63) - 1], [6, 3, 3, 0.2, 0.2])[0]
    rows.copy_row("entry", source, sequence=sequence)
    return f"entry {source} as {sequence}"


def insert_statement(rows):
    """What nobody said of a change."""
    id = rows.pick("change")
    salt = rows.chance.randbytes(16)
    rows.run("INSERT INTO change_statement (change, salt, actor, reason) SELECT id, ?, actor, 'forged' FROM change WHERE id = ?",
             salt, id)
    return f"change_statement {id}"


def insert_personal(rows):
    """A personal part where there is none."""
    table, of = rows.chance.choice([("change_personal", "change"), ("service_event_personal", "service_event")])
    key = HISTORY[table]
    free = [id for (id,) in rows.run(f"SELECT id FROM {of} WHERE id NOT IN (SELECT {key} FROM {table})")]
    if not free:
        raise Impossible
    id = rows.chance.choice(free)
    rows.run(f"INSERT INTO {table} ({key}, salt, ip_address) VALUES (?, ?, '192.0.2.66')", id, rows.chance.randbytes(16))
    return f"{table} {id}"


@kind("rows swapped", 4)
def swap(it):
    with it.rows() as rows:
        table = rows.table()
        first, second = rows.pick(table), rows.pick(table)
        if first == second:
            raise Impossible
        key, *others = COLUMNS[table]
        columns = others if rows.dice(0.5) else [rows.chance.choice(others)]
        if rows.dice(0.3):
            for old, new in ((first, -FAR), (second, first), (-FAR, second)):
                rows.run(f"UPDATE {table} SET {key} = ? WHERE {key} = ?", new, old)
            return f"the numbers of {table} {first} and {second}"
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {key} = ?"
        one, other = rows.run(sql, first).fetchone(), rows.run(sql, second).fetchone()
        if one == other:
            raise Impossible
        for id, values in ((first, other), (second, one)):
            rows.run(f"UPDATE {table} SET {', '.join(f'{column} = ?' for column in columns)} WHERE {key} = ?", *values, id)
        return f"{', '.join(columns) if len(columns) == 1 else 'all'} of {table} {first} and {second}"


@kind("the tail cut", 3)
def cut(it):
    with it.rows() as rows:
        end, (signed, note) = it.ledgers.size, it.ledgers.older_checkpoint
        how = it.chance.choice(["the checkpoint as it was", "an older checkpoint", "no checkpoint"])
        size = it.chance.randrange(signed if how == "an older checkpoint" else end // 2, end)
        rows.run("DELETE FROM entry WHERE sequence >= ?", size)
        for (id,) in rows.run("SELECT id FROM change WHERE intent_sequence >= ?", size).fetchall():
            rows.remove_rows_of(id)
        forget_outcomes(rows, size)
        for (id,) in rows.run("SELECT id FROM service_event WHERE sequence >= ?", size).fetchall():
            rows.run("DELETE FROM service_event_personal WHERE event = ?", id)
            rows.run("DELETE FROM service_event WHERE id = ?", id)
        if how == "an older checkpoint":
            rows.run("UPDATE checkpoint SET size = ?, note = ?", signed, note)
        elif how == "no checkpoint":
            rows.run("DELETE FROM checkpoint")
        return f"all from entry {size} on, {how}"


def forget_outcomes(rows, size):
    rows.run("DELETE FROM change_statement WHERE change IN (SELECT id FROM change WHERE outcome_sequence >= ?)", size)
    rows.run("""UPDATE change SET result = 'pending', outcome_sequence = NULL, result_time = NULL, http_status = NULL,
                error_code = NULL, error_message = NULL, settled_by = NULL, graph_request_id = NULL, created_connector = NULL,
                created_name = NULL WHERE outcome_sequence >= ?""", size)


def forge(rows):
    """Edits something that stands in a record, and makes its entries agree."""
    table, id, description = rows.edit(("change", "change_personal", "change_statement", "service_event"))
    owner = "service_event" if table == "service_event" else "change"
    for (left,) in rows.run(f"SELECT id FROM {owner} WHERE id = ?", id).fetchall():
        try:
            rows.forger.rehash(owner, left)
        except (ValueError, OverflowError, TypeError, AttributeError) as error:
            raise Impossible from error
    return description


@kind("re-signed with another key", 4)
def sign_again(it):
    with it.rows() as rows:
        description = forge(rows)
        own = rows.dice(0.5)
        rows.forger.sign(rows.forger.rebuild(it.chance), None if own else it.ledgers.key)
        return f"{description}, signed {'by a key of the same name' if own else 'in the name of the true key'}"


@kind("the tree rebuilt", 3)
def rebuild(it):
    with it.rows() as rows:
        descriptions = [forge(rows) for _ in range(it.chance.randint(1, 3))]
        rows.forger.rebuild(it.chance)
        return "; ".join(descriptions)


@kind("rolled back to an older copy", 1)
def roll_back(it):
    copied(it.ledgers.older, it.path)
    return "the whole file"


@kind("a purge or an erasure forged", 2)
def purge(it):
    with it.rows() as rows:
        return it.chance.choice([purge_change, purge_event, erase, erase, speak_for])(rows)


def witness(rows, kind):
    """An event that says so, of another kind or forged."""
    if rows.dice(0.5):
        return rows.pick("service_event")
    id = rows.one("SELECT max(id) + 1 FROM service_event")
    sequence = rows.ledgers.size if rows.dice(0.5) else rows.chance.randrange(rows.ledgers.size)
    rows.copy_row("service_event", id - 1, id=id, sequence=sequence, kind=kind)
    return id


def purge_change(rows):
    """A change taken away with its salts, as a purge does, and a record of that."""
    id = rows.pick("change")
    rows.remove_rows_of(id)
    rows.run("UPDATE entry SET salt = NULL WHERE change = ?", id)
    event = witness(rows, "purged")
    rows.run("INSERT INTO purged_change VALUES (?, ?, ?)", id, id, event)
    return f"change {id}, said to be purged by event {event}"


def purge_event(rows):
    id = rows.pick("service_event")
    rows.run("DELETE FROM service_event_personal WHERE event = ?", id)
    rows.run("UPDATE entry SET salt = NULL WHERE event = ?", id)
    event = witness(rows, "purged")
    rows.run("DELETE FROM service_event WHERE id = ?", id)
    rows.run("INSERT INTO purged_event VALUES (?, ?, ?)", id, id, event)
    return f"service_event {id}, said to be purged by event {event}"


def erased_part(rows):
    """The hash of somebody's personal part put in its place, right as it is."""
    table = rows.chance.choice(["change_personal", "change_personal", "change_statement", "service_event_personal"])
    gone = [row[0] for row in rows.ledgers.said[table] if row[COLUMNS[table].index("erased_hash")] is not None]
    id = rows.chance.choice(gone) if gone and rows.dice(0.3) else rows.pick(table)
    hash = rows.forger.personal(table, id)
    rows.run(f"UPDATE {table} SET erased_hash = ? WHERE {HISTORY[table]} = ?", hash, id)
    return table, id


def erase(rows):
    """What is said of somebody taken away, nobody having asked for it."""
    table, id = erased_part(rows)
    reason = ", reason = NULL" if "reason" in COLUMNS[table] else ""
    rows.run(f"UPDATE {table} SET salt = NULL, actor_name = NULL, ip_address = NULL{reason} WHERE {HISTORY[table]} = ?", id)
    recorded = rows.dice(0.5)
    if recorded:
        of = "service_event" if table == "service_event_personal" else "change"
        actor = rows.one(f"SELECT actor FROM {of} WHERE id = ?", id)
        rows.run("INSERT INTO erasure (actor, event, finished) VALUES (?, ?, 1)", actor, witness(rows, "erased"))
    return f"{table} {id}, erased {'with a record of it' if recorded else 'without a record'}"


def speak_for(rows):
    """Other words beside the hash of the true ones."""
    table, id = erased_part(rows)
    salt = ", salt = NULL" if rows.dice(0.5) else ""
    rows.run(f"UPDATE {table} SET ip_address = '192.0.2.66'{salt} WHERE {HISTORY[table]} = ?", id)
    return f"{table} {id}, forged beside the hash of what it was"


@kind("appended behind what is signed", 1)
def append(it):
    """Rows and entries that agree: no key is needed for what nothing covers yet, so it has to be said how much that is."""
    with it.rows() as rows:
        table, at = it.chance.choice([("change", "intent_sequence"), ("service_event", "sequence")])
        source, sequence = rows.pick(table), it.ledgers.size
        id = rows.one(f"SELECT max(id) + 1 FROM {table}")
        rows.copy_row(table, source, id=id, **{at: sequence})
        if table == "change":
            rows.run("UPDATE change SET outcome_sequence = ? WHERE id = ? AND outcome_sequence IS NOT NULL", sequence, id)
        rows.run(f"INSERT INTO entry (sequence, {'change' if table == 'change' else 'event'}, hash, salt) VALUES (?, ?, ?, ?)",
                 sequence, id, bytes(32), it.chance.randbytes(16))
        rows.forger.rehash(table, id)
    it.is_told = lambda after, words: re.search(r"\b1 newer ones are not signed yet", words) is not None
    return f"{table} {source} as {id}"


@kind("a purge or an erasure forged behind what is signed", 2)
def lose(it):
    """What goes is said by an event whose entry agrees with it, of a purge that somebody asked for or of whoever it speaks of."""
    with it.rows() as rows:
        if rows.dice(0.5):
            id = rows.pick("change")
            asked = json.loads(rows.one("SELECT details FROM service_event WHERE kind = 'purgeAsked' ORDER BY id DESC LIMIT 1"))
            event = forged_event(rows, "purged", {"changes": str(id), "purge": asked["purge"]})
            rows.remove_rows_of(id)
            rows.run("UPDATE entry SET salt = NULL WHERE change = ?", id)
            rows.run("INSERT INTO purged_change VALUES (?, ?, ?)", id, id, event)
            return f"change {id}, said to be purged by event {event}"
        id = rows.pick("change_personal")
        if rows.one("SELECT salt FROM change_personal WHERE change = ?", id) is None:
            raise Impossible
        hash = rows.forger.personal("change_personal", id)
        kind, actor = rows.one("SELECT actor_type, actor_id FROM actor WHERE id = (SELECT actor FROM change WHERE id = ?)", id)
        event = forged_event(rows, "erased", {"actorId": actor, "actorType": kind})
        rows.run("UPDATE change_personal SET salt = NULL, actor_name = NULL, ip_address = NULL, reason = NULL, erased_hash = ? "
                 "WHERE change = ?", hash, id)
        return f"what change {id} says of somebody, said to be erased by event {event}"


def forged_event(rows, kind, details):
    """An event behind what is signed, with an entry that agrees with it."""
    id, sequence = rows.one("SELECT max(id) + 1 FROM service_event"), rows.ledgers.size
    rows.copy_row("service_event", id - 1, id=id, sequence=sequence, kind=kind, details=canonical(details).decode())
    rows.run("DELETE FROM service_event_personal WHERE event = ?", id)
    rows.run("INSERT INTO entry (sequence, event, hash, salt) VALUES (?, ?, ?, ?)", sequence, id, bytes(32), rows.chance.randbytes(16))
    rows.forger.rehash("service_event", id)
    return id


class Trials:
    """Makes mutations one after another, each from the seed and its number alone, and judges what is said of them."""

    def __init__(self, ledgers, seed, only=None):
        self.ledgers, self.seed = ledgers, seed
        self.kinds = {name: KINDS[name] for name in ([only] if only else KINDS)}

    def run(self, number):
        chance = random.Random(f"{self.seed} {number}")
        name = chance.choices(list(self.kinds), [weight for _, weight in self.kinds.values()])[0]
        started = time.monotonic()
        while True:
            with tempfile.TemporaryDirectory(dir=self.ledgers.folder) as folder:
                it = Mutation(self.ledgers, folder, chance)
                try:
                    description = self.kinds[name][0](it)
                except (Impossible, sqlite3.IntegrityError):
                    continue
                return self.judge(it, number, name, description, started)

    def judge(self, it, number, name, description, started):
        try:
            after = it.after()
            altered, changed = after != it.before, []
        except Unreadable as error:
            after, altered, changed = None, True, [f"unreadable: {error}"]
        code, words = self.ledgers.verify(it.path, it.anchor)
        outcome = self.outcome(it, altered, after, code, words)
        verdict = Verdict(number, name, it.place, description, outcome, altered, code, words, changed, time.monotonic() - started)
        if verdict.is_failure and after is not None and altered:
            verdict.differences = differences(it.before, after)
        return verdict

    @staticmethod
    def outcome(it, altered, after, code, words):
        if code is None:
            return "hung"
        if code < 0 or code == 70 or code > 128:
            return "crashed"
        if code not in (0, FOUND):
            return "refused"
        if not altered:
            return "nothing"
        if code == FOUND:
            return "found"
        return "told" if after is not None and it.is_told(after, words) else "missed"


class Report:
    """Counts verdicts, and shows them."""

    # `told`: what no checkpoint kept elsewhere covers. `quiet`: history says the same, and so does the verification.
    COLUMNS = ("mutations", "altered", "found", "missed", "told", "refused", "crashed", "hung", "the same", "quiet")
    EXAMPLES = 2

    def __init__(self):
        self.kinds, self.places = collections.defaultdict(collections.Counter), collections.defaultdict(collections.Counter)
        self.failures, self.total, self.seconds = collections.defaultdict(list), collections.Counter(), 0.0

    def add(self, verdict):
        counts = ["mutations", "altered" if verdict.altered else "the same"]
        if verdict.outcome != "nothing":
            counts.append(verdict.outcome)
        elif verdict.code == 0:
            counts.append("quiet")
        tables = [self.total, self.kinds[verdict.kind]]
        if verdict.kind.startswith("a bit"):
            tables.append(self.places[verdict.place])
        for table in tables:
            table.update(counts)
        self.seconds += verdict.seconds
        if verdict.is_failure:
            self.failures[verdict.gist].append(verdict)

    @property
    def failure_count(self):
        return sum(map(len, self.failures.values()))

    def show(self, seed):
        self.table("kind of mutation", self.kinds)
        self.table("a bit in", self.places)
        print("\ntold: it is not signed yet, or the anchor does not know it"
              "\nrefused: another exit code than 0 and 65, with a message"
              "\nthe same: no row of history is another; quiet: and so it verifies, for nothing covers these bytes:")
        for sort, count in self.uncovered().most_common():
            print(f"    {count:6} in {sort}")
        for (outcome, kind, gist), verdicts in sorted(self.failures.items(), key=lambda item: (item[0][0], -len(item[1]), item[0])):
            print(f"\n{outcome.upper()} {len(verdicts)}x, {kind}: {gist}")
            for verdict in verdicts[:self.EXAMPLES]:
                self.example(seed, verdict)
        altered = self.total["altered"] - self.total["told"]
        print(f"\n{self.total['mutations']} mutations, {altered} altered signed history, {self.total['found']} of them were found; "
              f"{self.failure_count} failures; {self.seconds / max(1, self.total['mutations']):.2f} s each")

    @staticmethod
    def example(seed, verdict):
        print(f"  seed {seed}, number {verdict.number}, exit code {verdict.code}: {verdict.description}")
        for line in verdict.differences:
            print(f"    {line[:240]}")
        for line in verdict.words.strip().splitlines()[:2]:
            print(f"    says: {line[:320]}")

    def uncovered(self):
        """How many bits of which sort of page nobody misses."""
        counts = collections.Counter()
        for place, its in self.places.items():
            table = place.removeprefix("table ")
            sort = ("pages of indexes" if place.startswith("index ") else
                    "unused bytes of tables of history" if table in HISTORY else
                    "rows that no history names, and unused bytes, of identity tables" if table in IDENTITIES else place)
            counts[sort] += its["quiet"]
        return +counts

    def table(self, title, rows):
        if not rows:
            return
        width = max(len(title), *map(len, rows))
        print(f"\n{title:{width}}" + "".join(f"{column:>10}" for column in self.COLUMNS))
        for name, counts in [*sorted(rows.items()), ("total", sum(rows.values(), collections.Counter()))]:
            print(f"{name:{width}}" + "".join(f"{counts[column]:10}" for column in self.COLUMNS))


TRIALS = None


def run_one(number):
    return TRIALS.run(number)


def leave_interrupts():
    """To the process that shows the report."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def run(binary, generator, mutations=10000, changes=10000, seed=1, jobs=2, only=None, numbers=None):
    """Makes a ledger and mutates it; returns whether all that altered history was found, and nothing broke."""
    global TRIALS
    with tempfile.TemporaryDirectory(prefix="reflog-mutations-") as folder:
        ledgers = Ledgers(folder, binary, generator, changes, seed)
        print(f"seed {seed}: {len(ledgers.said['change'])} changes, {ledgers.size} entries; the older copy has "
              f"{ledgers.older_checkpoint[0]}, the -wal {len(ledgers.wal.commits) - 1} commits", flush=True)
        broken, report = ledgers.controls(), Report()
        TRIALS = Trials(ledgers, seed, only)
        with concurrent.futures.ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), leave_interrupts) as pool:
            try:
                for done, verdict in enumerate(pool.map(run_one, numbers or range(mutations)), 1):
                    report.add(verdict)
                    if done % 500 == 0:
                        print(f"{done} mutations, {report.failure_count} failures", flush=True)
            except KeyboardInterrupt:
                print("interrupted: what was done until now", flush=True)
                pool.shutdown(cancel_futures=True)
        report.show(seed)
    return not broken and not report.failures
