"""Changes steps from many clients while PostgreSQL and its connections fail. Then checks the history.

The server connects to PostgreSQL through a proxy. The proxy can cut a connection during COMMIT.
"""

import collections
import dataclasses
import http.client
import itertools
import json
import random
import subprocess
import time

from postgresqlproxy import FALSE_ANSWER, CommitProxy
from postgresqlreflog import PostgreSQLReflog
from postgresqlserver import PostgreSQLServer, SQLError
from storm import TARGETS, Storm
from stormcheck import Attempt, Record, problems, unrecorded

DATABASE = "ledger"
# The documented answers to a change that failed: the status and the error code.
DOCUMENTED = {(502, "outcomeUnknown"), (502, "notSent"), (503, "ledgerUnavailable"), (503, "busy"), (409, "stepUnresolved")}
# The exit code of a server that can't find out whether the last COMMIT is durable, and a part of the server's message.
UNKNOWN_EXIT, UNKNOWN_MESSAGE = 70, "It is unknown whether the last commit was written"
# Two time limits in seconds. After a fault, the server must acknowledge a change within RECOVERY. After all faults, the pending
# changes must be settled within SETTLING.
RECOVERY, SETTLING = 180, 180
# The number of faults between two checks of the new changes.
FAULTS_BETWEEN_CHECKS = 25

# SQL that reads the history as one line of JSON for each row. All rows are from one state of the database.
RECORD = """
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT json_build_object('change', json_build_object('id', id, 'subject', subject, 'kind', kind, 'result', result,
  'correlation_id', correlation_id, 'flow_type', flow_type, 'flow_id', flow_id, 'step', step,
  'before_state', before_state, 'before_connector_id', before_connector_id,
  'after_state', after_state, 'after_connector_id', after_connector_id)) FROM change_details WHERE id >= {first} ORDER BY id;
SELECT json_build_object('entry', json_build_array(sequence, encode(hash, 'hex'))) FROM entry WHERE {entries} ORDER BY sequence;
SELECT json_build_object('head', json_build_array(next_sequence, checkpoint)) FROM head;
COMMIT;
"""
# SQL that ends one of Reflog's backends (server processes), and returns the state that the backend's transaction had. A
# transaction that has an id is writing, and has locked the head row of the log.
TERMINATION = """
SELECT CASE WHEN pg_terminate_backend(pid) THEN kind END FROM (
  SELECT pid, CASE WHEN backend_xid IS NOT NULL THEN 'writing' WHEN state LIKE 'idle in%' THEN 'in a transaction'
    WHEN state = 'active' THEN 'active' ELSE 'idle' END AS kind
  FROM pg_stat_activity WHERE application_name = 'reflog' AND datname = current_database()
) AS backend WHERE {condition} ORDER BY random() LIMIT 1
"""


class PostgreSQLStorm(Storm):
    """Runs clients, a Reflog server, PostgreSQL and a proxy. Use an object of this class in a `with` block."""

    def __init__(self, binary, clients=32, addresses=8, seed=1, pause=0.1, changes=5):
        # With syncfs, a start after a kill is faster, because the whole file system is flushed in one call.
        self.postgres = PostgreSQLServer(max_connections=60, recovery_init_sync_method="syncfs")
        # The mean pause in seconds between two changes of a client, and the number of acknowledged changes between two faults.
        self.binary, self.pause, self.changes = binary, pause, changes
        super().__init__(None, clients, addresses, seed)
        self.proxy = None
        self.chance = random.Random(seed)
        self.counts = collections.Counter()
        # The number of attempts that were already checked. These attempts are the first elements of `self.attempts`.
        self.checked = 0
        self.found = []
        self.names = itertools.count(1)
        # The points at which connections are cut. None means a random point.
        self.points = [None]

    def __enter__(self):
        self.postgres.__enter__()
        try:
            self.postgres.create_database(DATABASE)
            self.proxy = CommitProxy(self.postgres.port).__enter__()
            password = self.postgres.passwords["reflog_service"]
            # The connection is not encrypted, because the proxy must read its messages.
            url = (f"postgresql://reflog_service:{password}@127.0.0.1:{self.proxy.port}/{DATABASE}"
                   "?sslmode=disable&gssencmode=disable")
            self.server = PostgreSQLReflog(url, self.binary)
            self.server.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.end_session()
        if self.server:
            self.server.__exit__()
        if self.proxy:
            self.proxy.__exit__()
        self.postgres.__exit__()

    # The following methods cause faults.

    def run_faults(self, fault, count, checks=True):
        """Runs the clients while a fault happens `count` times. Then checks the whole history, if `checks` is true."""
        start = time.monotonic()
        with self.running_clients():
            for number in range(count):
                self.await_changes(fault.__name__)
                fault()
                self.restart_if_ended()
                if (number + 1) % FAULTS_BETWEEN_CHECKS == 0:
                    self.check_running()
            self.await_changes(fault.__name__)
        self.restart_if_ended()
        if checks:
            self.found += self.violations()
        self.counts[f"seconds of {fault.__name__}"] = round(time.monotonic() - start)

    def await_changes(self, fault):
        """Waits until changes are acknowledged, so that each fault hits a working server."""
        start, before = time.monotonic(), self.acknowledged
        while (count := self.acknowledged - before) < self.changes:
            self.restart_if_ended()
            waited = time.monotonic() - start
            if waited > RECOVERY:
                self.found.append(f"{count} changes were acknowledged within {RECOVERY} s after {self.counts[fault]} of {fault}")
                return
            if count == 0:
                self.counts["longest recovery in ms"] = max(self.counts["longest recovery in ms"], round(waited * 1000))
            time.sleep(0.005)

    def restart_if_ended(self):
        """If the server has ended, starts it again. A server is allowed to end only if the outcome of a COMMIT is unknown."""
        if (code := self.server.process.poll()) is None:
            return
        self.counts["ends of the server"] += 1
        last = self.server.log.rstrip().rpartition("\n")[2]
        if code != UNKNOWN_EXIT or UNKNOWN_MESSAGE not in last:
            self.found.append(f"the server ended with {code}: {last}")
        self.server.start()

    def terminations(self):
        """Ends a backend (a server process) of Reflog. In two of three cases, the backend is writing."""
        condition = "TRUE" if self.chance.random() < 1 / 3 else "kind = 'writing'"
        while not (kind := self.psql(TERMINATION.format(condition=condition))):
            time.sleep(0.001)
        self.counts["terminations"] += 1
        self.counts[f"terminated backends: {kind}"] += 1

    def kills(self):
        """Kills PostgreSQL and starts it again."""
        time.sleep(self.chance.uniform(0, 0.5))
        self.end_session()
        self.postgres.kill()
        self.counts["kills"] += 1

    def cuts(self):
        """Cuts a connection during COMMIT."""
        self.counts["cut " + self.proxy.cut_next(self.chance, self.chance.choice(self.points))] += 1
        self.counts["cuts"] += 1

    def restarts(self):
        """Kills Reflog and starts it again."""
        time.sleep(self.chance.uniform(0, 0.5))
        self.server.kill()
        self.counts["restarts"] += 1
        self.server.start()

    # The following methods run the clients.

    def client(self, number):
        """Sends changes. Some changes have an Idempotency-Key, and are sent again until they are acknowledged."""
        name = f"client-{next(self.names)}"
        chance, connection, count = random.Random(f"{self.seed}/{name}"), None, 0
        key = address = target = None
        while not self.stopped.is_set():
            if key is None:
                address, target = chance.choice(self.addresses), chance.choice(TARGETS)
                key = f"key-{name}-{count}" if chance.random() < 0.4 else None
            correlation, answer = f"{name}-{count}", (None, None, None)
            count += 1
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=300)
                answer = self.put(connection, correlation, address, target, key)
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = None
            status, change, code = answer
            with self.lock:
                self.attempts.append(Attempt(correlation, address, target, status, change, key, code))
            if status == 204:
                key = None
            self.stopped.wait(chance.uniform(0, 2 * self.pause))
        if connection:
            connection.close()

    # The following methods check the history.

    def check_running(self):
        """Checks the changes that were acknowledged since the last check, and the numbers of the entries."""
        with self.lock:
            attempts = self.attempts[self.checked:]
            self.checked = len(self.attempts)
        acknowledged = [attempt for attempt in attempts if attempt.status == 204]
        if not acknowledged:
            return
        record = self.record(min(int(attempt.change) for attempt in acknowledged), entries="FALSE")
        # A request with an idempotency key can repeat an earlier request. So also check the earlier requests with that key.
        with self.lock:
            keys = {attempt.key for attempt in attempts if attempt.key}
            attempts = [attempt for attempt in self.attempts[:self.checked] if attempt.key in keys] + [
                attempt for attempt in attempts if not attempt.key]
        oldest = min((row["id"] for row in record.changes), default=0)
        attempts = [attempt for attempt in attempts if attempt.status != 204 or int(attempt.change) >= oldest]
        self.found += [f"while the faults continue: {problem}" for problem in unrecorded(record.changes, attempts)]
        count, newest, size = self.psql(
            "SELECT count(*), max(sequence) + 1, (SELECT next_sequence FROM head) FROM entry").split("|")
        if not count == newest == size:
            self.found.append(f"there are {count} entries, the newest sequence is {newest} - 1, and the head's size is {size}")
        self.counts["checks while the faults continue"] += 1

    def record(self, first=0, entries="TRUE"):
        """Reads the content of the ledger, from the change with the id `first`."""
        record = Record([], [], 0, "")
        for line in self.postgres.psql(RECORD.format(first=first, entries=entries), database=DATABASE).splitlines():
            (kind, value), = json.loads(line).items()
            if kind == "change":
                record.changes.append(value)
            elif kind == "entry":
                record.entries.append((value[0], bytes.fromhex(value[1])))
            else:
                record.size, record.checkpoint = value
        return record

    def violations(self):
        """Returns the problems of the whole history, after all pending changes were settled."""
        end = time.monotonic() + SETTLING
        while self.psql("SELECT count(*) FROM change WHERE result = 'pending'") != "0" and time.monotonic() < end:
            time.sleep(0.1)
        record = self.record()
        self.results = record.results
        found = problems(record, self.attempts, self.server.reference)
        failed = collections.Counter((attempt.status, attempt.code) for attempt in self.attempts
                                     if attempt.status not in (204, None) and (attempt.status, attempt.code) not in DOCUMENTED)
        found += [f"{count} requests failed with {status} {code}" for (status, code), count in failed.items()]
        return found + self.unverified()

    def unverified(self):
        run = self.server.verify(self.postgres.dsn("reflog_service", DATABASE))
        return [] if run.returncode == 0 else [f"verify ended with {run.returncode}: {run.stdout}{run.stderr}"]

    def controls(self):
        """Makes copies of the record, each with one fault. Returns a dictionary from the faults to the problems that are found
        in the copies."""
        record, found = self.record(), {}
        acknowledged = {int(attempt.change): attempt for attempt in self.attempts if attempt.status == 204}
        index = [index for index, row in enumerate(record.changes) if row["id"] in acknowledged][len(acknowledged) // 2]
        row, changes, entries = record.changes[index], record.changes, record.entries
        other = next(target for target in TARGETS if target != row["after_connector_id"])
        planted = {
            "an acknowledged change is missing": dict(changes=changes[:index] + changes[index + 1:]),
            "a change is recorded twice": dict(changes=[*changes, row | {"id": changes[-1]["id"] + 1}]),
            "a change has another result": dict(changes=[*changes[:index], row | {"result": "rejected"}, *changes[index + 1:]]),
            "a change is pending": dict(changes=[*changes[:index], row | {"result": "pending"}, *changes[index + 1:]]),
            "a change has another reference": dict(
                changes=[*changes[:index], row | {"after_connector_id": other}, *changes[index + 1:]]),
            "an entry is missing": dict(entries=entries[:index] + entries[index + 1:]),
            "an entry has another hash": dict(entries=[*entries[:index], (index, bytes(32)), *entries[index + 1:]]),
        }
        for fault, values in planted.items():
            found[fault] = problems(dataclasses.replace(record, **values), self.attempts, self.server.reference)
        return found

    def false_answer(self):
        """Makes the proxy answer one COMMIT that never reaches PostgreSQL, so that the server acknowledges lost changes.

        Returns the problems that the check finds, and the answers to later changes. The server must refuse later changes,
        because PostgreSQL lacks entries that the server acknowledged.
        """
        with self.running_clients():
            self.await_changes("false_answer")
            self.proxy.cut_next(self.chance, FALSE_ANSWER)
            time.sleep(1)
        later = [self.server.put(address, None) for address in self.addresses]
        return problems(self.record(), self.attempts, self.server.reference), later

    @property
    def summary(self):
        statuses = collections.Counter(
            f"{attempt.status or 'no answer'} {attempt.code or ''}".strip() for attempt in self.attempts)
        keyed = len({attempt.key for attempt in self.attempts if attempt.key})
        return (f"requests {len(self.attempts)}, keys {keyed}, answers {dict(statuses)}, results {dict(self.results)}\n"
                f"faults {dict(self.counts)}, cut resolutions {self.proxy.resolutions}")

    # The session of psql that runs all statements of `psql()`. The value is None until the first statement.

    session = None

    def psql(self, sql):
        """Runs a statement as the superuser. Returns the one row that is the statement's result."""
        if self.session is None:
            command = ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only",
                       "--dbname", self.postgres.dsn("postgres", DATABASE)]
            self.session = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.session.stdin.write(f"{sql};\n\\echo end\n")
        lines = []
        while (line := self.session.stdout.readline().rstrip("\n")) != "end":
            if self.session.poll() is not None:
                raise SQLError("psql ended")
            lines.append(line)
        return "".join(lines)

    def end_session(self):
        if self.session:
            self.session.kill()
            self.session.wait()
            self.session.stdin.close()
            self.session.stdout.close()
            self.session = None
