"""An edit of a connector is a part of the history of the flows whose steps call the connector."""

import csv
import io
import json
import pathlib
import shlex
import tempfile
import time
import urllib.parse

from browser import Browser
from reflogserver import FRAUD_CHECK, NEW_VENDOR, Graph, Server, ServerTestCase, graph_connector
from test_graph import FAST
from testparts import apart

CHANGES = "/beta/auditLogs/connectorChanges"
FLOW = "b2cUserFlows/B2C_1_signup"
STEP = FLOW + "/postFederationSignup"
OTHER = "b2cUserFlows/B2C_1_profile_edit/postAttributeCollection"
URL, NEW_URL = "https://good.example/check", "https://broken.example/check"


@apart(cores=0.5)
class AnEditedConnector(ServerTestCase):
    """A step calls a connector, then the connector is edited."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set = cls.server.put(STEP, FRAUD_CHECK).change
        cls.server.put(OTHER, NEW_VENDOR)
        cls.patch(FRAUD_CHECK, URL)
        cls.unrelated = cls.patch(NEW_VENDOR, URL)
        time.sleep(1.1)
        cls.moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        time.sleep(1.1)
        cls.edit = cls.patch(FRAUD_CHECK, NEW_URL)

    @classmethod
    def patch(cls, connector, url):
        answer = cls.server.request("PATCH", f"/beta/identity/apiConnectors/{connector}", {"targetUrl": url})
        assert answer.status == 204, answer.text
        return answer.change

    def list(self, **options):
        path = CHANGES + "?" + urllib.parse.urlencode(options)
        answer = self.server.request("GET", path)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json

    def ids(self, **options):
        return [change["id"] for change in self.list(**options)["value"]]

    def run_command(self, *arguments):
        return self.server.command(*arguments, "--server", self.server.url, role="operator")

    def test_the_list_contains_edits_of_connectors_only_with_flow_scope(self):
        filter = "flowId eq 'B2C_1_signup'"
        plain, impact = self.ids(**{"$filter": filter}), self.ids(**{"$filter": filter, "flowScope": "impact"})
        self.assertNotIn(self.edit, plain)
        self.assertEqual(plain, self.ids(**{"$filter": filter, "flowScope": "steps"}))
        self.assertEqual(impact[0], self.edit)
        self.assertNotIn(self.unrelated, impact)
        self.assertEqual(set(plain) - set(impact), set())
        self.assertEqual(impact, self.ids(**{"$filter": filter, "flowScope": "impact", "$orderby": "id"})[::-1])

        counted = self.list(**{"$filter": filter, "flowScope": "impact", "$count": "true", "$top": 1})
        self.assertEqual(counted["@odata.count"], len(impact))
        pages, page = [counted], counted
        while "@odata.nextLink" in page:
            page = self.server.request("GET", page["@odata.nextLink"].removeprefix(self.server.url)).json
            pages.append(page)
        self.assertEqual([change["id"] for page in pages for change in page["value"]], impact)

    def test_a_link_to_a_page_needs_the_same_scope(self):
        page = self.list(**{"$filter": "flowId eq 'B2C_1_signup'", "flowScope": "impact", "$top": 1})
        link = page["@odata.nextLink"].removeprefix(self.server.url)
        answer = self.server.request("GET", link.replace("flowScope=impact", "flowScope=steps"))
        self.assertEqual((answer.status, answer.json["error"]["target"]), (400, "$skiptoken"))
        wrong = self.server.request("GET", CHANGES + "?flowScope=all")
        self.assertEqual((wrong.status, wrong.json["error"]["message"]), (400, "flowScope must be steps or impact."))
        self.assertEqual(self.server.request("GET", "/beta/auditLogs/serviceEvents?flowScope=impact").status, 400)

    def test_a_change_of_a_connector_names_the_steps_that_called_it(self):
        called = {"flowType": "b2cUserFlows", "flowId": "B2C_1_signup", "step": "postFederationSignup", "certain": True}
        self.assertIn(called, self.server.request("GET", f"{CHANGES}/{self.edit}").json["calledBy"])
        self.assertIsNone(self.server.request("GET", f"{CHANGES}/{self.set}").json["calledBy"])
        listed = self.list(**{"$filter": "flowId eq 'B2C_1_signup'", "flowScope": "impact"})["value"][0]
        self.assertEqual((listed["id"], listed["calledBy"]), (self.edit, [called]))
        shown = self.run_command("show", self.edit)
        self.assertIn(f"called by   {STEP}", shown.stdout)

    def test_two_commands_lead_from_the_flow_to_the_cause(self):
        history = self.run_command("history", "--flow", "B2C_1_signup")
        line = history.stdout.splitlines()[1]
        self.assertEqual(line.split()[0], self.edit)
        self.assertIn("edited: targetUrl → broken.example (was good.example)", line)
        shown = self.run_command("show", self.edit).stdout
        self.assertIn(f"targetUrl {URL} → {NEW_URL}", shown)
        without = self.run_command("history", "--flow", "B2C_1_signup", "--flow-scope", "steps")
        self.assertNotIn("edited: targetUrl", without.stdout)
        if not self.server.is_postgresql:
            in_file = self.server.command("history", "--flow", "B2C_1_signup", *self.server.database_flags)
            self.assertEqual(in_file.stdout, history.stdout)

    def test_the_references_show_the_edit_of_their_connector(self):
        found = self.server.request("GET", "/beta/auditLogs/connectorConfigurations").json["value"]
        edits = {f"{entry['flowType']}/{entry['flowId']}/{entry['step']}": entry["connectorEdits"] for entry in found}
        self.assertEqual(edits[STEP][0]["id"], self.edit)
        self.assertEqual(edits[STEP][0]["changedProperties"], [{"name": "targetUrl", "before": URL, "after": NEW_URL}])
        self.assertEqual(edits[OTHER][0]["id"], self.unrelated)
        then = self.server.request("GET", f"/beta/auditLogs/connectorConfigurations?asOf={self.moment}").json["value"]
        self.assertNotIn(self.edit, [edit["id"] for entry in then for edit in entry["connectorEdits"]])
        table = self.run_command("config", "--wide").stdout
        line = next(line for line in table.splitlines() if STEP in line)
        self.assertIn(f"change {self.edit}, edited", line)
        self.assertIn("by token first-operator: targetUrl → broken.example (was good.example)", line)
        browser = Browser(self.server)
        browser.sign_in("reader")
        board = browser.open("/flows")
        self.assertIn("by token first-operator : targetUrl → broken.example (was good.example)", board.text)
        self.assertIn(f"/changes/{self.edit}", board.links)
        then = browser.open(f"/flows?asOf={self.moment}").text
        self.assertIn("targetUrl → good.example (was", then)
        self.assertNotIn("targetUrl → broken.example (was", then)

    def test_a_part_of_the_name_of_a_flow_finds_the_edits_before_and_after_a_time(self):
        around = self.run_command("history", "--flow", "SIGNUP", "--around", self.moment, "--top", "10").stdout.splitlines()
        ids = [line.split()[0] for line in around[1:]]
        marker = next(index for index, line in enumerate(around[1:]) if "--around" in line)
        self.assertEqual(ids[:marker], [self.edit])
        self.assertIn(self.set, ids[marker + 1:])
        self.assertIn(f"connector of {STEP}", around[1])
        without = self.run_command("history", "--flow", "SIGNUP", "--around", self.moment, "--flow-scope", "steps")
        self.assertNotIn("connector of", without.stdout)

    def test_an_altered_export_is_compared_with_the_edits(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "flow.csv")
            exported = self.run_command("export", "--flow", "B2C_1_signup", "--manifest", "--output", str(path))
            self.assertEqual(exported.returncode, 0, exported.stderr)
            path.write_bytes(path.read_bytes().replace(NEW_URL.encode(), b"https://other.example/check"))
            verified = self.server.command("verify", "--database", self.server.database, "--manifest", f"{path}.manifest")
        self.assertEqual(verified.returncode, 65, verified.stdout + verified.stderr)
        self.assertIn(f"Row {self.edit} was altered.", verified.stdout)
        self.assertNotIn("added", verified.stdout)

    def test_an_export_has_the_edits(self):
        filter = "flowId eq 'B2C_1_signup'"
        options = {"$filter": filter, "$format": "csv", "flowScope": "impact"}
        answer = self.server.request("GET", CHANGES + "?" + urllib.parse.urlencode(options))
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        self.assertEqual(rows[-1]["id"], self.edit)
        self.assertEqual(json.loads(rows[-1]["changedProperties"])[0]["after"], NEW_URL)
        behind = self.server.request("GET", CHANGES + "?" + urllib.parse.urlencode(options | {"after": rows[-2]["sequence"]}))
        self.assertEqual([row["id"] for row in csv.DictReader(io.StringIO(behind.text))], [self.edit])
        exported = self.run_command("export", "--flow", "B2C_1_signup")
        self.assertEqual([row["id"] for row in csv.DictReader(io.StringIO(exported.stdout))], [row["id"] for row in rows])

    def test_three_clicks_lead_from_the_flow_to_the_cause(self):
        browser = Browser(self.server)
        browser.sign_in("operator")
        board = browser.open("/flows")
        flow = browser.open(next(link for link in board.links if link == f"/flows/{FLOW}"))
        self.assertIn(f"Fraud check was edited in change {self.edit}", flow.text)
        self.assertIn(f"targetUrl {URL} → {NEW_URL}", flow.text)
        self.assertIn(f"/connectors/{FRAUD_CHECK}", flow.links)
        change = browser.open(next(link for link in flow.links if link == f"/changes/{self.edit}"))
        self.assertIn("Steps that called this connector then", change.text)
        self.assertIn("postFederationSignup of B2C_1_signup", change.text)
        self.assertIn("History of this connector", change.text)
        timeline = browser.open(f"/?flow={FLOW}")
        self.assertIn("This connector was called by postFederationSignup of B2C_1_signup", timeline.text)
        for path in (f"/?connector={FRAUD_CHECK}", f"/connectors/{FRAUD_CHECK}"):
            self.assertIn(f"/changes/{self.edit}", browser.open(path).paths)

    def test_a_comparison_and_a_plan_name_the_edit(self):
        browser = Browser(self.server)
        browser.sign_in("operator")
        board = browser.open(f"/flows?asOf={self.moment}")
        sentence = f"Fraud check was edited since (change {self.edit}): targetUrl {URL} → {NEW_URL}"
        self.assertIn("edited or deleted since", board.text)
        self.assertIn(sentence, board.text)
        plan = browser.open(f"/flows/rollback?asOf={self.moment}&flow={FLOW}")
        self.assertIn(f"The reference of postFederationSignup of B2C_1_signup is the same, but {sentence}.", plan.text)

        body = {"asOf": self.moment, "flowType": "b2cUserFlows", "flowId": "B2C_1_signup", "dryRun": True}
        answer = self.server.request("POST", "/beta/auditLogs/connectorConfigurations/rollback", body).json
        edited = [step for step in answer["edited"] if step["step"] == "postFederationSignup"][0]
        self.assertEqual(answer["value"], [])
        self.assertEqual((edited["sameReference"], edited["editedBy"]), (True, [self.edit]))
        self.assertEqual(edited["connector"]["connectorId"], FRAUD_CHECK)
        shown = self.run_command("rollback", "--as-of", self.moment, "--flow", FLOW, "--dry-run")
        self.assertIn(
            f"the reference of postFederationSignup of B2C_1_signup is the same, but {sentence}. "
            f"See `reflog restore {self.edit} --dry-run --server {self.server.url}`.", shown.stdout)

    def test_the_plan_of_a_rollback_of_the_step_names_the_edits_since_it_was_set(self):
        plan = self.server.request("POST", f"{CHANGES}/{self.set}/rollback", {"dryRun": True}).json
        newest = [change for change in plan["edited"]["editedBy"]]
        self.assertEqual((len(newest), newest[-1]), (2, self.edit))
        self.assertEqual(plan["edited"]["connector"]["connectorId"], FRAUD_CHECK)
        shown = self.run_command("rollback", self.set, "--dry-run").stdout
        self.assertIn(
            "postFederationSignup of B2C_1_signup has called the same connector since the step was set, but Fraud check was "
            "edited since",
            shown)
        self.assertIn(
            f"See `reflog restore ID --dry-run --server {self.server.url}` for changes {', '.join(newest)}.", shown)
        browser = Browser(self.server)
        browser.sign_in("operator")
        self.assertIn(f"/changes/{self.edit}", browser.open(f"/changes/{self.set}/rollback").paths)


@apart(cores=0.4)
class RolledBackChanges(ServerTestCase):
    def test_a_change_names_its_rollback_and_the_rollback_of_its_rollback(self):
        self.server.put(STEP, FRAUD_CHECK)
        bad = self.server.put(STEP, NEW_VENDOR).change

        def roll_back(id):
            return self.server.request("POST", f"{CHANGES}/{id}/rollback", {"reason": "CHG0042"}).change

        first = roll_back(bad)
        self.assertEqual(self.server.request("GET", f"{CHANGES}/{bad}").json["rolledBackBy"], [first])
        second = roll_back(first)
        chain = {change["id"]: change["rolledBackBy"] for change in self.server.request("GET", CHANGES).json["value"]}
        self.assertEqual((chain[bad], chain[first], chain[second]), ([first, second], [second], []))
        text = f"rolled back by change {first}, which was rolled back by change {second}"
        self.assertIn(text, self.server.command("show", bad, "--server", self.server.url, role="reader").stdout)
        history = self.server.command("history", "--server", self.server.url, role="reader")
        results = [line for line in history.stdout.splitlines() if line.split()[0] in (bad, first)]
        self.assertIn(f"applied, rolled back by {second}", results[0])
        self.assertIn(f"applied, restored by {second}", results[1])
        browser = Browser(self.server)
        timeline = browser.sign_in("operator").text
        page = browser.open(f"/changes/{bad}").text
        for shown in (timeline, page):
            self.assertIn(f"This change was rolled back by change {first} , which was rolled back by change {second} .", shown)


@apart(cores=0.5)
class TheValuesBeforeAnEdit(ServerTestCase):
    """The page of an edit and the command line show how to restore the values before the edit."""

    PATH = f"/beta/identity/apiConnectors/{FRAUD_CHECK}"

    def patch(self, **body):
        answer = self.server.request("PATCH", self.PATH, body)
        self.assertEqual(answer.status, 204, answer.text)
        return answer.change

    def connector(self):
        return self.server.request("GET", self.PATH).json

    def send(self, command):
        """Sends the request that a `curl` command would send. The arguments of the command are quoted for a POSIX shell."""
        words = shlex.split(command)
        options = dict(zip(words[2:-1:2], words[3:-1:2]))
        headers = dict(word.split(": ") for name, word in zip(words[2:-1:2], words[3:-1:2]) if name == "--header")
        self.assertEqual((words[:2], options["--request"]), (["curl", "--fail-with-body"], "PATCH"))
        self.assertEqual(headers.pop("Authorization"), "Bearer $REFLOG_TOKEN")
        self.assertEqual(words[-1], self.server.url + self.PATH)
        return self.server.request("PATCH", self.PATH, raw=options["--data"].encode(), headers=headers)

    def show(self, change):
        return self.server.command("show", change, "--server", self.server.url, role="operator")

    def test_the_form_restores_the_values(self):
        self.patch(targetUrl=URL, displayName="Fraud check")
        change = self.patch(targetUrl=NEW_URL, displayName="Brok\u00e9n")
        browser = Browser(self.server)
        browser.sign_in("operator")
        page = browser.open(f"/changes/{change}?flow=signup")
        form = page.form(f"/changes/{change}/restore?flow=signup")
        self.assertEqual(browser.submit(form | {"fields": {"csrf": "x"}}, reason="x").status, 400)
        self.assertEqual(self.connector()["targetUrl"], NEW_URL)

        done = browser.submit(form, reason="Sign-up is broken")

        self.assertIn("Reason Sign-up is broken", done.text)
        self.assertIn("This change restored the earlier values of the connector.", done.text)
        self.assertIn("/?flow=signup", done.links)
        self.assertEqual((self.connector()["targetUrl"], self.connector()["displayName"]), (URL, "Fraud check"))
        after = browser.open(f"/changes/{change}")
        newest = self.server.history()[-1]["id"]
        self.assertIn(f"Change {newest} set the values before this edit again.", after.text)
        self.assertIn(f"/changes/{newest}", after.links)
        self.assertNotIn("This change restored", browser.open(f"/changes/{newest}").text)
        # If the form is sent again, Reflog restores nothing, and the page shows the first restoration.
        repeated = browser.submit(form, reason="Again")
        self.assertIn("Reason Sign-up is broken", repeated.text)
        self.assertEqual(self.server.history()[-1]["id"], newest)
        # The form was loaded before this later edit, so it does not contain the agreement to overwrite the edit.
        newest = self.patch(targetUrl=NEW_URL)
        again = browser.submit(form, reason="Again")
        self.assertEqual(again.status, 409)
        self.assertIn("were not restored, because later changes wrote the same properties.", again.text)
        self.assertEqual(self.server.history()[-1]["id"], newest)
        agreed = browser.submit(again.form(f"/changes/{change}/restore?flow=signup"), reason="Again", force="true")
        self.assertIn("This change restored the earlier values of the connector.", agreed.text)

    def test_the_form_freezes_the_steps_that_call_the_connector(self):
        self.server.put(STEP, FRAUD_CHECK)
        self.patch(targetUrl=URL)
        change = self.patch(targetUrl=NEW_URL)
        browser = Browser(self.server)
        browser.sign_in("operator")
        # A person needs four clicks: on the edit in the page of the flow, on the button, on the check box, and on the
        # confirmation.
        self.assertIn(f"/changes/{change}", browser.open(f"/flows/{FLOW}").links)
        page = browser.open(f"/changes/{change}")
        self.assertIn("#restore", page.links)
        form = page.form(f"/changes/{change}/restore")

        done = browser.submit(form, reason="Sign-up is broken", freeze="true", hours="8")

        self.assertEqual(self.connector()["targetUrl"], URL)
        self.assertIn(f"{STEP} is frozen until", done.text)
        self.assertIn("as you requested: freeze", done.text)
        freezes = self.server.request("GET", "/beta/reflog/freezes").json["value"]
        self.addCleanup(lambda: [self.server.request("DELETE", f"/beta/reflog/freezes/{freeze['id']}") for freeze in freezes])
        self.assertIn("postFederationSignup", [freeze["step"] for freeze in freezes])
        self.assertEqual({freeze["reason"] for freeze in freezes}, {f"After the values before change {change} were restored"})
        self.assertEqual(self.server.put(STEP, NEW_VENDOR).status, 423)

    def test_a_refused_rollback_of_an_edit_names_the_command_that_restores_the_values(self):
        self.patch(targetUrl=URL)
        change = self.patch(targetUrl=NEW_URL)
        done = self.server.command("rollback", change, "--server", self.server.url, role="operator")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f"use `reflog restore {change}` or the page of the change.", done.stderr)

    def test_only_operators_restore(self):
        self.patch(targetUrl=URL)
        change = self.patch(targetUrl=NEW_URL)
        browser = Browser(self.server)
        page = browser.sign_in("reader", f"/changes/{change}")
        self.assertIn("curl --fail-with-body", page.text)
        self.assertNotIn(f"/changes/{change}/restore", [form["action"] for form in page.forms])
        csrf = page.form("/time-zone")["fields"]["csrf"]
        refused = browser.submit({"action": f"/changes/{change}/restore", "fields": {"csrf": csrf}}, reason="x")
        self.assertEqual(refused.status, 403)
        self.assertEqual(self.connector()["targetUrl"], NEW_URL)

    def test_the_command_restores_the_values(self):
        self.patch(targetUrl=URL, displayName="Bob's \u202e \"pr\u00fcfung\"")
        change = self.patch(targetUrl=NEW_URL, displayName="x")
        shown = self.show(change)
        command = shown.stderr[shown.stderr.index("curl "):].strip()
        self.assertIn(f"To restore targetUrl and displayName: reflog restore {change} --server {self.server.url}", shown.stderr)
        self.assertTrue(command.isascii())
        browser = Browser(self.server)
        self.assertIn(command, browser.sign_in("reader", f"/changes/{change}").text)

        done = self.send(command)

        self.assertEqual(done.status, 204, done.text)
        self.assertEqual(self.connector()["targetUrl"], URL)
        self.assertEqual(self.connector()["displayName"], "Bob's \u202e \"pr\u00fcfung\"")
        self.assertEqual(self.server.history()[-1]["reason"], f"Restores what change {change} replaced")
        self.assertIn("edited the connector later", self.show(change).stderr)

    def test_a_pending_edit_is_a_later_edit(self):
        path = f"/beta/identity/apiConnectors/{graph_connector('Loyalty')}"
        with Graph(timeout=FAST["GRAPH_TIMEOUT"]) as graph, Server(graph=graph, **FAST) as server:
            change = server.request("PATCH", path, {"targetUrl": NEW_URL}).change
            browser = Browser(server)
            form = browser.sign_in("operator", f"/changes/{change}").form(f"/changes/{change}/restore")
            graph.control(writes=["reset_before"])
            pending = server.request("PATCH", path, {"targetUrl": URL}).change
            shown = server.command("show", change, "--server", server.url, role="operator").stderr
            self.assertIn(f"Change {pending} may have edited the connector later", shown)
            self.assertIn(f"Later edits wrote the same properties: change {pending}", browser.open(f"/changes/{change}").text)
            self.assertEqual(browser.submit(form, reason="x").status, 409)

    def test_an_edit_without_reflog_refuses_the_restoration_and_is_recorded(self):
        loyalty = graph_connector("Loyalty")
        by_hand = "https://by-hand.example/"
        with Graph(timeout=FAST["GRAPH_TIMEOUT"]) as graph, Server(graph=graph, **FAST | {"SWEEP_INTERVAL": 3600}) as server:
            change = server.request("PATCH", f"/beta/identity/apiConnectors/{loyalty}", {"targetUrl": NEW_URL}).change
            graph.control(edit={loyalty: {"targetUrl": by_hand}})
            refused = server.request("POST", f"{CHANGES}/{change}/restore", {})
            self.assertEqual((refused.status, refused.code), (409, "changeSuperseded"), refused.text)
            drift = server.history()[-1]
            self.assertEqual((drift["kind"], drift["subject"]), ("drift", "connector"))
            self.assertEqual([(found["before"], found["after"]) for found in drift["changedProperties"]], [(NEW_URL, by_hand)])
            self.assertIn(f"({drift['id']})", refused.text)
            forced = server.request("POST", f"{CHANGES}/{change}/restore", {"force": True})
            self.assertEqual((forced.status, forced.json["result"]), (200, "applied"), forced.text)

    def test_what_is_not_recorded_is_not_restored(self):
        self.patch(targetUrl=URL + "?code=secret")
        change = self.patch(targetUrl=NEW_URL)
        shown = self.show(change)
        self.assertIn("Replace ?\\u2026 with the query of the target URL", shown.stderr)
        command = shown.stderr[shown.stderr.index("curl "):].strip()
        # Reflog refuses a URL that still has the mask in place of the query. So a person who forgets to replace the mask does
        # not break the connector.
        refused = self.send(command)
        self.assertEqual(refused.status, 400)
        self.assertIn("targetUrl is masked", refused.text)
        self.assertEqual(self.connector()["targetUrl"], NEW_URL)
        browser = Browser(self.server)
        page = browser.sign_in("operator", f"/changes/{change}")
        self.assertIn("The query of the target URL is not recorded.", page.text)
        self.assertNotIn(f"/changes/{change}/restore", [form["action"] for form in page.forms])

    def restore(self, *arguments, role="operator"):
        return self.server.command("restore", *arguments, "--server", self.server.url, role=role)

    def test_the_verb_restores_the_values_and_freezes(self):
        self.server.put(STEP, FRAUD_CHECK)
        self.patch(targetUrl=URL)
        change = self.patch(targetUrl=NEW_URL)
        plan = self.restore(change, "--dry-run", role="reader")
        self.assertEqual(plan.returncode, 0, plan.stderr)
        self.assertIn(f"targetUrl will be {URL}; the newest recorded value is {NEW_URL}", plan.stdout)
        self.assertIn(STEP, plan.stdout)
        self.assertEqual(self.connector()["targetUrl"], NEW_URL)

        done = self.restore(change, "--reason", "INC0042", "--freeze", "--until", "8h", "--format", "json")

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.connector()["targetUrl"], URL)
        made = json.loads(done.stdout)
        self.assertEqual((made["kind"], made["subject"], made["reason"]), ("update", "connector", "INC0042"))
        freezes = self.server.request("GET", "/beta/reflog/freezes").json["value"]
        self.addCleanup(lambda: [self.server.request("DELETE", f"/beta/reflog/freezes/{freeze['id']}") for freeze in freezes])
        frozen = next(freeze for freeze in freezes if freeze["step"] == "postFederationSignup")
        self.assertIn(f"{STEP} is frozen until {frozen['until']}: freeze {frozen['id']}.", done.stderr)
        self.assertEqual(self.server.put(STEP, NEW_VENDOR).status, 423)
        # If the command is repeated, it reports that all is done already, even though the steps are frozen now.
        again = self.restore(change, "--freeze", "--until", "8h", "--format", "json")
        self.assertEqual((again.returncode, json.loads(again.stdout)["id"]), (0, made["id"]), again.stderr)
        self.assertIn(f"{STEP} is already frozen until {frozen['until']}: freeze {frozen['id']}.", again.stderr)
        self.assertEqual(len(self.server.request("GET", "/beta/reflog/freezes").json["value"]), len(freezes))
        plan = self.restore(change, "--dry-run")
        self.assertEqual(plan.returncode, 0, plan.stderr)
        self.assertIn(f"change {made['id']} has already restored these values", plan.stdout)

    def test_the_plan_counts_the_calling_steps_and_a_restoration_needs_no_reason(self):
        self.server.put(STEP, FRAUD_CHECK)
        self.patch(targetUrl=URL)
        change = self.patch(targetUrl=NEW_URL)
        plan = self.server.request("POST", f"{CHANGES}/{change}/restore", {"dryRun": True}).json
        self.assertEqual(plan["calledByCount"], len(plan["calledBy"]))
        self.assertIsNone(plan["doneBy"])
        self.assertEqual(self.restore(change).returncode, 0)
        self.assertEqual(self.server.history()[-1]["reason"], f"Restores the values before change {change}")

    def test_the_steps_beyond_the_limit_are_reported(self):
        flows = [f"B2C_1_many{number}" for number in range(17)]
        steps = ("postFederationSignup", "postAttributeCollection", "preTokenIssuance")
        for flow in flows:
            made = self.server.request("POST", "/beta/identity/b2cUserFlows", {
                "id": flow.removeprefix("B2C_1_"), "userFlowType": "signUp", "userFlowTypeVersion": 3})
            self.assertEqual(made.status, 201, made.text)
            for step in steps:
                self.assertEqual(self.server.put(f"b2cUserFlows/{flow}/{step}", FRAUD_CHECK).status, 204)
        self.patch(targetUrl=URL)
        change = self.patch(targetUrl=NEW_URL)
        plan = self.server.request("POST", f"{CHANGES}/{change}/restore", {"dryRun": True}).json
        left = plan["calledByCount"] - 50
        self.assertEqual(len(plan["calledBy"]), 50)
        self.assertGreater(left, 0)
        self.assertIn(f"… and {left} more", self.restore(change, "--dry-run", "--wide").stdout)
        done = self.restore(change, "--freeze", "--until", "8h")
        freezes = self.server.request("GET", "/beta/reflog/freezes").json["value"]
        self.addCleanup(lambda: [self.server.request("DELETE", f"/beta/identity/b2cUserFlows/{flow}") for flow in flows])
        self.addCleanup(lambda: [self.server.request("DELETE", f"/beta/reflog/freezes/{freeze['id']}") for freeze in freezes])
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(len(freezes), 50)
        self.assertIn(f"But {left} more step", done.stderr)
        self.assertIn(f"--server {self.server.url}", done.stderr)

    def test_a_repetition_with_the_same_key_is_answered_after_the_connector_is_deleted(self):
        connector = {"displayName": "Short-lived", "targetUrl": URL, "authenticationConfiguration": {
            "@odata.type": "#microsoft.graph.basicAuthentication", "username": "x", "password": "y"}}
        made = self.server.request("POST", "/beta/identity/apiConnectors", connector)
        self.assertEqual(made.status, 201, made.text)
        path = f"/beta/identity/apiConnectors/{made.json['id']}"
        change = self.server.request("PATCH", path, {"targetUrl": NEW_URL}).change
        headers = {"Idempotency-Key": "restore-once"}
        first = self.server.request("POST", f"{CHANGES}/{change}/restore", {}, headers=headers)
        self.assertEqual(first.status, 200, first.text)
        self.assertEqual(self.server.request("DELETE", path).status, 204)
        again = self.server.request("POST", f"{CHANGES}/{change}/restore", {}, headers=headers)
        self.assertEqual((again.status, again.json["id"]), (200, first.json["id"]), again.text)
        other = self.server.request("POST", f"{CHANGES}/{change}/restore", {})
        self.assertEqual(other.code, "notRestorable")

    def test_a_freeze_that_fails_is_reported_after_the_values_are_restored(self):
        self.server.put(STEP, FRAUD_CHECK)
        self.patch(targetUrl=URL)
        change = self.patch(targetUrl=NEW_URL)
        done = self.restore(change, "--freeze", "--until", "2026-01-01")
        self.assertEqual(done.returncode, 1, done.stderr)
        made = self.server.history()[-1]["id"]
        self.assertEqual(self.connector()["targetUrl"], URL)
        self.assertIn(f"The values before change {change} were restored (change {made}). But ", done.stderr)
        self.assertIn(" is not frozen. ", done.stderr)
        self.assertIn("Freeze it with: reflog freeze ", done.stderr)

    def test_the_verb_refuses_what_later_edits_wrote(self):
        self.patch(targetUrl=URL)
        first = self.patch(targetUrl=NEW_URL)
        second = self.patch(targetUrl="https://worse.example/")
        later = (f"later changes wrote the same properties: {second}. To replace the values of these changes too, "
                 "use --force.")
        plan = self.restore(first, "--dry-run")
        self.assertEqual(plan.returncode, 1)
        self.assertIn(later, plan.stderr)
        self.assertEqual(self.restore(first, "--dry-run", "--force").returncode, 0)
        refused = self.restore(first)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"changeSuperseded: The values before change {first} were not restored", refused.stderr)
        self.assertEqual(self.connector()["targetUrl"], "https://worse.example/")
        self.patch(displayName="Fraud check 2")
        self.assertEqual(self.restore(first, "--force").returncode, 0)
        self.assertEqual((self.connector()["targetUrl"], self.connector()["displayName"]), (URL, "Fraud check 2"))

    def test_the_verb_says_what_is_not_recorded(self):
        self.patch(targetUrl=URL + "?code=secret")
        change = self.patch(targetUrl=NEW_URL)
        for arguments in ((change, "--dry-run"), (change, "--force")):
            refused = self.restore(*arguments)
            self.assertEqual(refused.returncode, 1, refused.stderr)
            self.assertIn(f"notRestorable: The values before change {change} can't be restored: the change does not record a part of "
                          "the target URL, such as its query. Edit the connector yourself to set them.", refused.stderr)
        self.assertEqual(self.connector()["targetUrl"], NEW_URL)
        step = self.server.put(STEP, NEW_VENDOR).change
        self.assertIn(f"use `reflog rollback {step}`", self.restore(step).stderr)
        self.assertEqual(self.restore("999999").returncode, 2)
        self.assertEqual(self.restore(change, role="reader").returncode, 1)
        self.assertEqual(self.restore(change, "--until", "8h").returncode, 64)

    def test_a_rollback_freezes_the_step(self):
        change = self.server.put(STEP, FRAUD_CHECK).change
        rolled = self.server.command("rollback", change, "--force", "--freeze", "--server", self.server.url, role="operator")
        self.assertEqual(rolled.returncode, 0, rolled.stderr)
        freezes = self.server.request("GET", "/beta/reflog/freezes").json["value"]
        self.addCleanup(lambda: [self.server.request("DELETE", f"/beta/reflog/freezes/{freeze['id']}") for freeze in freezes])
        self.assertEqual([freeze["step"] for freeze in freezes], ["postFederationSignup"])
        self.assertIn(f"{STEP} is frozen until you release it: freeze {freezes[0]['id']}.", rolled.stderr)

    def test_a_denied_edit_shows_the_name_of_the_connector(self):
        self.server.put(STEP, NEW_VENDOR)
        denied = self.server.request("PATCH", f"/beta/identity/apiConnectors/{NEW_VENDOR}", {"displayName": "x"}, role="reader")
        self.assertEqual(denied.status, 403)
        change = self.server.request("GET", f"{CHANGES}/{denied.change}").json
        self.assertIsNone(change["before"]["displayName"])
        self.assertEqual(change["knownNames"], [{"connectorId": NEW_VENDOR, "displayName": "Fraud check (new vendor)"}])
        line = self.server.command("history", "--server", self.server.url, "--top", "1", role="reader").stdout
        self.assertIn("Fraud check (new vendor)", line)
        browser = Browser(self.server)
        self.assertIn("Fraud check (new vendor)", browser.sign_in("reader", "/?result=denied").text)
