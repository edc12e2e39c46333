import subprocess
import unittest

from reflogserver import FRAUD_CHECK, INVITATION_CODES, Server

# The examples are from Microsoft's page "Configure an API connector in a user flow". Only the host, the token and {id} differ.
FLOW = "B2C_1_testuserflow"
BODY = """{
    "@odata.id": "https://graph.microsoft.com/beta/identity/apiConnectors/{id}"   
}"""


class GraphExamples(unittest.TestCase):
    """The three examples on Microsoft's page work. curl sends the requests exactly as the page shows them."""

    def curl_put(self, server, step, body):
        result = subprocess.run(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "PUT",
             f"{server.url}/beta/identity/b2cUserFlows/{FLOW}/apiConnectorConfiguration/{step}/$ref",
             "-H", "Authorization: Bearer " + server.tokens["operator"], "-H", "Content-Type: application/json",
             "-d", body],
            capture_output=True, text=True, check=True,
        )
        return result.stdout

    def test_microsofts_examples_enable_two_steps_and_disable_one(self):
        with Server() as server:
            flow = {"id": FLOW, "userFlowType": "signUp", "userFlowTypeVersion": 3}
            self.assertEqual(server.request("POST", "/beta/identity/b2cUserFlows", flow).status, 201)

            statuses = [
                self.curl_put(server, "postFederationSignup", BODY.replace("{id}", FRAUD_CHECK)),
                self.curl_put(server, "postAttributeCollection", BODY.replace("{id}", INVITATION_CODES)),
                self.curl_put(server, "postAttributeCollection", "{ }"),
            ]

            self.assertEqual(statuses, ["204", "204", "204"])
            fraud_check = {"state": "connector", "connectorId": FRAUD_CHECK, "displayName": "Fraud check"}
            invitations = {"state": "connector", "connectorId": INVITATION_CODES, "displayName": "Invitation codes"}
            nothing = {"state": "none"}
            self.assertEqual(
                [(row["flowId"], row["step"], row["before"], row["after"], row["result"]) for row in server.history()],
                [
                    (FLOW, "postFederationSignup", nothing, fraud_check, "applied"),
                    (FLOW, "postAttributeCollection", nothing, invitations, "applied"),
                    (FLOW, "postAttributeCollection", invitations, nothing, "applied"),
                ],
            )
            self.assertEqual(server.reference(f"b2cUserFlows/{FLOW}/postFederationSignup"), FRAUD_CHECK)
            self.assertIsNone(server.reference(f"b2cUserFlows/{FLOW}/postAttributeCollection"))
