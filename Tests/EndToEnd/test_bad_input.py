import sqlite3

from reflogserver import FRAUD_CHECK, NEW_VENDOR, ServerTestCase
from testparts import sqlite_only

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
REF = "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref"
GOOD = {"@odata.id": f"https://graph.microsoft.com/beta/identity/apiConnectors/{NEW_VENDOR}"}
CHANGES = "/beta/auditLogs/connectorChanges"


class BadInput(ServerTestCase):
    """An invalid request gets a clear error, and does not change the directory."""

    def setUp(self):
        self.changes_before = len(self.server.history())

    def tearDown(self):
        self.assertEqual(self.server.reference(STEP), FRAUD_CHECK, "the directory was changed")

    def assert_refused(self, answer, status, code, recorded=None):
        """Checks that the answer is an error in Graph's format, and that only the expected change was recorded."""
        self.assertEqual((answer.status, answer.code), (status, code), answer.text)
        error = answer.json["error"]
        self.assertTrue(error["message"])
        self.assertEqual(error["innerError"]["request-id"], answer.headers["request-id"])
        new = self.server.history()[self.changes_before:]
        self.assertEqual([change["result"] for change in new], [recorded] if recorded else [])
        self.assertEqual(answer.change, new[0]["id"] if new else None)

    def test_a_request_without_a_token_is_401(self):
        answer = self.server.request("PUT", REF, GOOD, role=None)
        self.assert_refused(answer, 401, "unauthenticated")
        self.assertIn("Bearer", answer.headers["www-authenticate"])

    def test_an_invalid_token_is_401(self):
        good = self.server.tokens["operator"]
        for token in ("", "x", "reflog_0_0", good[:-1] + ("1" if good[-1] == "0" else "0"), "é"):
            headers = {"Authorization": "Bearer " + token}
            answer = self.server.request("PUT", REF, GOOD, role=None, headers=headers)
            self.assert_refused(answer, 401, "unauthenticated")

    @sqlite_only("it edits the file of tokens")
    def test_a_revoked_or_expired_token_is_401(self):
        name = ["--name", "shortlived", "--database", self.server.database]
        made = self.server.command("token", "create", "--role", "operator", *name)
        headers = {"Authorization": "Bearer " + made.stdout.strip()}
        self.assertEqual(self.server.request("GET", CHANGES, role=None, headers=headers).status, 200)
        self.server.command("token", "revoke", "shortlived", "--database", self.server.database)
        self.assert_refused(self.server.request("PUT", REF, GOOD, role=None, headers=headers), 401, "unauthenticated")

        self.server.command("token", "create", "--role", "operator", "--name", "late", "--database", self.server.database)
        listed = self.server.command("token", "create", "--role", "operator", "--name", "late2", "--database",
                                     self.server.database)
        tokens = sqlite3.connect(self.server.files + ".tokens")
        tokens.execute("UPDATE token SET expires = created WHERE name = 'late2'")
        tokens.commit()
        tokens.close()
        headers = {"Authorization": "Bearer " + listed.stdout.strip()}
        self.assert_refused(self.server.request("PUT", REF, GOOD, role=None, headers=headers), 401, "unauthenticated")

    def test_a_change_by_a_reader_is_recorded_as_denied(self):
        self.assert_refused(self.server.request("PUT", REF, GOOD, role="reader"), 403, "forbidden", "denied")

    def test_a_change_by_an_admin_is_recorded_as_denied(self):
        self.assert_refused(self.server.request("DELETE", REF, role="admin"), 403, "forbidden", "denied")

    def test_a_change_of_an_unknown_flow_is_rejected(self):
        answer = self.server.request("PUT", REF.replace("B2C_1_signup", "B2C_1_nowhere"), GOOD)
        self.assert_refused(answer, 404, "Request_ResourceNotFound", "rejected")

    def test_a_change_to_an_unknown_connector_is_rejected(self):
        answer = self.server.put(STEP, "00000000-0000-0000-0000-000000000000")
        self.assert_refused(answer, 404, "Request_ResourceNotFound", "rejected")

    def test_a_change_of_a_step_that_the_directory_does_not_know_is_rejected(self):
        answer = self.server.request("PUT", REF.replace("postFederationSignup", "postEverything"), GOOD)
        self.assert_refused(answer, 400, "BadRequest", "rejected")

    def test_path_segments_that_are_not_identifiers_are_refused(self):
        for step in ("post-federation", "1st", "a" * 129, "p%6fst%20", "%C3%A9"):
            answer = self.server.request("PUT", REF.replace("postFederationSignup", step), GOOD)
            self.assert_refused(answer, 400, "badRequest")
        for flow in ("a" * 129, "%00", "a%2Fb", "a%252Fb", "a%5Cb", "..", "%2e%2e", "a%20b", "%F0%9F%94%81"):
            answer = self.server.request("PUT", REF.replace("B2C_1_signup", flow), GOOD)
            self.assert_refused(answer, 400, "badRequest")

    def test_bodies_that_contain_no_valid_reference_are_refused(self):
        bodies = [
            "", "not json", "[]", "null", "7", '"text"', "{", '{"@odata.id":7}', '{"@odata.id":{}}', '{"@odata.id":""}',
            '{"@odata.id":"x","@odata.id":"x"}', '{"id":"x"}', '{"@odata.id":null,"more":1}', '{"@odata.id":"\xff"}',
            "[" * 100_00,
        ]
        for body in bodies:
            answer = self.server.request("PUT", REF, raw=body.encode("latin-1"))
            self.assert_refused(answer, 400, "badRequest")

    def test_references_to_other_urls_are_refused(self):
        path = f"/beta/identity/apiConnectors/{NEW_VENDOR}"
        urls = [
            "https://evil.example" + path, "http://graph.microsoft.com" + path, "https://graph.microsoft.com:444" + path,
            "https://graph.microsoft.com@evil.example" + path, "https://evil.example#graph.microsoft.com" + path,
            "//evil.example" + path, "ftp://graph.microsoft.com" + path, "https://graph.microsoft.com.evil.example" + path,
            "https://graph.microsoft.com/beta/identity/apiConnectors/", "https://graph.microsoft.com/beta/identity/apiConnectors",
            "https://graph.microsoft.com/beta/users/" + NEW_VENDOR, "https://graph.microsoft.com" + path + "/x",
            "https://graph.microsoft.com" + path + "?a=b", "https://graph.microsoft.com/beta/identity/apiConnectors/a%2Fb",
            "https://graph.microsoft.com/beta/identity/apiConnectors/..", "https://2130706433" + path, "http://[::1]" + path,
            NEW_VENDOR, "file:///etc/passwd", "javascript:alert(1)",
        ]
        for url in urls:
            with self.subTest(url):
                self.assert_refused(self.server.request("PUT", REF, {"@odata.id": url}), 400, "badRequest")

    def test_a_body_over_the_limit_is_413(self):
        answer = self.server.request("PUT", REF, {"@odata.id": "x" * 70_000})
        self.assert_refused(answer, 413, "badRequest")

    def test_unsupported_query_options_are_refused(self):
        for query in ("filter=x", "$search=x", "$apply=x", "$top=0",
                      "$top=1001", "$top=x", "$skiptoken=x", "$top=1&$top=2", "after=1", "excel=true", "$format=xml", "x=%zz"):
            answer = self.server.request("GET", f"{CHANGES}?{query.replace(' ', '%20')}")
            self.assert_refused(answer, 400, "badRequest")
            self.assertTrue(answer.json["error"]["target"])

    def test_headers_that_do_not_apply_to_a_request_are_refused(self):
        answer = self.server.request("POST", f"{CHANGES}/1/rollback", {}, headers={"If-Match": '"x"'})
        self.assert_refused(answer, 400, "badRequest")
        for name in ("If-None-Match", "If-Unmodified-Since", "Content-Encoding", "Reflog-Foo"):
            self.assert_refused(self.server.request("PUT", REF, GOOD, headers={name: "*"}), 400, "badRequest")
        answer = self.server.request("POST", f"{CHANGES}/1/rollback", {"reason": "a"}, headers={"Reflog-Reason": "b"})
        self.assert_refused(answer, 400, "badRequest")
        answer = self.server.request("PUT", REF, GOOD, headers={"Idempotency-Key": "a b"})
        self.assert_refused(answer, 400, "badRequest")

    def test_a_change_whose_if_match_does_not_match_is_refused(self):
        for tag, status, code in (('"none"', 412, "preconditionFailed"), ('"x"', 412, "preconditionFailed"),
                                  (f'"connector:{NEW_VENDOR}"', 412, "preconditionFailed"),
                                  (f'W/"connector:{FRAUD_CHECK}"', 412, "preconditionFailed"), ("x", 400, "badRequest")):
            self.assert_refused(self.server.request("PUT", REF, GOOD, headers={"If-Match": tag}), status, code)

    def test_paths_that_reflog_does_not_forward_are_501(self):
        for method, path in (("POST", "/beta/$batch"), ("PATCH", REF.removesuffix("/$ref")),
                             ("DELETE", REF.removesuffix("/$ref")), ("GET", "/v1.0/users"), ("GET", "/beta/me")):
            self.assert_refused(self.server.request(method, path, {}), 501, "notProxied")
        self.assert_refused(self.server.request("GET", "/elsewhere"), 404, "notFound")

    def test_a_rollback_of_an_unknown_change_is_404(self):
        self.assert_refused(self.server.request("POST", f"{CHANGES}/4711/rollback", {}), 404, "changeNotFound")
        self.assert_refused(self.server.request("POST", f"{CHANGES}/x/rollback", {}), 400, "badRequest")

    def test_a_rollback_of_a_rejected_change_is_409(self):
        rejected = self.server.put("b2cUserFlows/B2C_1_nowhere/postFederationSignup", None).change
        self.changes_before += 1
        answer = self.server.request("POST", f"{CHANGES}/{rejected}/rollback", {})
        self.assert_refused(answer, 409, "notRollbackable")

    def test_invalid_bodies_of_a_rollback_are_refused(self):
        for body in ('{"force":1}', '{"dryRun":"yes"}', '{"reason":7}', '{"other":true}', "[]", "x"):
            answer = self.server.request("POST", f"{CHANGES}/1/rollback", raw=body)
            self.assert_refused(answer, 400, "badRequest")

    def test_invalid_reasons_are_refused(self):
        for reason in ("%zz", "%FF", "x" * 4001, "a" + "%CC%81" * 3000, "%00"):
            answer = self.server.request("PUT", REF, GOOD, headers={"Reflog-Reason": reason})
            self.assert_refused(answer, 400, "badRequest")
