"""How fast history answers, a small ledger beside a large one in the same run, so that only ratios count."""

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

from reflogserver import Graph, Server

CHANGES = "/beta/auditLogs/connectorChanges"
# No credential of its own: the Graph behind it knows nothing of what was generated, and a sweep would say so.
SETTINGS = {"AUTH_MODE": "token,passthrough", "GRAPH_CLIENT_ID": None, "GRAPH_CLIENT_SECRET": None}


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@contextlib.contextmanager
def serving(binary, database, graph):
    """A server over a ledger that was made by tools/generate."""
    server = Server(binary, graph=graph, **SETTINGS)
    server.database = str(database)
    with server:
        yield server


class Asker:
    """Asks one server over one connection."""

    def __init__(self, server):
        self.server = server
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        self.headers = {"Authorization": "Bearer " + server.tokens["reader"]}

    def ask(self, path):
        start = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        response = self.connection.getresponse()
        # The answer was whole before its first byte left.
        took = time.perf_counter() - start
        body = response.read()
        assert response.status == 200, body
        return took, body


class Questions:
    """The questions that people ask, each with other words every time."""

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
        """The text of a column of some change that has it."""
        for _ in range(1000):
            row = self.ledger.execute(f"SELECT {column} FROM history WHERE id = ?", (self.chance.randint(1, self.newest),)).fetchone()
            if row and row[0] is not None:
                return row[0]
        raise AssertionError(column)

    def batch(self):
        id = self.chance.randint(1, self.newest)
        return self.ledger.execute("SELECT batch_id FROM history WHERE id IN (SELECT id FROM change WHERE batch_id IS NOT NULL "
                                   "AND id >= ? ORDER BY id LIMIT 1)", (id,)).fetchone() or self.batch()

    def time(self):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.chance.randint(1672531200, 1767139200)))

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
            "correlation id": f"correlationId eq '{self.value('correlation_id')}'",
            "batch": f"batchId eq '{self.batch()[0]}'",
        }


def path(question, **options):
    options = {"$" + name: value for name, value in options.items()}
    if question:
        options["$filter"] = question
    return CHANGES + "?" + urllib.parse.urlencode(options)


def questions(small, large, rounds, top):
    """The first page of every question, on the small and the large ledger in turn, where both fill it."""
    chance = random.Random(1)
    askers = [Asker(small), Asker(large)]
    asked = [Questions(small.database, chance), Questions(large.database, chance)]
    times = [{}, {}]
    for round in range(rounds + 20):
        for name in asked[0].all():
            answers = [asker.ask(path(some.all()[name], top=top)) for asker, some in zip(askers, asked)]
            sizes = {len(json.loads(body)["value"]) for _, body in answers}
            # The first ones warm up; a fuller page takes longer, whatever the ledger.
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
    """What is counted, what no index knows, and what stood at a time."""
    askers, asked = [None, Asker(large)], [None, Questions(large.database, random.Random(2))]
    for name in ("flow and step", "actor", "not applied"):
        took, body = askers[1].ask(path(asked[1].all()[name], count="true", top=1))
        print(f"$count of '{name}': {json.loads(body)['@odata.count']} in {took * 1000:.0f} ms")
    # A rare thing that no index knows: bounded in time, and a link to go on.
    took, body = askers[1].ask(path("contains(reason,'no such thing')"))
    print(f"an unindexed question that nothing answers: {took * 1000:.0f} ms, goes on: {'@odata.nextLink' in json.loads(body)}")
    took, body = askers[1].ask("/beta/auditLogs/connectorConfigurations?asOf=2024-03-03T02:00:00Z")
    print(f"what stood at a time at {len(json.loads(body)['value'])} addresses: {took * 1000:.0f} ms")


def resident(process, what="VmHWM"):
    with open(f"/proc/{process}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def download(server, query, into=None):
    """Takes a file away; returns how many bytes and the time."""
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
    """CSV of everything over HTTP, and what sqlite3 takes for the same columns of the same file."""
    subprocess.run(["cat", server.database], stdout=subprocess.DEVNULL, check=True)
    size, lines, took = download(server, "")
    print(f"over HTTP: {lines - 1} rows, {size / 1e6:.0f} MB in {took:.1f} s: {(lines - 1) / took:.0f} rows/s; "
          f"peak memory of the server {resident(server.process.pid):.0f} MB")
    columns = ("id, sequence, activity_time, tenant_id, subject, flow_type, flow_id, step, kind, result, result_time, before_state, "
               "before_connector_id, before_display_name, after_state, after_connector_id, after_display_name, changed_properties, "
               "actor_type, actor_proof, actor_id, actor_name, user_principal_name, client_app_id, ip_address, reason, correlation_id, "
               "request_id, graph_request_id, rollback_of, rollback_to, batch_id, http_status, error_code, error_message, settled_by, "
               "last_verified_time")
    start = time.perf_counter()
    subprocess.run(["sqlite3", "-csv", "-readonly", server.database, f"SELECT {columns} FROM history ORDER BY id"],
                   stdout=subprocess.DEVNULL, check=True)
    alone = time.perf_counter() - start
    print(f"sqlite3 -csv: {alone:.1f} s: {(lines - 1) / alone:.0f} rows/s; ratio {alone / took:.2f}")


def slow_readers(server, readers=50, seconds=30):
    """Many who take a file away slowly."""
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
    print(f"{readers} slow readers took {min(taken) / 1e6:.1f} to {max(taken) / 1e6:.1f} MB each in {seconds} s; "
          f"peak memory of the server {resident(server.process.pid):.0f} MB")


def size(database):
    """What a change takes of the disk, indexes included."""
    ledger = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    pages = dict(ledger.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
    changes = ledger.execute("SELECT count(*) FROM change").fetchone()[0]
    for name, bytes in sorted(pages.items(), key=lambda item: -item[1])[:16]:
        print(f"  {name:28}{bytes / changes:8.1f} bytes a change")
    print(f"{sum(pages.values()) / changes:.1f} bytes a change, of which leaves {pages.get('entry', 0) / changes:.1f}")


def write(server, numbers, stopped, written):
    """Writes changes of these flows, one thread each, until told to stop."""
    def loop(number):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        headers = {"Authorization": "Bearer " + server.tokens["operator"], "Content-Type": "application/json"}
        place = f"/beta/identity/b2cUserFlows/B2C_1_new{number}/apiConnectorConfiguration/postFederationSignup/$ref"
        while not stopped.is_set():
            connection.request("PUT", place, "{}", headers)
            connection.getresponse().read()
            written[number] += 1

    threads = [threading.Thread(target=loop, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def paging(binary, seconds=20, writers=3, each=16):
    """Pages through everything while changes are written as fast as they go, with the embedded directory."""
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
        asker, before, start = Asker(server), sum(written), time.perf_counter()
        newest = int(json.loads(asker.ask(path(None, top=1))[1])["value"][0]["id"])
        rounds, whole = 0, True
        while time.perf_counter() - start < seconds:
            seen, place = [], path(None, top=1000)
            while place:
                page = json.loads(asker.ask(place)[1])
                seen += [int(change["id"]) for change in page["value"]]
                link = page.get("@odata.nextLink")
                place = CHANGES + link[link.index("?"):] if link else None
            rounds += 1
            whole = whole and sorted(id for id in seen if id <= newest) == list(range(1, newest + 1))
        took = time.perf_counter() - start
        rate = (sum(written) - before) / took
        stopped.set()
        for process in processes:
            process.join()
    print(f"paged {rounds} times through {newest} changes and more, {rate:.0f} changes a second being written meanwhile: "
          f"each came exactly once: {whole}")
