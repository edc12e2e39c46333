import json
import urllib.parse

from reflogserver import FRAUD_CHECK, LOYALTY, NEW_VENDOR, ServerTestCase

CHANGES = "/beta/auditLogs/connectorChanges"
SIGNUP, OTHER = "b2cUserFlows/B2C_1_signup/postFederationSignup", "b2cUserFlows/B2C_1_signup/postAttributeCollection"
PARTNER = "b2xUserFlows/B2X_1_partner_signup/postAttributeCollection"


class Queries(ServerTestCase):
    """What auditors ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reason = {"Reflog-Reason": "CHG0042%20it's", "client-request-id": "release-7"}
        cls.server.put(SIGNUP, NEW_VENDOR, headers=reason)
        cls.server.put(SIGNUP, None)
        cls.server.put(OTHER, LOYALTY, role="reader")
        cls.server.put("b2cUserFlows/B2C_1_none/postFederationSignup", LOYALTY)
        cls.server.put(PARTNER, FRAUD_CHECK)
        cls.server.request("POST", f"{CHANGES}/1/rollback", {"force": True})
        cls.all = {change["id"]: change for change in cls.server.history()}

    def ask(self, filter, more=""):
        answer = self.server.request("GET", f"{CHANGES}?$filter={urllib.parse.quote(filter)}{more}")
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json

    def test_each_question_is_one_request(self):
        actor = self.all["1"]["initiatedBy"]["token"]
        for filter, ids in (
            ("flowId eq 'B2C_1_SIGNUP'", "6321"), ("step eq 'postFederationSignup' and result eq 'applied'", "621"),
            ("result ne 'applied'", "43"), ("result in ('denied', 'rejected')", "43"), ("kind eq 'rollback'", "6"),
            (f"before/connectorId eq '{NEW_VENDOR.upper()}'", "2"), ("after/state eq 'none'", "2"),
            ("contains(before/displayName,'vendor')", "2"), ("startswith(reason,'CHG')", "1"), ("reason eq 'CHG0042 it''s'", "1"),
            ("correlationId eq 'release-7'", "1"), (f"initiatedBy/token/id eq '{actor['id']}'", "65421"),
            (f"not (initiatedBy/token/displayName eq '{actor['displayName']}')", "3"), ("rollbackOf eq '1'", "6"),
            ("status/http eq 404", "4"), ("reason ne null", "1"), ("id ge 2 and (id lt 4 or id eq '6')", "632"),
            (f"activityDateTime ge {self.all['5']['activityDateTime']}", "65"), ("activityDateTime lt 2020-01-01", ""),
            ("flowType eq 'b2xUserFlows'", "5"),
        ):
            self.assertEqual("".join(change["id"] for change in self.ask(filter)["value"]), ids, filter)

    def test_options_go_together_and_pages_keep_them(self):
        path = f"{CHANGES}?$filter=result%20eq%20'applied'&$orderby=activityDateTime%20asc&$top=2&$count=true&$select=id,kind"
        seen = []
        while path:
            page = self.server.request("GET", path).json
            self.assertEqual(page["@odata.count"], 4)
            self.assertTrue(all(set(change) == {"id", "kind"} for change in page["value"]))
            seen += [change["id"] for change in page["value"]]
            path = page.get("@odata.nextLink", "").removeprefix(self.server.url)
        self.assertEqual(seen, ["1", "2", "5", "6"])

    def test_a_token_holds_for_its_question_alone(self):
        link = self.ask("result eq 'applied'", "&$top=1")["@odata.nextLink"]
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["$skiptoken"][0]
        for query in (f"$skiptoken={token}", f"$filter=result%20eq%20'denied'&$skiptoken={token}",
                      f"$filter=result%20eq%20'applied'&$orderby=id%20asc&$skiptoken={token}", "$skiptoken=5", "$skiptoken=5.x",
                      f"$filter=result%20eq%20'applied'&$skiptoken=1{token}"):
            answer = self.server.request("GET", f"{CHANGES}?{query}")
            self.assertEqual((answer.status, answer.json["error"]["target"]), (400, "$skiptoken"), query)

    def test_mistakes_are_named_with_their_place(self):
        for query, target, words in (
            ("$filter=id eq", "$filter", "position 5"), ("filter=colour eq 'red'", "$filter", "no field colour"),
            ("$filter=id eq 1 or", "$filter", "position 10"), ("$orderby=reason", "$orderby", "activityDateTime or id"),
            ("$select=id,colour", "$select", "colour"), ("$count=maybe", "count", "true or false"),
            ("$filter=reason eq 'a", "$filter", "does not end"),
        ):
            answer = self.server.request("GET", f"{CHANGES}?{query.replace(' ', '%20')}")
            self.assertEqual((answer.status, answer.json["error"]["target"]), (400, target), query)
            self.assertIn(words, answer.json["error"]["message"])

    def test_a_filtered_export_holds_the_same(self):
        csv = self.server.request("GET", f"{CHANGES}?$format=csv&$filter=result%20eq%20'applied'").text
        self.assertEqual([line.split(",")[0] for line in csv.splitlines()[1:]], ["1", "2", "5", "6"])

    def test_the_command_line_asks_the_same(self):
        for arguments, ids in (
            (["--flow", "b2xUserFlows/B2X_1_partner_signup"], "5"), (["--result", "denied"], "3"), (["--kind", "rollback"], "6"),
            (["--actor", "first-reader"], "3"), (["--since", self.all["5"]["activityDateTime"]], "65"),
            (["--until", "2020-01-01"], ""), (["--step", "postFederationSignup", "--filter", "id lt 3 or id eq 4"], "421"),
        ):
            for source in (["--server", self.server.url], ["--database", self.server.database]):
                run = self.server.command("history", *source, *arguments, "--format", "json", role="reader")
                self.assertEqual("".join(c["id"] for c in json.loads(run.stdout)["value"]), ids, (arguments, run.stderr))
        wrong = self.server.command("history", "--filter", "id eq")
        self.assertEqual(wrong.returncode, 64)
        self.assertIn("position 5", wrong.stderr)
