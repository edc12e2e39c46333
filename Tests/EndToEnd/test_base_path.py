import json
import os
import subprocess
import sys
import unittest
import urllib.parse

from browser import Browser
from reflogserver import FRAUD_CHECK, LOYALTY, NEW_VENDOR, ROOT, Graph, Server, eventually, graph_connector
from webhookreceiver import Receiver, configuration

SECONDS = 20
BASE = "/reflog"
STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
OTHER = "b2cUserFlows/B2C_1_profile_edit/postAttributeCollection"
CHANGES = "/beta/auditLogs/connectorChanges"


class ServerBelowAPath(Server):
    """A server that clients reach below a path. The paths of requests are written without this path."""

    def __init__(self, **settings):
        super().__init__(BASE_PATH=BASE, **settings)

    @property
    def url(self):
        return super().url + BASE

    def request(self, method, path, *arguments, **options):
        return super().request(method, BASE + path, *arguments, **options)

    def outside(self, method, path):
        return super().request(method, path, role=None)


class BasePath(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(ServerBelowAPath())
        for target in (FRAUD_CHECK, NEW_VENDOR, LOYALTY):
            cls.server.put(STEP, target)
        cls.server.put(OTHER, LOYALTY)

    def sign_in(self, role):
        browser = Browser(self.server)
        page = browser.open(BASE + "/?flow=signup")
        self.assertIn("API token", page.text)
        page = browser.submit(page.form(BASE + "/sign-in"), token=self.server.tokens[role])
        self.assertIn("Timeline", page.text)
        self.assertEqual(page.form(BASE + "/")["fields"]["flow"], "signup")
        return browser

    def test_messages_of_webhooks_have_links_below_the_base_path(self):
        receiver = self.enterContext(Receiver())
        server = ServerBelowAPath(PUBLIC_URL="https://audit.contoso.example")
        server.settings["WEBHOOKS"] = configuration(server.folder, ("chat", receiver.port, {"format": "slack"}))
        self.enterContext(server)
        self.assertEqual(server.put(STEP, FRAUD_CHECK).status, 204)
        eventually(lambda: receiver.messages)
        self.assertIn("\npage: <https://audit.contoso.example/reflog/changes/1>", receiver.messages[0].json["text"])

    def test_only_paths_below_the_base_path_exist(self):
        for path in ("/", "/sign-in", "/flows", "/metrics", "/checkpoint", "/openapi.json", "/assets/reflog.css", "/reflogs/",
                     "/REFLOG/", CHANGES, "/beta/identity/apiConnectors", "/tile/0/000.p/1"):
            answer = self.server.outside("GET", path)
            self.assertEqual(answer.status, 404, path)
            self.assertIn("Reflog answers only below /reflog. Add it to the URL.", answer.json["error"]["message"])
        for path in ("/livez", "/readyz", "/reflog/livez", "/reflog/readyz", "/reflog/checkpoint", "/%72eflog/checkpoint",
                     "//reflog//checkpoint"):
            self.assertEqual(self.server.outside("GET", path).status, 200, path)
        for path in ("/reflog", "/reflog/", "/reflog/?flow=x"):
            answer = self.server.outside("GET", path)
            self.assertEqual((answer.status, answer.headers["location"].partition("?")[0]), (303, "/reflog/sign-in"), path)

    def test_every_link_form_and_file_of_every_page_is_below_the_base_path(self):
        browser = self.sign_in("operator")
        moment = self.server.history()[1]["activityDateTime"]
        change = self.server.history()[1]["id"]
        waiting = [BASE + path for path in ("/", "/?flow=signup", "/flows", f"/flows?asOf={moment}", f"/changes/{change}/rollback",
                                            f"/flows/rollback?asOf={moment}", "/?actor=missing", "/nowhere")]
        seen = set()
        while waiting and len(seen) < 150:
            path = waiting.pop(0)
            if path in seen:
                continue
            seen.add(path)
            page = browser.open(path, headers={"Accept": "text/html"})
            self.assertEqual(page.status, 404 if path.endswith("/nowhere") else 200, path)
            if not page.headers["content-type"].startswith("text/html"):
                continue
            for name in ("href", "action", "src", "data-count", "data-news"):
                values = [value for attribute, value in page.attributes if attribute == name]
                for value in values:
                    if value != "#content":
                        self.assertTrue(value.startswith(BASE + "/") and not value.startswith(BASE + BASE), (path, name, value))
                if name in ("href", "src"):
                    waiting += [value for value in values if value != "#content"]
        self.assertGreater(len(seen), 40)
        for start in ("/actors/", "/connectors/"):
            self.assertTrue(any(path.startswith(BASE + start) for path in seen), start)

    def test_the_search_stays_below_the_base_path(self):
        browser = self.sign_in("reader")
        change = self.server.history()[0]["id"]
        for text, target in ((change, f"/changes/{change}"), (NEW_VENDOR, f"/connectors/{NEW_VENDOR}"), ("sign", "/?q=sign")):
            found = browser.send("GET", BASE + "/search?q=" + text)
            self.assertEqual((found.status, found.headers["location"]), (303, BASE + target))
            self.assertEqual(browser.open(BASE + target).status, 200)

    def test_a_rollback_works_below_the_base_path(self):
        browser = self.sign_in("operator")
        self.server.put(OTHER, FRAUD_CHECK)
        bad = self.server.put(OTHER, NEW_VENDOR).change
        action = f"{BASE}/changes/{bad}/rollback"
        done = browser.submit(browser.open(action).form(action), reason="Back")
        self.assertIn("rolled back postAttributeCollection", done.text)
        self.assertEqual(self.server.reference(OTHER), FRAUD_CHECK)
        self.assertIn("Sign in", browser.submit(done.form(BASE + "/sign-out")).text)

    def test_the_cookies_are_sent_below_the_base_path_only(self):
        fields = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.server.request("POST", "/sign-in", role=None, raw="token=" + self.server.tokens["reader"], headers=fields)
        self.assertEqual((answer.status, answer.headers["location"]), (303, BASE + "/"))
        self.assertIn("; Path=/reflog; ", answer.headers["set-cookie"])

    def test_a_link_from_another_site_opens_the_same_page(self):
        elsewhere = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        page = Browser(self.server).send("GET", BASE + "/changes/1", headers=elsewhere)
        self.assertIn(("content", "0; url=/reflog/changes/1"), page.attributes)

    def test_every_url_in_an_answer_is_below_the_base_path(self):
        step = f"/beta/identity/{STEP.rsplit('/', 1)[0]}/apiConnectorConfiguration/postFederationSignup/$ref"
        moment = self.server.history()[-1]["resultDateTime"]
        created = self.server.request("POST", "/beta/identity/b2cUserFlows", {
            "id": "another", "userFlowType": "signUp", "userFlowTypeVersion": 3}).headers["location"]
        rollback = self.server.request("POST", "/beta/auditLogs/connectorConfigurations/rollback",
                                       {"asOf": moment, "reason": "Nothing to do"})
        exported = self.server.request("GET", CHANGES + "?$format=csv&manifest=true")
        links = {
            "nextLink": self.server.request("GET", CHANGES + "?$top=1").json["@odata.nextLink"],
            "context": self.server.request("GET", CHANGES).json["@odata.context"],
            "events": self.server.request("GET", "/beta/auditLogs/serviceEvents?$top=1").json["@odata.nextLink"],
            "id": self.server.request("GET", step).json["@odata.id"],
            "connectors": self.server.request("GET", "/beta/identity/apiConnectors").json["@odata.context"],
            "page of connectors": self.server.request("GET", "/beta/identity/apiConnectors?$top=1").json["@odata.nextLink"],
            "new flow": created,
            "rollback": rollback.headers["location"],
            "manifest": exported.headers["reflog-manifest"],
            "openapi": self.server.request("GET", "/openapi.json").json["servers"][0]["url"] + "/",
        }
        for name, link in links.items():
            self.assertTrue(link.startswith(self.server.url + "/"), (name, link))
            if name not in ("context", "connectors", "openapi"):
                path = urllib.parse.urlsplit(link)
                answer = self.server.request("GET", path.path.removeprefix(BASE) + "?" + path.query)
                self.assertIn(answer.status, (200, 202), (name, link, answer.text))

    def test_a_reference_can_be_a_url_below_the_base_path(self):
        path = f"/beta/identity/{STEP.rsplit('/', 1)[0]}/apiConnectorConfiguration/postFederationSignup/$ref"
        for number, url in enumerate((f"{self.server.url}/beta/identity/apiConnectors/", "/reflog/beta/identity/apiConnectors/",
                                      "https://graph.microsoft.com/beta/identity/apiConnectors/")):
            target = [FRAUD_CHECK, NEW_VENDOR][number % 2]
            self.assertEqual(self.server.request("PUT", path, {"@odata.id": url + target}).status, 204, url)
            self.assertEqual(self.server.reference(STEP), target)
        refused = self.server.request("PUT", path, {"@odata.id": "https://graph.microsoft.com/reflog/beta/identity/apiConnectors/x"})
        self.assertEqual(refused.status, 400)

    def test_the_command_line_uses_the_url_with_the_path(self):
        def run(*arguments, role="operator"):
            done = self.server.command(*arguments, role=role)
            self.assertEqual(done.returncode, 0, (arguments, done.stderr))
            return done.stdout

        history = json.loads(run("history", "--format", "json"))
        self.assertTrue(history["value"])
        change = history["value"][-1]["id"]
        run("set", STEP, LOYALTY, "--reason", "From the command line")
        self.assertEqual(self.server.reference(STEP), LOYALTY)
        self.assertIn("From the command line", run("history"))
        for arguments in (("status",), ("config",), ("connectors",), ("checkpoint",), ("show", change), ("export",), ("freezes",)):
            self.assertTrue(run(*arguments), arguments)
        path = os.path.join(self.server.folder, "signed.csv")
        run("export", "--manifest", "--output", path)
        key = self.server.request("GET", "/beta/reflog/status", role="reader").json["verifierKey"]
        run("verify", "--key", key, "--manifest", path + ".manifest")
        run("evidence", "--period", history["value"][0]["activityDateTime"][:4], os.path.join(self.server.folder, "pack"))
        run("rollback", "--as-of", history["value"][0]["activityDateTime"], "--reason", "All back", "--yes")
        # The URL can have a slash at its end.
        slash = self.server.command("status", "--server", self.server.url + "/", role="reader")
        self.assertEqual(slash.returncode, 0, slash.stderr)
        verified = subprocess.run([sys.executable, ROOT / "tools" / "verify_log.py", self.server.url, "--key", key],
                                  capture_output=True, text=True, timeout=120)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)

    def test_the_start_is_recorded_with_the_base_path(self):
        events = self.server.request("GET", "/beta/auditLogs/serviceEvents", role="admin").json["value"]
        self.assertEqual(next(event for event in events if event["kind"] == "start")["details"]["basePath"], BASE)


class GraphBelowABasePath(unittest.TestCase):
    def test_the_links_of_graph_point_to_reflog_below_the_base_path(self):
        with Graph() as graph, ServerBelowAPath(graph=graph) as server:
            server.put(STEP, graph_connector("Fraud check"))
            page = server.request("GET", "/beta/identity/apiConnectors?$top=1").json
            self.assertTrue(page["@odata.context"].startswith(server.url + "/beta/"), page)
            self.assertNotIn(graph.url, json.dumps(page))
            self.assertIn("@odata.nextLink", page)
            self.assertTrue(page["@odata.nextLink"].startswith(server.url + "/beta/"), page)
            link = urllib.parse.urlsplit(page["@odata.nextLink"])
            following = server.request("GET", link.path.removeprefix(BASE) + "?" + link.query).json
            self.assertEqual(len(following["value"]), 1)
            self.assertNotEqual(following["value"][0]["id"], page["value"][0]["id"])


class ServerWithoutABasePath(unittest.TestCase):
    def test_a_base_path_that_is_a_slash_is_no_base_path(self):
        with Server(BASE_PATH="/") as server:
            self.assertEqual(server.request("GET", "/sign-in", role=None).status, 200)

    def test_a_wrong_base_path_stops_the_start(self):
        with Server() as server:
            for value in ("reflog", "/a b", "https://tools.contoso.example/reflog"):
                run = subprocess.run(
                    [server.binary, "serve", "--port", "0", "--database", os.path.join(server.folder, "other.sqlite"),
                     "--directory", "embedded", "--base-path", value],
                    capture_output=True, text=True, env=server.environment(), timeout=60)
                self.assertEqual(run.returncode, 64, run.stderr)
                self.assertIn(f"REFLOG_BASE_PATH is {value}, but must be a path such as /reflog", run.stderr)
