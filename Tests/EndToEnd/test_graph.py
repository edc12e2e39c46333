import base64
import json
import socket
import os
import time
import unittest

from browser import Browser
from reflogserver import TENANT, Graph, Server, eventually, graph_connector
from testparts import apart, sqlite_only

SIGNUP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
OTHER = "b2cUserFlows/B2C_1_signup/postAttributeCollection"
FRAUD_CHECK, LOYALTY, OUTSIDER = (graph_connector(name) for name in ("Fraud check", "Loyalty", "Outsider A"))
# The settings for tests in which Graph answers. The timeout is long, for a busy machine.
PATIENT = {"SETTLE_WINDOW": 1, "GRAPH_TIMEOUT": 10, "SWEEP_INTERVAL": 1, "GRAPH_READS_PER_MINUTE": 60000}
# The settings for tests in which Graph does not answer.
FAST = PATIENT | {"GRAPH_TIMEOUT": 1}
# The number of seconds after a change until every read shows its result. A write takes effect within six timeouts. Then the
# settle window must pass.
DOUBT = 6 * FAST["GRAPH_TIMEOUT"] + FAST["SETTLE_WINDOW"]


def graph_token(**claims):
    """Returns a token in the form of a token for Microsoft Graph. Only Graph can check the signature of this token."""
    claims = {"tid": TENANT, "oid": "0b1c2d3e-0000-4000-8000-000000000001", "name": "Adele Vance", "scp": "x",
              "upn": "adele@contoso.example", "appid": "14d82eec-204b-4c2f-b7e8-296a70dab67e"} | claims
    parts = [{"alg": "RS256", "nonce": "x"}, {name: value for name, value in claims.items() if value}]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".c2ln"


class GraphTestCase(unittest.TestCase):
    """Each test has its own fake Graph and its own server."""

    settings = FAST
    options = {}

    def setUp(self):
        self.graph = self.enterContext(Graph(timeout=self.settings["GRAPH_TIMEOUT"], **self.options))
        self.graph.control(set={SIGNUP: FRAUD_CHECK})
        self.server = self.enterContext(Server(graph=self.graph, **self.settings))

    def changes(self, **wanted):
        """Returns the changes whose JSON has these members and values, oldest first."""
        return [change for change in self.server.history() if all(change[name] == value for name, value in wanted.items())]

    def swept(self):
        """Waits until a sweep that began later than this call is complete."""
        def verified():
            return self.server.request("GET", "/beta/reflog/status").json["verifiedDateTime"]
        for _ in range(2):
            before = verified()
            eventually(lambda: verified() != before)


class RollbackWithStaleReads(GraphTestCase):
    settings = PATIENT

    def test_changes_can_be_rolled_back_immediately_although_reads_are_stale(self):
        self.graph.control(stale=1000)

        bad = self.server.put(SIGNUP, LOYALTY)
        answers = [self.server.request("POST", f"/beta/auditLogs/connectorChanges/{bad.change}/rollback", {})]
        for _ in range(5):
            answers.append(self.server.put(SIGNUP, LOYALTY))
            path = f"/beta/auditLogs/connectorChanges/{answers[-1].change}/rollback"
            answers.append(self.server.request("POST", path, {}))

        self.assertEqual({answer.status for answer in answers}, {200, 204})
        self.assertEqual(self.graph.reference(SIGNUP), FRAUD_CHECK)
        self.assertEqual(self.changes(kind="drift"), [])


@apart(seconds=16)
class Sweeps(GraphTestCase):
    settings = PATIENT

    def test_the_references_found_at_the_first_start_are_recorded_once(self):
        self.swept()

        baselines = self.changes(kind="baseline", subject="step")
        self.assertEqual([(c["step"], c["before"]["state"], c["after"]["connectorId"]) for c in baselines],
                         [("postFederationSignup", "unknown", FRAUD_CHECK)])
        self.server.stop()
        self.server.start()
        self.swept()
        self.assertEqual(len(self.changes(kind="baseline", subject="step")), 1)

    def test_a_change_without_reflog_is_recorded_as_drift(self):
        self.swept()
        self.graph.control(set={SIGNUP: OUTSIDER, OTHER: LOYALTY})

        first, second = eventually(lambda: len(found := self.changes(kind="drift")) == 2 and found)

        self.assertEqual({first["step"]: first["after"]["connectorId"], second["step"]: second["after"]["connectorId"]},
                         {"postFederationSignup": OUTSIDER, "postAttributeCollection": LOYALTY})
        self.assertEqual((first["initiatedBy"]["type"], first["status"]["settledBy"]), ("unknown", "reconciler"))
        self.assertIsNotNone(first["lastVerifiedDateTime"])
        self.swept()
        self.assertEqual(len(self.changes(kind="drift")), 2)
        browser = Browser(self.server)
        page = browser.sign_in("reader")
        for change in (first, second):
            self.assertIn(f"{change['step']} of {change['flowId']} was changed without Reflog", page.text)
            self.assertIn("was changed without Reflog", browser.open("/changes/" + change["id"]).text)
        self.assertIn("was seen for the first time", browser.open("/?kind=baseline").text)

    def test_a_drift_can_be_rolled_back(self):
        self.swept()
        self.graph.control(set={SIGNUP: OUTSIDER})
        drift = eventually(lambda: self.changes(kind="drift"))[0]

        answer = self.server.request("POST", f"/beta/auditLogs/connectorChanges/{drift['id']}/rollback", {})

        self.assertEqual(answer.status, 200)
        self.assertEqual(self.graph.reference(SIGNUP), FRAUD_CHECK)

    def test_a_change_that_graph_does_not_keep_is_reported_as_not_kept(self):
        change = self.server.put(SIGNUP, LOYALTY).change
        self.graph.control(set={SIGNUP: FRAUD_CHECK})

        drift = eventually(lambda: self.changes(kind="drift"))[0]

        self.assertEqual(drift["status"]["code"], "notKept")
        self.assertIn(f"before change {change}.", drift["status"]["message"])

    def test_the_deletion_of_a_flow_is_recorded_as_drift_to_none(self):
        self.swept()
        self.graph.control(remove_flows=["b2cUserFlows/B2C_1_signup"])

        drift = eventually(lambda: self.changes(kind="drift"))[0]

        self.assertEqual((drift["step"], drift["after"]["state"]), ("postFederationSignup", "none"))

    def test_a_configuration_has_the_time_of_its_last_verification(self):
        self.server.put(OTHER, LOYALTY)
        fresh = self.configuration("postAttributeCollection")
        verified = eventually(lambda: (found := self.configuration("postAttributeCollection"))["verifiedDateTime"] and found)

        self.assertIsNone(fresh["verifiedDateTime"])
        self.assertGreater(verified["verifiedDateTime"], verified["changedDateTime"])
        self.assertEqual(verified["reference"]["targetUrl"], "https://api.contoso.example/loyal")
        self.assertRegex(self.server.request("GET", "/metrics").text,
                         r"\nreflog_sweep_last_success_timestamp_seconds 1[0-9]{9}\n")

    def configuration(self, step):
        configurations = self.server.request("GET", "/beta/auditLogs/connectorConfigurations").json["value"]
        return next(found for found in configurations if found["step"] == step)


class SweepFailures(GraphTestCase):
    settings = FAST | {"GRAPH_READS_PER_MINUTE": 600}
    options = {"flows": 3}

    @sqlite_only("it copies the ledger's file")
    def test_the_sweep_reads_the_other_flows_if_one_flow_cant_be_read(self):
        self.graph.control(hang=["b2cUserFlows/B2C_1_flow0"], set={OTHER: LOYALTY})
        self.server.stop()
        for suffix in ("", ".key", ".anchor", ".lock"):
            os.remove(self.server.files + suffix)
        self.server.start()

        found = eventually(lambda: self.changes(kind="baseline", subject="step"))

        self.assertIn(LOYALTY, [change["after"]["connectorId"] for change in found])
        self.assertIsNone(self.server.request("GET", "/beta/reflog/status").json["verifiedDateTime"])

    def test_a_long_retry_after_for_the_sweep_does_not_delay_changes(self):
        self.graph.control(reads=["throttle_absurd"] * 3)
        time.sleep(1)
        start = time.monotonic()
        self.graph.control(reads=[])
        for value in (LOYALTY, None, LOYALTY):
            answer = self.server.put(SIGNUP, value)
            self.assertIn(answer.status, (204, 429), answer.text)
        self.assertLess(time.monotonic() - start, 10)


@apart(seconds=14)
class SweepsOfConnectors(GraphTestCase):
    settings = PATIENT

    def setUp(self):
        super().setUp()
        self.swept()

    def drift(self):
        return eventually(lambda: self.changes(kind="drift", subject="connector"))[0]

    def test_an_edited_connector_is_drift(self):
        certificate = {"@odata.type": "#microsoft.graph.clientCertificateAuthentication",
                       "certificateList": [{"thumbprint": "AB12"}]}
        self.graph.control(edit={LOYALTY: {"displayName": "Loyal", "targetUrl": "https://evil.example/?key=canary",
                                           "authenticationConfiguration": certificate}})

        drift = self.drift()

        self.assertEqual((drift["before"]["displayName"], drift["after"]["displayName"]), ("Loyalty", "Loyal"))
        properties = {found["name"]: (found["before"], found["after"]) for found in drift["changedProperties"]}
        self.assertEqual(properties["targetUrl"], ("https://api.contoso.example/loyal", "https://evil.example/?…"))

    def test_a_replaced_certificate_is_drift(self):
        path = f"/beta/identity/apiConnectors/{LOYALTY}/uploadClientCertificate"
        uploaded = self.server.request("POST", path, {"pkcs12Value": "AAAA", "password": "canary"})
        self.assertEqual(uploaded.status, 200)
        time.sleep(self.settings["SETTLE_WINDOW"])
        self.swept()
        self.assertEqual(self.changes(kind="drift"), [])

        certificate = {"@odata.type": "#microsoft.graph.clientCertificateAuthentication",
                       "certificateList": [{"thumbprint": "CD34"}]}
        self.graph.control(edit={LOYALTY: {"authenticationConfiguration": certificate}})

        changed = self.drift()["changedProperties"]
        self.assertEqual([found["after"] for found in changed], ["clientCertificateAuthentication CD34"])

    def test_a_deleted_connector_is_drift(self):
        self.graph.control(remove=[LOYALTY])

        self.assertEqual(self.drift()["after"]["state"], "none")

    def test_connector_changes_through_reflog_are_no_drift(self):
        body = {"displayName": "New", "targetUrl": "https://api.contoso.example/new?code=canary",
                "authenticationConfiguration": {"@odata.type": "#microsoft.graph.basicAuthentication", "username": "u",
                                                "password": "canary"}}
        created = self.server.request("POST", "/beta/identity/apiConnectors", body).json["id"]
        self.server.request("PATCH", f"/beta/identity/apiConnectors/{LOYALTY}", {"displayName": "Loyal"})
        self.server.request("DELETE", f"/beta/identity/apiConnectors/{OUTSIDER}")
        time.sleep(self.settings["SETTLE_WINDOW"])
        self.swept()

        self.assertEqual(self.changes(kind="drift"), [])
        self.assertEqual([c["kind"] for c in self.changes(subject="connector") if c["after"].get("connectorId") == created],
                         ["update"])


@apart(seconds=25)
class Reconciliation(GraphTestCase):
    def pending(self, fault):
        self.graph.control(writes=[fault])
        answer = self.server.put(SIGNUP, LOYALTY)
        self.assertEqual((answer.status, answer.code), (502, "outcomeUnknown"))
        return f"/beta/auditLogs/connectorChanges/{answer.change}"

    def test_a_read_of_the_directory_settles_a_pending_change(self):
        path = self.pending("reset_after")
        early = self.server.request("POST", path + "/reconcile")
        locked = self.server.put(SIGNUP, None)

        settled = eventually(lambda: (found := self.server.request("GET", path).json)["result"] != "pending" and found)

        self.assertEqual((early.status, early.json["result"]), (200, "pending"))
        self.assertEqual((locked.status, locked.code), (409, "stepUnresolved"))
        self.assertIn(int(locked.headers["retry-after"]), range(1, DOUBT + 2))
        self.assertEqual((settled["result"], settled["status"]["settledBy"]), ("applied", "reconciler"))

    def test_a_person_can_settle_a_change_only_if_the_directory_cant_be_read(self):
        path = self.pending("hang_before")
        statement = {"result": "notApplied", "reason": "Microsoft support says so"}
        early = self.server.request("POST", path + "/reconcile", statement)
        self.graph.control(reads=["500"] * 10000)
        time.sleep(DOUBT)

        refused = self.server.request("POST", path + "/reconcile", statement, role="reader")
        settled = self.server.request("POST", path + "/reconcile", statement).json

        self.assertEqual((early.status, early.code), (409, "stepUnresolved"))
        self.assertEqual(refused.status, 403)
        self.assertEqual((settled["result"], settled["status"]["settledBy"]), ("notApplied", "person"))
        self.assertIn("Microsoft support says so", settled["status"]["message"])

    def test_a_read_of_the_directory_overrules_a_persons_statement(self):
        path = self.pending("reset_after")
        time.sleep(DOUBT)

        settled = self.server.request("POST", path + "/reconcile", {"result": "notApplied", "reason": "a guess"}).json

        self.assertEqual((settled["result"], settled["status"]["settledBy"]), ("applied", "reconciler"))

    def test_invalid_statements_are_refused(self):
        path = self.pending("reset_after")
        for body in ({"result": "applied"}, {"reason": "x"}, {"result": "pending", "reason": "x"}, {"x": 1},
                     {"result": "applied", "reason": ""}):
            self.assertEqual(self.server.request("POST", path + "/reconcile", body).status, 400, body)


@apart(seconds=20)
class GraphResponses(GraphTestCase):
    """The caller of a write gets the right answer, whatever Graph answers."""

    def test_a_refusal_by_graph_is_forwarded_unchanged(self):
        for status in (400, 404, 409, 412, 422):
            self.graph.control(writes=[f"refuse_{status}"])
            answer = self.server.put(SIGNUP, LOYALTY)
            self.assertEqual((answer.status, answer.code), (status, "Request_BadRequest"))
            change = self.server.request("GET", f"/beta/auditLogs/connectorChanges/{answer.change}").json
            self.assertEqual((change["result"], change["status"]["http"]), ("rejected", status))

    def test_a_refusal_of_reflogs_own_credential_is_answered_with_502(self):
        self.graph.control(writes=["refuse_403"])
        answer = self.server.put(SIGNUP, LOYALTY)
        self.assertEqual((answer.status, answer.code), (502, "directoryRefused"))
        self.assertIn("403", answer.json["error"]["message"])

    def test_retry_after_is_forwarded(self):
        for fault, value in (("throttle_seconds", "1"), ("throttle_decimal", "0.5"), ("throttle_garbage", "soon"),
                             ("throttle_absurd", "99999999"), ("throttle_absent", None)):
            self.graph.control(writes=[fault])
            answer = self.server.put(SIGNUP, LOYALTY)
            self.assertEqual((answer.status, answer.headers.get("retry-after")), (429, value))

    def test_a_change_can_be_repeated_with_the_same_key_after_reflogs_credential_was_refused(self):
        key = {"Idempotency-Key": "once"}
        self.graph.control(writes=["refuse_403"])
        self.assertEqual(self.server.put(SIGNUP, LOYALTY, headers=key).status, 502)
        self.assertEqual(self.server.put(SIGNUP, LOYALTY, headers=key).status, 204)

    def test_a_refused_read_of_a_connector_is_recorded(self):
        self.graph.control(reads=["refuse_403"] * 5)
        answer = self.server.request("PATCH", f"/beta/identity/apiConnectors/{LOYALTY}", {"displayName": "x"})
        self.assertEqual((answer.status, answer.code), (502, "directoryRefused"))
        self.assertEqual([c["id"] for c in self.changes(result="rejected")], [answer.change])

    def test_an_expired_token_is_renewed_without_an_error_for_the_caller(self):
        self.graph.control(reads=["token_expired"], writes=["token_expired"])
        self.assertEqual(self.server.put(SIGNUP, LOYALTY).status, 204)

    def test_no_write_is_sent_if_graph_cant_be_read(self):
        writes = sum(event["event"] == "arrived" for event in self.graph.record)
        for fault in ("reset", "500", "garbage", "endless", "trickle", "redirect", "hang"):
            self.graph.control(reads=[fault] * 8)
            answer = self.server.put(SIGNUP, LOYALTY)
            self.assertEqual((answer.status, answer.code), (503, "directoryUnavailable"), fault)
            eventually(lambda: self.graph.control()["queued"] == 0)
        self.assertEqual(sum(event["event"] == "arrived" for event in self.graph.record), writes)

    def test_the_callers_request_id_is_sent_to_graph(self):
        self.server.put(SIGNUP, LOYALTY, headers={"client-request-id": "my-own-id"})
        self.assertEqual([e["correlation"] for e in self.graph.record if e["event"] == "arrived"], ["my-own-id"])


class ForwardedRequests(GraphTestCase):
    settings = PATIENT
    options = {"page": 3}

    def test_the_links_between_pages_point_to_reflog(self):
        path, seen = "/v1.0/identity/apiConnectors", []
        while path:
            page = self.server.request("GET", path).json
            seen += page["value"]
            link = page.get("@odata.nextLink", "")
            self.assertTrue(link == "" or link.startswith(self.server.url + "/v1.0/"), link)
            path = link.removeprefix(self.server.url)
        self.assertEqual(len(seen), 7)
        # An unknown member is forwarded unchanged.
        self.assertEqual(seen[0]["x-undocumented"], 1.5)

    def test_answers_that_are_not_json_are_forwarded(self):
        answer = self.server.request("GET", "/beta/identity/apiConnectors/$count")
        self.assertEqual((answer.status, answer.text, answer.headers["content-type"]), (200, "7", "text/plain"))

    def test_requests_for_languages_are_forwarded_and_not_recorded(self):
        path = "/beta/identity/b2cUserFlows/B2C_1_signup/languages"
        self.assertEqual(self.server.request("GET", path).json["value"][0]["x-undocumented"], {"deep": [1.5, None]})
        self.assertEqual(self.server.request("PUT", path + "/en", {"id": "en"}).json, {"id": "en"})
        self.assertEqual(self.server.request("PUT", path + "/en", {"id": "en"}, role="reader").status, 403)
        self.assertEqual(self.changes(kind="update"), [])

    def test_requests_that_could_change_a_connector_unrecorded_are_not_forwarded(self):
        flow = "/beta/identity/b2cUserFlows/B2C_1_signup"
        for method, path in (("PATCH", flow + "/apiConnectorConfiguration/postFederationSignup"),
                             ("DELETE", flow + "/apiConnectorConfiguration/postFederationSignup"),
                             ("POST", flow + "/apiConnectorConfiguration/postFederationSignup/uploadClientCertificate"),
                             ("PUT", flow + "/apiConnectorConfiguration"), ("POST", "/beta/$batch"),
                             ("POST", flow + "/languagesX"), ("PUT", "/beta/identity/conditionalAccess/policies/x")):
            answer = self.server.request(method, path, {})
            self.assertEqual((answer.status, answer.code), (501, "notProxied"), path)
        self.assertEqual([e for e in self.graph.record if e["event"] == "arrived"], [])

    def test_a_reference_under_a_second_spelling_is_refused(self):
        hidden = {"PostFederationSignup": {"@odata.id": f"https://graph.microsoft.com/beta/identity/apiConnectors/{LOYALTY}"}}
        answer = self.server.request("POST", "/beta/identity/b2cUserFlows", {
            "id": "new", "apiConnectorConfiguration": {}, "ApiConnectorConfiguration": hidden})
        self.assertEqual((answer.status, answer.code), (400, "badRequest"))
        self.assertEqual([e for e in self.graph.record if e["event"] == "arrived"], [])

    def test_an_idempotency_key_on_an_unrecorded_request_is_refused(self):
        for method, path, body in (("POST", "/beta/identity/b2cUserFlows", {"id": "x"}),
                                   ("PUT", "/beta/identity/b2cUserFlows/B2C_1_signup/languages/en", {"id": "en"})):
            answer = self.server.request(method, path, body, headers={"Idempotency-Key": "k"})
            self.assertEqual((answer.status, answer.json["error"]["target"]), (400, "Idempotency-Key"))

    def test_invalid_json_from_graph_is_not_forwarded(self):
        self.graph.control(reads=["twice"] * 20)
        answer = self.server.request("GET", "/beta/identity/apiConnectors")
        self.assertEqual((answer.status, answer.code), (503, "directoryUnavailable"))

    def test_the_members_of_a_connector_are_recognized_in_any_case(self):
        answer = self.server.request("PATCH", f"/beta/identity/apiConnectors/{LOYALTY}", {"DisplayName": "Loyal"})
        change = self.server.request("GET", f"/beta/auditLogs/connectorChanges/{answer.change}").json
        self.assertEqual(change["changedProperties"], [{"name": "displayName", "before": "Loyalty", "after": "Loyal"}])

    def test_a_flow_without_one_of_the_steps_can_be_deleted(self):
        self.graph.control(unknown_steps=["preTokenIssuance"])
        answer = self.server.request("DELETE", "/beta/identity/b2cUserFlows/B2C_1_signup")
        self.assertEqual(answer.status, 204)
        self.assertEqual([c["step"] for c in self.changes(kind="update")], ["postFederationSignup"])

    def test_creating_and_deleting_a_flow_with_references_is_recorded(self):
        url = f"https://graph.microsoft.com/beta/identity/apiConnectors/{LOYALTY}"
        body = {"id": "new", "userFlowType": "signUp", "userFlowTypeVersion": 3,
                "apiConnectorConfiguration": {"postFederationSignup": {"@odata.id": url}}}
        created = self.server.request("POST", "/beta/identity/b2cUserFlows", body)
        deleted = self.server.request("DELETE", "/beta/identity/b2cUserFlows/B2C_1_new")

        self.assertEqual((created.status, deleted.status), (201, 204))
        # Graph ignores the connectors of a new flow, so each step is set with a separate request.
        flow = "/beta/identity/b2cUserFlows"
        self.assertEqual([(e["method"], e["path"], e["body"] and json.loads(e["body"]))
                          for e in self.graph.record if e["event"] == "arrived"], [
            ("POST", flow, {name: value for name, value in body.items() if name != "apiConnectorConfiguration"}),
            ("PUT", flow + "/B2C_1_new/apiConnectorConfiguration/postFederationSignup/$ref",
             {"@odata.id": f"{self.graph.url}/beta/identity/apiConnectors/{LOYALTY}"}),
            ("DELETE", flow + "/B2C_1_new", ""),
        ])
        changes = self.changes(flowId="B2C_1_new", kind="update")
        self.assertEqual([(c["result"], c["after"]["state"]) for c in changes], [("applied", "connector"), ("applied", "none")])


class TokenPassthrough(GraphTestCase):
    settings = FAST | {"AUTH_MODE": "token,passthrough", "GRAPH_CLIENT_ID": None, "GRAPH_CLIENT_SECRET": None}

    def setUp(self):
        super().setUp()
        self.server.tokens["adele"] = graph_token()
        self.graph.control(tokens=[self.server.tokens["adele"]])

    def test_the_caller_is_the_actor_if_graph_accepted_the_token(self):
        answer = self.server.put(SIGNUP, LOYALTY, role="adele")

        self.assertEqual(answer.status, 204)
        actor = self.server.request("GET", f"/beta/auditLogs/connectorChanges/{answer.change}").json["initiatedBy"]
        self.assertEqual((actor["type"], actor["proof"]), ("user", "graph"))
        self.assertEqual(actor["user"]["userPrincipalName"], "adele@contoso.example")
        self.assertEqual(actor["app"]["appId"], "14d82eec-204b-4c2f-b7e8-296a70dab67e")

    def test_an_application_is_recorded_as_an_application(self):
        token = graph_token(idtyp="app", scp=None, upn=None, name=None, app_displayname="Deploy")
        self.graph.control(tokens=[token])
        self.server.tokens["app"] = token
        change = self.server.put(SIGNUP, LOYALTY, role="app").change
        actor = self.server.request("GET", f"/beta/auditLogs/connectorChanges/{change}").json["initiatedBy"]
        self.assertEqual((actor["type"], actor["app"]["displayName"]), ("app", "Deploy"))

    def test_requests_with_a_token_that_graph_refuses_are_not_recorded(self):
        self.server.tokens["forged"] = graph_token(name="Mallory")
        key = {"Idempotency-Key": "mine"}
        adele = self.server.put(SIGNUP, LOYALTY, role="adele", headers=key)
        self.server.tokens["forged adele"] = graph_token()[:-4] + "Zm9v"
        self.graph.control(writes=["reset_after"])
        pending = self.server.put(OTHER, LOYALTY, role="adele").change

        paths = f"/beta/identity/{SIGNUP.rsplit('/', 1)[0]}"
        answers = [self.server.put(SIGNUP, None, role="forged"),
                   # An answer is stored for this idempotency key. This caller has no valid token, so the caller must not get the
                   # stored answer.
                   self.server.put(SIGNUP, LOYALTY, role="forged adele", headers=key),
                   self.server.put(OTHER, None, role="forged"),
                   self.server.request("DELETE", paths, role="forged"),
                   self.server.request("GET", paths, role="forged"),
                   self.server.request("POST", "/beta/identity/apiConnectors", {"displayName": "x"}, role="forged")]

        for answer in answers:
            self.assertEqual((answer.status, answer.code), (401, "InvalidAuthenticationToken"))
            self.assertIn('claims="e30="', answer.headers["www-authenticate"])
            self.assertIsNone(answer.change)
        self.assertEqual([c["id"] for c in self.server.history()], [adele.change, pending])

    def test_the_next_caller_settles_a_pending_change(self):
        self.graph.control(writes=["reset_after"])
        path = f"/beta/auditLogs/connectorChanges/{self.server.put(SIGNUP, LOYALTY, role='adele').change}"
        time.sleep(DOUBT)

        self.assertEqual(self.server.put(SIGNUP, None, role="adele").status, 204)
        self.assertEqual(self.server.request("GET", path).json["result"], "applied")

    def test_slow_unauthenticated_requests_block_no_other_request(self):
        def forged(length):
            connection = socket.create_connection(("127.0.0.1", self.server.port))
            connection.sendall(f"PUT /beta/identity/{SIGNUP.rsplit('/', 1)[0]}/apiConnectorConfiguration/postFederationSignup/$ref "
                               f"HTTP/1.1\r\nHost: reflog\r\nAuthorization: Bearer {graph_token(name='Mallory')}\r\n"
                               f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode())
            return connection

        # A request takes a slot when its body has arrived. The bodies of these requests never arrive completely.
        waiting = [forged(1000) for _ in range(300)]
        self.assertEqual(self.server.put(SIGNUP, LOYALTY, role="adele").status, 204)
        self.assertEqual(self.server.request("GET", "/beta/auditLogs/connectorChanges").status, 200)
        for connection in waiting:
            connection.close()

    def test_a_refusal_before_the_token_check_does_not_authenticate_the_caller(self):
        self.server.tokens["forged"] = graph_token(name="Mallory")
        self.graph.control(any_token=True, front_refuses=True)
        for answer in (self.server.put(SIGNUP, None, role="forged"),
                       self.server.request("POST", "/beta/identity/apiConnectors", {"displayName": "x"}, role="forged")):
            self.assertEqual((answer.status, answer.change), (503, None))
        self.assertEqual(self.server.history(), [])

    def test_a_token_of_another_tenant_is_refused_and_no_write_is_sent(self):
        self.server.tokens["stranger"] = graph_token(tid="11111111-2222-4333-8444-555555555555")
        self.graph.control(any_token=True)
        before = len(self.graph.record)
        answer = self.server.put(SIGNUP, LOYALTY, role="stranger")
        self.assertEqual((answer.status, answer.code), (403, "forbidden"))
        self.assertEqual((len(self.graph.record), self.server.history()), (before, []))

    def test_history_is_refused_with_a_graph_token(self):
        for path in ("/beta/auditLogs/connectorChanges", "/beta/auditLogs/connectorConfigurations", "/metrics",
                     "/beta/reflog/status", "/beta/auditLogs/connectorChanges?$format=csv"):
            self.assertEqual(self.server.request("GET", path, role="adele").status, 401, path)

    def test_without_a_credential_reflog_makes_no_change_of_its_own(self):
        change = self.server.put(SIGNUP, LOYALTY, role="adele").change
        for answer in (self.server.put(SIGNUP, None),
                       self.server.request("POST", f"/beta/auditLogs/connectorChanges/{change}/rollback", {})):
            self.assertEqual((answer.status, answer.code), (409, "noDirectoryCredentials"))
        self.assertIsNone(self.server.request("GET", "/beta/reflog/status").json["verifiedDateTime"])


class Upstream(unittest.TestCase):
    def test_a_second_reflog_can_be_the_directory(self):
        with Server() as upstream, Graph() as login:
            token = upstream.tokens["operator"]
            login.control(hand_out=token)
            with Server(graph=login, **PATIENT, GRAPH_URL=upstream.url) as server:
                step = "b2cUserFlows/B2C_1_signup/postFederationSignup"
                before = upstream.reference(step)
                change = server.put(step, None).change
                self.assertIsNone(upstream.reference(step))
                server.request("POST", f"/beta/auditLogs/connectorChanges/{change}/rollback", {})
                self.assertEqual(upstream.reference(step), before)
                self.assertEqual([c["kind"] for c in upstream.history()], ["update", "update"])
