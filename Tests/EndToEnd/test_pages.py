import csv
import datetime
import io
import time
import unittest
import urllib.parse

from browser import Browser
from reflogserver import FRAUD_CHECK, NEW_VENDOR, Graph, Server, ServerTestCase, eventually, graph_connector
from testparts import apart

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
HOSTILE = "<img src=x onerror=alert(1)>\"'\u0338><script>"


class Workflows(ServerTestCase):
    def test_a_bad_change_is_found_and_rolled_back(self):
        self.server.put(STEP, FRAUD_CHECK)
        bad = self.server.put(STEP, NEW_VENDOR, headers={"Reflog-Reason": "CHG0042"}).change
        browser = Browser(self.server)
        timeline = browser.sign_in("operator")
        self.assertIn("Fraud check → to Fraud check (new vendor) CHG0042 applied", timeline.text)

        change = browser.open(f"/changes/{bad}")
        self.assertIn("Reason CHG0042", change.text)
        self.assertIn(f"/changes/{bad}/rollback", change.links)
        plan = browser.open(f"/changes/{bad}/rollback")
        self.assertIn(f"postFederationSignup of B2C_1_signup will call Fraud check {FRAUD_CHECK} .", plan.text)
        self.assertIn(f"It now calls Fraud check (new vendor) {NEW_VENDOR} .", plan.text)
        form = plan.form(f"/changes/{bad}/rollback")
        done = browser.submit(form, reason="Sign-up is broken")

        self.assertIn("rolled back postFederationSignup of B2C_1_signup", done.text)
        self.assertIn("Reason Sign-up is broken", done.text)
        self.assertEqual(self.server.reference(STEP), FRAUD_CHECK)
        self.assertIn("Sign-up is broken", browser.open("/").text)
        self.assertEqual(self.server.history()[-1]["initiatedBy"]["token"]["displayName"], "first-operator")

    def test_later_changes_block_a_rollback_unless_it_is_forced(self):
        first = self.server.put(STEP, NEW_VENDOR).change
        later = self.server.put(STEP, None).change
        browser = Browser(self.server)
        browser.sign_in("operator")
        plan = browser.open(f"/changes/{first}/rollback")
        self.assertIn(f"/changes/{later}", plan.links)
        refused = browser.submit(plan.form(f"/changes/{first}/rollback") | {"fields": {
            "csrf": plan.form(f"/changes/{first}/rollback")["fields"]["csrf"]}}, reason="Kept")
        self.assertEqual(refused.status, 409)
        self.assertEqual(refused.form(f"/changes/{first}/rollback")["fields"]["reason"], "Kept")
        self.assertIsNone(self.server.reference(STEP))
        browser.submit(refused.form(f"/changes/{first}/rollback"), force="true")
        self.assertIsNotNone(self.server.reference(STEP))

    def test_changes_after_the_plan_was_shown_are_not_rolled_back(self):
        first = self.server.put(STEP, NEW_VENDOR).change
        self.server.put(STEP, None)
        browser = Browser(self.server)
        browser.sign_in("operator")
        plan = browser.open(f"/changes/{first}/rollback")
        meanwhile = self.server.put(STEP, FRAUD_CHECK).change
        refused = browser.submit(plan.form(f"/changes/{first}/rollback"), reason="x", force="true")
        self.assertEqual(refused.status, 409)
        self.assertIn(f"/changes/{meanwhile}", refused.links)
        self.assertEqual(self.server.reference(STEP), FRAUD_CHECK)
        done = browser.submit(refused.form(f"/changes/{first}/rollback"), reason="x", force="true")
        self.assertIn(f"/changes/{first}", done.links)
        change = browser.open(f"/changes/{first}")
        self.assertRegex(change.text, "Rolled back by change [0-9]+")

    def test_the_form_of_an_ended_session_changes_nothing_and_the_page_reports_that(self):
        self.server.put(STEP, None)
        change = self.server.put(STEP, NEW_VENDOR).change
        browser = Browser(self.server)
        browser.sign_in("operator")
        form = browser.open(f"/changes/{change}/rollback").form(f"/changes/{change}/rollback")
        browser.cookies = {}
        page = browser.submit(form, reason="x")
        self.assertIn("so nothing was done", page.text)
        self.assertEqual(self.server.reference(STEP), NEW_VENDOR)
        back = browser.submit(page.form("/sign-in"), token=self.server.tokens["operator"])
        self.assertIn(f"Roll back change {change}", back.text)

    def test_a_reader_finds_changes_and_can_change_nothing(self):
        change = self.server.put(STEP, NEW_VENDOR).change
        browser = Browser(self.server)
        browser.sign_in("reader")
        for path in ("/", f"/changes/{change}"):
            page = browser.open(path)
            self.assertEqual([form["action"] for form in page.forms if form["method"] == "post"], ["/sign-out", "/time-zone"])
            self.assertFalse([link for link in page.links if "rollback" in link])
        self.assertEqual(browser.open(f"/changes/{change}/rollback").status, 403)
        csrf = browser.open("/").form("/sign-out")["fields"]["csrf"]
        count = len(self.server.history())
        forced = browser.send("POST", f"/changes/{change}/rollback", f"csrf={csrf}&reason=x")
        self.assertEqual(forced.status, 403)
        self.assertIn(len(self.server.history()), (count, count + 1))
        self.assertEqual(self.server.reference(STEP), NEW_VENDOR)

        receipt = eventually(lambda: (page := browser.open(f"/changes/{change}/receipt")).status == 200 and page)
        self.assertIn("c2sp.org/tlog-proof", receipt.html)


class Timeline(ServerTestCase):
    def setUp(self):
        self.browser = Browser(self.server)
        self.browser.sign_in("reader")

    def ids(self, page):
        found = [link.removeprefix("/changes/") for link in page.paths if link.startswith("/changes/")]
        return [int(id) for id in found]

    def test_the_filter_form_is_a_link_that_filters(self):
        here = self.server.put(STEP, NEW_VENDOR, headers={"Reflog-Reason": "CHG0042"}).change
        other = self.server.put("b2cUserFlows/B2C_1_profile_edit/postAttributeCollection", None).change
        page = self.browser.open("/?flow=B2C_1_signup&actor=&step=postFederationSignup")
        self.assertIn(int(here), self.ids(page))
        self.assertNotIn(int(other), self.ids(page))
        self.assertEqual(page.form("/")["fields"]["flow"], "B2C_1_signup")
        for query in ("connector=Fraud%20check%20(new%20vendor)", "actor=first-operator", "result=applied&kind=update",
                      "since=2020-01-01&until=2999-01-01", f"connector={NEW_VENDOR}", "flow=SIGNUP", "step=federation",
                      "actor=OPERATOR", "connector=new%20VENDOR", "reason=chg00", "flow=b2cUserFlows/B2C_1_signup"):
            self.assertIn(int(here), self.ids(self.browser.open("/?" + query)), query)
        for query in ("actor=missing", "result=denied", "until=2020-01-01", "kind=drift"):
            page = self.browser.open("/?" + query)
            self.assertEqual(self.ids(page), [], query)
            self.assertRegex(page.text, r"No changes match this filter; [\d,]+ without it\.")
        for query, message in (("since=2025-02-30", "'2025-02-30' is not a time."),
                               ("since=2026-11-24&until=2026-11-23", "From is later than Until. Enter the earlier time as From.")):
            page = self.browser.open("/?" + query)
            self.assertIn(message, page.text)
            self.assertNotIn("No changes match", page.text)
            self.assertNotIn("Download", page.text)
            cookie = "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())
            count = self.server.request("GET", "/timeline/count?" + query, role=None, headers={"Cookie": cookie})
            self.assertEqual(count.status, 400)
        page = self.browser.open("/?flow=singup&actor=operator")
        self.assertIn("No recorded name contains 'singup'. Nearest names: B2C_1_signup", page.text)
        self.assertIn("/?actor=operator&flow=B2C_1_signup", [link.replace("&amp;", "&") for link in page.links])
        today = self.server.history()[-1]["activityDateTime"][:10]
        self.assertIn(int(here), self.ids(self.browser.open(f"/?until={today}")))

    def test_the_page_shows_the_checkpoint_and_the_key(self):
        self.server.put(STEP, NEW_VENDOR)
        page = self.browser.open("/integrity")
        status = self.server.request("GET", "/beta/reflog/status", role="reader").json
        self.assertIn(status["verifierKey"], page.html.replace("&#39;", "'"))
        self.assertIn(" start ", page.text)
        self.assertIn("/checkpoint", page.links)
        file = self.browser.open("/checkpoint")
        size = file.html.split("\n")[1]
        self.assertIn(f'filename="reflog-checkpoint-{size}.txt"', file.headers["content-disposition"])

    def test_the_filtered_changes_can_be_exported_and_the_export_is_recorded(self):
        self.server.put(STEP, NEW_VENDOR)
        page = self.browser.open("/?flow=B2C_1_signup&since=2026-01-01")
        link = next(link for link in page.links if link.startswith("/export?format=csv"))
        taken = self.browser.open(link)
        rows = list(csv.DictReader(io.StringIO(taken.html)))
        wanted = [change["id"] for change in self.server.history() if change["flowId"] == "B2C_1_signup"]
        self.assertEqual([row["id"] for row in rows], wanted)
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.assertIn(f'attachment; filename="reflog-changes-b2c_1_signup-from-2026-01-01-taken-{today}.csv"; ',
                      taken.headers["content-disposition"])
        self.assertTrue(self.browser.open("/export?format=excel").html.startswith("\ufeff"))
        self.assertEqual(self.browser.open("/export?format=pdf").status, 400)
        events = self.server.request("GET", "/beta/auditLogs/serviceEvents", role="admin").json["value"]
        exports = [event for event in events if event["kind"] == "export"]
        self.assertEqual(exports[-1]["details"], {"filtered": True, "format": "csv", "of": "connectorChanges"})

    def test_an_export_is_filtered_by_its_form(self):
        self.server.put(STEP, NEW_VENDOR)
        page = self.browser.open("/export?flow=B2C_1_signup")
        form = page.form("/export")
        self.assertEqual((form["method"], form["fields"]["flow"]), ("get", "B2C_1_signup"))
        taken = self.browser.open("/export?flow=B2C_1_signup&step=&result=&since=&format=csv")
        self.assertEqual({row["flowId"] for row in csv.DictReader(io.StringIO(taken.html))}, {"B2C_1_signup"})
        self.assertIn("'soon' is not a time.", self.browser.open("/export?since=soon").text)

    def test_the_script_can_request_counts_and_new_changes(self):
        self.server.put(STEP, NEW_VENDOR)
        newest = self.server.history()[-1]["id"]
        here = [change for change in self.server.history() if change["flowId"] == "B2C_1_signup"]
        self.assertEqual(self.browser.open("/timeline/count?flow=B2C_1_signup").json, {"count": len(here)})
        self.assertEqual(self.browser.open(f"/timeline/news?behind={newest}").json, {"count": 0, "isMore": False})
        self.server.put(STEP, None)
        self.server.put("b2cUserFlows/B2C_1_profile_edit/postAttributeCollection", None)
        self.assertEqual(self.browser.open(f"/timeline/news?behind={newest}").json, {"count": 2, "isMore": False})
        self.assertEqual(self.browser.open(f"/timeline/news?flow=B2C_1_signup&behind={newest}").json["count"], 1)
        for query in ("", "?behind=x", "?behind=-1", "?behind=1&colour=blue"):
            self.assertEqual(self.browser.open("/timeline/news" + query).status, 400, query)

    def test_a_lane_shows_the_successive_connectors_of_each_step(self):
        for target in (FRAUD_CHECK, NEW_VENDOR, None):
            self.server.put(STEP, target)
        page = self.browser.open("/flows/b2cUserFlows/b2c_1_SIGNUP")
        self.assertIn("B2C_1_signup", page.text)
        self.assertIn("nothing since", page.text)
        bars = [dict(zip(("x", "width"), (int(value) for name, value in attributes if name in ("x", "width"))))
                for tag, attributes in page.elements if tag == "rect" and any(name == "x" for name, _ in attributes)]
        self.assertGreaterEqual(len(bars), 3)
        self.assertEqual([bar["x"] for bar in bars], sorted(bar["x"] for bar in bars))
        self.assertTrue(all(0 <= bar["x"] < bar["x"] + bar["width"] <= 1004 for bar in bars), bars)
        changes = [change for change in self.server.history() if change["flowId"] == "B2C_1_signup" and change["result"] == "applied"]
        self.assertIn("/changes/" + changes[-1]["id"], page.links)
        self.assertEqual(self.browser.open("/flows/b2cUserFlows/B2C_1_nobody").status, 404)
        self.assertEqual(self.browser.open("/flows/flows/B2C_1_signup").status, 404)
        self.assertIn("No changes of this flow are recorded in this period.", self.browser.open("/flows/b2cUserFlows/B2C_1_signup?until=2020-01-01").text)
        self.assertEqual(self.browser.open("/flows/b2cUserFlows/B2C_1_signup?until=tomorrow").status, 400)

    def test_lanes_link_to_earlier_changes(self):
        address = "b2cUserFlows/B2C_1_profile_edit/postAttributeCollection"
        for number in range(40):
            self.server.put(address, [NEW_VENDOR, FRAUD_CHECK][number % 2])
        page = self.browser.open("/flows/b2cUserFlows/B2C_1_profile_edit")
        seen = set(self.ids(page))
        self.assertEqual(len(seen), 12)
        page = self.browser.open(next(link for link in page.links if "until=" in link))
        self.assertGreaterEqual(len(set(self.ids(page)) - seen), 10)

    def test_the_page_reports_invalid_fields(self):
        for query, text in (("since=soon", "'soon' is not a time."), ("result=good", "'good' is not a result."),
                             ("colour=blue", "There is no filter named colour.")):
            page = self.browser.open("/?" + query)
            self.assertEqual(page.status, 200)
            self.assertIn(text, page.text)
        self.assertEqual(self.browser.open("/?skiptoken=1.abc").status, 400)
        self.assertEqual(self.browser.open("/changes/999999").status, 404)
        self.assertEqual(self.browser.open("/changes/x").status, 400)

    def listed(self, page):
        """Returns the ids of the changes in the list. A row of the list can also link to the change that rolled its change
        back. The ids in these links are left out."""
        links = [dict(attributes) for tag, attributes in page.elements if tag == "a"]
        return [int(link["href"].removeprefix("/changes/").split("?")[0]) for link in links if link.get("class") == "when"]

    def test_the_pages_with_older_changes_contain_each_change_once(self):
        for number in range(60):
            self.server.put(STEP, [NEW_VENDOR, None][number % 2])
        seen, page = [], self.browser.open("/")
        while True:
            seen += self.listed(page)
            following = [link for link in page.links if link.startswith("/?skiptoken=")]
            if not following:
                break
            page = self.browser.open(following[0])
            self.assertIn("Newer changes are not printed.", page.text)
        self.assertNotIn("Older changes are not printed.", page.text)
        self.assertEqual(seen, sorted(seen, reverse=True))
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(len(seen), len(self.server.history()))


    def test_a_change_is_shown_as_signed_immediately(self):
        for number in range(30):
            change = self.server.put(STEP, [NEW_VENDOR, None][number % 2]).change
            page = self.browser.open(f"/changes/{change}")
            self.assertIn("Integrity matches the log entry; a signed checkpoint covers it", page.text)
            receipt = self.browser.open(f"/changes/{change}/receipt")
            self.assertEqual(receipt.headers["content-disposition"], "attachment; filename=\"reflog-change-"
                             f"{change}-receipt.tlog-proof\"; filename*=UTF-8''reflog-change-{change}-receipt.tlog-proof")


class KeptFilter(ServerTestCase):
    def test_every_link_of_a_filtered_timeline_keeps_the_filter(self):
        for number in range(30):
            self.server.put(STEP, [NEW_VENDOR, FRAUD_CHECK, None][number % 3])
        browser = Browser(self.server)
        browser.sign_in("operator")
        timeline = browser.open("/?flow=B2C_1_signup&result=applied")
        older = browser.open(next(link for link in timeline.links if "skiptoken" in link))
        for page in (timeline, older):
            change = browser.open(next(link for link in page.links if link.startswith("/changes/")))
            back = next(link for link in change.links if link.startswith("/?flow=B2C_1_signup&result=applied"))
            self.assertEqual(browser.open(back).text, page.text)
            plan = browser.open(next(link for link in change.links if "/rollback?" in link))
            self.assertIn(back, plan.links)
            cancelled = browser.open(next(link for link in plan.links if link.startswith("/changes/") and "rollback" not in link))
            self.assertIn(back, cancelled.links)
        form = next(form for form in plan.forms if "/rollback?" in form["action"])
        done = browser.submit(form, reason="x", force="true")
        self.assertIn("rolled back", done.text)
        self.assertIn(back, done.links)
        # The page of a change that was rolled back links to the rollback, also in a list and in the details.
        undone = browser.open(next(link for link in done.links if link.startswith("/changes/") and "rollback" not in link))
        for page in (browser.open("/?flow=B2C_1_signup&result=applied&q=signup"), done, undone):
            links = [link for link in page.links if link.startswith("/changes/") and "/receipt" not in link]
            self.assertGreater(len(links), 2)
            for link in links:
                self.assertIn("flow=B2C_1_signup", link, page.text)
        self.assertIn("/?flow=B2C_1_signup", browser.open("/changes/4711?flow=B2C_1_signup").links)
        # A query parameter with an unknown name is refused. A very long filter is left out of the links.
        self.assertEqual(browser.open("/changes/1?colour=blue").status, 400)
        long = browser.open("/?flow=" + "x" * 600)
        self.assertIn("No changes match this filter", long.text)
        download = next(link for link in timeline.links if link.startswith("/export?format=jsonl"))
        self.assertIn("flow=B2C_1_signup&result=applied", download)


class FlowsPage(unittest.TestCase):
    def test_the_links_between_the_flows_and_a_flow_keep_the_time_and_the_search(self):
        with Server() as server:
            for number in range(30):
                server.put(STEP, [NEW_VENDOR, FRAUD_CHECK][number % 2])
            moment = server.history()[-1]["resultDateTime"]
            browser = Browser(server)
            browser.sign_in("operator")
            query = urllib.parse.urlencode({"asOf": moment, "flow": "SIGNUP"})
            board = browser.open("/flows?" + query)
            flow = browser.open(next(link for link in board.links if link.startswith("/flows/b2cUserFlows/B2C_1_signup?")))
            self.assertIn("/flows?" + query, flow.links)
            earlier = browser.open(next(link for link in flow.links if "until=" in link))
            self.assertIn("Flows whose id contains 'SIGNUP':", board.text)
            self.assertIn("Earlier changes are not printed.", flow.text)
            # The page of the flow shows the flow at the same time as the list of flows, and has a link to the flow at the
            # current time.
            self.assertIn("This page shows the flow up to", flow.text)
            now = "/flows/b2cUserFlows/B2C_1_signup?flow=SIGNUP"
            self.assertNotIn("Later changes are not printed.", browser.open(now).text)
            for page in (flow, earlier):
                self.assertIn("Later changes are not printed.", page.text)
                self.assertIn("/flows?" + query, page.links)
                self.assertIn(now, page.links)
            plan = browser.open(f"/flows/rollback?asOf={moment}")
            self.assertEqual([link for link in plan.links if link.startswith("/flows?")][0], f"/flows?asOf={moment}")

    def test_the_references_at_a_time_are_shown_and_can_be_restored(self):
        with Server() as server:
            server.put(STEP, FRAUD_CHECK)
            time.sleep(1.1)
            moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
            time.sleep(1.1)
            server.put(STEP, NEW_VENDOR)
            browser = Browser(server)
            browser.sign_in("operator")
            board = browser.open("/flows")
            self.assertIn("B2C_1_signup", board.text)
            self.assertIn("Fraud check (new vendor)", board.text)
            self.assertFalse([link for link in board.links if "rollback" in link])

            then = browser.open(f"/flows?asOf={moment}")
            self.assertIn("1 step calls something else now", then.text)
            self.assertIn("now Fraud check (new vendor)", then.text)
            plan = browser.open(next(link for link in then.links if "rollback" in link))
            self.assertIn(f"postFederationSignup of B2C_1_signup will call Fraud check {FRAUD_CHECK} . It now calls", plan.text)
            # Send the form twice. The second time, the form must not start another rollback.
            browser.submit(plan.form("/flows/rollback"), reason="Back to Monday")
            progress = browser.submit(plan.form("/flows/rollback"), reason="Back to Monday")
            deadline = time.monotonic() + 120
            while "The rollback is done" not in progress.text:
                self.assertLess(time.monotonic(), deadline, progress.text)
                progress = browser.open(next(link for link in progress.links if "rollback" in link))
            self.assertIn("1 of 1 step was rolled back", progress.text)
            self.assertEqual([change["kind"] for change in server.history()].count("rollback"), 1)
            self.assertEqual(server.reference(STEP), FRAUD_CHECK)
            self.assertIn("No step calls something else now", browser.open(f"/flows?asOf={moment}").text)
            for text, problem in (("tomorrow", "is not a time"), ("2999-01-01T00:00", "is in the future")):
                self.assertIn(f"'{text}' {problem}", browser.open("/flows?asOf=" + text).text)

            server.put(STEP, NEW_VENDOR)
            server.put("b2cUserFlows/B2C_1_profile_edit/postAttributeCollection", NEW_VENDOR)
            then = browser.open(f"/flows?asOf={moment}&flow=SIGNUP")
            self.assertNotIn("profile_edit", then.text)
            plan = browser.open(next(link for link in then.links if "rollback" in link and "flow=" in link))
            self.assertIn("Roll back b2cUserFlows/B2C_1_signup to", plan.text)
            progress = browser.submit(plan.form("/flows/rollback"), reason="This one alone")
            while "The rollback is done" not in progress.text:
                self.assertLess(time.monotonic(), deadline + 20, progress.text)
                progress = browser.open(next(link for link in progress.links if "rollback" in link))
            self.assertEqual(server.reference(STEP), FRAUD_CHECK)
            self.assertEqual(server.reference("b2cUserFlows/B2C_1_profile_edit/postAttributeCollection"), NEW_VENDOR)
            self.assertEqual(browser.open(f"/flows/rollback?asOf={moment}&flow=x").status, 400)
            self.assertIn("No flow id contains this text", browser.open("/flows?flow=zzz").text)

            # A change is not rolled back if the change is made after the plan was shown.
            server.put(STEP, NEW_VENDOR)
            plan = browser.open(f"/flows/rollback?asOf={moment}&flow=b2cUserFlows/B2C_1_signup")
            server.put(STEP, None)
            progress = browser.submit(plan.form("/flows/rollback"), reason="Too late")
            while "still running" in progress.text:
                self.assertLess(time.monotonic(), deadline + 40, progress.text)
                progress = browser.open(next(link for link in progress.links if "rollback" in link))
            self.assertIn("0 of 1 step was rolled back. The rollback stopped before it was complete.", progress.text)
            self.assertIsNone(server.reference(STEP))

            reader = Browser(server)
            reader.sign_in("reader")
            page = reader.open(f"/flows?asOf={moment}")
            self.assertFalse([link for link in page.links if "rollback" in link])
            self.assertEqual(reader.open(f"/flows/rollback?asOf={moment}").status, 403)
            csrf = page.form("/sign-out")["fields"]["csrf"]
            self.assertEqual(reader.send("POST", "/flows/rollback", f"csrf={csrf}&asOf={moment}&reason=x").status, 403)


@apart(cores=0.7)
class RollbackPlans(ServerTestCase):
    """A plan shows the effect of a rollback. The page has no form if the rollback would have no effect."""

    def setUp(self):
        self.browser = Browser(self.server)
        self.browser.sign_in("operator")

    def connector(self, name):
        return self.server.request("POST", "/beta/identity/apiConnectors", {
            "displayName": name, "targetUrl": "https://x.contoso.example/",
            "authenticationConfiguration": {"@odata.type": "#microsoft.graph.basicAuthentication", "username": "a", "password": "b"},
        }).json["id"]

    def moment(self):
        time.sleep(0.01)
        moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        time.sleep(0.01)
        return moment

    def test_a_long_plan_lists_changes_first_and_stays_small(self):
        loud = self.connector("\"" * 128)
        addresses = []
        for number in range(160):
            flow = self.server.request("POST", "/beta/identity/b2cUserFlows", {
                "id": f"many{number:03}", "userFlowType": "signUp", "userFlowTypeVersion": 1}).json["id"]
            addresses.append(f"b2cUserFlows/{flow}/postFederationSignup")
        late, known = addresses[:5], addresses[5:]
        for address in known:
            self.server.put(address, loud)
        moment = self.moment()
        for address in known:
            self.server.put(address, FRAUD_CHECK)
        for address in late:
            self.server.put(address, loud)
        plan = self.browser.open(f"/flows/rollback?asOf={moment}")
        self.assertIn(f"{len(known)} steps call something else now.", plan.text)
        self.assertRegex(plan.text, "[0-9]+ steps are not changed. Their references at that time are unknown.")
        self.assertNotIn("many000", plan.text)
        self.assertIn("many005", plan.text)
        self.assertRegex(plan.text, "… and [0-9]+ more steps")
        self.assertLess(len(plan.html.encode()), 60_000)
        progress = self.browser.submit(plan.form("/flows/rollback"), reason="Back")
        deadline = time.monotonic() + 120
        while "The rollback is done" not in progress.text:
            self.assertLess(time.monotonic(), deadline, progress.text[-2000:])
            self.assertLess(len(progress.html.encode()), 60_000)
            progress = self.browser.open(next(link for link in progress.links if "/flows/rollback/" in link))
        self.assertIn(f"{len(known)} of {len(known)} steps were rolled back.", progress.text)

    def test_when_the_reference_is_current_already_the_plan_has_no_form(self):
        self.server.put(STEP, FRAUD_CHECK)
        first = self.server.put(STEP, NEW_VENDOR).change
        self.server.put(STEP, FRAUD_CHECK)
        plan = self.browser.open(f"/changes/{first}/rollback")
        self.assertIn("There is nothing to roll back.", plan.text)
        self.assertEqual([form["action"] for form in plan.forms], ["/search", "/sign-out", "/time-zone"])

    def test_when_the_rollback_is_done_the_page_of_the_change_links_to_it(self):
        self.server.put(STEP, FRAUD_CHECK)
        change = self.server.put(STEP, NEW_VENDOR).change
        plan = self.browser.open(f"/changes/{change}/rollback")
        back = self.server.history()[-1]["id"]
        self.browser.submit(plan.form(f"/changes/{change}/rollback"), reason="x")
        page = self.browser.open(f"/changes/{change}")
        self.assertRegex(page.text, "This change was rolled back by change [0-9]+ ")
        self.assertIn(f"/changes/{int(back) + 1}", page.links)
        self.assertNotIn(f"/changes/{change}/rollback", page.links)
        self.assertIn("/flows/b2cUserFlows/B2C_1_signup", page.links)
        moment = self.server.request("GET", f"/beta/auditLogs/connectorChanges/{change}").json["resultDateTime"]
        self.assertIn("1 step calls something else now", self.browser.open(f"/flows?asOf={moment}&flow=signup").text)
        self.assertIn(f"/flows?asOf={moment}", page.links)

    def test_later_changes_are_listed_in_the_plan(self):
        first = self.server.put(STEP, None).change
        for number in range(25):
            self.server.put(STEP, [NEW_VENDOR, FRAUD_CHECK][number % 2], headers={"Reflog-Reason": f"Later%20{number:02}"})
        plan = self.browser.open(f"/changes/{first}/rollback")
        self.assertIn("Later 24 applied", plan.text)
        self.assertIn("Later 05 applied", plan.text)
        self.assertNotIn("Later 04", plan.text)
        self.assertIn("… and 5 more.", plan.text)

    def test_when_nothing_can_be_rolled_back_the_plan_has_no_form(self):
        address = "b2cUserFlows/B2C_1_profile_edit/preTokenIssuance"
        made = self.connector("Short-lived")
        self.server.put(address, made)
        moment = self.moment()
        self.server.put(address, None)
        self.server.request("DELETE", f"/beta/identity/apiConnectors/{made}")
        plan = self.browser.open(f"/flows/rollback?asOf={moment}&flow=b2cUserFlows/B2C_1_profile_edit")
        self.assertRegex(plan.text, r"(1 of them|It) can't be rolled back\.")
        self.assertIn("None of these steps can be rolled back.", plan.text)
        self.assertEqual([form["action"] for form in plan.forms], ["/search", "/sign-out", "/time-zone"])

    def test_a_connector_change_shows_what_was_changed(self):
        made = self.connector("Written")
        self.server.request("PATCH", f"/beta/identity/apiConnectors/{made}", {"targetUrl": "https://y.contoso.example/hook"})
        text = self.browser.open("/").text
        self.assertIn("changed a connector Written targetUrl https://x.contoso.example/ → to https://y.contoso.example/hook", text)
        self.assertIn("created a connector nothing → to Written", text)
        self.server.request("POST", f"/beta/identity/apiConnectors/{made}/uploadClientCertificate",
                            {"pkcs12Value": "eA==", "password": "canary"})
        self.assertNotIn("canary", self.browser.open("/").html)

    def test_long_runs_of_combining_and_bidirectional_marks_are_shortened(self):
        tower = "b" + "\u0301" * 300
        reason = "".join(f"%{byte:02X}" for byte in (tower + "\u200e\u200f\u061c").encode())
        for number in range(35):
            change = self.server.put(STEP, [NEW_VENDOR, None][number % 2], headers={"Reflog-Reason": reason}).change
        for path in ("/", f"/changes/{change}"):
            page = self.browser.open(path)
            self.assertLess(len(page.html.encode()), 60_000)
            self.assertNotIn("\u0301" * 5, page.html)
            self.assertIn("b" + "\u0301" * 4 + "\ufffd", page.html)
        self.assertFalse(set("\u200e\u200f\u061c") & set(page.html))

    def test_times_are_read_with_any_zone_and_invalid_times_are_reported(self):
        self.server.put(STEP, FRAUD_CHECK)
        for text in ("2026-01-01T00:00:00-05:00", "2026-01-01T00:00:00%2B05:00", "2026-01-01T00:00", "2026-01-01+00:00",
                     "2026-01-01+00:00:30", "2026-01-01", "2h", "yesterday"):
            self.assertIn("This is what each step called at", self.browser.open("/flows?asOf=" + text).text)
        self.assertRegex(self.browser.open("/flows?asOf=2020-01-01T00:00").text,
                         "2020-01-01 00:00:00 UTC. It is unknown what the steps( on this page)? called then.")
        self.assertIn("The time is missing.", self.browser.open("/flows/rollback").text)

    def test_older_service_events_are_on_further_pages(self):
        for number in range(32):
            self.server.request("POST", "/beta/reflog/tokens", {"name": f"t{number}", "role": "reader"}, role="admin")
        page = self.browser.open("/integrity")
        self.assertIn("token created", page.text)
        self.assertIn("name: t31", page.text)
        older = self.browser.open(next(link for link in page.links if "behind=" in link))
        self.assertIn("name: t1,", older.text)
        self.assertNotIn("name: t31", older.text)
        self.assertIn("Older service events are not printed.", page.text)
        self.assertNotIn("Newer service events are not printed.", page.text)
        self.assertIn("Newer service events are not printed.", older.text)
        self.assertEqual(self.browser.open("/integrity?behind=x").status, 400)


class RefusedReasons(unittest.TestCase):
    def test_a_refused_reason_is_shown_again_in_the_form(self):
        with Server(REQUIRE_REASON="CHG[0-9]+") as server:
            for target in (FRAUD_CHECK, NEW_VENDOR):
                change = server.put(STEP, target, headers={"Reflog-Reason": "CHG1"}).change
            moment = server.history()[-2]["resultDateTime"]
            browser = Browser(server)
            browser.sign_in("operator")
            for path, action in ((f"/flows/rollback?asOf={moment}", "/flows/rollback"),
                                 (f"/changes/{change}/rollback", f"/changes/{change}/rollback")):
                refused = browser.submit(browser.open(path).form(action), reason="No number")
                self.assertEqual(refused.status, 400)
                self.assertEqual(refused.form(action)["fields"]["reason"], "No number")
                self.assertIn("Every change needs a reason that matches CHG[0-9]+.", refused.text)
                self.assertNotIn("--reason", refused.text)
                again = browser.submit(refused.form("/time-zone"), zone="Asia/Tokyo")
                self.assertEqual(again.status, 200)
                self.assertEqual(again.form(action)["fields"].get("asOf"), refused.form(action)["fields"].get("asOf"))


class ChangesWithoutReflog(unittest.TestCase):
    """The pages show changes that were made without Reflog, and a directory that does not answer."""

    ADDRESS = "b2cUserFlows/B2C_1_flow0/postFederationSignup"

    def setUp(self):
        self.graph = self.enterContext(Graph(timeout=1))
        self.server = self.enterContext(Server(graph=self.graph, SETTLE_WINDOW=1, GRAPH_TIMEOUT=1, SWEEP_INTERVAL=3600))
        first, self.change = (self.server.put(self.ADDRESS, graph_connector(name)).change for name in ("Fraud check", "Loyalty"))
        self.moment = next(change["resultDateTime"] for change in self.server.history() if change["id"] == first)
        self.browser = Browser(self.server)
        self.browser.sign_in("operator")
        time.sleep(1.1)

    def set(self, name):
        self.graph.control(set={self.ADDRESS: graph_connector(name)})

    def test_a_drift_that_the_plan_showed_does_not_block_the_rollback(self):
        self.set("Outsider A")
        action = f"/changes/{self.change}/rollback"
        plan = self.browser.open(action)
        self.assertIn("which was set without Reflog", plan.text)
        self.set("Outsider B")
        refused = self.browser.submit(plan.form(action), reason="x")
        self.assertEqual(refused.status, 409)
        self.assertEqual(self.graph.reference(self.ADDRESS), graph_connector("Outsider B"))
        # Reflog refused the rollback because of the drift, and recorded the drift as a change.
        form = refused.form(action)
        unforced = form | {"fields": {name: value for name, value in form["fields"].items() if name != "force"}}
        self.assertEqual(self.browser.submit(unforced, reason="x").status, 409)
        self.browser.submit(form, reason="x", force="true")
        self.assertEqual(self.graph.reference(self.ADDRESS), graph_connector("Fraud check"))

        change = self.server.put(self.ADDRESS, graph_connector("Loyalty")).change
        time.sleep(1.1)
        self.set("Outsider A")
        action = f"/changes/{change}/rollback"
        done = self.browser.submit(self.browser.open(action).form(action), reason="x")
        self.assertEqual(done.status, 200)
        self.assertEqual(self.graph.reference(self.ADDRESS), graph_connector("Fraud check"))
        kinds = [change["kind"] for change in self.server.history() if change["flowId"]]
        self.assertEqual(kinds[-2:], ["drift", "rollback"])
        board = self.browser.open("/flows")
        self.assertNotIn("Unknown", board.text)

    def test_a_change_without_reflog_is_shown_as_drift(self):
        self.set("Outsider A")
        self.browser.submit(self.browser.open(f"/changes/{self.change}/rollback").form(f"/changes/{self.change}/rollback")
                            | {"fields": {"csrf": self.browser.open("/").form("/sign-out")["fields"]["csrf"]}}, reason="x")
        board, flow = self.browser.open("/flows"), self.browser.open("/flows/b2cUserFlows/B2C_1_flow0")
        self.assertRegex(board.text, "drift [-0-9]+ [:0-9]+ without Reflog")
        self.assertIn("drift: set without Reflog", flow.text)
        self.assertIn("Directory: Microsoft Graph.", self.browser.open("/").text)

    def test_a_plan_shows_pending_changes_and_a_failed_read_of_the_directory(self):
        held = self.graph.reference(self.ADDRESS)
        self.graph.control(writes=["hang_before"], hang=[self.ADDRESS])
        self.graph.control(hang=[])
        pending = self.server.put(self.ADDRESS, None)
        self.graph.control(hang=[self.ADDRESS])
        board = self.browser.open("/flows")
        self.assertIn("is pending: its result is not known yet.", board.text)
        self.assertIn(f"/changes/{pending.change}", board.links)
        connector = self.browser.open(f"/connectors/{held}")
        self.assertIn(f"The results of these changes are not known yet: Change {pending.change},", connector.text)
        self.assertRegex(connector.text, "B2C_1_flow0 since [-0-9]+ [0-9:]+ , [^.]* uncertain")
        plan = self.browser.open(f"/flows/rollback?asOf={self.moment}")
        self.assertIn(f"Change {pending.change} is still pending here", plan.text)
        self.assertIn(f"/changes/{pending.change}", plan.links)
        self.graph.process.kill()
        plan = self.browser.open(f"/flows/rollback?asOf={self.moment}")
        self.assertIn("Reflog could not check whether the connectors still exist: The directory can't be read", plan.text)


class UnknownOutcomes(unittest.TestCase):
    def test_the_page_of_a_pending_change_shows_its_outcome_when_the_outcome_is_known(self):
        with Graph(timeout=1) as graph, Server(graph=graph, SETTLE_WINDOW=1, GRAPH_TIMEOUT=1, SWEEP_INTERVAL=1) as server:
            first = graph_connector("Fraud check")
            server.put(STEP, first)
            bad = server.put(STEP, graph_connector("Loyalty")).change
            browser = Browser(server)
            browser.sign_in("operator")
            plan = browser.open(f"/changes/{bad}/rollback")
            graph.control(writes=["hang_after"])
            page = browser.submit(plan.form(f"/changes/{bad}/rollback"), reason="Back")
            self.assertIn("The result is not known yet", page.text)
            own = "/changes/" + next(change["id"] for change in server.history() if change["rollbackOf"] == bad)
            self.assertIn(own, page.links)
            locked = browser.open(f"/changes/{bad}/rollback")
            self.assertEqual((locked.status, locked.headers["retry-after"]), (409, "1"))
            self.assertIn(own, locked.links)
            deadline = time.monotonic() + 120
            while "not known yet" in page.text:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.2)
                page = browser.open(own)
            self.assertIn("Result applied", page.text)


class SessionsAndSafety(unittest.TestCase):
    def test_a_page_requires_a_sign_in_and_is_shown_after_the_sign_in(self):
        with Server() as server:
            browser = Browser(server)
            change = server.put(STEP, NEW_VENDOR).change
            for path in ("/", f"/changes/{change}", f"/changes/{change}/rollback", f"/changes/{change}/receipt"):
                page = browser.send("GET", path)
                self.assertEqual((page.status, page.headers["location"]), (303, "/sign-in?target=" + path))
            self.assertEqual(browser.send("POST", f"/changes/{change}/rollback", "reason=x").status, 303)
            page = browser.open(f"/changes/{change}")
            refused = browser.submit(page.form("/sign-in"), token="nonsense")
            self.assertEqual(refused.status, 403)
            self.assertIn("This token is not valid, has expired, or has no right to read history.", refused.text)
            self.assertEqual(browser.cookies, {})
            self.assertIn(f"Change {change}", browser.submit(refused.form("/sign-in"), token=server.tokens["reader"]).text)
            for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
                page = browser.open("/sign-in?target=" + elsewhere.replace("\\", "%5C"))
                self.assertEqual(page.form("/sign-in")["fields"]["target"], "/", elsewhere)

    def test_a_session_ends_with_the_sign_out_or_with_its_token(self):
        with Server() as server:
            browser = Browser(server)
            answer = browser.send("POST", "/sign-in", "target=/&token=" + server.tokens["operator"])
            cookie = answer.headers["set-cookie"]
            for attribute in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=28800"):
                self.assertIn(attribute, cookie)
            self.assertNotIn(server.tokens["operator"], cookie)
            page = browser.open("/")
            kept = dict(browser.cookies)
            self.assertIn("Sign in", browser.submit(page.form("/sign-out")).text)
            browser.cookies = kept
            self.assertEqual(browser.send("GET", "/").status, 303)
            # A session ends when its token is revoked.
            browser.sign_in("operator")
            token = server.request("GET", "/beta/reflog/tokens", role="admin").json["value"]
            id = next(t["id"] for t in token if t["name"] == "first-operator")
            self.assertEqual(server.request("DELETE", f"/beta/reflog/tokens/{id}", role="admin").status, 204)
            self.assertEqual(browser.send("GET", "/").status, 303)

    def test_a_new_sign_in_ends_the_previous_session(self):
        with Server() as server:
            browser = Browser(server)
            browser.sign_in("operator")
            before = dict(browser.cookies)
            browser.submit(browser.open("/sign-in").form("/sign-in"), token=server.tokens["reader"])
            self.assertEqual(browser.send("GET", "/").status, 200)
            browser.cookies = before
            self.assertEqual(browser.send("GET", "/").status, 303)

    def test_a_link_from_another_site_works_within_a_session(self):
        elsewhere = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        with Server() as server:
            browser = Browser(server)
            page = browser.send("GET", "/?flow=B2C_1_signup&result=applied", headers=elsewhere)
            self.assertEqual(page.status, 200)
            self.assertIn(("content", "0; url=/?flow=B2C_1_signup&result=applied"), page.attributes)
            self.assertIn("/?flow=B2C_1_signup&result=applied", page.links)
            # If a page of Reflog sends the request without a session, Reflog redirects the browser to the sign-in.
            self.assertEqual(browser.send("GET", "/", headers={**elsewhere, "Sec-Fetch-Site": "same-origin"}).status, 303)
            self.assertEqual(browser.send("GET", "/", headers={**elsewhere, "Sec-Fetch-Mode": "cors"}).status, 303)
            browser.sign_in("reader")
            self.assertIn("Timeline", browser.send("GET", "/", headers=elsewhere).text)

    def test_an_unknown_path_shows_a_404_page_and_is_no_failed_authentication(self):
        with Server() as server:
            browser = Browser(server)
            shown = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
            for path in ("/nowhere", "/changes", "/flows/a/b/c/d"):
                page = browser.send("GET", path, headers=shown)
                self.assertEqual((page.status, page.headers["location"]), (303, "/sign-in?target=" + path))
            self.assertEqual(browser.send("GET", "/favicon.ico").status, 204)
            browser.sign_in("reader")
            page = browser.send("GET", "/nowhere", headers=shown)
            self.assertEqual(page.status, 404)
            self.assertIn("Nothing exists at this URL.", page.text)
            self.assertIn("first-reader", page.text)
            count = lambda: server.request("GET", "/metrics", role="reader").text.split("\nreflog_unauthenticated_total ")[1].split()[0]
            self.assertEqual(count(), "0")
            for path in ("/beta/nowhere", "/v1.0/identity/apiConnectors", "/metrics"):
                self.assertEqual(browser.send("GET", path, headers=shown).status, 401, path)
            self.assertEqual(browser.send("GET", "/nowhere").status, 401)
            self.assertEqual(count(), "4")

    def test_a_forged_request_from_another_site_changes_nothing(self):
        with Server() as server:
            change = server.put(STEP, NEW_VENDOR).change
            browser = Browser(server)
            browser.sign_in("operator")
            form = browser.open(f"/changes/{change}/rollback").form(f"/changes/{change}/rollback")
            forged = form | {"fields": form["fields"] | {"csrf": "0" * 64}}
            self.assertEqual(browser.submit(forged, reason="x").status, 400)
            self.assertEqual(browser.submit(form, {"Sec-Fetch-Site": "cross-site"}, reason="x").status, 400)
            self.assertEqual(browser.send("POST", "/sign-in", "token=" + server.tokens["operator"],
                                          {"Sec-Fetch-Site": "cross-site"}).status, 400)
            self.assertEqual(server.reference(STEP), NEW_VENDOR)
            # The session's cookie is valid only for the pages, not for the API.
            self.assertEqual(browser.send("GET", "/beta/auditLogs/connectorChanges").status, 401)

    def test_hostile_text_is_shown_as_text_and_never_runs(self):
        with Server() as server:
            made = server.request("POST", "/beta/identity/apiConnectors", {
                "displayName": HOSTILE, "targetUrl": "https://x.contoso.example/",
                "authenticationConfiguration": {"@odata.type": "#microsoft.graph.basicAuthentication", "username": "a", "password": "b"},
            }).json["id"]
            change = server.request("PUT", f"/beta/identity/{STEP.replace('/post', '/apiConnectorConfiguration/post')}/$ref",
                                    {"@odata.id": f"/beta/identity/apiConnectors/{made}"},
                                    headers={"Reflog-Reason": "".join(f"%{byte:02X}" for byte in HOSTILE.encode())}).change
            browser = Browser(server)
            browser.sign_in("operator")
            moment = server.history()[0]["activityDateTime"]
            for path in ("/", f"/changes/{change}", f"/changes/{change}/rollback", "/?flow=" + "%22%3E%3Cscript%3E", "/flows", "/integrity",
                         f"/flows?asOf={moment}", f"/flows/rollback?asOf={moment}", "/flows/b2cUserFlows/B2C_1_signup",
                         "/flows?flow=%22%3E%3Cscript%3E", "/export?actor=%22%3E%3Cscript%3E",
                         f"/connectors/{made}", f"/actors/token/{server.tokens['operator'].split('_')[1]}?reads=true",
                         "/search?q=%22%3E%3Cscript%3E", "/?actor=%22%CC%B8onfocus=%22alert(1)", "/sign-in?target=/%22%3E%3Cscript%3E"):
                page = browser.open(path)
                self.assertEqual((page.tags.count("script"), page.tags.count("img")), (1, 0), path)
                self.assertEqual([value for name, value in page.attributes if name == "src"],
                                 [next(value for name, value in page.attributes if name == "src" and value.startswith("/assets/reflog.js?v="))])
                self.assertFalse([name for name, _ in page.attributes if name.startswith("on")], path)
                policy = page.headers["content-security-policy"]
                self.assertIn("default-src 'none'", policy)
                self.assertNotIn("unsafe", policy)
                self.assertIn("frame-ancestors 'none'", policy)
                self.assertEqual(page.headers["cache-control"], "no-store")
                self.assertLess(len(page.html), 60_000)
            self.assertIn(HOSTILE, browser.open(f"/changes/{change}").text)

    def test_pages_stay_small_with_long_texts(self):
        with Server() as server:
            long = "\"" * 1000
            made = server.request("POST", "/beta/identity/apiConnectors", {
                "displayName": "\"" * 128, "targetUrl": "https://x.contoso.example/" + "x" * 1900,
                "authenticationConfiguration": {"@odata.type": "#microsoft.graph.basicAuthentication", "username": "a", "password": "b"},
            }).json["id"]
            for number in range(40):
                change = server.put(STEP, [made, None][number % 2], headers={"Reflog-Reason": "%22" * 1000}).change
            browser = Browser(server)
            browser.sign_in("operator")
            first = next(change["id"] for change in server.history() if change["kind"] == "update" and change["flowId"])
            for path in ("/", f"/changes/{change}", f"/changes/{first}/rollback", "/flows", "/flows/b2cUserFlows/B2C_1_signup", "/integrity",
                         f"/connectors/{made}", f"/actors/token/{server.tokens['operator'].split('_')[1]}?reads=true"):
                self.assertLess(len(browser.open(path).html), 60_000, path)
            self.assertIn(long, browser.open(f"/changes/{change}").text)
