"""Sends changes, edits of connectors, rollbacks, deletions, freezes, releases and overrides to a server, and checks the history."""

import bisect
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
# The clients create and delete this flow again and again.
DELETED = "b2cUserFlows/B2C_1_storm"
DELETED_ADDRESSES = tuple(f"{DELETED}/{step}" for step in STEPS)
CONNECTORS = (FRAUD_CHECK, NEW_VENDOR, LOYALTY, None)
FREEZES = "/beta/reflog/freezes"
# The time that a commit needs at most.
COMMIT_SECONDS = 1
# The accepted statuses of each kind of request. On a busy machine, the server possibly handles the request for a freeze after the
# end of the freeze. The server then refuses the request with 400. Other requests are refused with 404 or 409 if another client has
# deleted the flow or the connector, or has changed the step again.
ACCEPTED = {
    "freeze": (201, 400), "release": (204, 404, 409), "override": (204,), "change": (204, 423), "connector": (204, 423),
    "connector override": (204,),
    "rollback": (200, 404, 409, 423), "rollback to a time": (202, 404, 503), "flow creation": (201, 409),
    "flow deletion": (204, 404, 423), "flow deletion override": (204, 404), "change of flow": (204, 404, 423),
    "connector creation": (201, 423), "connector use": (204, 404, 423), "connector deletion": (204, 404, 409, 423),
}


def text_of(moment):
    """Returns the text that the server shows for a time in seconds since 1970."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{int(moment % 1 * 1e6):06d}Z"


def ids_of(text):
    """Returns the ids in a text such as `1-3,7`."""
    ranges = [part.split("-") for part in text.split(",") if part]
    return {str(id) for bounds in ranges for id in range(int(bounds[0]), int(bounds[-1]) + 1)}


def body_of(scope, seconds):
    """Returns the body of a request that freezes a scope. If `seconds` is None, the freeze ends only when it is released."""
    body = {"reason": "storm", "scope": ("all", "flow", "address")[scope.count("/")]}
    body |= dict(zip(("flowType", "flowId", "step"), [] if scope == "all" else scope.split("/")))
    if seconds is not None:
        body["until"] = text_of(time.time() + seconds)
    return body


class Freeze:
    """A freeze, read from the service event that records the freeze."""

    def __init__(self, event):
        self.id, self.placed = event["id"], event["activityDateTime"]
        details = event["details"]
        self.scope, self.start, self.end = details["scope"], details["from"], details["until"]
        self.released = None

    def covers(self, change, callers):
        """Returns whether the freeze covers the change, and was certainly in force when the change was recorded.

        If the freeze and the change have the same time, the change can be earlier. So the result is False for equal times.
        """
        time = change["activityDateTime"]
        if not self.placed < time or time < self.start or any(over and over <= time for over in (self.end, self.released)):
            return False
        return self.contains(change, callers.certain(change))

    def contains(self, change, callers):
        """Returns whether the freeze covers a change. `callers` are the steps that call the changed connector."""
        if self.scope == "all":
            return True
        return any(self.scope == address or address.startswith(self.scope + "/") for address in [address_of(change), *callers])

    def may_cover(self, change, callers):
        """Returns whether the freeze possibly covers the change, and was possibly in force when the change was recorded."""
        return self.may_be_in_force(change["activityDateTime"]) and self.contains(change, callers.possible(change))

    def may_be_in_force(self, time):
        """Returns whether the freeze was possibly in force at a time."""
        return self.placed <= time and not (self.end and self.end <= time) and not (self.released and self.released < time)

    def is_in_force(self, start, end):
        """Returns whether the freeze was certainly in force during a whole period."""
        return self.placed < start and self.start <= start and not any(over and over <= end for over in (self.end, self.released))

    def touches(self, flow):
        """Returns whether the freeze covers a flow or one of its steps."""
        return self.scope == "all" or self.scope.split("/")[:2] == flow.split("/")

    def may_refuse(self, change, callers):
        """Returns whether the freeze can be the reason for the refusal of a denied change."""
        return self.placed <= change["activityDateTime"] and self.contains(change, callers.possible(change))


def address_of(change):
    """Returns the address of the changed step, or an empty text for a change of a connector."""
    return "/".join((change["flowType"], change["flowId"], change["step"])) if change["subject"] == "step" else ""


class Callers:
    """The steps that called a connector when a change of the connector was recorded, read from the history."""

    def __init__(self, changes):
        self.at = {address: [] for address in (*ADDRESSES, *DELETED_ADDRESSES)}
        # `first_applied`: the id of each step's first applied change. `first_named`: for each step and connector, the id of the
        # step's first change whose before or after is the connector.
        self.first_applied, self.first_named = {}, {}
        for change in changes:
            if change["subject"] != "step":
                continue
            address, id = address_of(change), int(change["id"])
            self.at.setdefault(address, []).append(change)
            if change["result"] == "applied":
                self.first_applied.setdefault(address, id)
            for reference in (change["before"], change["after"]):
                self.first_named.setdefault((address, reference.get("connectorId")), id)

    def certain(self, change):
        """Returns the steps that certainly called the connector of the change.

        The newest applied change of a step shows what the step called. If the step and the connector were changed at the same
        time, the order is unknown. So the step is left out.
        """
        connector = connector_of(change)
        if connector is None:
            return []
        return [address for address, changes in self.at.items() if self.calls(connector, changes, change)]

    def calls(self, connector, changes, change):
        moment = change["activityDateTime"]
        # Go back to the newest change of the step that was recorded and applied before the moment. Later changes have no
        # influence.
        for position in reversed(range(bisect.bisect(changes, int(change["id"]), key=lambda step: int(step["id"])))):
            earlier = changes[position]
            if earlier["result"] != "applied" or earlier["resultDateTime"] > moment:
                continue
            return earlier["resultDateTime"] < moment and earlier["after"].get("connectorId") == connector
        return False

    def possible(self, change):
        """Returns the steps that certainly or possibly called the connector at some time before the change."""
        connector, id = connector_of(change), int(change["id"])
        if connector is None:
            return []
        return [address for address in self.at
                if self.first_applied.get(address, id) >= id or self.first_named.get((address, connector), id) < id]


def connector_of(change):
    """Returns the id of the connector that the change edits or deletes, or None for another change."""
    return change["before"].get("connectorId") if change["subject"] == "connector" else None


class Storm:
    """Clients that change, roll back and delete, and that place, release and override freezes at random."""

    def __init__(self, server, clients, seed):
        self.server, self.clients, self.seed = server, clients, seed
        self.lock = threading.Lock()
        self.statuses = collections.Counter()
        self.overrides = {}
        self.problems = []
        # The ids of changes that can be rolled back.
        self.made = []
        # For each request that deletes the flow: the times before and after the request, the status of the answer, and whether
        # the request has an override.
        self.deletions = []

    def run(self, seconds):
        self.end = time.monotonic() + seconds
        threads = [threading.Thread(target=self.client, args=(number,)) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.edit_under_a_freeze()
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
            elif draw < 0.26:
                is_overriding = chance.random() < 0.3
                self.edit(chance.choice(CONNECTORS[:3]), f"edit {number}-{count}", is_overriding)
            elif draw < 0.38:
                self.override(chance, f"override {number}-{count}")
            elif draw < 0.46:
                self.roll_back(chance)
            elif draw < 0.48:
                self.roll_back_to_a_time(chance)
            elif draw < 0.56:
                self.change_flow(chance, f"deletion {number}-{count}")
            elif draw < 0.60:
                self.delete_connector(chance, f"Storm {number} {count}")
            else:
                self.change(chance)

    def edit(self, connector, text, is_overriding):
        """Edits a connector. The text is its new name, and also the reason for the override."""
        self.note("connector override" if is_overriding else "connector", self.server.request(
            "PATCH", f"/beta/identity/apiConnectors/{connector}", {"displayName": text},
            headers={"Reflog-Override": text} if is_overriding else None))

    def edit_under_a_freeze(self):
        """Edits a connector that a frozen step calls, so that every history has an edit that a freeze certainly covered."""
        self.server.put(ADDRESSES[0], LOYALTY, headers={"Reflog-Override": "override last"})
        self.server.request("POST", FREEZES, body_of(ADDRESSES[0], None))
        self.edit(LOYALTY, "edit last", True)

    def note(self, what, answer):
        with self.lock:
            self.statuses[f"{what} {answer.status}"] += 1
            if answer.status not in ACCEPTED[what]:
                self.problems.append(f"{what}: {answer.status} {answer.text[:300]}")
        return answer

    def change(self, chance):
        answer = self.note("change", self.server.put(chance.choice(ADDRESSES), chance.choice(CONNECTORS)))
        if answer.status == 204:
            with self.lock:
                self.made.append(answer.change)

    def roll_back(self, chance):
        """Rolls back one of the newest changes."""
        with self.lock:
            made = self.made[-4:]
        if made:
            self.note("rollback", self.server.request(
                "POST", f"/beta/auditLogs/connectorChanges/{chance.choice(made)}/rollback", {"force": chance.random() < 0.5}))

    def roll_back_to_a_time(self, chance):
        """Starts the rollback of a flow to a time in the last second."""
        flow = dict(zip(("flowType", "flowId"), chance.choice((*FLOWS, DELETED)).split("/")))
        self.note("rollback to a time", self.server.request(
            "POST", "/beta/auditLogs/connectorConfigurations/rollback", {"asOf": text_of(time.time() - chance.random())} | flow))

    def change_flow(self, chance, reason):
        """Creates, changes or deletes the flow that is deleted again and again."""
        draw = chance.random()
        if draw < 0.4:
            self.note("flow creation", self.server.request("POST", "/beta/identity/b2cUserFlows", {
                "id": DELETED.rsplit("_", 1)[1], "userFlowType": "signUp", "userFlowTypeVersion": 3}))
            return
        if draw < 0.7:
            self.note("change of flow", self.server.put(chance.choice(DELETED_ADDRESSES), chance.choice(CONNECTORS)))
            return
        is_overriding = draw < 0.76
        start = time.time()
        answer = self.note("flow deletion override" if is_overriding else "flow deletion", self.server.request(
            "DELETE", f"/beta/identity/{DELETED}", headers={"Reflog-Override": reason} if is_overriding else None))
        with self.lock:
            self.deletions.append((start, text_of(time.time()), answer.status, is_overriding))

    def delete_connector(self, chance, name):
        """Creates a connector, perhaps lets a step call it, and deletes it."""
        created = self.note("connector creation", self.server.request(
            "POST", "/beta/identity/apiConnectors", {
                "displayName": name, "targetUrl": "https://api.contoso.example/storm", "authenticationConfiguration": {
                    "@odata.type": "#microsoft.graph.basicAuthentication", "username": "reflog", "password": "storm"}}))
        if created.status != 201:
            return
        if chance.random() < 0.5:
            self.note("connector use", self.server.put(chance.choice((*ADDRESSES, *DELETED_ADDRESSES)), created.json["id"]))
        self.note("connector deletion", self.server.request("DELETE", f"/beta/identity/apiConnectors/{created.json['id']}"))

    def freeze(self, chance):
        scope = chance.choice(("all", *FLOWS, *ADDRESSES, *ADDRESSES, DELETED, *DELETED_ADDRESSES))
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
        if changes is None:
            changes = self.server.history()
            self.overridden = sum(change["override"] is not None for change in changes)
        freezes = {event["id"]: Freeze(event) for event in events if event["kind"] == "freezePlaced"}
        for event in events:
            if event["kind"] == "freezeReleased":
                freezes[event["details"]["freeze"]].released = event["activityDateTime"]
        recorded = {event["id"]: event["details"] for event in events if event["kind"] == "freezeOverridden"}
        violations, callers = list(self.problems), Callers(changes)
        for change in changes:
            violations += self.violations_of(change, freezes.values(), recorded, callers)
        overriding = {change["override"]["eventId"] for change in changes if change["override"] is not None}
        # The deletion of a flow records no change if no step of the flow calls a connector. The override then has only an
        # event.
        without = {id for id, details in recorded.items() if not ids_of(details["changes"])}
        if recorded.keys() - without != overriding:
            violations.append(f"the overrides {recorded.keys() - without} are recorded, but changes have {overriding}")
        deleted = sum(status == 204 and is_overriding for *_, status, is_overriding in self.deletions)
        if len(without) > deleted:
            violations.append(f"{len(without)} overrides without a change are recorded, but {deleted} deletions had one")
        return violations + self.violations_of_deletions(freezes.values())

    def violations_of_deletions(self, freezes):
        """Returns the deletions of the flow with a wrong answer: a freeze should have refused the deletion, or the deletion was
        refused without a freeze."""
        found = []
        touching = [freeze for freeze in freezes if freeze.touches(DELETED)]
        for start, after, status, is_overriding in self.deletions:
            # A release of a freeze takes effect only at its commit. The commit is later than the time in the event.
            before, committed = text_of(start), text_of(start - COMMIT_SECONDS)
            if status == 204 and not is_overriding and any(freeze.is_in_force(before, after) for freeze in touching):
                found.append(f"the flow was deleted between {before} and {after} despite a freeze")
            if status == 423 and not any(
                    freeze.placed <= after and not any(over and over < committed for over in (freeze.end, freeze.released))
                    for freeze in touching):
                found.append(f"the deletion of the flow between {before} and {after} was refused without a freeze")
        return found

    def violations_of(self, change, freezes, recorded, callers):
        id, override = change["id"], change["override"]
        if change["result"] == "denied":
            # The server finds the freeze in one transaction, and records the refused change in a later one. So the freeze is
            # possibly over at the recorded time of the change.
            number = (re.findall(r"^Freeze (\d+) ", change["status"]["message"] or "") or [None])[0]
            refused = any(freeze.id == number and freeze.may_refuse(change, callers) for freeze in freezes)
            return [] if change["status"]["code"] == "frozen" and refused else [f"change {id} was refused without a freeze"]
        # The deletion of a connector causes this update. The deletion itself is compared with the freezes.
        if change["kind"] not in ("update", "rollback") or change["status"]["code"] == "connectorDeleted":
            return []
        # The directory refused the read before the write. The server records this refusal later than the read, and sends no write.
        if change["result"] == "rejected" and change["activityDateTime"] == change["resultDateTime"]:
            return []
        found = []
        covering = [freeze.id for freeze in freezes if freeze.covers(change, callers)]
        if covering and override is None:
            found.append(f"change {id} was {change['result']} despite the freezes {covering}")
        if override is not None:
            # The override of a deletion also covers the other steps of the flow.
            is_deletion = override["reason"].startswith("deletion ")
            named = [freeze for freeze in freezes if freeze.id in override["freezes"]]
            if not any(freeze.may_cover(change, callers) or is_deletion and freeze.touches(DELETED)
                       and freeze.may_be_in_force(change["activityDateTime"]) for freeze in named):
                found.append(f"change {id} overrides a freeze that did not cover it")
            details = recorded.get(override["eventId"], {"changes": "", "reason": None})
            if id not in ids_of(details["changes"]) or details["reason"] != override["reason"]:
                found.append(f"the override of change {id} is not recorded: {details}")
            if id in self.overrides and self.overrides[id] != override["reason"]:
                found.append(f"change {id} has the reason {override['reason']}, not {self.overrides[id]}")
        return found

    def control(self, reason, scopes):
        """Removes overrides from a copy of the history. Returns the changes that the check then reports as made despite a
        freeze. The list must not be empty.

        Removes the overrides whose reason begins with `reason`, except overrides of a freeze of everything.
        """
        changes = self.server.history()
        for change in changes:
            override = change["override"]
            if override and override["reason"].startswith(reason) and all(scopes[id] != "all" for id in override["freezes"]):
                change["override"] = None
        return [violation for violation in self.violations(changes) if "despite the freezes" in violation]

    def controls(self):
        """Returns the violations of each control."""
        scopes = {event["id"]: event["details"]["scope"] for event in self.events() if event["kind"] == "freezePlaced"}
        return {"overrides of changes removed": self.control("override ", scopes),
                "overrides of edits of connectors removed": self.control("edit ", scopes)}

    @property
    def summary(self):
        return ", ".join(f"{count} {status}" for status, count in sorted(self.statuses.items()))


def run(seconds, clients, seed, **options):
    """Runs a storm against a new server, and returns the storm and its violations."""
    with Server(**options) as server:
        storm = Storm(server, clients, seed)
        storm.run(seconds)
        violations = storm.violations()
        storm.controlled = storm.controls()
        assert server.stop() == 0
        flags = ["--anchor", server.files + ".anchor"]
        verified = server.command("verify", "--database", server.database, *flags)
        if verified.returncode != 0:
            violations.append(f"verify ended with {verified.returncode}: {verified.stdout} {verified.stderr}")
        return storm, violations
