import datetime
import json
import subprocess
import threading
import time
import unittest
import uuid

from reflogserver import FRAUD_CHECK, NEW_VENDOR, Graph, Server, ServerTestCase, graph_connector
from testparts import apart

CONFIGURATIONS = "/beta/auditLogs/connectorConfigurations"
STEPS = ("postFederationSignup", "postAttributeCollection", "preTokenIssuance")


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def address_of(step):
    return f"{step['flowType']}/{step['flowId']}/{step['step']}"


def wait_for_end(server, batch, seconds=120):
    """Waits until a rollback to a time has ended, and returns the progress of the rollback."""
    deadline = time.monotonic() + seconds
    while (progress := server.request("GET", f"{CONFIGURATIONS}/rollback/{batch}").json)["state"] == "running":
        assert time.monotonic() < deadline, progress
        time.sleep(0.1)
    return progress


@apart(seconds=20, cores=0.7)
class TwoHundredAddresses(unittest.TestCase):
    """Reflog rolls back 200 steps to a time, although Graph sends no more answers after the first 100 writes."""

    def set_all(self, server, addresses, connector):
        def work(mine):
            for address in mine:
                assert server.put(address, connector).status == 204
        threads = [threading.Thread(target=work, args=(addresses[number::8],)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def test_an_interrupted_rollback_continues_where_it_stopped(self):
        settings = {"SETTLE_WINDOW": 1, "GRAPH_TIMEOUT": 2, "GRAPH_READS_PER_MINUTE": 60000}
        with Graph(timeout=2, flows=67) as graph, Server(graph=graph, **settings) as server:
            addresses = [f"b2cUserFlows/B2C_1_flow{flow}/{step}" for flow in range(67) for step in STEPS][:200]
            good, bad = graph_connector("Fraud check"), graph_connector("Loyalty")
            self.set_all(server, addresses, good)
            time.sleep(0.01)
            moment = now()
            self.set_all(server, addresses, bad)

            asked = {"asOf": moment, "reason": "CHG0042"}
            plan = server.request("POST", f"{CONFIGURATIONS}/rollback", asked | {"dryRun": True})
            self.assertEqual((plan.status, plan.json["dryRun"], len(plan.json["value"])), (200, True, 200))
            first = plan.json["value"][0]
            self.assertEqual(first["summary"], f"{first['step']} of {first['flowId']} will call Fraud check ({good}); "
                                               f"it now calls Loyalty ({bad})")
            self.assertEqual({step["result"] for step in plan.json["value"]}, {None})

            # Graph answers the first 100 writes of the rollback. All later writes get no answer.
            graph.control(writes=["ok"] * 100 + ["reset_before"] * 400)
            begun = server.request("POST", f"{CONFIGURATIONS}/rollback", asked)
            self.assertEqual(begun.status, 202)
            batch = begun.json["batchId"]
            self.assertEqual(begun.headers["location"], f"{server.url}{CONFIGURATIONS}/rollback/{batch}")
            partial = wait_for_end(server, batch)
            results = [step["result"] for step in partial["value"]]
            self.assertEqual((partial["state"], len(results), results.count("applied")), ("partial", 200, 100))
            self.assertTrue(any(step["message"] for step in partial["value"] if step["result"] is None or
                                step["result"] == "pending"))

            # Kill and restart the server. After the restart, Graph answers again.
            queued = graph.control()["queued"]
            self.assertGreater(queued, 0)
            server.kill()
            server.start()
            graph.control(drop_queues=True)
            time.sleep(1.2)
            resumed = server.request("POST", f"{CONFIGURATIONS}/rollback", {"batchId": batch, "reason": "CHG0042"})
            self.assertEqual((resumed.status, resumed.json["batchId"]), (202, batch))
            done = wait_for_end(server, batch)
            deadline = time.monotonic() + 120
            while done["state"] != "done" and time.monotonic() < deadline:
                # Repeat the rollback, because changes from the interrupted rollback are possibly still pending.
                time.sleep(1)
                server.request("POST", f"{CONFIGURATIONS}/rollback", {"batchId": batch, "reason": "CHG0042"})
                done = wait_for_end(server, batch)

            self.assertEqual(done["state"], "done")
            self.assertEqual({step["result"] for step in done["value"]}, {"applied"})
            self.assertEqual({address_of(step) for step in done["value"]}, set(addresses))
            references = graph.control()["references"]
            self.assertEqual({references[address] for address in addresses}, {good})
            then = {address_of(entry): entry["reference"]["connectorId"] for entry in
                    server.request("GET", f"{CONFIGURATIONS}?asOf={moment}").json["value"]}
            current = {address_of(entry): entry["reference"]["connectorId"] for entry in server.request("GET", CONFIGURATIONS).json["value"]}
            self.assertEqual(current, then)
            for step in done["value"]:
                change = server.request("GET", f"/beta/auditLogs/connectorChanges/{step['changeId']}").json
                self.assertEqual((change["kind"], change["batchId"], change["rollbackTo"], change["reason"]),
                                 ("rollback", batch, moment, "CHG0042"))
            listed = server.request("GET", f"/beta/auditLogs/connectorChanges?$count=true&$filter=batchId%20eq%20'{batch}'%20and%20"
                                           "result%20eq%20'applied'").json
            self.assertEqual(listed["@odata.count"], 200)


class RollbackToATime(ServerTestCase):
    STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
    OTHER = "b2cUserFlows/B2C_1_profile_edit/postAttributeCollection"

    def setUp(self):
        self.server.put(self.STEP, FRAUD_CHECK)
        self.server.put(self.OTHER, FRAUD_CHECK)
        time.sleep(0.01)
        self.moment = now()
        self.server.put(self.STEP, NEW_VENDOR)
        self.server.put(self.OTHER, None)

    def post(self, role="operator", **body):
        return self.server.request("POST", f"{CONFIGURATIONS}/rollback", body, role)

    def test_a_rollback_of_one_flow_changes_no_other_flow(self):
        batch = str(uuid.uuid4())
        answer = self.post(asOf=self.moment, flowType="b2cUserFlows", flowId="b2c_1_SIGNUP", batchId=batch.upper())
        self.assertEqual((answer.status, answer.json["batchId"]), (202, batch))
        done = wait_for_end(self.server, batch)

        self.assertEqual([(address_of(step), step["before"]["connectorId"], step["after"]["connectorId"], step["result"])
                          for step in done["value"]], [(self.STEP, NEW_VENDOR, FRAUD_CHECK, "applied")])
        self.assertIsNone(self.server.reference(self.OTHER))
        # A repeat with the same batch id returns the same result and does not roll back a later change.
        self.server.put(self.STEP, None)
        self.assertEqual(self.post(batchId=batch).json["value"], done["value"])
        self.assertEqual(wait_for_end(self.server, batch)["state"], "done")
        time.sleep(0.3)
        self.assertIsNone(self.server.reference(self.STEP))
        other = self.post(batchId=batch, asOf="2026-01-01T00:00:00Z")
        self.assertEqual((other.status, other.code), (409, "batchMismatch"))

    def test_an_unknown_flow_is_answered_with_404_and_not_with_an_empty_plan(self):
        for dry_run in (True, False):
            answer = self.post(asOf=self.moment, flowType="b2cUserFlows", flowId="B2C_1_sing_up", dryRun=dry_run)
            self.assertEqual((answer.status, answer.code), (404, "notFound"))
            self.assertIn("B2C_1_sing_up", answer.text)

    def test_the_plan_shows_deleted_connectors(self):
        made = self.server.request("POST", "/beta/identity/apiConnectors", {
            "displayName": "Short-lived", "targetUrl": "https://short.contoso.example/",
            "authenticationConfiguration": {"@odata.type": "#microsoft.graph.basicAuthentication", "username": "a", "password": "b"},
        }).json["id"]
        self.server.put(self.STEP, made)
        time.sleep(0.01)
        moment = now()
        self.server.put(self.STEP, None)
        self.assertEqual(self.server.request("DELETE", f"/beta/identity/apiConnectors/{made}").status, 204)

        steps = self.post(asOf=moment, dryRun=True).json["value"]

        deleted = [address_of(step) for step in steps if step["message"] and made in step["message"]]
        self.assertEqual(deleted, [self.STEP])

    def test_times_at_the_limits_of_the_calendar_do_not_crash_the_server(self):
        for moment in ("0000-01-01T00:00:00+00:01", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"):
            self.assertIn(self.post(asOf=moment, dryRun=True).status, (200, 400))
            text = f"activityDateTime ge {moment}".replace(" ", "%20").replace("+", "%2B")
            self.assertIn(self.server.request("GET", f"/beta/auditLogs/connectorChanges?$filter={text}").status, (200, 400))
        self.assertEqual(self.server.request("GET", "/livez").status, 200)

    def test_forbidden_and_invalid_requests_change_nothing(self):
        before = len(self.server.history())
        cases = [({"asOf": self.moment}, "reader", 403), ({"asOf": self.moment}, "admin", 403), ({}, "operator", 400),
                 ({"asOf": "yesterday"}, "operator", 400), ({"asOf": "2999-01-01T00:00:00Z"}, "operator", 400),
                 ({"asOf": self.moment, "flowId": "x"}, "operator", 400), ({"asOf": self.moment, "force": True}, "operator", 400),
                 ({"asOf": self.moment, "batchId": "x"}, "operator", 400), ({"batchId": str(uuid.uuid4())}, "operator", 400)]
        for body, role, status in cases:
            self.assertEqual(self.post(role, **body).status, status, (body, role))
        self.assertEqual(self.server.request("GET", f"{CONFIGURATIONS}/rollback/{uuid.uuid4()}").status, 404)
        self.assertEqual(len(self.server.history()), before)
        self.assertEqual(self.post("reader", asOf=self.moment, dryRun=True).status, 200)

    def test_a_step_whose_reference_at_the_time_is_unknown_is_shown_and_not_changed(self):
        plan = self.post(asOf="2020-01-01T00:00:00Z", dryRun=True).json
        unknown = {address_of(step): step for step in plan["value"]}[self.STEP]
        self.assertEqual((unknown["result"], unknown["after"]["state"]), ("unknown", "unknown"))
        reference = self.server.reference(self.STEP)
        batch = self.post(asOf="2020-01-01T00:00:00Z").json["batchId"]
        self.assertEqual(wait_for_end(self.server, batch)["state"], "done")
        self.assertEqual(self.server.reference(self.STEP), reference)

    def test_the_command_line_shows_the_plan_and_does_the_rollback(self):
        environment = self.server.environment() | {"REFLOG_TOKEN": self.server.tokens["operator"]}
        def run(*arguments):
            return subprocess.run([self.server.binary, "rollback", "--server", self.server.url, *arguments],
                                  capture_output=True, text=True, env=environment, timeout=120)
        plan = run("--as-of", self.moment, "--flow", "b2cUserFlows/B2C_1_signup", "--dry-run")
        self.assertEqual(plan.returncode, 0)
        self.assertIn("will call Fraud check", plan.stdout)
        done = run("--as-of", self.moment, "--flow", "b2cUserFlows/B2C_1_signup", "--format", "json", "--yes")
        self.assertEqual((done.returncode, json.loads(done.stdout)["state"]), (0, "done"))
        for flow in ("b2cUserFlows/", "/B2C_1_signup", "b2cUserFlows", "nonsense/x", "b2cUserFlows/a/b"):
            self.assertEqual(run("--as-of", self.moment, "--flow", flow).returncode, 64, flow)
        again = run("--as-of", self.moment, "--flow", "b2cUserFlows/B2C_1_signup", "--yes")
        self.assertEqual((again.returncode, again.stdout), (0, "Every step has the same reference as at that time.\n"))

    def test_configurations_can_be_filtered(self):
        def found(text):
            answer = self.server.request("GET", f"{CONFIGURATIONS}?$filter={text.replace(' ', '%20')}")
            return [address_of(entry) for entry in answer.json["value"]] if answer.status == 200 else answer.json["error"]["message"]
        self.assertEqual(found("flowId eq 'B2C_1_SIGNUP' and known eq true and step eq 'postFederationSignup'"), [self.STEP])
        self.assertEqual(found(f"reference/connectorId eq '{uuid.uuid4()}'"), [])
        self.assertIn("at position 0", found("color eq 'red'"))
        self.assertIn("at position 9", found("known eq 'true'"))
