import json

from reflogserver import NEW_VENDOR, ServerTestCase

REF = "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref"


class HostileText(ServerTestCase):
    """A text that is meant to hide or forge something has no effect."""

    def test_a_combining_mark_does_not_expose_the_query_of_a_url(self):
        for url in ("https://api.contoso.example/x?\u0301code=canary-1", "https://api.contoso.example/x#canary-1"):
            body = {"displayName": "Canary", "targetUrl": url, "authenticationConfiguration":
                    {"@odata.type": "#microsoft.graph.basicAuthentication", "username": "u", "password": "p"}}
            self.server.request("POST", "/beta/identity/apiConnectors", body)
        body["targetUrl"] = "https://user:canary-1@api.contoso.example/x"
        self.assertEqual(self.server.request("POST", "/beta/identity/apiConnectors", body).status, 400)
        self.assertNotIn("canary-1", json.dumps(self.server.history()))

    def test_a_request_cannot_forge_a_line_of_the_log(self):
        self.server.request("GET", "/beta/auditLogs/connectorChanges?x%0Aforged-line%1b[31m=1")
        self.assertFalse([line for line in self.server.log.splitlines() if line.startswith("forged-line")])
        self.assertNotIn("\x1b", self.server.log)

    def test_a_body_with_very_many_members_is_refused(self):
        body = "{" + ",".join(f'"m{number}":1' for number in range(6000)) + "}"
        answer = self.server.request("PUT", REF, raw=body)
        self.assertEqual((answer.status, answer.code), (400, "badRequest"))

    def test_an_answer_names_all_changes_of_its_request(self):
        reference = {"@odata.id": f"https://graph.microsoft.com/beta/identity/apiConnectors/{NEW_VENDOR}"}
        answer = self.server.request("POST", "/beta/identity/b2cUserFlows", {
            "id": "B2C_1_several", "userFlowType": "signUp", "userFlowTypeVersion": 3,
            "apiConnectorConfiguration": {"postFederationSignup": reference, "PostAttributeCollection": {"Id": NEW_VENDOR}},
        })
        self.assertEqual(answer.status, 201)
        self.assertEqual(len(answer.change.split(", ")), 2)
        strict = {"id": "B2C_1_strict", "apiConnectorConfiguration": {"postFederationSignup": reference | {"zz": 1}}}
        self.assertEqual(self.server.request("POST", "/beta/identity/b2cUserFlows", strict).status, 400)
        patch = self.server.request("PATCH", "/beta/identity/b2cUserFlows/B2C_1_several", {"userFlowType": "signIn"})
        self.assertEqual(patch.status, 400)
