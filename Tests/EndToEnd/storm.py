"""Changes a few steps from many clients at the same time, with or without kills of the server. Then checks history."""

import collections
import contextlib
import http.client
import json
import random
import sqlite3
import threading
import time

import reflogserver as rs
from referencelog import ReferenceLog, encoded, tree_hash

ADDRESSES = [
    f"b2cUserFlows/{flow}/{step}"
    for flow in ("B2C_1_signup", "B2C_1_signup_signin", "B2C_1_profile_edit", "B2C_1_password_reset")
    for step in ("postFederationSignup", "postAttributeCollection")
]
# The system calls with which SQLite writes. For each call, roughly how many of these calls the server makes in a second.
CALLS = {"pwrite64": 2000, "fdatasync": 400, "fsync": 2, "ftruncate": 2}
TARGETS = [None, rs.FRAUD_CHECK, rs.NEW_VENDOR, rs.INVITATION_CODES, rs.LOYALTY, rs.PARTNER_APPROVAL]

# A client's request and its answer. The status is None if there was no answer.
Attempt = collections.namedtuple("Attempt", "correlation address target status change")


class Storm:
    def __init__(self, server, clients, addresses, seed):
        self.server = server
        self.clients = clients
        self.addresses = ADDRESSES[:addresses]
        self.seed = seed
        self.attempts = []
        self.acknowledged = 0
        # The problems that were found in the ledger after a kill and earlier than the next start.
        self.torn = []
        # How many I/O errors the server got.
        self.injected = 0
        self.lock = threading.Lock()

    def run(self, seconds, kills=0, changes=0, io_errors=0):
        """Runs the clients for `seconds`. Kills and restarts the server `kills` times in that time.

        In addition, runs the server `io_errors` times with one failing system call, and kills the server after each failure.

        The clients run longer than `seconds` if fewer than `changes` changes were acknowledged, as on a slow machine.
        """
        self.stopped = threading.Event()
        threads = [threading.Thread(target=self.client, args=(number,), daemon=True) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        chance = random.Random(self.seed)
        if kills or io_errors:
            for _ in range(kills):
                time.sleep(chance.uniform(0.3, seconds / kills))
                self.restart_after_kill("a kill")
            for _ in range(io_errors):
                self.fail_once(chance)
            time.sleep(0.3)
        else:
            time.sleep(seconds)
        while self.acknowledged < changes and any(thread.is_alive() for thread in threads):
            time.sleep(0.05)
        self.stopped.set()
        for thread in threads:
            thread.join()

    def restart_after_kill(self, event):
        """Kills the server and starts it again. Checks the ledger between kill and start, before the server can repair it."""
        self.server.kill()
        with contextlib.closing(self.open()) as ledger:
            self.torn += [f"after {event}: {problem}" for problem in unsigned(ledger)]
        self.server.start()

    def fail_once(self, chance):
        """Runs the server while one write or flush fails, of a file that belongs to the ledger or the embedded directory."""
        call = chance.choices(list(CALLS), [6, 6, 1, 1])[0]
        error, number = chance.choice(["EIO", "ENOSPC"]), chance.randint(1, CALLS[call])
        injected = self.server.files + ".injected"
        files = [self.server.database, self.server.files + "-wal", *(
            self.server.files + suffix for suffix in (".directory", ".directory-wal"))]
        self.server.kill()
        self.server.wrapper = [
            "strace", "-D", "-f", "--seccomp-bpf", "-o", injected, *(part for file in files for part in ("-P", file)),
            "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}",
        ]
        try:
            self.server.start()
        except AssertionError:
            # If the call failed during the start, the server does not start. This is expected.
            if not was_injected(injected):
                raise
        self.server.wrapper = []
        end = time.monotonic() + 5
        while time.monotonic() < end and not was_injected(injected):
            time.sleep(0.02)
        self.injected += was_injected(injected)
        time.sleep(chance.uniform(0, 0.2))
        self.restart_after_kill(f"{error} at call {number} of {call}")

    def open(self, database=None):
        return sqlite3.connect(f"file:{database or self.server.database}?mode=ro", uri=True)

    def client(self, number):
        chance = random.Random(f"{self.seed}/{number}")
        connection, mine = None, []
        while not self.stopped.is_set():
            address, target = chance.choice(self.addresses), chance.choice(TARGETS)
            correlation = f"client-{number}-{len(mine)}"
            status = change = None
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
                flow, step = address.rsplit("/", 1)
                connection.request(
                    "PUT", f"/beta/identity/{flow}/apiConnectorConfiguration/{step}/$ref",
                    json.dumps({"@odata.id": f"/identity/apiConnectors/{target}"} if target else {}),
                    {"Authorization": "Bearer " + self.server.tokens["operator"], "client-request-id": correlation},
                )
                response = connection.getresponse()
                response.read()
                status, change = response.status, response.getheader("Reflog-Change-Id")
                with self.lock:
                    self.acknowledged += status == 204
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = None
                time.sleep(0.05)
            mine.append(Attempt(correlation, address, target, status, change))
        if connection:
            connection.close()
        with self.lock:
            self.attempts += mine

    def violations(self, database=None):
        """Returns the problems of the history, as a list of texts. The server must be ready."""
        found = list(self.torn)
        ledger = self.open(database)
        ledger.row_factory = sqlite3.Row
        rows = ledger.execute("SELECT * FROM change_details ORDER BY id").fetchall()
        by_id = {row["id"]: row for row in rows}
        by_correlation = collections.Counter(row["correlation_id"] for row in rows if row["correlation_id"])
        for attempt in self.attempts:
            if attempt.status != 204:
                continue
            row = by_id.get(int(attempt.change))
            if row is None:
                found.append(f"acknowledged change {attempt.change} is lost")
            elif (row["correlation_id"], row["result"], row["after_connector_id"], address_of(row)) != (
                attempt.correlation, "applied", attempt.target, attempt.address,
            ):
                found.append(f"change {attempt.change} is not what was acknowledged")
            if by_correlation[attempt.correlation] != 1:
                found.append(f"{attempt.correlation} occurs {by_correlation[attempt.correlation]} times")
        found += [f"change {row['id']} is still pending" for row in rows if row["result"] == "pending"]
        last = {}
        for row in rows:
            if row["result"] != "applied" or row["subject"] != "step":
                continue
            address = address_of(row)
            before = (row["before_state"], row["before_connector_id"])
            if address in last and last[address] != before:
                found.append(f"the chain of {address} is broken at change {row['id']}")
            last[address] = (row["after_state"], row["after_connector_id"])
        for address in self.addresses:
            if address in last and last[address][1] != self.server.reference(address):
                found.append(f"the directory has another reference at {address}")
        drifts = [row["id"] for row in rows if row["kind"] == "drift"]
        found += [f"change {id} is a drift, but no change was made without Reflog" for id in drifts]
        found += unsigned(ledger)
        if ledger.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            found.append("the file is damaged")
        self.results = collections.Counter(row["result"] for row in rows)
        ledger.close()
        if database is None:
            run = self.server.command("verify", "--database", self.server.database, "--anchor", self.server.files + ".anchor")
            if run.returncode != 0:
                found.append(f"verify ended with {run.returncode}: {run.stdout}{run.stderr}")
        return found

    def failures(self):
        """Returns the requests whose answer was not a success."""
        return [attempt for attempt in self.attempts if attempt.status not in (204, None)]

    def control(self):
        """Checks violations(): deletes an acknowledged change from a copy of the ledger. Returns the problems in the copy."""
        acknowledged = [attempt for attempt in self.attempts if attempt.status == 204]
        copy = self.server.files + ".control"
        source = self.open()
        target = sqlite3.connect(copy)
        source.backup(target)
        target.execute("DROP TRIGGER change_delete")
        target.execute("DELETE FROM change WHERE id = ?", (acknowledged[len(acknowledged) // 2].change,))
        target.commit()
        target.close()
        source.close()
        return self.violations(copy)

    @property
    def summary(self):
        statuses = collections.Counter(str(attempt.status or "no answer") for attempt in self.attempts)
        return f"requests {len(self.attempts)}, answers {dict(statuses)}, results {dict(self.results)}"


def was_injected(trace):
    """Returns whether strace made a call fail."""
    try:
        with open(trace) as lines:
            return "(INJECTED)" in lines.read()
    except OSError:
        return False


def unsigned(ledger):
    """Returns the problems of the log: gaps between the entries, or a checkpoint that does not cover all entries."""
    ledger.execute("BEGIN")
    entries = ledger.execute("SELECT sequence, hash FROM entry ORDER BY sequence").fetchall()
    size, checkpoint = ledger.execute("SELECT next_sequence, checkpoint FROM head").fetchone()
    ledger.execute("COMMIT")
    if [sequence for sequence, _ in entries] != list(range(len(entries))):
        return ["the entries have gaps"]
    log = ReferenceLog([hash for _, hash in entries])
    signed = [str(size), encoded(tree_hash(log.leaves))]
    return [] if size == len(entries) and checkpoint.split("\n")[1:3] == signed else ["the head is not signed over all entries"]


def address_of(row):
    return f"{row['flow_type']}/{row['flow_id']}/{row['step']}"
