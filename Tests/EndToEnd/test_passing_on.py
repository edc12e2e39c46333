import urllib.parse

from reflogserver import FRAUD_CHECK, NEW_VENDOR, ServerTestCase

CONNECTOR = f"/beta/identity/apiConnectors/{FRAUD_CHECK}"
FLOW = "/beta/identity/b2cUserFlows/B2C_1_signup"


class ReadEditWrite(ServerTestCase):
    """Like Graph's SDKs and like scripts, a caller reads an object, edits the object, and sends the object back."""

    def changed(self, answer):
        change = self.server.request("GET", f"/beta/auditLogs/connectorChanges/{answer.change}").json
        return [changed["name"] for changed in change["changedProperties"]]

    def test_a_connector_that_was_read_can_be_sent_back_without_its_masked_secret(self):
        read = self.server.request("GET", CONNECTOR).json
        refused = self.server.request("PATCH", CONNECTOR, read | {"displayName": "Fraud check 2"})
        self.assertEqual((refused.status, refused.json["error"]["target"]), (400, "authenticationConfiguration/password"))
        self.assertEqual(self.server.request("GET", CONNECTOR).json, read)

        del read["authenticationConfiguration"]
        answer = self.server.request("PATCH", CONNECTOR, read | {"displayName": "Fraud check 2"})
        self.assertEqual((answer.status, self.changed(answer)), (204, ["displayName"]))
        again = self.server.request("PATCH", CONNECTOR, read | {"displayName": "Fraud check 2"})
        self.assertEqual((again.status, self.changed(again)), (204, []))
        url = read["targetUrl"] + "&more=1"
        self.assertEqual(self.changed(self.server.request("PATCH", CONNECTOR, {"targetUrl": url})), ["targetUrl"])

    def test_a_connector_with_a_certificate_can_be_sent_back(self):
        path = f"/beta/identity/apiConnectors/{NEW_VENDOR}"
        uploaded = self.server.request("POST", path + "/uploadClientCertificate", {"pkcs12Value": "QUFB", "password": ""})
        self.assertEqual(len(uploaded.json["authenticationConfiguration"]["certificateList"][0]["thumbprint"]), 40)
        answer = self.server.request("PATCH", path, self.server.request("GET", path).json | {"displayName": "Vendor"})
        self.assertEqual((answer.status, self.changed(answer)), (204, ["displayName"]))

    def test_a_flow_and_a_reference_that_were_read_can_be_sent_back(self):
        read = self.server.request("GET", FLOW).json
        self.assertEqual(self.server.request("PATCH", FLOW, read | {"defaultLanguageTag": "de"}).status, 204)
        self.assertEqual(self.server.request("GET", FLOW).json["defaultLanguageTag"], "de")
        reference = f"{FLOW}/apiConnectorConfiguration/postFederationSignup/$ref"
        self.assertEqual(self.server.request("PUT", reference, self.server.request("GET", reference).json).status, 204)


class Options(ServerTestCase):
    """Reads of the embedded directory support the query options of Microsoft Graph."""

    def test_a_list_is_read_page_by_page(self):
        path, names = "/v1.0/identity/apiConnectors?$top=2&$count=true&$select=displayName&$orderby=displayName%20desc", []
        while path:
            page = self.server.request("GET", path).json
            self.assertEqual(page["@odata.count"], 5)
            names += [connector["displayName"] for connector in page["value"]]
            link = page.get("@odata.nextLink", "")
            self.assertTrue(not link or link.startswith(self.server.url + "/v1.0/identity/apiConnectors?"))
            path = link.removeprefix(self.server.url)
        self.assertEqual((len(names), names), (5, sorted(names, reverse=True)))

    def test_counts_languages_and_identity_providers_are_read(self):
        count = self.server.request("GET", "/beta/identity/b2cUserFlows/$count")
        self.assertEqual((count.text, count.headers["content-type"]), ("4", "text/plain"))
        filter = urllib.parse.quote("displayName eq 'Fraud check'")
        self.assertEqual(self.server.request("GET", f"/beta/identity/apiConnectors/$count?$filter={filter}").text, "1")
        for part, id in (("languages", "en"), ("identityProviders", "EmailPassword-OAUTH")):
            self.assertEqual([found["id"] for found in self.server.request("GET", f"{FLOW}/{part}").json["value"]], [id])
        self.assertEqual(self.server.request("GET", f"{FLOW}?$expand=languages").json["languages"][0]["id"], "en")
        self.assertEqual(self.server.request("GET", "/beta/identity/apiConnectors?$search=x").status, 400)
