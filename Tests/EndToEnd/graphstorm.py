"""Sends changes from many clients through Reflog to a misbehaving Graph, and compares the ledger with Graph's record."""

import collections
import http.client
import json
import random
import sqlite3
import threading
import time

from reflogserver import Graph, Server, graph_connector
from storm import address_of

# How many seconds Reflog waits for an answer from Graph.
TIMEOUT = 0.4
# A read may show a reference that was replaced up to STALE seconds earlier. Reflog's settle window WINDOW is longer, so no
# read is stale after the settle window.
STALE = 2.0
WINDOW = 3.0
FLOWS = 150
ADDRESSES = [f"b2cUserFlows/B2C_1_flow{flow}/{step}" for flow in range(FLOWS)
             for step in ("postFederationSignup", "postAttributeCollection")]
TARGETS = [None] + [graph_connector(name) for name in
                    ("Fraud check", "Fraud check (new vendor)", "Invitation codes", "Loyalty", "Partner approval")]


class GraphStorm:
    """Makes many changes at the same time. Usage: `with GraphStorm(seed) as storm: storm.run(writes)`.

    `window` is Reflog's settle window in seconds. If the window is shorter than STALE, Reflog accepts stale reads as current.
    """

    def __init__(self, seed, window=WINDOW, clients=32, **options):
        self.seed, self.clients = seed, clients
        self.server = Server(SETTLE_WINDOW=window, GRAPH_TIMEOUT=TIMEOUT, SWEEP_INTERVAL=5, GRAPH_READS_PER_MINUTE=20000,
                             **options)
        self.graph = Graph(seed=seed, flows=FLOWS, timeout=TIMEOUT, stale=STALE, outsiders=2, mix=True, quiet=4,
                           ledger=self.server.database)
        self.answers = collections.Counter()
        self.lock = threading.Lock()

    def __enter__(self):
        self.graph.__enter__()
        self.server.graph = self.graph
        self.graph.control(mix=False)
        self.server.start()
        self.graph.control(mix=True)
        return self

    def __exit__(self, *_):
        self.server.__exit__()
        self.graph.__exit__()

    def run(self, writes, meanwhile=lambda: None, until=lambda: True):
        """Runs the clients until Graph has received `writes` writes. Then waits until every change is settled."""
        self.stopped = threading.Event()
        threads = [threading.Thread(target=self.client, args=(number,), daemon=True) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        while self.arrivals() < writes or not until():
            meanwhile()
            time.sleep(0.2)
        self.stopped.set()
        for thread in threads:
            thread.join()
        self.graph.control(mix=False)
        self.settle()

    def arrivals(self):
        with open(self.graph.record_path) as lines:
            return sum('"arrived"' in line for line in lines)

    def settle(self):
        """Waits until no change is pending. Then waits until a new sweep has begun and is complete."""
        deadline = time.monotonic() + 6 * TIMEOUT + 2 * WINDOW + 60
        while self.status()["pendingChanges"] and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(WINDOW + 2)
        before = self.status()["verifiedDateTime"]
        deadline = time.monotonic() + 120
        for _ in range(2):
            while self.status()["verifiedDateTime"] == before and time.monotonic() < deadline:
                time.sleep(0.2)
            before = self.status()["verifiedDateTime"]

    def status(self):
        return self.server.request("GET", "/beta/reflog/status").json

    def client(self, number):
        chance = random.Random(f"{self.seed}/{number}")
        connection, count = None, 0
        while not self.stopped.is_set():
            address, target = chance.choice(ADDRESSES), chance.choice(TARGETS)
            count += 1
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
                flow, step = address.rsplit("/", 1)
                connection.request(
                    "PUT", f"/beta/identity/{flow}/apiConnectorConfiguration/{step}/$ref",
                    json.dumps({"@odata.id": f"/identity/apiConnectors/{target}"} if target else {}),
                    {"Authorization": "Bearer " + self.server.tokens["operator"],
                     "client-request-id": f"client-{number}-{count}-end"},
                )
                response = connection.getresponse()
                response.read()
                answer = response.status
            except (OSError, http.client.HTTPException):
                connection.close()
                connection, answer = None, "none"
                time.sleep(0.1)
            with self.lock:
                self.answers[answer] += 1
        if connection:
            connection.close()

    def findings(self):
        """Returns for each kind of problem a list of texts. The list is empty if there is no problem of that kind."""
        ledger = sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)
        ledger.row_factory = sqlite3.Row
        rows = ledger.execute("SELECT * FROM change_details WHERE subject = 'step' ORDER BY id").fetchall()
        ledger.close()
        record = self.graph.record
        arrived = [event for event in record if event["event"] == "arrived"]
        landed = {event["by"] for event in record if event["event"] == "landed"}
        numbers = collections.defaultdict(list)
        for event in arrived:
            numbers[event["correlation"]].append(event["number"])
        self.results = collections.Counter(f"{row['kind']} {row['result']}" for row in rows)
        self.faults = collections.Counter(event["fault"] for event in arrived)
        return {
            "writes without an earlier intent": [f"write {e['number']}" for e in arrived if not e["intent"]],
            "two writes in flight for one address": [f"write {e['number']}" for e in arrived if e["overlapping"]],
            "still pending": [f"change {row['id']}" for row in rows if row["result"] == "pending"],
            "settled wrongly": [finding for row in rows for finding in wrong_results(row, numbers, landed)],
            "false drift": false_drifts(rows, record),
            "broken chains": broken_chains(rows),
            "the ledger and Graph disagree": self.disagreements(rows),
        }

    def disagreements(self, rows):
        last = {address_of(row): row["after_connector_id"] for row in rows if row["result"] == "applied"}
        references = self.graph.control()["references"]
        return [f"{address}: {value} in the ledger, {references.get(address)} in Graph" for address, value in last.items()
                if value != references.get(address)]


def wrong_results(row, numbers, landed):
    """Returns a list with one text if the result of a change contradicts Graph's record. Otherwise returns an empty list.

    Ignores a change if its before and its after are equal, because no read can show whether Graph applied that change.
    """
    if row["kind"] != "update" or (row["before_state"], row["before_connector_id"]) == (
        row["after_state"], row["after_connector_id"],
    ):
        return []
    has_landed = any(number in landed for number in numbers[row["correlation_id"]])
    expected = {"applied": True, "rejected": False, "notApplied": False, "denied": False}.get(row["result"])
    if expected is None or expected == has_landed:
        return []
    return [f"change {row['id']} is {row['result']} by the {row['settled_by']} ({row['error_code']}), but "
            f"it {'took' if has_landed else 'did not take'} place"]


def false_drifts(rows, record):
    """Returns a text for each recorded drift or baseline that is wrong, because no outsider set the reference in it."""
    made = collections.defaultdict(list)
    for event in record:
        if event["event"] == "landed" and event["by"] == "outsider":
            made[event["address"]].append(event["value"])
    found = []
    for row in rows:
        if row["kind"] not in ("drift", "baseline"):
            continue
        values = made[address_of(row)]
        if row["after_connector_id"] in values:
            values.remove(row["after_connector_id"])
        else:
            found.append(f"change {row['id']}: {row['kind']} to {row['after_display_name'] or row['after_state']}")
    return found


def broken_chains(rows):
    last, found = {}, []
    for row in rows:
        if row["result"] != "applied":
            continue
        address, before = address_of(row), (row["before_state"], row["before_connector_id"])
        if address in last and last[address] != before:
            found.append(f"{address} at change {row['id']}")
        last[address] = (row["after_state"], row["after_connector_id"])
    return found
