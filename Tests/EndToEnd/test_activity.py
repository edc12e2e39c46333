import unittest
import urllib.parse

from browser import Browser
from reflogserver import FRAUD_CHECK, LOYALTY, NEW_VENDOR, Graph, Server, eventually, graph_connector

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
OTHER = "b2cUserFlows/B2C_1_profile_edit/postFederationSignup"


def actor(server, role):
    """Returns the path of the page about the token of this role."""
    return "/actors/token/" + server.tokens[role].split("_")[1]


class Actors(unittest.TestCase):
    """The page of an actor shows all that the actor did, and nothing that others did."""

    def test_the_page_shows_changes_denials_and_events_of_one_actor(self):
        with Server() as server:
            server.put(STEP, FRAUD_CHECK, headers={"Reflog-Reason": "CHG0041"})
            bad = server.put(STEP, NEW_VENDOR, headers={"Reflog-Reason": "CHG0042"}).change
            server.put(OTHER, NEW_VENDOR, role="reader", headers={"Reflog-Reason": "Not%20allowed"})
            server.request("POST", f"/beta/auditLogs/connectorChanges/{bad}/rollback", {"reason": "Broken"})
            server.request("POST", "/beta/reflog/freezes", {"scope": "all", "reason": "Weekend"})
            server.put(OTHER, LOYALTY, headers={"Reflog-Override": "Outage"})
            server.request("GET", "/beta/auditLogs/connectorChanges?$format=csv")
            browser = Browser(server)
            timeline = browser.sign_in("reader")
            self.assertIn(actor(server, "operator"), timeline.links)
            page = browser.open(actor(server, "operator"))
            for text in ("token first-operator Kind API token", "CHG0041", "CHG0042", "Broken", "freeze placed", "Weekend",
                         "freeze overridden", "Outage", "export", "Numbers of changes 4 changes. applied 4",
                         "B2C_1_signup 3", "B2C_1_profile_edit 1"):
                self.assertIn(text, page.text)
            self.assertNotIn("Not allowed", page.text)
            own = browser.open(actor(server, "reader"))
            self.assertIn("tried to set postFederationSignup of B2C_1_profile_edit", own.text)
            self.assertIn("denied 1", own.text)
            self.assertNotIn("CHG0041", own.text)

            # The links of the totals and of the export select the same changes.
            denied = browser.open(next(link for link in own.links if "result=denied" in link))
            self.assertIn("Not allowed", denied.text)
            self.assertNotIn("CHG0042", denied.text)
            form = browser.open(next(link for link in page.links if link.startswith("/export?actor=")))
            self.assertEqual(form.form("/export")["fields"]["actor"], actor(server, "operator").removeprefix("/actors/"))

            for path in ("/actors/token/none", "/actors/person/x", "/actors/unknown/x"):
                self.assertEqual(browser.open(path).status, 404)
            for query in ("behind=x", "behind=1", "behind=1.2", "other=1"):
                self.assertEqual(browser.open(f"{actor(server, 'operator')}?{query}").status, 400)
            self.assertIn("'tomorrow' is not a time. Use 2026-11-23,", browser.open(actor(server, "operator") + "?since=tomorrow").text)
            empty = browser.open(actor(server, "operator") + "?until=2020-01-01")
            self.assertIn("Nothing is recorded in this period.", empty.text)
            self.assertIn("0 changes.", empty.text)

    def test_pages_contain_each_record_once_in_the_order_of_time(self):
        with Server() as server:
            changes = []
            for number in range(40):
                changes.append("/changes/" + server.put(STEP, [FRAUD_CHECK, NEW_VENDOR][number % 2]).change)
                if number % 2:
                    server.request("POST", "/beta/reflog/freezes", {"scope": "all", "reason": "x", "from": "2099-01-01T00:00:00Z"})
            browser = Browser(server)
            browser.sign_in("reader")
            page, found = browser.open(actor(server, "operator")), []
            while True:
                items = [link for tag, attributes in page.elements if tag == "a"
                         for link in [dict(attributes).get("href")] if dict(attributes).get("class") == "when"]
                self.assertLessEqual(len(items), 25)
                found += items
                further = [link for link in page.links if "behind=" in link and link.startswith("/actors/")]
                if not further:
                    break
                page = browser.open(further[0])
            links = [link.partition("?")[0] for link in found]
            self.assertEqual([link for link in links if link in changes], changes[::-1])
            self.assertEqual(len(found), len(set(found)))
            self.assertEqual(len(found), 60)

    def test_the_numbers_count_only_the_own_changes_of_the_actor(self):
        with Server() as server:
            server.put(STEP, FRAUD_CHECK, headers={"Reflog-Reason": "CHG0041"})
            server.request("PATCH", f"/beta/identity/apiConnectors/{FRAUD_CHECK}", {"displayName": "Renamed check"})
            browser = Browser(server)
            browser.sign_in("reader")
            page = browser.open(actor(server, "operator"))
            self.assertIn("B2C_1_signup 1", page.text)
            self.assertIn("Connectors 1", page.text)
            flow = browser.open(next(link for link in page.links if "&flow=" in link))
            self.assertIn("CHG0041", flow.text)
            self.assertNotIn("changed a connector", flow.text)
            part = browser.open("/?actor=" + actor(server, "operator").split("/")[-1][:8] + "&flow=B2C_1_signup")
            self.assertIn("changed a connector", part.text)

    def test_a_later_page_contains_no_record_that_is_newer_than_the_first_page(self):
        with Server() as server:
            first = "/changes/" + server.put(STEP, FRAUD_CHECK).change
            for _ in range(30):
                server.request("POST", "/beta/reflog/freezes", {"scope": "all", "reason": "x", "from": "2099-01-01T00:00:00Z"})
            browser = Browser(server)
            browser.sign_in("reader")
            page = browser.open(actor(server, "operator"))
            further = next(link for link in page.links if "behind=" in link and link.startswith("/actors/"))
            newer = "/changes/" + server.put(STEP, NEW_VENDOR).change
            links = browser.open(further).paths
            self.assertIn(first, links)
            self.assertNotIn(newer, links)

    def test_everyone_has_a_page_even_without_a_record(self):
        with Server() as server:
            browser = Browser(server)
            browser.sign_in("reader")
            own = browser.open(actor(server, "reader"))
            self.assertEqual(own.status, 200)
            self.assertIn("token first-reader Kind API token", own.text)
            self.assertEqual(browser.open(actor(server, "operator")).status, 404)
            # The stop records the counted reads.
            server.stop()
            server.start()
            browser = Browser(server)
            browser.sign_in("reader")
            page = browser.open(actor(server, "reader"))
            self.assertIn("Only reads of history are recorded in this period. Show reads of history", page.text)
            self.assertIn("history read", browser.open(next(link for link in page.links if "reads=true" in link)).text)

    def test_an_erased_actor_has_a_page_without_a_name(self):
        with Server() as server:
            server.put(STEP, FRAUD_CHECK, headers={"Reflog-Reason": "CHG0042"})
            id = actor(server, "operator").split("/")[-1]
            done = server.request("POST", "/beta/reflog/erasures", {"token": id}, "admin")
            self.assertIn(done.status, (200, 202), done.text)
            browser = Browser(server)
            browser.sign_in("reader")
            page = eventually(lambda: (page := browser.open(actor(server, "operator"))) and "[erased]" in page.text and page)
            self.assertIn(f"[erased] ({id}) Kind API token", page.text)
            self.assertNotIn("first-operator", page.text)
            self.assertNotIn("CHG0042", page.text)
            self.assertRegex(page.text, rf"{id} \[erased\] by service event [0-9]+ From")


class Connectors(unittest.TestCase):
    """The page of a connector shows the steps that call it, its edits and its target URL."""

    def test_the_page_shows_callers_edits_and_periods(self):
        with Server() as server:
            server.put(STEP, NEW_VENDOR)
            server.put(OTHER, NEW_VENDOR)
            server.put(OTHER, None)
            for number in range(12):
                server.request("PATCH", f"/beta/identity/apiConnectors/{NEW_VENDOR}",
                               {"targetUrl": f"https://vendor{number}.contoso.example/check"})
            browser = Browser(server)
            self.assertIn(f"/connectors/{NEW_VENDOR}", browser.sign_in("reader").links)
            page = browser.open(f"/connectors/{NEW_VENDOR}")
            for text in ("Sends to vendor11.contoso.example https://vendor11.contoso.example/check",
                         "postFederationSignup of B2C_1_signup since", "targetUrl https://vendor10.contoso.example/check → to "
                         "https://vendor11.contoso.example/check", "postFederationSignup of B2C_1_profile_edit"):
                self.assertIn(text, page.text)
            self.assertNotIn("vendor0.contoso.example", page.text)
            older = browser.open(next(link for link in page.links if "?edits=" in link).split("#")[0])
            self.assertIn("https://vendor0.contoso.example/check", older.text)
            self.assertNotIn("vendor10.contoso.example/check → to", older.text)
            self.assertEqual(browser.open("/connectors/none").status, 404)
            self.assertEqual(browser.open("/connectors/a%20b").status, 400)
            for query in ("edits=x", "calls=0", "other=1"):
                self.assertEqual(browser.open(f"/connectors/{NEW_VENDOR}?{query}").status, 400, query)

            server.put(STEP, None)
            server.request("DELETE", f"/beta/identity/apiConnectors/{NEW_VENDOR}")
            deleted = browser.open(f"/connectors/{NEW_VENDOR}")
            self.assertIn("No recorded step calls this connector.", deleted.text)
            self.assertRegex(deleted.text, "State It was deleted by change [0-9]+ .")

    def test_an_absence_is_stated_only_if_everything_was_read(self):
        with Server() as server:
            server.request("PATCH", f"/beta/identity/apiConnectors/{FRAUD_CHECK}", {"displayName": "Renamed check"})
            browser = Browser(server)
            browser.sign_in("reader")
            page = browser.open(f"/connectors/{FRAUD_CHECK}")
            self.assertIn("Steps that call this connector now postFederationSignup of B2C_1_signup", page.text)
            self.assertNotIn("Reflog has not read all steps of the directory yet", page.text)
            self.assertIn("called this connector No recorded step called this connector.", page.text)
            server.put(STEP, NEW_VENDOR)
            page = browser.open(f"/connectors/{FRAUD_CHECK}")
            self.assertIn("postFederationSignup of B2C_1_signup unknown 20", page.text)

    def test_the_state_that_the_last_sweep_read_is_shown(self):
        with Graph() as graph, Server(graph=graph, SETTLE_WINDOW=1, SWEEP_INTERVAL=1, GRAPH_READS_PER_MINUTE=60000) as server:
            connector = graph_connector("Fraud check")
            server.put(STEP, connector)
            browser = Browser(server)
            browser.sign_in("reader")
            page = eventually(lambda: (page := browser.open(f"/connectors/{connector}"))
                              and "It exists in the directory" in page.text and page)
            self.assertRegex(page.text, "Last read from the directory 20[0-9]{2}-")
            self.assertNotIn("Sends to unknown", page.text)


class Search(unittest.TestCase):
    """Every page has a search. For a whole id, the search opens the page of that item. For any other text, it opens the
    timeline with the matches."""

    def test_an_id_opens_its_page_and_a_text_opens_the_timeline(self):
        with Server() as server:
            change = server.put(STEP, NEW_VENDOR, headers={"Reflog-Reason": "CHG0042", "client-request-id": "one-request"}).change
            server.put(OTHER, FRAUD_CHECK, headers={"client-request-id": "two-requests"})
            server.put(OTHER, None, headers={"client-request-id": "two-requests", "Reflog-Reason": "Clean-up"})
            browser = Browser(server)
            browser.sign_in("reader")
            operator = actor(server, "operator")
            for text, target in ((change, f"/changes/{change}"), ("one-request", f"/changes/{change}"),
                                 (NEW_VENDOR.upper(), f"/connectors/{NEW_VENDOR}"), (operator.split("/")[-1], operator),
                                 ("b2c_1_SIGNUP", "/flows/b2cUserFlows/B2C_1_signup"),
                                 ("b2cUserFlows/B2C_1_signup", "/flows/b2cUserFlows/B2C_1_signup"), ("", "/"),
                                 (f"#{change}", f"/changes/{change}"),
                                 ("B2C_1_SIGNUP/postFederationSignup", f"/flows/{STEP.replace('/post', '#step-post')}"),
                                 (STEP, f"/flows/{STEP.replace('/post', '#step-post')}"),
                                 ("risk.contoso", "/connectors?q=risk.contoso"),
                                 ("https://RISK.contoso.example/v2?code=1", "/connectors?q=https%3A%2F%2FRISK.contoso.example%2Fv2")):
                found = browser.send("GET", "/search?" + urllib.parse.urlencode({"q": text}))
                self.assertEqual((found.status, found.headers["location"].lower()), (303, target.lower()), text)
            for text, shown, missing in (
                    ("chg0042", "CHG0042", "Clean-up"), ("two-requests", "Clean-up", "CHG0042"), ("VENDOR", "CHG0042", "Clean-up"),
                    ("first-oper", "CHG0042", "no such text"), ("profile", "Clean-up", "CHG0042")):
                page = browser.open("/search?" + urllib.parse.urlencode({"q": text}))
                self.assertIn(shown, page.text, text)
                self.assertNotIn(missing, page.text.split("Download")[0].split("Until (UTC)")[-1], text)
                self.assertEqual(page.form("/")["fields"]["q"], text)
            guid = "0E6B1C52-6C1E-4B53-9B1F-2A4D3C5E7F90"
            server.put(STEP, NEW_VENDOR, headers={"Reflog-Reason": f"Ticket {guid.lower()} of v1.2 at audit.contoso.example"})
            for text in (guid, "v1.2", "audit.contoso.example"):
                self.assertIn(f"Ticket {guid.lower()}", browser.open("/search?" + urllib.parse.urlencode({"q": text})).text)
            typo = browser.send("GET", "/search?q=B2C_1_signup/postFederationSignpu")
            self.assertEqual(typo.headers["location"], "/?q=B2C_1_signup%2FpostFederationSignpu")
            by_request = server.put(STEP, NEW_VENDOR, headers={"Reflog-Reason": "No other id"})
            id = by_request.headers["request-id"].upper()
            nothing = browser.open("/search?q=" + id)
            self.assertIn(f"Search the request ids for {id}", nothing.text)
            found = browser.open(next(link for link in nothing.links if link.startswith("/?request=")))
            self.assertIn("No other id", found.text)
            self.assertNotIn("CHG0042", found.text.split("Download")[0].split("Until (UTC)")[-1])
            self.assertEqual(found.form("/")["fields"]["request"], by_request.headers["request-id"].upper())
            self.assertNotIn("request", browser.open("/").form("/")["fields"])
            found = browser.open("/search?q=loyalty.contoso")
            self.assertIn("1 of 5 connectors match the text.", found.text)
            self.assertIn("/?q=loyalty.contoso", found.links)
            found = browser.open("/search?q=CHG0042")
            opened = browser.open(next(link for link in found.links if link.startswith(f"/changes/{change}")))
            back = browser.open(next(link for link in opened.links if link.startswith("/?")))
            self.assertIn("CHG0042", back.text)
            self.assertNotIn("Clean-up", back.text)
            self.assertIn("Filter: text CHG0042", back.text)
            nothing = browser.open("/search?q=B2C_1_singup")
            self.assertIn("No recorded name contains 'b2c_1_singup'. Nearest names: B2C_1_signup", nothing.text)
            self.assertIn("/search?q=B2C_1_signup", nothing.links)
            found = browser.send("GET", "/search?q=B2C_1_signup")
            self.assertEqual(found.headers["location"], "/flows/b2cUserFlows/B2C_1_signup")
            for path in ("/", f"/changes/{change}", "/flows", "/flows/b2cUserFlows/B2C_1_signup", "/freezes", "/export", "/evidence",
                         "/integrity", operator, f"/connectors/{NEW_VENDOR}"):
                self.assertIn("/search", [form["action"] for form in browser.open(path).forms], path)
            self.assertEqual(browser.open("/search?" + "q=" + "x" * 9000).status, 200)
