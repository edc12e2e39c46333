#!/usr/bin/env python3
"""A fake Microsoft Graph that misbehaves on command, and keeps a durable record of the writes that it received.

The program serves user flows, connectors, references and the login that issues tokens over real HTTP. The faults are drawn at
random with a fixed seed, or a test sets the faults with `POST /control`. The record is a file of JSON Lines. The record contains
every write that arrived, the effect of the write, the time of the arrival, and the time of the effect. Each line is flushed to
disk before the program continues. So a test can compare a ledger with the record.

    misbehavinggraph.py --port 0 --record record.jsonl --ledger reflog.sqlite --seed 1 --mix
"""

import argparse
import asyncio
import collections
import email.utils
import json
import os
import random
import signal
import sqlite3
import time
import urllib.parse
import uuid

STEPS = ("postFederationSignup", "postAttributeCollection", "preTokenIssuance")
SECRET = "a secret that only Graph knows"

# The faults of writes, and their weights. The weight of a fault determines how often the fault is drawn.
WRITE_FAULTS = {
    "ok": 60, "slow": 4, "reset_before": 3, "reset_after": 3, "hang_before": 1, "hang_after": 1, "late": 3,
    "refuse_400": 1, "refuse_403": 1, "refuse_404": 1, "refuse_409": 1, "refuse_412": 1, "refuse_422": 1,
    "throttle_seconds": 1, "throttle_date": 1, "throttle_decimal": 1, "throttle_garbage": 1, "throttle_absent": 1,
    "throttle_absurd": 1, "500_before": 1, "500_after": 1, "502_before": 1, "502_after": 1, "503_before": 1,
    "503_after": 1, "504_before": 1, "504_after": 1, "garbage_before": 1, "garbage_after": 1, "endless": 1,
    "trickle": 1, "redirect": 1, "token_expired": 1,
}
# The faults of reads, and their weights. The weight of a fault determines how often the fault is drawn.
READ_FAULTS = {
    "ok": 400, "slow": 6, "reset": 4, "hang": 1, "500": 3, "503": 3, "throttle_seconds": 1, "garbage": 3, "endless": 1,
    "trickle": 1, "redirect": 1, "token_expired": 1, "refuse_403": 1, "silent": 40, "silent_context": 10, "slow_list": 20,
}
# The value of the header Retry-After for each kind of 429. None means a date that is computed when the answer is sent.
THROTTLES = {
    "throttle_seconds": "1", "throttle_date": None, "throttle_decimal": "0.5", "throttle_garbage": "soon",
    "throttle_absurd": "99999999",
}


def stored(request_id):
    """Returns a request id in the form that the ledger stores: a GUID as 16 bytes, any other id as text."""
    try:
        found = uuid.UUID(request_id)
    except (TypeError, ValueError):
        return request_id
    return found.bytes if str(found) == request_id else request_id


class Closed(Exception):
    """The error that is raised to close the connection without an answer."""


class Graph:
    def __init__(self, options):
        self.options = options
        self.chance = random.Random(options.seed)
        self.connectors, self.flows = {}, {}
        # The references that each address had, oldest first. Each reference is a pair: a time, and a connector's id or None.
        # The last pair is the current reference.
        self.references = collections.defaultdict(lambda: [(0.0, None)])
        # The time when each address was last read or written.
        self.touched = collections.defaultdict(float)
        self.in_flight = collections.Counter()
        self.tokens = {"number": 0, "accepted": set(), "any": False, "hand_out": None}
        self.write_queue, self.read_queue = [], []
        self.mixing = options.mix
        self.hung, self.unknown_steps = set(), set()
        # The path of a list below /identity, and the error code. A request for the list is answered with 403 and this code.
        self.forbidden = {}
        self.killing, self.front_refuses = {}, False
        # The number of seconds that each request waits until this program handles the request.
        self.delay = 0.0
        # The two times of each request: when the last byte of the request arrived, and when the answer was sent.
        self.timings = collections.deque(maxlen=100_000)
        self.number = 0
        self.record_file = os.open(options.record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.ledger = None
        for number in range(options.flows):
            self.flows[("b2cUserFlows", f"B2C_1_flow{number}")] = {"userFlowType": "signUpOrSignIn"}
        self.flows[("b2cUserFlows", "B2C_1_signup")] = {"userFlowType": "signUp"}
        self.flows[("b2xUserFlows", "B2X_1_partner")] = {"userFlowType": "signUpOrSignIn"}
        for name in ("Fraud check", "Fraud check (new vendor)", "Invitation codes", "Loyalty", "Outsider A", "Outsider B",
                     "Partner approval"):
            self.add_connector({"displayName": name, "targetUrl": "https://api.contoso.example/" + name[:5].lower()},
                               str(uuid.uuid5(uuid.NAMESPACE_URL, name)))

    # The following methods write the record, and read the ledger.

    def note(self, **event):
        event["time"] = time.time()
        os.write(self.record_file, (json.dumps(event) + "\n").encode())
        os.fdatasync(self.record_file)

    def intended(self, correlation):
        """Reads the intent of a write from the ledger's file. Returns the intent's time in seconds since 1970.

        Returns None if the ledger has no intent for the write, or if `--ledger` is not set.
        """
        if not self.options.ledger:
            return None
        if self.ledger is None:
            self.ledger = sqlite3.connect(f"file:{self.options.ledger}?mode=ro", uri=True)
        # Search the pending changes first, because most writes belong to a pending change. If this program is slow, the change
        # is possibly already settled. So then search all changes.
        for pending in ("result = 'pending' AND", ""):
            found = self.ledger.execute(
                f"SELECT activity_time FROM change WHERE {pending} correlation_id = ?", (stored(correlation),)
            ).fetchone()
            if found:
                return found[0] / 1e6
        return None

    def unsettled(self):
        """Returns the addresses at which the ledger has a pending change. Returns an empty set without `--ledger`."""
        if self.ledger is None:
            return set()
        return {"/".join(row) for row in self.ledger.execute(
            "SELECT flow.flow_type, flow.flow_id, step.name FROM change JOIN address ON address.id = change.address"
            " JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step WHERE change.result = 'pending'")}

    # The following methods read and change the references and the connectors.

    def add_connector(self, body, id=None):
        id = id or str(uuid.uuid4())
        self.connectors[id] = {
            "id": id, "displayName": body.get("displayName"), "targetUrl": body.get("targetUrl"),
            "authenticationConfiguration": redacted(body.get("authenticationConfiguration", {
                "@odata.type": "#microsoft.graph.basicAuthentication", "username": "svc", "password": SECRET})),
            "x-undocumented": 1.50,
        }
        return self.connectors[id]

    def land(self, address, value, by):
        """Sets the reference of an address, and records who set the reference. `by` is the number of a write, or `outsider`."""
        self.references[address].append((time.monotonic(), value))
        del self.references[address][:-32]
        self.note(event="landed", by=by, address=address, value=value)

    def seen(self, address):
        """Returns the reference that a read shows: the current reference, or a reference that was current in the last `--stale`
        seconds."""
        now = time.monotonic()
        values = self.references[address]
        fresh = [index for index, (moment, _) in enumerate(values) if index and moment > now - self.options.stale]
        if not fresh or self.chance.random() < 0.4:
            return values[-1][1]
        return self.chance.choice(values[fresh[0] - 1:])[1]

    async def outsider(self, rate):
        """Changes references without Reflog. Picks only steps that had no read and no write for `--quiet` seconds.

        Also leaves out steps with a pending change. If the outsider restored the reference from before that change, a read
        could not show that the change took place. Reflog would then record a wrong result.
        """
        others = [id for id, connector in self.connectors.items() if connector["displayName"].startswith("Outsider")]
        while True:
            await asyncio.sleep(self.chance.expovariate(rate))
            if not self.mixing:
                continue
            quiet = time.monotonic() - self.options.quiet
            unsettled = self.unsettled()
            addresses = [address for address, moment in self.touched.items()
                         if moment < quiet and not self.in_flight[address] and self.references[address][-1][0] < quiet
                         and address not in unsettled and tuple(address.split("/")[:2]) in self.flows]
            if addresses:
                address = self.chance.choice(sorted(addresses))
                value = self.chance.choice([id for id in others if id != self.references[address][-1][1]])
                self.land(address, value, "outsider")
                # Delete the older references, so that every later read shows the outsider's reference. If a read could still
                # show an older reference, Reflog could not distinguish an outsider's change from a stale read.
                self.references[address][:-1] = []

    # The following methods receive requests over HTTP.

    async def serve(self, reader, writer):
        try:
            self.kill("accepted")
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.decode("latin-1").split("\r\n")
                method, target, _ = lines[0].split(" ", 2)
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                await self.answer(Request(method, target, headers, body, writer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, Closed):
            pass
        finally:
            writer.close()

    async def answer(self, request):
        if request.path == "/control":
            return self.control(request)
        if request.path.endswith("/oauth2/v2.0/token"):
            return self.login(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.front_refuses:
            return request.raw(400, "text/html", b"<h2>Bad Request - Request Too Long</h2>")
        start = time.time()
        try:
            await self.serve_authorized(request, token)
        finally:
            self.timings.append((start, time.time()))

    async def serve_authorized(self, request, token):
        if self.delay:
            await asyncio.sleep(self.delay)
        if not self.tokens["any"] and token not in self.tokens["accepted"]:
            return request.error(401, "InvalidAuthenticationToken", "Access token is invalid.",
                                 {"WWW-Authenticate": 'Bearer realm="", claims="e30="'})
        await (self.read(request, token) if request.method == "GET" else self.write(request, token))

    def login(self, request):
        form = urllib.parse.parse_qs(request.body.decode())
        self.note(event="login", fields=sorted(form), assertion=form.get("client_assertion", [None])[0])
        if "client_secret" in form and form["client_secret"][0] != SECRET:
            return request.answer(401, {"error": "invalid_client", "error_description": form["client_secret"][0]})
        self.tokens["number"] += 1
        token = self.tokens["hand_out"] or f"graph-token-{self.tokens['number']}"
        self.tokens["accepted"].add(token)
        return request.answer(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": token})

    def control(self, request):
        """Changes how the fake Graph behaves, and answers with the state of the fake Graph."""
        command = json.loads(request.body or b"{}")
        if command.get("drop_queues"):
            self.write_queue, self.read_queue = [], []
        self.write_queue += command.get("writes", [])
        self.read_queue += command.get("reads", [])
        self.mixing = command.get("mix", self.mixing)
        self.delay = command.get("delay", self.delay)
        self.hung = set(command.get("hang", self.hung))
        self.front_refuses = command.get("front_refuses", self.front_refuses)
        self.forbidden = command.get("forbidden", self.forbidden)
        self.unknown_steps = set(command.get("unknown_steps", self.unknown_steps))
        if "kill" in command:
            # Open a descriptor of each process. Unlike a process id, the descriptor never refers to a process that starts later.
            self.killing = {stage: (victim, os.pidfd_open(victim)) for stage, victim in command["kill"].items()}
        self.tokens["any"] = command.get("any_token", self.tokens["any"])
        self.tokens["hand_out"] = command.get("hand_out", self.tokens["hand_out"])
        self.tokens["accepted"] |= set(command.get("tokens", []))
        self.options.stale = command.get("stale", self.options.stale)
        if command.get("forget"):
            self.touched.clear()
        for id, body in command.get("add", {}).items():
            self.add_connector(body, id)
        for address, value in command.get("set", {}).items():
            self.land(address, value, "outsider")
            self.references[address][:-1] = []
        for id, change in command.get("edit", {}).items():
            self.connectors[id].update(change)
        for id in command.get("remove", []):
            del self.connectors[id]
        for flow in command.get("remove_flows", []):
            del self.flows[tuple(flow.split("/"))]
        for flow in command.get("add_flows", []):
            self.flows[tuple(flow.split("/"))] = {"userFlowType": "signUp"}
        request.answer(200, {
            "references": {address: values[-1][1] for address, values in self.references.items()},
            "connectors": self.connectors, "in_flight": sum(self.in_flight.values()),
            "timings": list(self.timings) if command.get("timings") else None,
            "queued": len(self.write_queue) + len(self.read_queue),
        })

    def kill(self, stage, delay=0):
        """Kills the process that a test set for this stage with `/control`. Kills only once, after `delay` seconds."""
        if stage in self.killing:
            victim = self.killing.pop(stage)
            if delay:
                asyncio.get_running_loop().call_later(delay, self.kill_now, stage, victim)
            else:
                self.kill_now(stage, victim)

    def kill_now(self, stage, victim):
        process, descriptor = victim
        try:
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        except ProcessLookupError:
            # The process had already ended when this kill was due.
            return
        self.note(event="killed", stage=stage, victim=process)

    def draw(self, queue, faults):
        if queue:
            return queue.pop(0)
        return self.chance.choices(list(faults), list(faults.values()))[0] if self.mixing else "ok"

    # The following methods answer reads.

    async def read(self, request, token):
        fault = self.draw(self.read_queue, READ_FAULTS)
        address = request.address
        if address:
            self.touched[address] = time.monotonic()
        if address in self.hung or "/".join(request.segments[:2]) in self.hung:
            await asyncio.sleep(3600)
        self.kill("reading")
        if fault == "slow":
            await asyncio.sleep(self.chance.uniform(0, 0.7) * self.options.timeout)
        elif fault == "reset":
            raise Closed
        elif fault == "hang":
            await asyncio.sleep(self.options.timeout * 4)
            raise Closed
        elif fault in ("500", "503"):
            return request.error(int(fault), "serviceNotAvailable", "There is a problem with the service.")
        elif fault.startswith("throttle"):
            return request.throttle(fault)
        elif fault.startswith("refuse_"):
            return request.error(int(fault[7:]), "Request_BadRequest", "It is refused.")
        elif fault == "slow_list" and len(request.segments) == 1:
            await asyncio.sleep(self.chance.uniform(0.5, 0.9) * self.options.timeout)
        elif fault.startswith("silent"):
            request.silence = fault
        elif fault == "twice":
            return request.raw(200, "application/json", b'{"x": 1, "x": 2, "@odata.nextLink": "https://evil.example/"}')
        elif fault == "token_expired":
            self.tokens["accepted"].discard(token)
            return request.error(401, "InvalidAuthenticationToken", "Lifetime validation failed.")
        elif fault in ("garbage", "endless", "trickle", "redirect"):
            return await self.nonsense(fault, request)
        if len(request.segments) == 1:
            code = self.forbidden.get(request.segments[0])
            self.note(event="list", name=request.segments[0], status=403 if code else 200)
            if code:
                return request.error(403, code, "User Authorization: Access is denied.")
        self.show(request)
        self.kill("read")

    def show(self, request):
        match request.segments:
            case ["apiConnectors"]:
                self.page(request, list(self.connectors.values()))
            case ["apiConnectors", "$count"]:
                request.raw(200, "text/plain", str(len(self.connectors)).encode())
            case ["apiConnectors", id]:
                if id in self.connectors:
                    request.answer(200, self.entity(request, self.connectors[id], "apiConnectors/$entity"))
                else:
                    request.error(404, "Request_ResourceNotFound", f"Resource '{id}' does not exist.")
            case [("b2cUserFlows" | "b2xUserFlows") as kind]:
                flows = [{"id": id, "apiConnectorConfiguration": {}, **flow}
                         for (flow_type, id), flow in self.flows.items() if flow_type == kind]
                self.page(request, flows)
            case [("b2cUserFlows" | "b2xUserFlows") as kind, flow, *rest]:
                if (kind, flow) not in self.flows:
                    return request.error(404, "Request_ResourceNotFound", f"Resource '{flow}' does not exist.")
                self.show_flow(request, kind, flow, rest)
            case _:
                request.error(400, "BadRequest", "Resource not found for the segment.")

    def show_flow(self, request, kind, flow, rest):
        match rest:
            case []:
                request.answer(200, self.entity(request, {"id": flow, **self.flows[(kind, flow)]}, kind + "/$entity"))
            case ["apiConnectorConfiguration"]:
                steps = [step for step in request.query.get("$expand", "").split(",") if step]
                if any(step not in STEPS or step in self.unknown_steps for step in steps):
                    return request.error(400, "BadRequest", "Could not find a property.")
                body = {step: self.connectors.get(self.seen(f"{kind}/{flow}/{step}")) for step in steps}
                context = f"{kind}('{flow}')/apiConnectorConfiguration"
                if request.silence == "silent":
                    # A missing member shows nothing about its step, because `@odata.context` does not contain the step.
                    body = {step: value for step, value in body.items() if value and self.chance.random() < 0.5}
                elif request.silence == "silent_context":
                    # A missing member shows that its step calls no connector, because `@odata.context` contains the step.
                    body = {step: value for step, value in body.items() if value}
                    context += "(" + ",".join(step + "()" for step in steps) + ")"
                request.answer(200, self.entity(request, body, context))
            case ["apiConnectorConfiguration", step] if step in STEPS:
                connector = self.connectors.get(self.seen(f"{kind}/{flow}/{step}"))
                if connector:
                    request.answer(200, self.entity(request, connector, "apiConnectors/$entity"))
                else:
                    request.raw(204, None, b"")
            case ["languages"]:
                self.page(request, [{"id": "en", "isEnabled": True, "x-undocumented": {"deep": [1.50, None]}}])
            case _:
                request.error(400, "BadRequest", "Resource not found for the segment.")

    def entity(self, request, body, fragment):
        return {"@odata.context": f"{request.base}/{request.version}/$metadata#identity/{fragment}", **body}

    def page(self, request, values):
        """Answers with a page of a list, and a link to the next page on this host."""
        top = int(request.query.get("$top", self.options.page))
        start = int(request.query.get("$skiptoken", 0))
        page = {"@odata.context": f"{request.base}/{request.version}/$metadata#identity/list", "value": values[start:start + top]}
        if start + top < len(values):
            link = f"{request.base}/{request.version}/identity/{'/'.join(request.segments)}"
            page["@odata.nextLink"] = f"{link}?%24top={top}&%24skiptoken={start + top}"
        request.answer(200, page)

    # The following methods answer writes.

    async def write(self, request, token):
        self.number += 1
        number, target = self.number, request.address or "/".join(request.segments)
        fault = self.draw(self.write_queue, WRITE_FAULTS)
        correlation = request.headers.get("client-request-id")
        self.touched[target] = time.monotonic()
        intended = self.intended(correlation)
        self.note(event="arrived", number=number, method=request.method, path=request.path, address=target, fault=fault,
                  correlation=correlation, body=request.body.decode(errors="replace"),
                  overlapping=self.in_flight[target], intent=intended is not None)
        # Reflog assumes that a write takes effect at most six timeouts after its intent. The deadline makes this assumption
        # true even if the fake Graph is slow.
        request.deadline = (intended or time.time()) + 6 * self.options.timeout
        self.in_flight[target] += 1
        try:
            self.kill("arrived")
            if target in self.hung:
                await asyncio.sleep(3600)
            await self.write_faulty(request, token, fault, number)
            await request.writer.drain()
            self.kill("answered")
            self.kill("later", self.chance.uniform(0.0005, 0.01))
        finally:
            self.touched[target] = time.monotonic()
            self.in_flight[target] -= 1
            self.note(event="ended", number=number)

    async def write_faulty(self, request, token, fault, number):
        timeout = self.options.timeout
        if fault == "slow":
            await asyncio.sleep(self.chance.uniform(0, 0.7) * timeout)
            fault = "ok"
        if fault == "reset_before":
            raise Closed
        if fault == "hang_before":
            await asyncio.sleep(timeout * 2)
            raise Closed
        if fault.startswith("refuse_"):
            return request.error(int(fault[7:]), "Request_BadRequest", "It is refused: " + request.body.decode(errors="replace"))
        if fault.startswith("throttle"):
            return request.throttle(fault)
        if fault == "token_expired":
            self.tokens["accepted"].discard(token)
            return request.error(401, "InvalidAuthenticationToken", "Lifetime validation failed.")
        if fault == "redirect":
            return await self.nonsense("redirect", request)
        if fault.endswith("_before") and fault[:3].isdigit():
            return request.error(int(fault[:3]), "serviceNotAvailable", "There is a problem with the service.")
        if fault == "garbage_before":
            return await self.nonsense("garbage", request)
        if fault == "late":
            # Close the connection without an answer. The write takes effect later.
            request.writer.transport.abort()
            await asyncio.sleep(self.chance.uniform(0.3, 2.5) * timeout)
        if time.time() > request.deadline:
            raise Closed
        if fault == "ignored":
            # The answer is a success, but the write has no effect.
            return request.raw(204, None, b"")
        answer = self.apply(request, number)
        self.kill("landed")
        if fault == "ok":
            return answer()
        if fault in ("reset_after", "late"):
            raise Closed
        if fault == "hang_after":
            await asyncio.sleep(timeout * 2)
            raise Closed
        if fault[:3].isdigit():
            return request.error(int(fault[:3]), "serviceNotAvailable", "There is a problem with the service.")
        await self.nonsense(fault.removesuffix("_after"), request)

    def apply(self, request, number):
        """Applies a write to the references and connectors. Returns a function that sends the answer."""
        body = json.loads(request.body or b"{}") if request.method != "DELETE" else {}
        no_content = lambda: request.raw(204, None, b"")
        match request.method, request.segments:
            case ("PUT" | "DELETE"), [kind, flow, "apiConnectorConfiguration", step, "$ref"]:
                url = body.get("@odata.id")
                id = url.rsplit("/", 1)[1] if url else None
                if (kind, flow) not in self.flows or step not in STEPS or (id and id not in self.connectors):
                    return lambda: request.error(404, "Request_ResourceNotFound", "It does not exist.")
                self.land(request.address, id, number)
                return no_content
            case "POST", ["apiConnectors"]:
                connector = self.add_connector(body)
                self.note(event="landed", by=number, address="apiConnectors", value=connector["id"])
                return lambda: request.answer(201, self.entity(request, connector, "apiConnectors/$entity"))
            case _, ["apiConnectors", id, *_] if id not in self.connectors:
                return lambda: request.error(404, "Request_ResourceNotFound", "It does not exist.")
            case "PATCH", ["apiConnectors", id]:
                if "***" in json.dumps(body):
                    # A client sent the mask that a read shows instead of a secret. So the mask has replaced the secret.
                    self.note(event="masked", by=number, id=id)
                if "authenticationConfiguration" in body:
                    body["authenticationConfiguration"] = redacted(body["authenticationConfiguration"])
                self.connectors[id].update(body)
                return no_content
            case "DELETE", ["apiConnectors", id]:
                del self.connectors[id]
                return no_content
            case "POST", ["apiConnectors", id, "uploadClientCertificate"]:
                thumbprint = uuid.uuid5(uuid.NAMESPACE_URL, body["pkcs12Value"]).hex
                self.connectors[id]["authenticationConfiguration"] = {
                    "@odata.type": "#microsoft.graph.clientCertificateAuthentication",
                    "certificateList": [{"thumbprint": thumbprint, "isActive": True}],
                }
                return lambda: request.answer(200, self.entity(request, self.connectors[id], "apiConnectors/$entity"))
            case "POST", [kind]:
                id = body["id"] if body["id"].upper().startswith("B2") else {"b2c": "B2C_1_", "b2x": "B2X_1_"}[kind[:3]] + body["id"]
                if (kind, id) in self.flows:
                    return lambda: request.error(409, "Request_Conflict", "The user flow exists.")
                # The connectors of a new flow are ignored: apiConnectorConfiguration and its annotations have no effect.
                self.flows[(kind, id)] = {"userFlowType": body.get("userFlowType", "signUpOrSignIn")}
                return lambda: request.answer(201, self.entity(request, {"id": id}, kind + "/$entity"))
            case "DELETE", [kind, flow] if (kind, flow) in self.flows:
                del self.flows[(kind, flow)]
                for step in STEPS:
                    if self.references[f"{kind}/{flow}/{step}"][-1][1]:
                        self.land(f"{kind}/{flow}/{step}", None, number)
                return no_content
            case "PUT", [_, _, "languages", _]:
                return lambda: request.answer(200, {"id": request.segments[-1], **body})
            case _:
                return lambda: request.error(404, "Request_ResourceNotFound", "It does not exist.")

    async def nonsense(self, kind, request):
        writer = request.writer
        if kind == "garbage":
            writer.write(b"\x00\x01 this is no HTTP at all\r\n\r\n")
            raise Closed
        if kind == "redirect":
            return request.raw(307, "text/html", b"", {"Location": f"{request.base}/elsewhere"})
        if kind == "endless":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(200):
                writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
                await writer.drain()
            raise Closed
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(60):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(self.options.timeout / 10)
        raise Closed


class Request:
    def __init__(self, method, target, headers, body, writer):
        self.method, self.headers, self.body, self.writer = method, headers, body, writer
        url = urllib.parse.urlsplit(target)
        self.path, self.query = url.path, dict(urllib.parse.parse_qsl(url.query))
        self.base = "http://" + headers.get("host", "")
        parts = url.path.strip("/").split("/")
        self.version, self.segments = parts[0], parts[2:] if parts[1:2] == ["identity"] else []
        # The fault that determines which steps the answer leaves out.
        self.silence = None

    @property
    def address(self):
        """The address `flowType/flow/step` to which the request refers. The value is None if the request does not refer to
        exactly one step."""
        parts = self.segments
        if parts[2:3] == ["apiConnectorConfiguration"]:
            step = parts[3] if len(parts) > 3 else self.query.get("$expand", "")
            return f"{parts[0]}/{parts[1]}/{step}" if step in STEPS else None
        return None

    def raw(self, status, content_type, body, headers=None):
        fields = {"request-id": str(uuid.uuid4()), "Content-Length": len(body), **(headers or {})}
        if status == 204:
            del fields["Content-Length"]
        if content_type:
            fields["Content-Type"] = content_type
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.writer.write(f"HTTP/1.1 {status} x\r\n{lines}\r\n".encode() + body)

    def answer(self, status, body, headers=None):
        self.raw(status, "application/json", json.dumps(body).encode(), headers)

    def error(self, status, code, message, headers=None):
        self.answer(status, {"error": {"code": code, "message": message, "innerError": {"date": "2026-01-02T03:04:05"}}},
                    headers)

    def throttle(self, kind):
        wait = THROTTLES.get(kind)
        if kind == "throttle_date":
            wait = email.utils.formatdate(time.time() + 1, usegmt=True)
        self.error(429, "TooManyRequests", "Too many requests.", {"Retry-After": wait} if wait else {})


def redacted(authentication):
    """Returns an authentication configuration without secrets, in the form that Graph shows."""
    if not authentication:
        return authentication
    kind = authentication.get("@odata.type", "")
    if "pkcs12" in kind:
        thumbprint = uuid.uuid5(uuid.NAMESPACE_URL, authentication.get("pkcs12Value", "")).hex
        return {"@odata.type": "#microsoft.graph.clientCertificateAuthentication",
                "certificateList": [{"thumbprint": thumbprint}]}
    return {name: "******" if name == "password" else value for name, value in authentication.items()}


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--record", required=True, help="append the record to this file")
    parser.add_argument("--ledger", help="look up the intent of each write in this ledger")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mix", action="store_true", help="draw faults at random")
    parser.add_argument("--flows", type=int, default=4)
    parser.add_argument("--page", type=int, default=100, help="how many items a page of a list has")
    parser.add_argument("--timeout", type=float, default=10, help="how long Reflog waits for an answer, in seconds")
    parser.add_argument("--stale", type=float, default=0, help="how long reads may show older values, in seconds")
    parser.add_argument("--outsiders", type=float, default=0, help="changes without Reflog, per second")
    parser.add_argument("--quiet", type=float, default=5, help="how many seconds a step must be idle before an outsider changes it")
    options = parser.parse_args()
    graph = Graph(options)
    server = await asyncio.start_server(graph.serve, "127.0.0.1", options.port, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    if options.outsiders:
        # The event loop keeps only a weak reference to a task. This variable keeps the task alive.
        outsider = asyncio.create_task(graph.outsider(options.outsiders))
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
