"""Sends changes from many clients through Reflog to a misbehaving Graph, and compares the ledger with Graph's record."""

import collections
import datetime
import http.client
import json
import random
import sqlite3
import threading
import time

from reflogserver import Graph, Server, graph_connector
from stormcheck import address_of
from stormclients import StormClients

# The time in seconds that Reflog waits for an answer from Graph.
TIMEOUT = 0.4
# A read can show a reference that was replaced up to STALE seconds earlier. Reflog's settle window WINDOW is longer than STALE,
# so no read is stale after the settle window.
STALE = 2.0
WINDOW = 3.0
FLOWS = 150
# Graph refuses the reads of one list with 403 for FORBIDDEN_SECONDS. Then Graph answers the reads of all lists for
# ALLOWED_SECONDS.
FORBIDDEN_SECONDS, ALLOWED_SECONDS = 8, 12
# The lists that a sweep reads, and the error codes in Graph's answers with the status 403.
LISTS = ("apiConnectors", "b2cUserFlows", "b2xUserFlows")
CODES = ("AADB2C", "Authorization_RequestDenied", "accessDenied")
ADDRESSES = [f"b2cUserFlows/B2C_1_flow{flow}/{step}" for flow in range(FLOWS)
             for step in ("postFederationSignup", "postAttributeCollection")]
TARGETS = [None] + [graph_connector(name) for name in
                    ("Fraud check", "Fraud check (new vendor)", "Invitation codes", "Loyalty", "Partner approval")]


class GraphStorm(StormClients):
    """Makes many changes at the same time. Usage: `with GraphStorm(seed) as storm: storm.run(writes)`.

    `window` is Reflog's settle window in seconds. A read can show a reference that was replaced up to `stale` seconds earlier. If
    the window is shorter than `stale`, Reflog accepts stale reads as current.
    """

    def __init__(self, seed, window=WINDOW, stale=STALE, clients=32, **options):
        self.seed, self.clients = seed, clients
        self.server = Server(SETTLE_WINDOW=window, GRAPH_TIMEOUT=TIMEOUT, SWEEP_INTERVAL=5, GRAPH_READS_PER_MINUTE=20000,
                             **options)
        self.graph = Graph(seed=seed, flows=FLOWS, timeout=TIMEOUT, stale=stale, outsiders=2, mix=True, quiet=4,
                           ledger=self.server.database)
        self.answers = collections.Counter()
        # The flows that the clients created and have not deleted yet.
        self.created = []
        # The times at which sweeps of the whole directory were complete, as Reflog's status shows them.
        self.verified = set()
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
        with self.running_clients():
            chance, next_turn, is_forbidden = random.Random(self.seed), time.monotonic() + ALLOWED_SECONDS, False
            while self.arrivals() < writes or not until():
                meanwhile()
                self.note_verified()
                if time.monotonic() > next_turn:
                    is_forbidden = not is_forbidden
                    self.graph.control(forbidden={chance.choice(LISTS): chance.choice(CODES)} if is_forbidden else {})
                    next_turn = time.monotonic() + (FORBIDDEN_SECONDS if is_forbidden else ALLOWED_SECONDS)
                time.sleep(0.2)
        self.graph.control(mix=False, forbidden={})
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

    def note_verified(self):
        try:
            self.verified.add(self.status()["verifiedDateTime"])
        except (OSError, http.client.HTTPException):
            # The request failed, because the server is being restarted.
            pass

    def status(self):
        return self.server.request("GET", "/beta/reflog/status").json

    def client(self, number):
        chance = random.Random(f"{self.seed}/{number}")
        connection, count = None, 0
        while not self.stopped.is_set():
            count += 1
            method, path, body = self.request(chance, f"{number}x{count}")
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
                connection.request(
                    method, path, None if body is None else json.dumps(body),
                    {"Authorization": "Bearer " + self.server.tokens["operator"],
                     "client-request-id": f"client-{number}-{count}-end"},
                )
                response = connection.getresponse()
                response.read()
                answer = response.status if method == "PUT" else f"{method} {response.status}"
            except (OSError, http.client.HTTPException):
                connection.close()
                connection, answer = None, "none"
                time.sleep(0.1)
            with self.lock:
                self.answers[answer] += 1
        if connection:
            connection.close()

    def request(self, chance, name):
        """Returns the method, the path and the body of a request. Most requests set the reference of a step."""
        address, target = chance.choice(ADDRESSES), chance.choice(TARGETS)
        reference = {"@odata.id": f"/identity/apiConnectors/{target}"} if target else {}
        kind = chance.random()
        if kind < 0.02:
            # Graph ignores the connectors of a new flow.
            created = {"postFederationSignup": {"@odata.id": f"/identity/apiConnectors/{target or TARGETS[1]}"},
                       "PostAttributeCollection": {"Id": TARGETS[2]}}
            with self.lock:
                self.created.append(f"B2C_1_new{name}")
            return "POST", "/beta/identity/b2cUserFlows", {"id": f"new{name}", "userFlowType": "signUp",
                                                           "userFlowTypeVersion": 3, "apiConnectorConfiguration": created}
        with self.lock:
            if kind < 0.035 and self.created:
                return "DELETE", "/beta/identity/b2cUserFlows/" + self.created.pop(0), None
        if kind < 0.05:
            # A read returned this body, so the secret in the body is masked. Reflog must not send the body to Graph.
            return "PATCH", "/beta/identity/apiConnectors/" + TARGETS[1], {
                "displayName": "Fraud check", "authenticationConfiguration": {
                    "@odata.type": "#microsoft.graph.basicAuthentication", "username": "svc", "password": "******"}}
        if kind < 0.06:
            # Edit a flow. The annotation in the body could set a reference that the ledger does not record.
            bind = {"postFederationSignup@odata.bind": f"/identity/apiConnectors/{TARGETS[2]}"}
            return "PATCH", "/beta/identity/" + address.rsplit("/", 1)[0], {"apiConnectorConfiguration": bind}
        flow, step = address.rsplit("/", 1)
        return "PUT", f"/beta/identity/{flow}/apiConnectorConfiguration/{step}/$ref", reference

    def findings(self):
        """Returns a list of texts for each kind of problem. The list is empty if no problem of that kind was found."""
        ledger = sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)
        ledger.row_factory = sqlite3.Row
        rows = ledger.execute("SELECT * FROM change_details WHERE subject = 'step' ORDER BY id").fetchall()
        ledger.close()
        record = self.graph.record
        arrived = [event for event in record if event["event"] == "arrived"]
        landed = {(event["by"], event["address"]) for event in record if event["event"] == "landed"}
        effective = {number for number, _ in landed}
        # Select the writes of steps: their addresses contain two slashes. The other writes create and delete flows.
        steps = [event for event in arrived if event["address"].count("/") == 2]
        held = collections.defaultdict(list)
        for event in record:
            if event["event"] == "landed":
                held[event["address"]].append((event["time"], event["value"]))
        numbers = collections.defaultdict(list)
        for event in arrived:
            numbers[event["correlation"]].append(event["number"])
        self.results = collections.Counter(f"{row['kind']} {row['result']}" for row in rows)
        self.faults = collections.Counter(event["fault"] for event in arrived)
        return {
            "writes without an earlier intent": [f"write {e['number']}" for e in arrived if not e["intent"]
                                                 and (e in steps or e["number"] in effective)],
            "two writes in flight for one address": [f"write {e['number']}" for e in steps if e["overlapping"]],
            "writes that should not reach Graph": [f"write {e['by']}" for e in record if e["event"] == "masked"] + [
                f"write {e['number']}" for e in arrived
                if e["method"] == "PATCH" and e["path"].count("/") == 4 and "apiConnectors/" not in e["path"]],
            "connectors sent with a new flow": [f"write {e['number']}" for e in arrived
                                                if e["method"] == "POST" and "apiConnector" in e["body"]],
            "sweeps that claim more than they read": overstated_sweeps(self.verified, record),
            "still pending": [f"change {row['id']}" for row in rows if row["result"] == "pending"],
            "settled wrongly": [finding for row in rows
                                if not has_unknown_effect(row, held[address_of(row)])
                                for finding in wrong_results(row, numbers, landed)],
            "false drift": false_drifts(rows, record),
            "broken chains": broken_chains(rows),
            "the ledger and Graph disagree": self.disagreements(rows),
        }

    def disagreements(self, rows):
        last = {address_of(row): row["after_connector_id"] for row in rows if row["result"] == "applied"}
        references = self.graph.control()["references"]
        return [f"{address}: {value} in the ledger, {references.get(address)} in Graph" for address, value in last.items()
                if value != references.get(address)]


def has_unknown_effect(row, held):
    """Returns whether a change set the reference that the address already held, and the change's `before` is unknown.

    No read can show whether Graph applied such a change. `held` contains the times and values of the address's references.
    """
    values = [value for moment, value in held if moment < row["activity_time"] / 1e6]
    return row["before_state"] == "unknown" and (values or [None])[-1] == row["after_connector_id"]


def wrong_results(row, numbers, landed):
    """Returns a list with one text if the result of a change contradicts Graph's record. Otherwise returns an empty list.

    Ignores a change if its before and its after are equal, because no read can show whether Graph applied that change.
    """
    if row["kind"] != "update" or (row["before_state"], row["before_connector_id"]) == (
        row["after_state"], row["after_connector_id"],
    ):
        return []
    has_landed = any((number, address_of(row)) in landed for number in numbers[row["correlation_id"]])
    expected = {"applied": True, "rejected": False, "notApplied": False, "denied": False}.get(row["result"])
    if expected is None or expected == has_landed:
        return []
    return [f"change {row['id']} is {row['result']} by the {row['settled_by']} ({row['error_code']}), but "
            f"it {'took' if has_landed else 'did not take'} place"]


def false_drifts(rows, record):
    """Returns a text for each recorded drift or baseline whose reference was not set by an outsider."""
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


def overstated_sweeps(verified, record):
    """Returns a text for each sweep that was reported as complete, although Graph refused the read of a list."""
    found = []
    for moment in filter(None, verified):
        end = datetime.datetime.fromisoformat(moment).timestamp()
        newest = {event["name"]: event["status"] for event in record if event["event"] == "list" and event["time"] < end}
        found += [f"{moment}: {name} was {status}" for name, status in newest.items() if status != 200]
    return found


def broken_chains(rows):
    """Returns a text for each change whose `before` is known, but differs from the `after` of the address's previous change."""
    last, found = {}, []
    for row in rows:
        if row["result"] != "applied":
            continue
        address, before = address_of(row), (row["before_state"], row["before_connector_id"])
        if address in last and last[address] != before and before[0] != "unknown":
            found.append(f"{address} at change {row['id']}")
        last[address] = (row["after_state"], row["after_connector_id"])
    return found
