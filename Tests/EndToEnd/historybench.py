"""Measures queries, pages and exports of a small and a large ledger. Times differ between runs, so compare only ratios."""

import contextlib
import http.client
import json
import multiprocessing
import random
import sqlite3
import subprocess
import threading
import time
import urllib.parse

from reflogserver import Server

CHANGES = "/beta/auditLogs/connectorChanges"
# These settings contain no credential, so Reflog makes no sweep. A sweep would record drift, because the fake Graph does not
# have the flows of the generated history.
SETTINGS = {"AUTH_MODE": "token,passthrough", "GRAPH_CLIENT_ID": None, "GRAPH_CLIENT_SECRET": None}

# The columns of the CSV export.
COLUMNS = (
    "id, sequence, activity_time, tenant_id, subject, flow_type, flow_id, step, kind, result, result_time, before_state, "
    "before_connector_id, before_display_name, after_state, after_connector_id, after_display_name, changed_properties, "
    "actor_type, actor_proof, actor_id, actor_name, user_principal_name, client_app_id, ip_address, reason, correlation_id, "
    "request_id, graph_request_id, rollback_of, rollback_to, batch_id, http_status, error_code, error_message, settled_by, "
    "last_verified_time"
)

# The fields in which the pages and the command line search for a person (PEOPLE), a connector, or a text in a reason.
PEOPLE = [f"tolower(initiatedBy/{field})" for field in (
    "user/id", "user/displayName", "user/userPrincipalName", "app/servicePrincipalId", "app/displayName", "app/appId", "token/id",
    "token/displayName")]
CONNECTORS = ["before/connectorId", "after/connectorId", "tolower(before/displayName)", "tolower(after/displayName)"]
REASON = ["tolower(reason)"]


def contains(fields, text):
    """Returns a filter for changes in which at least one of the fields contains a text. Upper and lower case make no
    difference."""
    text = text.lower().replace("'", "''")
    return "(" + " or ".join(f"contains({field},'{text}')" for field in fields) + ")"


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@contextlib.contextmanager
def serving(binary, database, graph):
    """Runs a server for a ledger that tools/generate created."""
    server = Server(binary, graph=graph, **SETTINGS)
    server.database = server.files = str(database)
    with server:
        yield server


class Client:
    """Sends requests to one server over one connection."""

    def __init__(self, server):
        self.server = server
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        self.headers = {"Authorization": "Bearer " + server.tokens["reader"]}

    def get(self, path):
        """Sends a GET request. Returns the seconds until the first byte of the answer, and the body."""
        start = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        response = self.connection.getresponse()
        # The measured time ends at the first byte, because the server computes the whole answer before it sends that byte.
        took = time.perf_counter() - start
        body = response.read()
        assert response.status == 200, body
        return took, body


class Queries:
    """Typical queries of history. Each call of a method returns a query with different values."""

    def __init__(self, database, chance):
        self.chance = chance
        ledger = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        one = lambda sql: [row[0] for row in ledger.execute(sql)]
        self.newest = one("SELECT max(id) FROM change")[0]
        self.flows = one("SELECT flow_id FROM flow")
        self.connectors = one("SELECT connector_id FROM connector")
        self.users = one("SELECT actor_id FROM actor WHERE actor_type = 'user'")
        self.names = one("SELECT user_principal_name FROM actor_name WHERE user_principal_name IS NOT NULL")
        self.ledger = ledger

    def value(self, column):
        """Picks a random change in which a column is not NULL. Returns the value of the column."""
        for _ in range(1000):
            row = self.ledger.execute(f"SELECT {column} FROM change_details WHERE id = ?",
                                      (self.chance.randint(1, self.newest),)).fetchone()
            if row and row[0] is not None:
                return row[0]
        raise AssertionError(column)

    def batch(self):
        id = self.chance.randint(1, self.newest)
        return self.ledger.execute("SELECT batch_id FROM change_details WHERE id IN (SELECT id FROM change "
                                   "WHERE batch_id IS NOT NULL AND id >= ? ORDER BY id LIMIT 1)", (id,)).fetchone() or self.batch()

    def time(self):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.chance.randint(1672531200, 1767139200)))

    def part_of_reason(self):
        reason = self.value("reason")
        length = self.chance.randint(3, max(3, len(reason)))
        start = self.chance.randint(0, max(0, len(reason) - length))
        return reason[start:start + length]

    def all(self):
        pick = self.chance.choice
        connector = pick(self.connectors)
        return {
            "newest": None,
            "until a time": f"activityDateTime lt {self.time()}",
            "from a time on": f"activityDateTime ge {self.time()}",
            "flow": f"flowId eq '{pick(self.flows)}'",
            "flow and step": f"flowId eq '{pick(self.flows)}' and step eq 'postFederationSignup'",
            "flow until a time": f"flowId eq '{pick(self.flows)}' and activityDateTime lt {self.time()}",
            "actor": f"initiatedBy/user/id eq '{pick(self.users)}'",
            "actor by name": f"initiatedBy/user/userPrincipalName eq '{pick(self.names)}'",
            "connector before": f"before/connectorId eq '{connector}'",
            "connector after": f"after/connectorId eq '{connector}'",
            "connector before or after": f"before/connectorId eq '{connector}' or after/connectorId eq '{connector}'",
            "not applied": "result ne 'applied'",
            "denied": "result eq 'denied'",
            "part of a flow's id": f"contains(flowId,'{pick(self.flows)[-4:]}')",
            "part of all flows' ids": "contains(flowId,'flow')",
            "part of a flow's and a step's": f"contains(flowId,'{pick(self.flows)[-3:]}') and contains(step,'token')",
            "part of a person": contains(PEOPLE, pick(self.names)[:8]),
            "part of all people": contains(PEOPLE, "contoso"),
            "part of a connector": contains(CONNECTORS, f"connector {self.chance.randint(1, 199)}"),
            "part of a connector's id": contains(CONNECTORS, connector[9:18]),
            "part of a person until a time": f"{contains(PEOPLE, pick(self.names)[:8])} and activityDateTime lt {self.time()}",
            "part of no flow's id": "contains(flowId,'nothing')",
            "rare reason": contains(REASON, self.value("reason")),
            "part of a reason": contains(REASON, self.part_of_reason()),
            "part of no reason": contains(REASON, f"no such thing {self.chance.randint(1000, 9999)}"),
            "part of a reason and a flow": f"{contains(REASON, self.part_of_reason())} and flowId eq '{pick(self.flows)}'",
            "correlation id": f"correlationId eq '{self.value('correlation_id')}'",
            "batch": f"batchId eq '{self.batch()[0]}'",
        }


def path(filter, **options):
    options = {"$" + name: value for name, value in options.items()}
    if filter:
        options["$filter"] = filter
    return CHANGES + "?" + urllib.parse.urlencode(options)


def queries(small, large, rounds, top):
    """Measures the first page of every query, alternately on the two ledgers. Compares only pages of the same length."""
    chance = random.Random(1)
    clients = [Client(small), Client(large)]
    generators = [Queries(small.database, chance), Queries(large.database, chance)]
    times = [{}, {}]
    for round in range(rounds + 20):
        for name in generators[0].all():
            answers = [client.get(path(generator.all()[name], top=top)) for client, generator in zip(clients, generators)]
            sizes = {len(json.loads(body)["value"]) for _, body in answers}
            # The first 20 rounds only warm up the servers. Pages of different sizes are not compared, because a larger page
            # needs more time.
            if round >= 20 and len(sizes) == 1:
                for found, (took, _) in zip(times, answers):
                    found.setdefault(name, []).append(took * 1000)
    print(f"{'first page of ' + str(top):28}{'small p50':>10}{'p99':>8}{'large p50':>11}{'p99':>8}{'ratio of p99':>14}{'n':>6}")
    for name, a in times[0].items():
        b = times[1][name]
        print(f"{name:28}{percentile(a, .5):10.2f}{percentile(a, .99):8.2f}{percentile(b, .5):11.2f}{percentile(b, .99):8.2f}"
              f"{percentile(b, .99) / percentile(a, .99):14.2f}{len(a):6}")
    both = [[took for one in found.values() for took in one] for found in times]
    print(f"{'all together':28}{percentile(both[0], .5):10.2f}{percentile(both[0], .99):8.2f}{percentile(both[1], .5):11.2f}"
          f"{percentile(both[1], .99):8.2f}{percentile(both[1], .99) / percentile(both[0], .99):14.2f}")


def counts(large):
    """Measures counts of matching changes, a query that no index supports, and the configuration at a time."""
    client, generator = Client(large), Queries(large.database, random.Random(2))
    for name in ("flow and step", "actor", "not applied"):
        took, body = client.get(path(generator.all()[name], count="true", top=1))
        print(f"$count of '{name}': {json.loads(body)['@odata.count']} in {took * 1000:.0f} ms")
    # No index supports this query, and no change matches. Reflog limits the time of the query and returns a link with which
    # a client can continue the query.
    took, body = client.get(path("contains(initiatedBy/ipAddress,'no such thing')"))
    print(f"an unindexed query without a match: {took * 1000:.0f} ms, has a next link: {'@odata.nextLink' in json.loads(body)}")
    took, body = client.get("/beta/auditLogs/connectorConfigurations?asOf=2024-03-03T02:00:00Z")
    print(f"the configuration at a time, {len(json.loads(body)['value'])} addresses: {took * 1000:.0f} ms")


def resident(process, what="VmHWM"):
    """Returns a memory figure of a process in MB. The default figure is the peak memory of the process."""
    with open(f"/proc/{process}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def download(server, query, into=None):
    """Downloads the CSV export. Returns the number of bytes, the number of lines, and how many seconds the download took."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    start = time.perf_counter()
    connection.request("GET", f"{CHANGES}?$format=csv{query}", headers={"Authorization": "Bearer " + server.tokens["reader"]})
    response = connection.getresponse()
    size, lines = 0, 0
    while piece := response.read(1 << 20):
        size += len(piece)
        lines += piece.count(b"\n")
        if into:
            into.write(piece)
    return size, lines, time.perf_counter() - start


def export(server):
    """Measures the CSV export of the whole history over HTTP, and how long sqlite3 needs to print the same columns."""
    subprocess.run(["cat", server.database], stdout=subprocess.DEVNULL, check=True)
    size, lines, took = download(server, "")
    print(f"over HTTP: {lines - 1} rows, {size / 1e6:.0f} MB in {took:.1f} s: {(lines - 1) / took:.0f} rows/s; "
          f"peak memory of the server {resident(server.process.pid):.0f} MB")
    start = time.perf_counter()
    subprocess.run(["sqlite3", "-csv", "-readonly", server.database,
                    f"SELECT {COLUMNS} FROM change_details ORDER BY id"], stdout=subprocess.DEVNULL, check=True)
    alone = time.perf_counter() - start
    print(f"sqlite3 -csv: {alone:.1f} s: {(lines - 1) / alone:.0f} rows/s; ratio {alone / took:.2f}")


def slow_readers(server, readers=50, seconds=30):
    """Measures the server's memory while many clients download exports slowly."""
    stopped = threading.Event()
    taken = []

    def read():
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
        connection.request("GET", f"{CHANGES}?$format=csv", headers={"Authorization": "Bearer " + server.tokens["reader"]})
        response, size = connection.getresponse(), 0
        while not stopped.is_set():
            size += len(response.read(64 << 10))
            time.sleep(0.1)
        taken.append(size)
        connection.close()

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stopped.set()
    for thread in threads:
        thread.join()
    print(f"{readers} slow readers downloaded {min(taken) / 1e6:.1f} to {max(taken) / 1e6:.1f} MB each in {seconds} s; "
          f"peak memory of the server {resident(server.process.pid):.0f} MB")


def size(database):
    """Prints how many bytes on disk each change needs, including the indexes."""
    ledger = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    pages = dict(ledger.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
    changes = ledger.execute("SELECT count(*) FROM change").fetchone()[0]
    for name, bytes in sorted(pages.items(), key=lambda item: -item[1])[:16]:
        print(f"  {name:28}{bytes / changes:8.1f} bytes a change")
    print(f"{sum(pages.values()) / changes:.1f} bytes a change, of which entries {pages.get('entry', 0) / changes:.1f}")


def write(server, numbers, stopped, written):
    """Changes a step of each flow, in one thread for each flow, until `stopped` is set. Counts the changes in `written`."""
    def loop(number):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        headers = {"Authorization": "Bearer " + server.tokens["operator"], "Content-Type": "application/json"}
        target = f"/beta/identity/b2cUserFlows/B2C_1_new{number}/apiConnectorConfiguration/postFederationSignup/$ref"
        while not stopped.is_set():
            connection.request("PUT", target, "{}", headers)
            connection.getresponse().read()
            written[number] += 1

    threads = [threading.Thread(target=loop, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def paging(binary, seconds=20, writers=3, each=16):
    """Reads all pages of history while changes are written at full speed. Checks that the pages contain each change once."""
    stopped = multiprocessing.Event()
    written = multiprocessing.Array("q", writers * each, lock=False)
    with Server(binary) as server:
        for number in range(len(written)):
            made = server.request("POST", "/beta/identity/b2cUserFlows", {
                "id": f"new{number}", "userFlowType": "signUp", "userFlowTypeVersion": 3})
            assert made.status == 201, made.text
        processes = [multiprocessing.Process(target=write, args=(server, range(number, len(written), writers), stopped, written))
                     for number in range(writers)]
        for process in processes:
            process.start()
        time.sleep(seconds)
        client, before, start = Client(server), sum(written), time.perf_counter()
        newest = int(json.loads(client.get(path(None, top=1))[1])["value"][0]["id"])
        rounds, is_complete = 0, True
        while time.perf_counter() - start < seconds:
            seen, target = [], path(None, top=1000)
            while target:
                page = json.loads(client.get(target)[1])
                seen += [int(change["id"]) for change in page["value"]]
                link = page.get("@odata.nextLink")
                target = CHANGES + link[link.index("?"):] if link else None
            rounds += 1
            is_complete = is_complete and sorted(id for id in seen if id <= newest) == list(range(1, newest + 1))
        took = time.perf_counter() - start
        rate = (sum(written) - before) / took
        stopped.set()
        for process in processes:
            process.join()
    print(f"read all pages {rounds} times while {rate:.0f} changes a second were written; "
          f"each of the first {newest} changes was read exactly once: {is_complete}")
