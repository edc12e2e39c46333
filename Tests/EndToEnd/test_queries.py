import json
import urllib.parse

from reflogserver import FRAUD_CHECK, LOYALTY, NEW_VENDOR, ServerTestCase

CHANGES = "/beta/auditLogs/connectorChanges"
SIGNUP, OTHER = "b2cUserFlows/B2C_1_signup/postFederationSignup", "b2cUserFlows/B2C_1_signup/postAttributeCollection"
PARTNER = "b2xUserFlows/B2X_1_partner_signup/postAttributeCollection"


class Queries(ServerTestCase):
    """Queries of history return the expected changes."""

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

    def test_each_filter_finds_its_changes(self):
        actor = self.all["1"]["initiatedBy"]["token"]
        for filter, ids in (
            ("flowId eq 'B2C_1_SIGNUP'", "6321"), ("step eq 'postFederationSignup' and result eq 'applied'", "621"),
            ("result ne 'applied'", "43"), ("result in ('denied', 'rejected')", "43"), ("kind eq 'rollback'", "6"),
            (f"before/connectorId eq '{NEW_VENDOR.upper()}'", "2"), ("after/state eq 'none'", "2"),
            ("contains(before/displayName,'vendor')", "2"), ("startswith(reason,'CHG')", "1"), ("contains(flowId,'SIGNUP')", "65321"),
            ("contains(tolower(before/displayName),'vendor')", "2"), ("startswith(tolower(reason),'chg0042 it''s')", "1"),
            ("tolower(reason) eq 'CHG0042 it''s'", ""), ("contains(step,'TOKEN') and contains(flowId,'b2c')", ""),
            (f"contains(tolower(initiatedBy/token/displayName),'{actor['displayName'][3:].lower()}')", "65421"),
            ("reason eq 'CHG0042 it''s'", "1"),
            ("correlationId eq 'release-7'", "1"), (f"initiatedBy/token/id eq '{actor['id']}'", "65421"),
            (f"not (initiatedBy/token/displayName eq '{actor['displayName']}')", "3"), ("rollbackOf eq '1'", "6"),
            ("status/http eq 404", "4"), ("reason ne null", "1"), ("id ge 2 and (id lt 4 or id eq '6')", "632"),
            (f"activityDateTime ge {self.all['5']['activityDateTime']}", "65"), ("activityDateTime lt 2020-01-01", ""),
            ("flowType eq 'b2xUserFlows'", "5"),
        ):
            self.assertEqual("".join(change["id"] for change in self.ask(filter)["value"]), ids, filter)

    def test_options_can_be_combined_and_the_next_page_keeps_them(self):
        path = f"{CHANGES}?$filter=result%20eq%20'applied'&$orderby=activityDateTime%20asc&$top=2&$count=true&$select=id,kind"
        seen = []
        while path:
            page = self.server.request("GET", path).json
            # Only the first page contains the count.
            self.assertEqual(page.get("@odata.count"), None if seen else 4)
            self.assertTrue(all(set(change) == {"id", "kind"} for change in page["value"]))
            seen += [change["id"] for change in page["value"]]
            path = page.get("@odata.nextLink", "").removeprefix(self.server.url)
        self.assertEqual(seen, ["1", "2", "5", "6"])

    def test_a_skiptoken_is_valid_only_for_its_query(self):
        link = self.ask("result eq 'applied'", "&$top=1")["@odata.nextLink"]
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["$skiptoken"][0]
        for query in (f"$skiptoken={token}", f"$filter=result%20eq%20'denied'&$skiptoken={token}",
                      f"$filter=result%20eq%20'applied'&$orderby=id%20asc&$skiptoken={token}", "$skiptoken=5", "$skiptoken=5.x",
                      f"$filter=result%20eq%20'applied'&$skiptoken=1{token}"):
            answer = self.server.request("GET", f"{CHANGES}?{query}")
            self.assertEqual((answer.status, answer.json["error"]["target"]), (400, "$skiptoken"), query)

    def test_the_message_contains_the_position_of_a_mistake_in_a_query(self):
        for query, target, text in (
            ("$filter=id eq", "$filter", "position 5"), ("filter=colour eq 'red'", "$filter", "no field 'colour'"),
            ("$filter=id eq 1 or", "$filter", "position 10"), ("$orderby=reason", "$orderby", "activityDateTime or id"),
            ("$select=id,colour", "$select", "colour"), ("$count=maybe", "count", "true or false"),
            ("$filter=reason eq 'a", "$filter", "does not end"),
        ):
            answer = self.server.request("GET", f"{CHANGES}?{query.replace(' ', '%20')}")
            self.assertEqual((answer.status, answer.json["error"]["target"]), (400, target), query)
            self.assertIn(text, answer.json["error"]["message"])

    def test_a_filtered_export_has_the_same_changes(self):
        csv = self.server.request("GET", f"{CHANGES}?$format=csv&$filter=result%20eq%20'applied'").text
        self.assertEqual([line.split(",")[0] for line in csv.splitlines()[1:]], ["1", "2", "5", "6"])

    def test_the_command_line_finds_the_same_changes(self):
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


class AsOf(ServerTestCase):
    """Reflog returns, for each step, the reference that the step had at a given time."""

    def configuration(self, moment=None, command=False):
        if command:
            run = self.server.command("config", *(["--as-of", moment] if moment else []), "--database", self.server.database,
                                      "--format", "json")
            entries = json.loads(run.stdout)["value"]
        else:
            query = f"?asOf={urllib.parse.quote(moment)}" if moment else ""
            entries = self.server.request("GET", "/beta/auditLogs/connectorConfigurations" + query).json["value"]
        return {entry["step"]: (entry["known"], entry["certain"], entry["reference"]["state"], entry["reference"]["connectorId"],
                                entry["changeId"]) for entry in entries}

    def test_each_time_shows_the_references_of_that_time(self):
        for target in (NEW_VENDOR, NEW_VENDOR, None):
            self.server.put(SIGNUP, target)
        self.server.put(OTHER, LOYALTY)
        self.server.put(OTHER, FRAUD_CHECK, role="reader")
        moments = {change["id"]: change["resultDateTime"] for change in self.server.history()}
        for command in (False, True):
            self.assertEqual(self.configuration("2020-01-01", command), {
                "postFederationSignup": (False, True, "unknown", None, None),
                "postAttributeCollection": (False, True, "unknown", None, None)})
            self.assertEqual(self.configuration(moments["1"], command)["postFederationSignup"],
                             (True, True, "connector", NEW_VENDOR, "1"))
            # Change 2 set the step to the reference that the step already had. So change 1 is still the last effective change.
            self.assertEqual(self.configuration(moments["2"], command)["postFederationSignup"][4], "1")
            self.assertEqual(self.configuration(moments["3"], command)["postFederationSignup"], (True, True, "none", None, "3"))
            self.assertEqual(self.configuration(None, command)["postAttributeCollection"], (True, True, "connector", LOYALTY, "4"))
        for moment, text in (("yesterday", "must be a time"), ("2999-01-01", "future")):
            answer = self.server.request("GET", "/beta/auditLogs/connectorConfigurations?asOf=" + moment)
            self.assertEqual((answer.status, answer.json["error"]["target"]), (400, "asOf"))
            self.assertIn(text, answer.json["error"]["message"])


class Exports(ServerTestCase):
    def exported(self, query=""):
        text = self.server.request("GET", f"{CHANGES}?$format=jsonl{query}").text
        return [json.loads(line) for line in text.splitlines()]

    def test_exports_continued_with_after_give_the_whole_history(self):
        changes, newest = {}, None
        for number in range(40):
            for _ in range(number % 4):
                self.server.put(SIGNUP, NEW_VENDOR if number % 2 else None)
                self.server.put(OTHER, None, role="reader")
            piece = self.exported(f"&after={newest}" if newest is not None else "")
            changes.update({change["id"]: change for change in piece})
            newest = max([change["sequence"] for change in piece] + ([newest] if newest is not None else []), default=newest)
        self.assertEqual([changes[key] for key in sorted(changes, key=int)], self.server.history())
        self.assertEqual(self.exported(f"&after={newest}"), [])

    def test_json_lines_and_csv_have_the_same_changes(self):
        self.server.put(SIGNUP, NEW_VENDOR)
        csv = self.server.request("GET", CHANGES + "?$format=csv").text.splitlines()[1:]
        self.assertEqual([line.split(",")[0] for line in csv], [change["id"] for change in self.exported()])
        answer = self.server.request("GET", CHANGES, headers={"Accept": "application/x-ndjson"})
        self.assertTrue(answer.headers["content-type"].startswith("application/jsonl"))
        for query in ("$format=jsonl&raw=true", "$format=csv&$top=1", "after=1", "$format=csv&after=x", "$format=csv&after=-1"):
            self.assertEqual(self.server.request("GET", f"{CHANGES}?{query}").status, 400, query)
