"""Sends as many expensive requests as a caller can. Measures how much the requests slow down an operator who works at the same
time."""

import http.client
import itertools
import multiprocessing
import os
import random
import selectors
import socket
import sqlite3
import time
import urllib.parse

from browser import Browser
from reflogserver import FRAUD_CHECK, INVITATION_CODES, NEW_VENDOR

FLOW = "/beta/identity/b2cUserFlows/B2C_1_signup"
HISTORY = "/beta/auditLogs/connectorChanges"
CONFIGURATIONS = "/beta/auditLogs/connectorConfigurations"
EVENTS = "/beta/auditLogs/serviceEvents"
# A filter that no index supports, with the maximum number of terms that a filter can have.
HEAVY = "$filter=" + urllib.parse.quote(" or ".join(f"contains(reason,'{'x' * 20}{number}')" for number in range(40)))
HEAVY_EVENTS = "$filter=" + urllib.parse.quote(" or ".join(f"contains(kind,'{'x' * 20}{number}')" for number in range(40)))
# A filter whose texts occur in no recorded name. So Reflog compares the texts with all recorded names, to propose names.
UNKNOWN_NAMES = "$filter=" + urllib.parse.quote(" or ".join(f"contains(flowId,'B2C_1_sgnup{number}')" for number in range(40)))
# A filter that also finds the changes of the connectors that the steps of the flow called.
IMPACT = "flowScope=impact&$filter=" + urllib.parse.quote("flowId eq 'B2C_1_signup'")
TERMS = "$filter=" + urllib.parse.quote("flowId in (" + ",".join(f"'flow{number}'" for number in range(90)) + ")")


def http_request(method, path, body=b"", **headers):
    """Returns the bytes of a request."""
    fields = {"Host": "reflog", "Content-Length": len(body) if body or method not in ("GET", "HEAD") else None} | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + body


class Effort:
    """One kind of expensive request that a caller sends repeatedly. `request(number)` returns the bytes of the request with
    this number.

    By default, each connection sends a request, waits for the answer, and sends the next request. If `pause` is set, a
    connection that sent nothing for this number of seconds sends its next bytes, even without an answer. `closes` means that a
    connection is closed and opened again after each request. `reads` is False if the client never reads an answer.
    """

    def __init__(self, request, pause=None, closes=False, reads=True):
        self.request, self.pause, self.closes, self.reads = request, pause, closes, reads


def as_reader(token, session=""):
    """Returns a dictionary from names to the efforts of a caller with the role `reader`.

    `session` is the header `Cookie` of a session on the pages. Without a session, a request for a page is redirected.
    """
    def call(method, path, body=b"", **headers):
        return http_request(method, path, body, Authorization=f"Bearer {token}", Content_Type="application/json", **headers)

    def steady(*arguments, **headers):
        data = call(*arguments, **headers)
        return Effort(lambda number: data)

    def put(number):
        step = f"step{random.getrandbits(60):x}{'z' * 100}"
        return call("PUT", f"{FLOW}/apiConnectorConfiguration/{step}/$ref", b"{}", Reflog_Reason="r" * 4000,
                    client_request_id="c" * 128)

    def flow(steps):
        def request(number):
            names = ",".join(f'"step{number}x{step}":{{"@odata.id":"apiConnectors/{NEW_VENDOR}"}}' for step in range(steps))
            body = f'{{"id":"f{random.getrandbits(60):x}","apiConnectorConfiguration":{{{names}}}}}'
            return call("POST", "/beta/identity/b2cUserFlows", body.encode())
        return request

    def page(*paths):
        requests = [http_request("GET", path, Cookie=session) for path in paths]
        return Effort(lambda number: requests[number % len(requests)])
    # The heaviest requests of several kinds. Each kind of request has its own slots, so one caller uses slots of several kinds
    # at once.
    mixture = [call("GET", path) for path in (
        f"{HISTORY}?$format=csv", f"{HISTORY}?$count=true&$top=1&{HEAVY}", f"{HISTORY}?{HEAVY}", f"{HISTORY}?$top=1000",
        f"{EVENTS}?$format=csv", f"{EVENTS}?$count=true&{HEAVY_EVENTS}", "/beta/auditLogs/evidence?period=2026")]
    form = "application/x-www-form-urlencoded"
    return {
        "denied references with long reasons": Effort(put),
        "denied flows with 16 steps": Effort(flow(16)),
        "flows with 400 steps": Effort(flow(400)),
        "denied connectors with large bodies": steady(
            "PATCH", f"/beta/identity/apiConnectors/{NEW_VENDOR}", b'{"displayName":"' + b"x" * 60_000 + b'"}'),
        "denied deletions of a flow": steady("DELETE", FLOW),
        "denied rollbacks": steady("POST", f"{HISTORY}/1/rollback", b"{}"),
        "denied rollbacks to a time": steady("POST", f"{CONFIGURATIONS}/rollback", b'{"asOf":"2026-01-01T00:00:00Z"}'),
        "denied administration": steady("POST", "/beta/reflog/tokens", b'{"name":"x","role":"admin"}'),
        "plans of a rollback": steady("POST", f"{HISTORY}/1/rollback", b'{"dryRun":true}'),
        "plans of a rollback to a time": steady(
            "POST", f"{CONFIGURATIONS}/rollback", b'{"asOf":"2026-01-01T00:00:00Z","dryRun":true}'),
        "large pages": steady("GET", f"{HISTORY}?$top=1000"),
        "heavy filters": steady("GET", f"{HISTORY}?{HEAVY}"),
        "long lists in filters": steady("GET", f"{HISTORY}?{TERMS}"),
        "counts": steady("GET", f"{HISTORY}?$count=true&$top=1&{HEAVY}"),
        "references at a time": steady("GET", f"{CONFIGURATIONS}?asOf=2026-01-01T00:00:00Z"),
        "differences of two times": steady("GET", f"{CONFIGURATIONS}?asOf=2026-01-01T00:00:00Z&compareWith=now"),
        "exports": steady("GET", f"{HISTORY}?$format=csv"),
        "exports with a manifest": steady("GET", f"{HISTORY}?$format=jsonl&manifest=true"),
        "unread exports": Effort(lambda number: call("GET", f"{HISTORY}?$format=csv"), reads=False),
        "exports that are left": Effort(lambda number: call("GET", f"{HISTORY}?$format=ocsf"), closes=True),
        "heads of exports": steady("HEAD", f"{HISTORY}?$format=csv"),
        "exports of events": steady("GET", f"{EVENTS}?$format=csv"),
        "counts of events": steady("GET", f"{EVENTS}?$count=true"),
        "heavy filters of events": steady("GET", f"{EVENTS}?$count=true&{HEAVY_EVENTS}"),
        "packs": steady("GET", "/beta/auditLogs/evidence?period=2026"),
        "names that are similar": steady("GET", f"{HISTORY}?{UNKNOWN_NAMES}"),
        "impact on a flow": steady("GET", f"{HISTORY}?$count=true&{IMPACT}"),
        "all heavy requests": Effort(lambda number: mixture[number % len(mixture)]),
        "timelines": page("/", "/?q=" + "x" * 200),
        "counts of timelines": page("/timeline/count?q=" + "x" * 200, "/timeline/news?behind=0"),
        "boards": page("/flows?asOf=2026-01-01T00:00:00Z", "/flows", "/flows?asOf=2026-01-01T00:00:00Z&compareWith=now"),
        "flows": page(*(f"/flows/b2cUserFlows/B2C_1_signup{number}" for number in range(1, 20))),
        "connectors": page("/connectors", "/connectors?q=x", f"/connectors/{FRAUD_CHECK}", f"/connectors/{NEW_VENDOR}"),
        "actors": page(f"/actors/token/{token.split('_')[1] if '_' in token else ''}"),
        "searches": page(*(f"/search?q=B2C_1_sgnup{number}" for number in range(40))),
        "changes": page(*(f"/changes/{number}" for number in range(1, 100))),
        "other pages": page("/integrity", "/freezes", "/export", "/evidence"),
        "proofs": steady("GET", f"{HISTORY}/1?$format=tlog-proof"),
        "status and metrics": Effort(lambda number: call("GET", ("/metrics", "/beta/reflog/status")[number % 2])),
        "reads of the directory": steady("GET", f"{FLOW}/apiConnectorConfiguration?$expand=postFederationSignup"),
        "pipelined requests": Effort(lambda number: call("GET", f"{HISTORY}?$top=1") * 50),
        "slow bodies": Effort(
            lambda number: call("PUT", f"{FLOW}/apiConnectorConfiguration/x/$ref", b"{" + b" " * 50_000)[:-10_000], pause=5),
        "sign-ins": Effort(lambda number: http_request(
            "POST", "/sign-in", f"token={token}".encode(), Content_Type=form, Origin="http://reflog")),
    }


def as_stranger():
    """Returns a dictionary from names to the efforts of a client without a credential."""
    def bearing(token):
        return lambda number: http_request("GET", HISTORY, Authorization=f"Bearer {token()}")

    def unknown_token():
        return f"reflog_{random.getrandbits(64):016x}_{random.getrandbits(256):064x}"
    form = "application/x-www-form-urlencoded"
    return {
        "wrong tokens": Effort(bearing(unknown_token)),
        "tokens without a form": Effort(bearing(lambda: "a.b." + "c" * 8000)),
        "no token": Effort(lambda number: http_request("PUT", f"{FLOW}/apiConnectorConfiguration/x/$ref", b"{}")),
        "wrong sign-ins": Effort(lambda number: http_request(
            "POST", "/sign-in", f"token={unknown_token()}".encode(), Content_Type=form, Origin="http://reflog")),
        "sign-in pages": Effort(lambda number: http_request("GET", "/sign-in")),
        "redirects": Effort(lambda number: http_request("GET", "/flows")),
        "open routes": Effort(lambda number: http_request(
            "GET", ("/livez", "/checkpoint", "/openapi.json", "/tile/0/000.p/1", "/tile/entries/000.p/1")[number % 5])),
        "unknown paths": Effort(lambda number: http_request("GET", f"/beta/{number}")),
        "invalid paths": Effort(lambda number: http_request("GET", "/a%2Fb")),
        "unknown methods": Effort(lambda number: http_request("FOO", "/")),
        "no HTTP": Effort(lambda number: os.urandom(2000), closes=True),
        "huge bodies": Effort(lambda number: http_request("POST", "/sign-in", b"x" * 200_000, Content_Type=form)),
        "slow bodies": Effort(lambda number: http_request("POST", "/sign-in", b"x" * 60_000, Content_Type=form)[:-9000], pause=5),
        "slow headers": Effort(lambda number: b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: " if number < 200 else b"x", pause=1),
        "idle connections": Effort(lambda number: b"", pause=60),
        "new connections": Effort(lambda number: http_request("GET", "/livez"), closes=True),
    }


class Connection:
    """One of the connections over which an effort sends requests."""

    def __init__(self, port, address):
        self.port, self.address, self.socket = port, address, None
        self.open()

    def open(self):
        if self.socket:
            self.socket.close()
        self.socket = socket.create_connection(("127.0.0.1", self.port), source_address=(self.address, 0))
        self.socket.setblocking(False)
        self.received, self.unsent, self.expected, self.sent_at = b"", b"", 0, 0

    def send(self, data, effort):
        self.unsent += data
        self.expected += 50 if effort.closes is False and data.count(b"HTTP/1.1\r\n") > 1 else 1
        self.sent_at = time.monotonic()
        self.flush()

    def flush(self):
        while self.unsent:
            try:
                self.unsent = self.unsent[self.socket.send(self.unsent):]
            except BlockingIOError:
                return

    def receive(self):
        """Reads the bytes that have arrived. Returns the statuses of complete answers, or None if the server closed the
        connection."""
        try:
            data = self.socket.recv(1 << 18)
        except BlockingIOError:
            return []
        except OSError:
            return None
        if not data:
            return None
        self.received += data
        statuses = []
        while (answer := self.first_answer()) is not None:
            statuses.append(answer)
            self.expected -= 1
        return statuses

    def first_answer(self):
        """Removes the first complete answer from the received bytes, and returns the answer's status. Returns None if no answer
        is complete."""
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.received[:end].lower()
        status, length = int(head[9:12]), 0
        if b"transfer-encoding: chunked" in head and not self.is_head:
            last = self.received.find(b"\r\n0\r\n\r\n", end)
            if last < 0:
                # Keep only the end of a long body, so that the search for its last chunk stays fast.
                self.received = self.received[:end + 4] + self.received[max(end + 4, len(self.received) - 8):]
                return None
            self.received = self.received[last + 7:]
            return status
        if b"content-length: " in head and status not in (204, 304) and not self.is_head:
            length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        if len(self.received) < end + 4 + length:
            return None
        self.received = self.received[end + 4 + length:]
        return status

    is_head = False


def attack(port, address, effort, connections, seconds, results):
    """Sends the requests of an effort for some seconds. Then puts the number of answers for each status into `results`."""
    numbers, statuses = itertools.count(), {}
    opened = [Connection(port, address) for _ in range(connections)]
    selector = selectors.DefaultSelector()
    end = time.monotonic() + seconds
    for connection in opened:
        connection.is_head = effort.request(0).startswith(b"HEAD")
        selector.register(connection.socket, selectors.EVENT_READ, connection)

    def renew(connection):
        selector.unregister(connection.socket)
        connection.open()
        selector.register(connection.socket, selectors.EVENT_READ, connection)

    def send(connection):
        try:
            connection.send(effort.request(next(numbers)), effort)
        except OSError:
            renew(connection)
    for connection in opened:
        send(connection)
    while time.monotonic() < end:
        for key, _ in selector.select(0.1) if effort.reads else []:
            connection = key.data
            answers = connection.receive()
            for status in answers or []:
                statuses[status] = statuses.get(status, 0) + 1
            if answers is None or (answers and effort.closes):
                renew(connection)
                send(connection)
            elif answers and connection.expected <= 0:
                send(connection)
        if not effort.reads:
            time.sleep(0.1)
        for connection in opened:
            try:
                connection.flush()
            except OSError:
                renew(connection)
            if effort.pause and time.monotonic() - connection.sent_at > effort.pause:
                send(connection)
    for connection in opened:
        connection.socket.close()
    results.put(statuses)


class Operator:
    """Works like an operator: changes steps, reads history, and reads the directory."""

    def __init__(self, server):
        self.server, self.times, self.statuses = server, [], {}

    def work(self, seconds):
        """Works for some seconds. Returns the 99th percentile of the response times, in seconds."""
        self.times, self.statuses = [], {}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        headers = {"Authorization": f"Bearer {self.server.tokens['operator']}", "Content-Type": "application/json"}
        end = time.monotonic() + seconds
        for number in itertools.count():
            if time.monotonic() > end:
                break
            connector = (FRAUD_CHECK, INVITATION_CODES)[number % 2]
            method, path, body = (
                ("GET", f"{HISTORY}?$top=20", None) if number % 10 == 8 else
                ("GET", f"{FLOW}/apiConnectorConfiguration/postFederationSignup/$ref", None) if number % 10 == 9 else
                ("PUT", f"{FLOW}/apiConnectorConfiguration/postFederationSignup/$ref",
                 f'{{"@odata.id":"apiConnectors/{connector}"}}'))
            start = time.monotonic()
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            self.times.append(time.monotonic() - start)
            self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
            time.sleep(0.01)
        connection.close()
        return sorted(self.times)[int(len(self.times) * 0.99)]


def size_of(database):
    """Returns the size of the ledger's pages in bytes."""
    ledger = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        pages, free, size = (ledger.execute(f"PRAGMA {name}").fetchone()[0]
                             for name in ("page_count", "freelist_count", "page_size"))
        return (pages - free) * size
    finally:
        ledger.close()


class Greedy:
    """Sends the requests of efforts to a server. Measures how each effort slows down an operator and enlarges the ledger."""

    def __init__(self, server, connections=200):
        self.server, self.connections = server, connections
        # Each run of an effort has a new client address, because the server limits each address separately. So requests that
        # still wait from an earlier run do not count for the next run.
        self.readers = itertools.count()
        self.addresses = (f"127.0.{number // 250}.{2 + number % 250}" for number in itertools.count())

    def make_history(self, changes):
        """Makes changes, so that queries of the history must read many rows."""
        operator = Operator(self.server)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        headers = {"Authorization": f"Bearer {self.server.tokens['operator']}", "Reflog-Reason": "r" * 200}
        for number in range(changes):
            path = f"{FLOW}{number % 20}/apiConnectorConfiguration/postFederationSignup/$ref"
            path = path if number >= 20 else f"{FLOW}/apiConnectorConfiguration/postFederationSignup/$ref"
            connector = (None, FRAUD_CHECK, NEW_VENDOR)[number // 20 % 3]
            body = f'{{"@odata.id":"apiConnectors/{connector}"}}' if connector else "{}"
            connection.request("PUT", path, body, headers)
            connection.getresponse().read()
        connection.close()
        return operator

    def hold_connections(self, count):
        """Opens `count` connections, and sends no bytes over the connections. Returns the connections."""
        address = next(self.addresses)
        return [socket.create_connection(("127.0.0.1", self.server.port), source_address=(address, 0))
                for _ in range(count)]

    @staticmethod
    def is_open(connection):
        """Returns whether the server has left a connection open."""
        connection.settimeout(0.01)
        try:
            return connection.recv(1) != b""
        except TimeoutError:
            return True
        except OSError:
            return False

    def new_reader(self):
        """Returns the token of a new reader."""
        name = f"reader-{next(self.readers)}"
        run = self.server.command("token", "create", "--role", "reader", "--name", name, "--database", self.server.database)
        assert run.returncode == 0, run.stderr
        return run.stdout.strip()

    def session_of(self, token):
        """Signs in on the pages with a token. Returns the header `Cookie` of the session."""
        browser = Browser(self.server)
        browser.submit(browser.open("/").form("/sign-in"), token=token)
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())

    def start(self, effort, seconds):
        results = multiprocessing.Queue()
        process = multiprocessing.Process(
            target=attack, args=(self.server.port, next(self.addresses), effort, self.connections, seconds, results), daemon=True)
        process.start()
        return process, results

    def growth(self, effort, seconds):
        """Runs an effort while no operator works. Returns the number of bytes by which the ledger grew, and the number of
        answers for each status."""
        before = size_of(self.server.database)
        process, results = self.start(effort, seconds)
        statuses = results.get()
        process.join()
        return size_of(self.server.database) - before, statuses

    def disturbance(self, effort, seconds):
        """Runs an effort while an operator works. Returns the operator's 99th percentile and the operator's statuses."""
        operator = Operator(self.server)
        process, results = self.start(effort, seconds + 1)
        time.sleep(1)
        slowest = operator.work(seconds)
        results.get()
        process.join()
        return slowest, operator.statuses
