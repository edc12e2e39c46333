import collections
import os
import re
import shutil
import tempfile
import time
import unittest

from graphstorm import GraphStorm
from openidprovider import AUDIENCE, OpenIDProvider
from reflogserver import Graph, Server, graph_connector
from test_graph import graph_token
from testparts import apart

SQLITE_ONLY = "the fake Graph and the tests read the ledger's file"


@apart(seconds=90, cores=0.8)
class MisbehavingGraph(unittest.TestCase):
    """The ledger agrees with Graph's record, even if Graph has many faults. `tools/graph-storm` runs a longer test."""

    def assertNothingFound(self, storm):
        self.assertEqual({kind: found for kind, found in storm.findings().items() if found}, {})

    def test_the_ledger_agrees_with_graph_whatever_faults_occur(self):
        with GraphStorm(seed=20261123) as storm:
            storm.run(writes=1500)
            self.assertNothingFound(storm)
            self.assertGreater(len(storm.faults), 30, "not every fault occurred")
            self.assertGreater(storm.results["update applied"], 500)

    def test_the_checks_find_a_server_that_accepts_stale_reads(self):
        # Reads are stale for many seconds, so that the reconciler reads stale references even on a slow machine.
        with GraphStorm(seed=20261124, window=0, stale=20) as storm:
            storm.run(writes=1500)
            findings = storm.findings()
            # "settled wrongly" shows errors of the reconciler. "false drift" shows errors of the read that Reflog makes earlier
            # than each write.
            self.assertTrue(findings["settled wrongly"], "the checks can't fail")
            self.assertTrue(findings["false drift"], "the checks can't fail")

    def test_the_ledger_agrees_with_graph_after_kills_at_every_stage_of_a_change(self):
        # Kill the server at each of these stages, in this order: Graph has received the read, has answered the read, has
        # accepted the connection for the write, has received the write, has applied the write, has answered the write. The last
        # stage is a moment after that.
        stages = ["reading", "read", "accepted", "arrived", "landed", "answered", "later"] * 3
        with GraphStorm(seed=20261125, clients=12) as storm:
            def kill_again():
                if storm.server.process.poll() is not None:
                    storm.server.process.wait()
                    storm.server.start()
                    if stages:
                        stages.pop()
                elif stages:
                    storm.graph.control(kill={stages[-1]: storm.server.process.pid})
            storm.run(writes=700, meanwhile=kill_again, until=lambda: not stages)
            self.assertNothingFound(storm)
            # Use a set to remove duplicates, because a process that is already ending may be killed a second time.
            killed = {(e["stage"], e["victim"]) for e in storm.graph.record if e["event"] == "killed"}
            self.assertEqual(set(collections.Counter(stage for stage, _ in killed).values()), {3})


@apart(seconds=22, cores=0.5)
@unittest.skipUnless(shutil.which("strace"), "strace is not installed")
class OrderOfSystemCalls(unittest.TestCase):
    def test_no_byte_of_a_write_is_sent_before_its_intent_is_on_disk(self):
        trace = os.path.join(tempfile.gettempdir(), f"reflog-trace-{os.getpid()}")
        self.addCleanup(lambda: os.path.exists(trace) and os.remove(trace))
        with GraphStorm(seed=20261126, clients=6) as storm:
            storm.server.stop()
            storm.server.wrapper = ["strace", "-D", "-f", "-y", "-s", "5000", "-o", trace, "-e",
                                    "trace=pwrite64,fdatasync,write,writev,sendto,sendmsg"]
            storm.server.start()
            storm.run(writes=150)
            self.assertEqual([], storm.findings()["writes without an earlier intent"])
            storm.server.stop()
        found = self.orders(trace)
        self.assertGreater(len(found), 100)
        self.assertEqual([correlation for correlation, is_ordered in found.items() if not is_ordered], [])

    def orders(self, trace):
        """Returns, for each write, whether the intent was flushed to disk before the write was sent.

        The flush of the WAL must begin after the intent was written, and end before the write is sent.
        """
        flush_began, flushed, intent_written, found = {}, -1, {}, {}
        with open(trace, errors="replace") as lines:
            for number, line in enumerate(lines):
                thread, _, call = line.partition(" ")
                call = call.lstrip()
                if "reflog.sqlite-wal>" in call and call.startswith("pwrite64("):
                    for correlation in re.findall(r"client-\d+-\d+-end", call):
                        intent_written.setdefault(correlation, number)
                elif "reflog.sqlite-wal>" in call and call.startswith("fdatasync("):
                    flush_began[thread] = number
                    if "unfinished" not in call:
                        flushed = max(flushed, flush_began.pop(thread))
                elif call.startswith("<... fdatasync resumed"):
                    if thread in flush_began:
                        flushed = max(flushed, flush_began.pop(thread))
                elif "PUT /beta/identity" in call:
                    correlation = re.search(r"client-request-id: (client-\d+-\d+-end)", call)[1]
                    is_ordered = flushed > intent_written.get(correlation, number)
                    found[correlation] = found.get(correlation, True) and is_ordered
        return found


@apart(seconds=12)
class Secrets(unittest.TestCase):
    """Reflog never stores, logs or returns a secret, on any route."""

    CANARIES = ["canary-password", "canary-query", "Q0FOQVJZLXBmeA==", 'canary "quoted" \\ slash', "canary-token",
                "canary-url-user", "canary-fragment"]

    def test_secrets_are_in_no_answer_and_no_file(self):
        with Graph() as graph, OpenIDProvider() as provider, Server(
            graph=graph, SETTLE_WINDOW=1, GRAPH_TIMEOUT=1, SWEEP_INTERVAL=1, AUTH_MODE="token,entra,passthrough",
            ENTRA_ISSUER=provider.issuer, ENTRA_AUDIENCE=AUDIENCE,
        ) as server:
            answers = []

            def send(method, path, body=None, faults=(), **more):
                graph.control(writes=list(faults))
                answers.append(server.request(method, path, body, **more))
                return answers[-1]

            url = "https://canary-url-user@api.contoso.example/x?code=canary-query#canary-fragment"
            bodies = [
                {"displayName": "New", "targetUrl": url, "authenticationConfiguration": {
                    "@odata.type": "#microsoft.graph.basicAuthentication", "username": "svc", "password": password}}
                for password in ("canary-password", 'canary "quoted" \\ slash')
            ] + [{"displayName": "Cert", "targetUrl": url, "authenticationConfiguration": {
                "@odata.type": "#microsoft.graph.pkcs12Certificate", "pkcs12Value": "Q0FOQVJZLXBmeA==",
                "password": "canary-password"}}]
            certificate = {"pkcs12Value": "Q0FOQVJZLXBmeA==", "password": "canary-password"}
            id = graph_connector("Loyalty")
            # In the first run, Graph has no fault and applies the requests. In the second run, Graph refuses the requests with
            # an error message that contains the body. In the other runs, the outcome of each request is unknown. After this
            # loop, the same requests are sent by callers whose roles do not permit them, and Reflog answers 403.
            for faults in ((), ("refuse_400",), ("reset_before",), ("500_after",)):
                for body in bodies:
                    send("POST", "/beta/identity/apiConnectors", body, faults)
                    send("PATCH", f"/beta/identity/apiConnectors/{id}", body, faults)
                send("POST", f"/beta/identity/apiConnectors/{id}/uploadClientCertificate", certificate, faults)
                time.sleep(5 if faults in (("reset_before",), ("500_after",)) else 0)
            for body in bodies:
                send("POST", "/beta/identity/apiConnectors", body, role="reader")
                send("PATCH", f"/beta/identity/apiConnectors/{id}", body, role="admin")
            send("POST", "/beta/identity/apiConnectors", raw='{"password": "canary-password", ')
            for faults in ((), ("refuse_400",), ("reset_before",)):
                flow = {"id": "canary-free", "identityProviders": [{"clientSecret": "canary-password"}],
                        "apiConnectorConfiguration": {"postFederationSignup": {"@odata.id": f"/identity/apiConnectors/{id}"}}}
                send("POST", "/beta/identity/b2cUserFlows", flow, faults)
                send("PUT", "/beta/identity/b2cUserFlows/B2C_1_signup/identityProviders/x", {"clientSecret": "canary-password"},
                     faults)
            server.tokens["canary"] = "canary-token"
            server.tokens["canary-jwt"] = "e30.eyJ4IjoxfQ.canary-token"
            # Graph accepts this token.
            server.tokens["taken"] = graph_token()[:-4] + "canary-token"
            graph.control(tokens=[server.tokens["taken"]])
            for faults in ((), ("refuse_400",), ("reset_before",)):
                send("PUT", "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postAttributeCollection/$ref", {},
                     faults, role="taken")
            for path in ("/beta/identity/apiConnectors", "/beta/auditLogs/connectorChanges", "/metrics", "/beta/x"):
                for role in ("canary", "canary-jwt"):
                    send("GET", path, role=role)
            # Use a valid token from Entra, and the same token with a wrong signature.
            server.tokens["entra"] = provider.token(provider.claims(["Reflog.Operate"]))
            server.tokens["entra-wrong"] = server.tokens["entra"][:-20] + "A" * 20
            for role, status in (("entra", 204), ("entra-wrong", 401)):
                path = "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/preTokenIssuance/$ref"
                # Also accept 502 and 503, because a fault that no earlier request used can affect this request.
                self.assertIn(send("PUT", path, {}, role=role).status, (status, 502, 503) if status == 204 else (status,))
            entra = [server.tokens[role].split(".")[2] for role in ("entra", "entra-wrong")]
            for path in ("/beta/auditLogs/connectorChanges?$top=1000", "/beta/auditLogs/connectorChanges?$format=csv",
                         "/beta/auditLogs/connectorConfigurations", "/metrics", "/beta/reflog/status"):
                send("GET", path)
            sent = sum(event["event"] == "arrived" for event in graph.record)
            server.stop()
            # Ignore answers about connectors, because Reflog forwards these answers from Graph unchanged. All other answers
            # must contain no secret.
            contents = {f"answer {number}: {answer.text}": answer.text.encode() for number, answer in enumerate(answers)
                      if answer.status >= 400 or "targetUrl\":\"https" not in answer.text}
            for name in os.listdir(server.folder):
                with open(os.path.join(server.folder, name), "rb") as file:
                    contents[name] = file.read()
            own = ["a secret that only Graph knows", "graph-token-1"]
            tokens = [token for role, token in server.tokens.items() if role in ("operator", "reader", "admin")]

        self.assertGreater(sent, 15)
        self.assertIn(b"Loyalty", contents["reflog.sqlite"])
        forms = [form for canary in self.CANARIES + own + tokens + entra for form in (canary, canary.replace('"', '\\"'))]
        found = [(canary, name) for canary in forms for name, content in contents.items()
                 if canary.encode() in content and name != "reflog.sqlite.first-tokens"]
        self.assertEqual(found, [])
