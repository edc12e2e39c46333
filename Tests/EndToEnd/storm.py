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
from stormcheck import Attempt, Record, problems, unsigned
from stormclients import StormClients

ADDRESSES = [
    f"b2cUserFlows/{flow}/{step}"
    for flow in ("B2C_1_signup", "B2C_1_signup_signin", "B2C_1_profile_edit", "B2C_1_password_reset")
    for step in ("postFederationSignup", "postAttributeCollection")
]
# The system calls with which SQLite writes, and approximately how many of each call the server makes per second.
CALLS = {"pwrite64": 2000, "fdatasync": 400, "fsync": 2, "ftruncate": 2}
TARGETS = [None, rs.FRAUD_CHECK, rs.NEW_VENDOR, rs.INVITATION_CODES, rs.LOYALTY, rs.PARTNER_APPROVAL]


class Storm(StormClients):
    def __init__(self, server, clients, addresses, seed):
        self.server = server
        self.clients = clients
        self.addresses = ADDRESSES[:addresses]
        self.seed = seed
        self.attempts = []
        self.acknowledged = 0
        # The problems that were found in the ledger between a kill and the next start of the server.
        self.torn = []
        # The number of I/O errors that the server got.
        self.injected = 0
        self.lock = threading.Lock()

    def run(self, seconds, kills=0, changes=0, io_errors=0):
        """Runs the clients for `seconds`. Kills and restarts the server `kills` times in that time.

        In addition, runs the server `io_errors` times with one failing system call, and kills the server after each failure.

        On a slow machine, the clients run longer than `seconds`: until `changes` changes were acknowledged.
        """
        chance = random.Random(self.seed)
        with self.running_clients() as threads:
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

    def restart_after_kill(self, event):
        """Kills the server, checks the ledger, and starts the server again. The start comes last, because it can repair files."""
        self.server.kill()
        with contextlib.closing(self.open()) as ledger:
            self.torn += [f"after {event}: {problem}" for problem in unsigned(record_in(ledger))]
        self.server.start()

    def fail_once(self, chance):
        """Runs the server while one write or flush of a file fails. The file belongs to the ledger or to the directory."""
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
            answer = (None, None, None)
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
                answer = self.put(connection, correlation, address, target)
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = None
                time.sleep(0.05)
            status, change, code = answer
            mine.append(Attempt(correlation, address, target, status, change, code=code))
        if connection:
            connection.close()
        with self.lock:
            self.attempts += mine

    def put(self, connection, correlation, address, target, key=None):
        """Sends a change on a connection. Returns the status, the id of the change, and the error code. The code is None after a
        success."""
        flow, step = address.rsplit("/", 1)
        connection.request(
            "PUT", f"/beta/identity/{flow}/apiConnectorConfiguration/{step}/$ref",
            json.dumps({"@odata.id": f"/identity/apiConnectors/{target}"} if target else {}),
            {"Authorization": "Bearer " + self.server.tokens["operator"], "client-request-id": correlation}
            | ({"Idempotency-Key": key} if key else {}),
        )
        response = connection.getresponse()
        body = response.read()
        with self.lock:
            self.acknowledged += response.status == 204
        code = json.loads(body)["error"]["code"] if response.status >= 400 else None
        return response.status, response.getheader("Reflog-Change-Id"), code

    def violations(self, database=None):
        """Returns the problems of the history, as a list of texts. The server must be ready."""
        with contextlib.closing(self.open(database)) as ledger:
            record = record_in(ledger)
            is_damaged = ledger.execute("PRAGMA integrity_check").fetchone()[0] != "ok"
        self.results = record.results
        found = self.torn + problems(record, self.attempts, self.server.reference)
        if is_damaged:
            found.append("the file is damaged")
        return found if database else found + self.unverified()

    def unverified(self):
        """Returns the findings of `reflog verify`."""
        run = self.server.command("verify", "--database", self.server.database, "--anchor", self.server.files + ".anchor")
        return [] if run.returncode == 0 else [f"verify ended with {run.returncode}: {run.stdout}{run.stderr}"]

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
    """Returns whether strace injected an error into a system call."""
    try:
        with open(trace) as lines:
            return "(INJECTED)" in lines.read()
    except OSError:
        return False


def record_in(ledger):
    """Reads the content of a SQLite ledger."""
    ledger.row_factory = sqlite3.Row
    ledger.execute("BEGIN")
    changes = [dict(row) for row in ledger.execute("SELECT * FROM change_details ORDER BY id")]
    entries = [tuple(row) for row in ledger.execute("SELECT sequence, hash FROM entry ORDER BY sequence")]
    size, checkpoint = ledger.execute("SELECT next_sequence, checkpoint FROM head").fetchone()
    ledger.execute("COMMIT")
    return Record(changes, entries, size, checkpoint)
