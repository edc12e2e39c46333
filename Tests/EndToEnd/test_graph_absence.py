import json

from browser import Browser
from reflogserver import eventually
from test_graph import FRAUD_CHECK, LOYALTY, OTHER, PATIENT, SIGNUP, GraphTestCase
from testparts import apart


@apart(seconds=16)
class Absence(GraphTestCase):
    """If Graph leaves a part out of an answer, Reflog does not treat this part as empty."""

    settings = PATIENT

    def status(self):
        return self.server.request("GET", "/beta/reflog/status").json

    def test_a_403_on_one_list_is_shown_with_its_time_until_the_list_can_be_read(self):
        self.swept()
        for name, code in (("b2xUserFlows", "AADB2C"), ("apiConnectors", "Authorization_RequestDenied"),
                           ("b2cUserFlows", "accessDenied")):
            self.graph.control(forbidden={name: code})
            first = eventually(lambda: self.status()["unread"])
            verified = self.status()["verifiedDateTime"]
            # Wait for a second sweep that fails.
            lists = sum(event["event"] == "list" and event["status"] == 403 for event in self.graph.record)
            eventually(lambda: sum(e["event"] == "list" and e["status"] == 403 for e in self.graph.record) > lists + 1)
            status = self.status()

            self.assertEqual([part["name"] for part in first], [name])
            self.assertIn(f"403 {code}: ", first[0]["reason"])
            self.assertEqual((status["unread"], status["unreadParts"], status["verifiedDateTime"]), (first, 1, verified))
            metrics = self.server.request("GET", "/metrics").text
            self.assertRegex(metrics, r"\nreflog_unread_parts 1\n")
            self.assertRegex(metrics, r"\nreflog_unread_oldest_timestamp_seconds 1[0-9]{9}\n")
            shown = self.server.command("status", "--server", self.server.url, role="reader")
            self.assertRegex(shown.stdout, f"unread +{name} since [^ ]+: The directory refused the read: 403 {code}")
            browser = Browser(self.server)
            self.assertIn("Not everything can be read", browser.sign_in("reader").text)
            self.assertIn(f"{name} since", browser.open("/integrity").text)

            self.graph.control(forbidden={})
            eventually(lambda: not self.status()["unread"] and self.status()["verifiedDateTime"] != verified)
        self.assertEqual(self.changes(kind="drift"), [])
        self.assertRegex(self.server.request("GET", "/metrics").text, r"\nreflog_unread_parts 0\n")

    def test_a_flow_type_that_the_tenant_does_not_have_can_be_left_out(self):
        self.server.stop()
        self.graph.control(forbidden={"b2xUserFlows": "AADB2C"})
        self.server.settings = self.settings | {"GRAPH_FLOW_TYPES": "B2CUserFlows"}
        self.server.start()
        self.swept()

        self.assertEqual((self.status()["unread"], self.status()["unreadParts"]), ([], 0))

    def test_a_flow_type_that_does_not_exist_stops_the_start(self):
        self.server.stop()
        self.server.settings = self.settings | {"GRAPH_FLOW_TYPES": "b2cUserFlows,ciam"}
        with self.assertRaisesRegex(AssertionError, "REFLOG_GRAPH_FLOW_TYPES is b2cUserFlows,ciam, but must be one or both of "
                                                    "b2cUserFlows, b2xUserFlows"):
            self.server.start()

    def test_a_step_that_graph_leaves_out_is_read_with_a_separate_request(self):
        for value in (LOYALTY, None, LOYALTY):
            self.graph.control(reads=["silent"])
            self.assertEqual(self.server.put(SIGNUP, value).status, 204)

        self.assertEqual([change["before"].get("connectorId") for change in self.changes(kind="update")],
                         [FRAUD_CHECK, LOYALTY, None])
        self.assertEqual([change["before"]["state"] for change in self.changes(kind="update")],
                         ["connector", "connector", "none"])


@apart(seconds=12)
class Effects(GraphTestCase):
    """A success status of Graph does not prove that the request had an effect."""

    settings = PATIENT

    def create(self, id, steps):
        return self.server.request("POST", "/beta/identity/b2cUserFlows", {
            "id": id, "userFlowType": "signUp", "userFlowTypeVersion": 3, "apiConnectorConfiguration": {
                step: {"@odata.id": f"/identity/apiConnectors/{LOYALTY}"} for step in steps}})

    def test_a_change_without_effect_is_recorded_as_not_kept(self):
        self.graph.control(writes=["ignored"])
        change = self.server.put(SIGNUP, LOYALTY).change
        self.graph.control(writes=["ok", "ignored"])
        created = self.create("new", ["postFederationSignup"])

        drifts = eventually(lambda: len(found := self.changes(kind="drift")) == 2 and found)

        self.assertEqual((created.status, [drift["status"]["code"] for drift in drifts]), (201, ["notKept"] * 2))
        self.assertEqual({drift["status"]["message"] for drift in drifts}, {
            f"The step again has the reference from before change {id}." for id in (change, created.change)})

    def test_a_flow_whose_steps_could_not_be_set_is_reported(self):
        self.graph.control(writes=["ok", "refuse_400", "ok"])

        created = self.create("new", ["postAttributeCollection", "postFederationSignup"])

        self.assertEqual((created.status, created.code), (502, "flowIncomplete"))
        self.assertEqual(created.json["error"]["message"],
                         "The user flow was created, but not every step calls its connector: postAttributeCollection is "
                         "rejected (400). Set these steps with PUT …/apiConnectorConfiguration/{step}/$ref.")
        changes = self.changes(flowId="B2C_1_new")
        self.assertEqual([change["result"] for change in changes], ["rejected", "applied"])
        self.assertEqual(created.change, ", ".join(change["id"] for change in changes))
        self.assertEqual([detail["target"] for detail in created.json["error"]["details"]], [changes[0]["id"]])
        self.assertEqual(self.graph.reference("b2cUserFlows/B2C_1_new/postFederationSignup"), LOYALTY)

    def test_a_flow_that_graph_refuses_is_refused_unchanged(self):
        self.graph.control(writes=["refuse_409"])
        created = self.create("new", ["postFederationSignup"])
        self.assertEqual((created.status, created.code), (409, "Request_BadRequest"))
        self.assertEqual([change["result"] for change in self.changes(flowId="B2C_1_new")], ["rejected"])

    def test_a_connector_that_a_step_called_is_deleted_without_drift(self):
        self.swept()
        deletion = self.server.request("DELETE", f"/beta/identity/apiConnectors/{FRAUD_CHECK}")

        effect = eventually(lambda: self.changes(kind="update", subject="step"))[0]

        self.assertEqual(deletion.status, 204)
        self.assertEqual((effect["before"]["connectorId"], effect["after"]["state"]), (FRAUD_CHECK, "none"))
        status = effect["status"]
        self.assertEqual((status["http"], status["code"], status["settledBy"]), (None, "connectorDeleted", "reconciler"))
        self.assertEqual(status["message"],
                         f"Change {deletion.change} deleted the connector, and the step calls nothing since then.")
        self.assertEqual(effect["initiatedBy"]["type"], "token")
        self.swept()
        self.assertEqual(self.changes(kind="drift"), [])
        # The effect of the deletion is recorded only once, and another step can still be changed.
        self.assertEqual(json.dumps(self.changes(subject="step")).count("connectorDeleted"), 1)
        self.assertEqual(self.server.put(OTHER, LOYALTY).status, 204)
