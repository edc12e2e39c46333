import csv
import io
import json
import os
import pathlib
import signal
import subprocess
import unittest
import urllib.parse

import ocsf
from reflogserver import FRAUD_CHECK, LOYALTY, NEW_VENDOR, Graph, Server, ServerTestCase, eventually, graph_connector
from testparts import apart

CHANGES = "/beta/auditLogs/connectorChanges"
SIGNUP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
OTHER = "b2cUserFlows/B2C_1_profile_edit/postAttributeCollection"
ASIM_MANDATORY = {"EventCount", "EventStartTime", "EventEndTime", "EventType", "EventResult", "EventProduct", "EventVendor",
                  "EventSchema", "EventSchemaVersion", "Dvc", "Operation", "Object", "ObjectType"}
ASIM_TYPES = {"Set", "Read", "Create", "Delete", "Execute", "Install", "Clear", "Enable", "Disable", "Other"}


def make_every_kind_of_change(server):
    """Makes a change of every kind that the embedded directory allows."""
    server.put(SIGNUP, NEW_VENDOR, headers={"Reflog-Reason": "CHG0042", "client-request-id": "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"})
    server.put(SIGNUP, None)
    server.put(SIGNUP, FRAUD_CHECK)
    server.put(SIGNUP, LOYALTY, role="reader")
    server.put("b2cUserFlows/none/postFederationSignup", LOYALTY)
    made = server.request("POST", "/beta/identity/apiConnectors", {
        "displayName": "=Made", "targetUrl": "https://api.contoso.example/a?key=1",
        "authenticationConfiguration": {"@odata.type": "#microsoft.graph.basicAuthentication", "username": "u", "password": "p"}})
    connector = f"/beta/identity/apiConnectors/{made.json['id']}"
    server.request("PATCH", connector, {"displayName": "Made again"})
    server.request("DELETE", connector)
    server.request("POST", f"{CHANGES}/1/rollback", {"force": True, "reason": "back"})


class Formats(unittest.TestCase):
    """Other programs can read the exports, because every export is valid in its format."""

    def lines(self, server, format):
        answer = server.request("GET", f"{CHANGES}?$format={format}")
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/jsonl; charset=utf-8"))
        return [json.loads(line) for line in answer.text.splitlines()]

    def check(self, server):
        changes = server.history()
        # Compare only the first events, because the sweep can record another change in the meantime.
        events = self.lines(server, "ocsf")[:len(changes)]
        self.assertEqual([event["metadata"]["uid"] for event in events], [change["id"] for change in changes])
        for event, change in zip(events, changes):
            self.assertEqual(ocsf.findings(event), [], event)
            self.assertEqual((event["category_uid"], event["class_uid"], event["type_uid"]), (3, 3004, 300400 + event["activity_id"]))
            self.assertEqual(event["metadata"]["sequence"], change["sequence"])
            self.assertEqual(event.get("comment"), change["reason"])
            # Only an event for an applied change has an entity_result.
            self.assertEqual("entity_result" in event, change["result"] == "applied")
            if change["result"] == "applied":
                self.assertEqual(event["entity_result"]["data"].get("connector_id"), change["after"].get("connectorId"))
            self.assertEqual(event["activity_id"] == 99, change["kind"] == "baseline")
        for event, change in zip(self.lines(server, "asim"), changes):
            self.assertEqual(ASIM_MANDATORY - {name for name, value in event.items() if value not in (None, "")}, set())
            self.assertIn(event["EventType"], ASIM_TYPES)
            self.assertIn(event["EventResult"], {"Success", "Partial", "Failure", "NA"})
            self.assertEqual((event["EventSchema"], event["EventOriginalUid"]), ("AuditEvent", change["id"]))
        return events

    def test_every_change_is_a_valid_ocsf_and_asim_event(self):
        with Server() as server:
            make_every_kind_of_change(server)
            events = self.check(server)
            self.assertEqual({(event["activity_name"], event["status"]) for event in events}, {
                ("Update", "Success"), ("Enable", "Success"), ("Disable", "Success"), ("Update", "Failure"), ("Create", "Success"),
                ("Delete", "Success")})
            event = events[0]
            event.pop("entity")
            event["severity_id"] = 17
            event["nonsense"] = 1
            self.assertEqual(ocsf.findings(event), [
                "event lacks entity", "event has nonsense, which the schema does not know",
                "event.severity_id is 17, which is none of its values"])

    def test_drifts_are_valid_ocsf_and_asim_events(self):
        with Graph() as graph, Server(graph=graph, SETTLE_WINDOW=0) as server:
            server.put(SIGNUP, graph_connector("Loyalty"))
            graph.control(set={SIGNUP: graph_connector("Fraud check")})
            server.put(SIGNUP, None)
            events = self.check(server)
            self.assertIn(("drift", "Medium"), [(event["metadata"]["event_code"], event["severity"]) for event in events])

    def test_the_csv_for_excel_has_a_byte_order_mark_and_times_that_excel_reads(self):
        with Server() as server:
            make_every_kind_of_change(server)
            answer = server.request("GET", f"{CHANGES}?$format=csv&excel=true")
            self.assertTrue(answer.text.startswith("\ufeffid,sequence,"))
            rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
            change = server.request("GET", f"{CHANGES}/1").json
            self.assertEqual(rows[0]["activityDateTime"], change["activityDateTime"].replace("T", " ")[:23])
            for wrong in ("$format=jsonl&excel=true", "$format=ocsf&raw=true", "$format=xml"):
                self.assertEqual(server.request("GET", f"{CHANGES}?{wrong}").status, 400)


@apart(seconds=16)
class IncrementalExports(unittest.TestCase):
    """An export can continue after a given entry, even while changes are being settled."""

    def test_successive_exports_merged_by_id_give_the_whole_history(self):
        with Graph(timeout=0.5) as graph, Server(graph=graph, SETTLE_WINDOW=0.5, GRAPH_TIMEOUT=0.3) as server:
            addresses = [f"b2cUserFlows/B2C_1_flow{flow}/{step}" for flow in range(4)
                         for step in ("postFederationSignup", "postAttributeCollection", "preTokenIssuance")]
            downloaded, after, seen_pending = {}, None, 0
            for round in range(40):
                graph.control(writes=[["ok", "reset_after", "reset_before", "ok"][round % 4]])
                server.put(addresses[round % len(addresses)], graph_connector("Loyalty" if round % 2 else "Fraud check"))
                if round % 3 == 0:
                    downloaded, after, pending = self.download(server, downloaded, after)
                    seen_pending += pending
            eventually(lambda: not server.request("GET", "/beta/reflog/status").json["pendingChanges"])
            downloaded, after, _ = self.download(server, downloaded, after)

            self.assertGreater(seen_pending, 0)
            self.assertEqual([downloaded[id] for id in sorted(downloaded, key=int)], server.history())

    def download(self, server, downloaded, after):
        """Exports the changes after an entry, and adds them to `downloaded`.

        Returns three values: all downloaded changes in a dictionary by id, the newest sequence, and the number of pending
        changes in this export.
        """
        answer = server.request("GET", f"{CHANGES}?$format=jsonl" + (f"&after={after}" if after is not None else ""))
        changes = [json.loads(line) for line in answer.text.splitlines()]
        downloaded = downloaded | {change["id"]: change for change in changes}
        return downloaded, int(answer.headers["reflog-newest-sequence"]), sum(change["result"] == "pending" for change in changes)


class CommandLine(ServerTestCase):
    def run_export(self, *arguments, **options):
        return subprocess.run([self.server.binary, "export", *arguments], capture_output=True, timeout=120,
                              env=self.server.environment() | {"REFLOG_TOKEN": self.server.tokens["reader"]}, **options)

    def test_a_file_appears_only_when_it_is_complete(self):
        self.server.put(SIGNUP, NEW_VENDOR)
        path = os.path.join(self.server.folder, "history.csv")
        done = self.run_export("--database", self.server.database, "--output", path)
        self.assertEqual((done.returncode, done.stdout), (0, b""))
        with open(path, "rb") as file:
            self.assertEqual(file.read(), self.run_export("--server", self.server.url).stdout)
        broken = self.run_export("--server", "http://127.0.0.1:1", "--output", path + ".other")
        self.assertEqual(broken.returncode, 75)
        self.assertEqual([name for name in os.listdir(self.server.folder) if "other" in name or "partial" in name], [])
        self.assertEqual(self.run_export("--database", self.server.database, "--output", "/nonexistent/x").returncode, 1)

    def test_every_format_is_the_same_from_the_file_and_from_the_server(self):
        self.server.put(SIGNUP, NEW_VENDOR)
        self.server.put(SIGNUP, None, role="reader")
        for arguments in (["--format", "csv", "--excel"], ["--format", "jsonl"], ["--format", "ocsf"], ["--format", "asim"],
                          ["--format", "jsonl", "--after", "2", "--result", "applied"]):
            by_file = self.run_export("--database", self.server.database, *arguments)
            by_server = self.run_export("--server", self.server.url, *arguments)
            self.assertEqual((by_file.returncode, by_server.returncode), (0, 0))
            self.assertEqual(by_file.stdout, by_server.stdout)
            self.assertTrue(by_file.stdout)

    def test_a_followed_export_writes_each_outcome_once_and_continues_after_a_restart(self):
        state = os.path.join(self.server.folder, "follow.state")
        command = [self.server.binary, "export", "--server", self.server.url, "--format", "jsonl", "--follow", "--state", state]
        environment = self.server.environment() | {"REFLOG_TOKEN": self.server.tokens["reader"]}
        received = []
        for round in range(2):
            for number in range(3):
                self.server.put(OTHER, [FRAUD_CHECK, NEW_VENDOR, None][(number + round) % 3])
            newest = self.server.history()[-1]["id"]
            follower = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
            while not received or received[-1]["id"] != newest:
                received.append(json.loads(follower.stdout.readline()))
            if round == 0:
                change = self.server.put(OTHER, None).change
                while received[-1]["id"] != change:
                    received.append(json.loads(follower.stdout.readline()))
            eventually(lambda: os.path.exists(state) and position(state) >= received[-1]["sequence"])
            follower.send_signal(signal.SIGTERM)
            follower.wait()
            follower.stdout.close()
        self.assertEqual([change["id"] for change in received], [change["id"] for change in self.server.history()])

    def test_following_continues_after_a_restart_of_the_server(self):
        with Server() as server:
            state = os.path.join(server.folder, "follow.state")
            command = [server.binary, "export", "--server", server.url, "--follow", "--state", state]
            with open(os.path.join(server.folder, "followed.csv"), "w+") as output:
                follower = subprocess.Popen(command, stdout=output, stderr=subprocess.PIPE, text=True, env=server.environment("reader"))
                self.addCleanup(follower.kill)
                server.put(OTHER, NEW_VENDOR)
                eventually(lambda: os.path.exists(state))
                server.kill()
                self.assertIn("Next attempt in 1.0 seconds.", follower.stderr.readline())
                server.start()
                change = server.put(OTHER, None).change
                newest = server.request("GET", f"/beta/auditLogs/connectorChanges/{change}").json["sequence"]
                eventually(lambda: position(state) >= newest)
                follower.terminate()
                follower.communicate()
                output.seek(0)
                rows = list(csv.DictReader(output))
            # Remove duplicate ids, as readers of the file must do. The follower writes a change first and the state file later.
            # So if an interruption happens in between, the follower writes the change a second time.
            self.assertEqual(list(dict.fromkeys(row["id"] for row in rows)), [change["id"] for change in server.history()])

    def test_invalid_combinations_of_flags_are_refused(self):
        for arguments in (["--follow"], ["--state", "x"], ["--follow", "--state", "x", "--after", "1"], ["--format", "ocsf", "--raw"],
                          ["--format", "xml"], ["--after", "-1"]):
            self.assertEqual(self.run_export(*arguments).returncode, 64, arguments)


class ServiceEventQueries(ServerTestCase):
    def test_service_events_can_be_filtered_and_exported(self):
        self.server.request("GET", f"{CHANGES}?$format=csv")
        def events(query):
            return self.server.request("GET", "/beta/auditLogs/serviceEvents?" + urllib.parse.urlencode(query))
        tokens = eventually(lambda: "@odata.nextLink" in (
            found := events({"$filter": "kind eq 'tokenCreated'", "$top": 2}).json) and found)
        self.assertEqual([event["kind"] for event in tokens["value"]], ["tokenCreated"] * 2)
        rest = self.server.request("GET", tokens["@odata.nextLink"].removeprefix(self.server.url)).json
        self.assertEqual([event["kind"] for event in rest["value"]], ["tokenCreated"])
        self.assertNotIn("@odata.nextLink", rest)
        lines = events({"$format": "jsonl", "$filter": "kind eq 'export'"}).text.splitlines()
        self.assertEqual({json.loads(line)["kind"] for line in lines}, {"export"})
        self.assertEqual(events({"$filter": "colour eq 'red'"}).status, 400)


def position(state):
    """Returns the sequence in a state file. The name of the log follows the sequence."""
    return int(pathlib.Path(state).read_text().partition("@")[0])
