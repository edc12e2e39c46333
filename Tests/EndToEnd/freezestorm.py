"""Sends changes, freezes, releases and overrides from many clients to a server, and then checks the history."""

import collections
import json
import random
import re
import threading
import time
import urllib.parse

from reflogserver import FRAUD_CHECK, LOYALTY, NEW_VENDOR, Server

FLOWS = ("b2cUserFlows/B2C_1_signup", "b2cUserFlows/B2C_1_profile_edit")
STEPS = ("postFederationSignup", "postAttributeCollection")
ADDRESSES = tuple(f"{flow}/{step}" for flow in FLOWS for step in STEPS)
CONNECTORS = (FRAUD_CHECK, NEW_VENDOR, LOYALTY, None)
FREEZES = "/beta/reflog/freezes"


def body_of(scope, seconds):
    """Returns the body of a request that freezes a scope, for a number of seconds or until it is released."""
    body = {"reason": "storm", "scope": ("all", "flow", "address")[scope.count("/")]}
    body |= dict(zip(("flowType", "flowId", "step"), [] if scope == "all" else scope.split("/")))
    if seconds is not None:
        end = time.time() + seconds
        body["until"] = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(end)) + f".{int(end % 1 * 1e6):06d}Z"
    return body


class Freeze:
    """A freeze, read from the service event that records the freeze."""

    def __init__(self, event):
        self.id, self.placed = event["id"], event["activityDateTime"]
        details = event["details"]
        self.scope, self.start, self.end = details["scope"], details["from"], details["until"]
        self.released = None

    def covers(self, change):
        """Returns whether the freeze covers the change, and was certainly in force when the change was recorded.

        If the freeze and the change have the same time, the change can be earlier. So the result is False for equal times.
        """
        time = change["activityDateTime"]
        if not self.contains(change) or not self.placed < time or time < self.start:
            return False
        return not (self.end and self.end <= time) and not (self.released and self.released <= time)

    def contains(self, change):
        if self.scope == "all":
            return True
        address = [change["flowType"], change["flowId"], change["step"]]
        return address[0] is not None and self.scope.split("/") == address[:len(self.scope.split("/"))]

    def may_cover(self, change):
        """Returns whether the freeze covers the change, and was possibly in force when the change was recorded."""
        time = change["activityDateTime"]
        if not self.contains(change) or time < self.placed:
            return False
        return not (self.end and self.end <= time) and not (self.released and self.released < time)


class Storm:
    """Clients that change steps, and that place, release and override freezes at random."""

    def __init__(self, server, clients, seed):
        self.server, self.clients, self.seed = server, clients, seed
        self.lock = threading.Lock()
        self.statuses = collections.Counter()
        self.overrides = {}
        self.problems = []

    def run(self, seconds):
        self.end = time.monotonic() + seconds
        threads = [threading.Thread(target=self.client, args=(number,)) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for freeze in self.server.request("GET", FREEZES).json["value"]:
            self.server.request("DELETE", f"{FREEZES}/{freeze['id']}")

    def client(self, number):
        chance = random.Random(f"{self.seed} {number}")
        count = 0
        while time.monotonic() < self.end:
            count += 1
            draw = chance.random()
            if draw < 0.10:
                self.note("freeze", self.freeze(chance))
            elif draw < 0.20:
                self.note("release", self.release(chance))
            elif draw < 0.30:
                self.note("connector", self.server.request(
                    "PATCH", f"/beta/identity/apiConnectors/{LOYALTY}", {"displayName": f"Loyalty {number} {count}"}))
            elif draw < 0.45:
                self.override(chance, f"override {number}-{count}")
            else:
                self.note("change", self.server.put(chance.choice(ADDRESSES), chance.choice(CONNECTORS)))

    def note(self, what, answer):
        with self.lock:
            self.statuses[f"{what} {answer.status}"] += 1
            # On a busy machine, the server possibly handles the request after the end of the requested freeze. The server then
            # refuses the request with 400.
            accepted = {"freeze": (201, 400), "release": (204, 404, 409), "override": (204,)}.get(what, (204, 423))
            if answer.status not in accepted:
                self.problems.append(f"{what}: {answer.status} {answer.text[:300]}")

    def freeze(self, chance):
        scope = chance.choice(("all", *FLOWS, *ADDRESSES, *ADDRESSES))
        # A freeze of all steps is short, so that some of the changes succeed.
        return self.server.request("POST", FREEZES, body_of(scope, 0.05 if scope == "all" else chance.choice((0.1, 0.5, None))))

    def release(self, chance):
        open = self.server.request("GET", FREEZES).json["value"]
        return self.server.request("DELETE", f"{FREEZES}/{chance.choice(open)['id'] if open else 999999999}")

    def override(self, chance, reason):
        answer = self.server.put(chance.choice(ADDRESSES), chance.choice(CONNECTORS),
                                 headers={"Reflog-Override": urllib.parse.quote(reason)})
        self.note("override", answer)
        if answer.status == 204:
            with self.lock:
                self.overrides[answer.change] = reason

    def events(self):
        """Returns the service events about freezes, oldest first."""
        text = self.server.request("GET", "/beta/auditLogs/serviceEvents?$format=jsonl", role="reader").text
        return [event for event in map(json.loads, text.splitlines()) if event["kind"].startswith("freeze")]

    def violations(self, changes=None):
        """Returns the violations of the rules in the history."""
        events = self.events()
        changes = changes or self.server.history()
        freezes = {event["id"]: Freeze(event) for event in events if event["kind"] == "freezePlaced"}
        for event in events:
            if event["kind"] == "freezeReleased":
                freezes[event["details"]["freeze"]].released = event["activityDateTime"]
        recorded = {event["id"]: event["details"] for event in events if event["kind"] == "freezeOverridden"}
        violations = list(self.problems)
        for change in changes:
            violations += self.violations_of(change, freezes.values(), recorded)
        self.overridden = sum(change["override"] is not None for change in changes)
        if len(recorded) != self.overridden:
            violations.append(f"{len(recorded)} overrides are recorded, but {self.overridden} changes have one")
        return violations

    def violations_of(self, change, freezes, recorded):
        id, override = change["id"], change["override"]
        if change["result"] == "denied":
            # The server records a refused change in a later transaction than the one that found the freeze. So the freeze is
            # possibly over at the time of the change.
            number = (re.findall(r"^Freeze (\d+) ", change["status"]["message"] or "") or [None])[0]
            refused = any(freeze.id == number and freeze.contains(change) and freeze.placed <= change["activityDateTime"]
                          for freeze in freezes)
            return [] if change["status"]["code"] == "frozen" and refused else [f"change {id} was refused without a freeze"]
        if change["kind"] not in ("update", "rollback"):
            return []
        found = []
        covering = [freeze.id for freeze in freezes if freeze.covers(change)]
        if covering and override is None:
            found.append(f"change {id} was {change['result']} despite the freezes {covering}")
        if override is not None:
            if not any(freeze.may_cover(change) for freeze in freezes):
                found.append(f"change {id} overrides a freeze that did not cover it")
            details = recorded.get(override["eventId"], {})
            if details.get("changes") != id or details.get("reason") != override["reason"]:
                found.append(f"the override of change {id} is not recorded: {details}")
            if id in self.overrides and self.overrides[id] != override["reason"]:
                found.append(f"change {id} has the reason {override['reason']}, not {self.overrides[id]}")
        return found

    def control(self):
        """Returns the violations in a history in which one override is missing. The list must not be empty."""
        changes = self.server.history()
        overridden = [change for change in changes if change["override"] is not None]
        if not overridden:
            return []
        overridden[0]["override"] = None
        return self.violations(changes)

    @property
    def summary(self):
        return ", ".join(f"{count} {status}" for status, count in sorted(self.statuses.items()))


def run(seconds, clients, seed, **options):
    """Runs a storm against a new server, and returns the storm and its violations."""
    with Server(**options) as server:
        storm = Storm(server, clients, seed)
        storm.run(seconds)
        violations = storm.violations()
        storm.controlled = storm.control()
        assert server.stop() == 0
        flags = ["--anchor", server.files + ".anchor"]
        verified = server.command("verify", "--database", server.database, *flags)
        if verified.returncode != 0:
            violations.append(f"verify ended with {verified.returncode}: {verified.stdout} {verified.stderr}")
        return storm, violations
