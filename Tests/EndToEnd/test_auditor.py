import json
import os
import re
import subprocess
import sys
import unittest
import urllib.parse

from browser import Browser
from reflogserver import FRAUD_CHECK, LOYALTY, NEW_VENDOR, Graph, Server, eventually, graph_connector, wait_for_checkpoint

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
OTHER = "b2cUserFlows/B2C_1_profile_edit/postAttributeCollection"
CONFIGURATIONS = "/beta/auditLogs/connectorConfigurations"


def shown(page):
    """Returns the ids of the connectors on a page that lists connectors."""
    return {link.removeprefix("/connectors/") for link in page.paths if re.fullmatch(r"/connectors/[A-Za-z0-9-]+", link)}


class Connectors(unittest.TestCase):
    """The page of connectors shows the same connectors as the command line."""

    def command(self, server, *options):
        run = server.command("connectors", "--server", server.url, *options, role="reader")
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def test_the_page_and_the_command_agree_about_unused_connectors(self):
        with Server() as server:
            server.put(STEP, FRAUD_CHECK)
            server.put(OTHER, None)
            edit = server.request("PATCH", f"/beta/identity/apiConnectors/{NEW_VENDOR}", {"displayName": "Vendor lookup"}).change
            browser = Browser(server)
            browser.sign_in("reader")
            everything = json.loads(self.command(server, "--format", "json"))["value"]
            unused = json.loads(self.command(server, "--unused", "--format", "json"))["value"]
            self.assertEqual({connector["id"] for connector in everything if not connector["calledBy"]},
                             {connector["id"] for connector in unused})
            self.assertIn(NEW_VENDOR, {connector["id"] for connector in unused})

            # One click leads from the board to the list, and one more to the connectors that no step calls.
            self.assertIn("/connectors", browser.open("/flows").links)
            page = browser.open("/connectors")
            self.assertEqual(shown(page), {connector["id"] for connector in everything})
            self.assertIn("Vendor lookup", page.text)
            self.assertIn(f"/changes/{edit}", page.links)
            self.assertIn("/connectors?called=none", page.links)
            filtered = browser.open("/connectors?called=none")
            self.assertEqual(shown(filtered), {connector["id"] for connector in unused})
            for link in filtered.links:
                if link.startswith("/connectors/"):
                    self.assertIn("/connectors?called=none", browser.open(link).links)
            self.assertIn(f"No step calls {len(unused)} of {len(everything)} connectors.", filtered.text)
            self.assertEqual(shown(browser.open("/connectors?q=VENDOR%20LOOK")), {NEW_VENDOR})
            self.assertIn("No connector matches.", browser.open("/connectors?q=missing").text)
            for query in ("called=all", "other=1"):
                self.assertEqual(browser.open("/connectors?" + query).status, 400)

            # No change of this connector is recorded, but it has a page.
            unchanged = next(connector for connector in everything if connector["displayName"] == "Partner approval")
            own = browser.open(f"/connectors/{unchanged['id']}")
            self.assertIn("Partner approval", own.text)
            self.assertIn("It exists in the directory", own.text)
            self.assertEqual(browser.open("/connectors/missing").status, 404)

            server.put(OTHER, NEW_VENDOR)
            self.assertNotIn(NEW_VENDOR, shown(browser.open("/connectors?called=none")))
            self.assertNotIn(NEW_VENDOR, self.command(server, "--unused"))

    def test_an_empty_list_names_the_command_that_shows_other_connectors(self):
        with Server() as server:
            for connector in json.loads(self.command(server, "--unused", "--format", "json"))["value"]:
                answer = server.request("DELETE", f"/beta/identity/apiConnectors/{connector['id']}")
                self.assertEqual(answer.status, 204, answer.text)
            self.assertRegex(self.command(server, "--unused"),
                             rf"Steps call every connector \(\d+ connectors?\)\. To list them: reflog connectors --server {server.url}\n")

    def test_the_list_of_a_swept_directory_comes_from_the_sweep(self):
        with Graph() as graph, Server(graph=graph, SETTLE_WINDOW=1, GRAPH_READS_PER_MINUTE=60000) as server:
            eventually(lambda: server.request("GET", "/beta/reflog/status", role="reader").json["verifiedDateTime"])
            everything = json.loads(self.command(server, "--format", "json"))["value"]
            browser = Browser(server)
            browser.sign_in("reader")

            page = browser.open("/connectors")

            self.assertIn("The list is as of the last sweep at", page.text)
            self.assertEqual(shown(page), {connector["id"] for connector in everything})
            unused = {connector["id"] for connector in everything if not connector["calledBy"]}
            self.assertEqual(shown(browser.open("/connectors?called=none")), unused)
            self.assertIn(graph_connector("Fraud check"), {connector["id"] for connector in everything})


class Differences(unittest.TestCase):
    """The pages, HTTP and the command line show what differs between two times."""

    def test_only_what_differs_between_the_two_times_is_shown(self):
        with Server() as server:
            def settled():
                return server.history()[-1]["resultDateTime"]

            server.put(STEP, NEW_VENDOR)
            server.put(OTHER, FRAUD_CHECK)
            first = settled()
            changed = server.put(STEP, LOYALTY).change
            target = "https://b.contoso.example/hook"
            edit = server.request("PATCH", f"/beta/identity/apiConnectors/{FRAUD_CHECK}", {"targetUrl": target}).change
            second = settled()
            server.put(STEP, None)

            query = urllib.parse.urlencode({"asOf": first, "compareWith": second})
            body = server.request("GET", f"{CONFIGURATIONS}?{query}", role="reader").json
            found = {(item["flowId"], item["step"]): item for item in body["value"]}
            self.assertEqual((body["asOf"], body["compareWith"], body["comparedSteps"]), (first, second, 2))
            step, other = (found[tuple(address.split("/")[1:])] for address in (STEP, OTHER))
            self.assertEqual(len(found), 2)
            self.assertEqual([step["difference"], other["difference"]], ["reference", "connector"])
            self.assertEqual([step[side]["reference"]["connectorId"] for side in ("before", "after")], [NEW_VENDOR, LOYALTY])
            self.assertEqual((step["changeId"], other["changeId"], other["editedBy"]), (changed, edit, [edit]))
            self.assertIn("targetUrl https://", other["summary"])
            self.assertIn(f"→ {target}", other["summary"])
            filtered = server.request("GET", f"{CONFIGURATIONS}?{query}&$filter=flowId%20eq%20'B2C_1_signup'", role="reader").json
            self.assertEqual([item["step"] for item in filtered["value"]], ["postFederationSignup"])
            now = server.request("GET", f"{CONFIGURATIONS}?asOf={second}&compareWith=now", role="reader").json
            self.assertEqual([item["after"]["reference"]["state"] for item in now["value"]], ["none"])
            for wrong in (f"compareWith={second}", f"asOf={second}&compareWith={first}", f"asOf={first}&compareWith=2999-01-01"):
                self.assertEqual(server.request("GET", f"{CONFIGURATIONS}?{wrong}", role="reader").status, 400, wrong)

            for source in (["--server", server.url], ["--database", server.database]):
                def config(*options):
                    return server.command("config", *options, *source, role="reader")
                given = json.loads(config("--as-of", first, "--compare", second, "--format", "json").stdout)
                self.assertEqual(given["value"], body["value"])
                table = config("--as-of", first, "--compare", second)
                lines = table.stdout.splitlines()
                self.assertEqual(len(lines), 5, table.stdout)
                self.assertEqual(lines[:2], [f"FIRST is the state at {first}.", f"SECOND is the state at {second}."])
                self.assertIn("was edited in between", table.stdout)
                self.assertIn("No step differs", config("--as-of", second, "--compare", second).stdout)
                self.assertEqual(config("--compare", second).returncode, 64)
                self.assertEqual(config("--as-of", second, "--compare", first).returncode, 64)
                self.assertEqual(len(config("--as-of", first, "--compare", "now", "--format", "csv").stdout.splitlines()), 3)

            browser = Browser(server)
            browser.sign_in("reader")
            page = browser.open("/flows?" + query)
            self.assertIn("1 calls something else, 1 calls a connector that was edited or deleted.", page.text)
            for change in (changed, edit):
                self.assertIn(f"/changes/{change}", page.links)
            self.assertEqual(page.form("/flows")["fields"]["compareWith"][:19], second[:19].replace("T", " "))
            between = browser.open(next(link for link in page.links if link.startswith("/?") and "B2C_1_signup" in link))
            self.assertIn(f"/changes/{changed}", between.paths)
            self.assertNotIn("B2C_1_profile_edit", browser.open("/flows?flow=signup&" + query).text)
            board = browser.open(f"/flows?asOf={first}")
            self.assertIn(f"/flows?asOf={first}&compareWith=now", board.links)
            self.assertIn("The time is missing.", browser.open("/flows?compareWith=now").text)
            early = urllib.parse.urlencode({"asOf": second, "compareWith": first})
            self.assertIn("The second time is earlier than the first time.", browser.open("/flows?" + early).text)
            self.assertIn("'soon' is not a time.", browser.open(f"/flows?asOf={first}&compareWith=soon").text)
            self.assertEqual(browser.open("/flows?asOf=soon&compareWith=soon").text.count("'soon' is not a time."), 2)


class Integrity(unittest.TestCase):
    """An auditor finds out what was checked, and how to check the rest."""

    def test_the_page_shows_the_verdict_and_commands_that_work(self):
        with Server() as server:
            server.put(STEP, NEW_VENDOR)
            checkpoint, key = wait_for_checkpoint(server)
            browser = Browser(server)
            page = browser.sign_in("reader", "/integrity")
            self.assertRegex(page.text, r"The newest checkpoint has a valid signature\. It covers all [\d,]+ entries")
            self.assertRegex(page.text, r"The anchor has a valid signature\. It covers the first [\d,]+ entries")
            self.assertIn("This page does not compare all changes with their entries.", page.text)
            self.assertIn("/evidence", page.links)
            self.assertIn("Evidence", page.text)
            kept = os.path.join(server.folder, "kept")
            with open(kept, "w") as file:
                file.write(checkpoint)
            command = re.search(r"reflog verify --database FILE .*? KEPT-CHECKPOINT", page.text)[0]
            self.assertIn(key, command)
            words = command.replace("FILE", server.database).replace("KEPT-CHECKPOINT", kept).replace("'", "").split()
            run = server.command(*words[1:])
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertIn(f"python3 verify_log.py {server.url} --key '{key}' --old KEPT-CHECKPOINT", page.text)
            self.assertIn("/assets/verify_log.py", page.links)
            program = os.path.join(server.folder, "verify_log.py")
            with open(program, "w") as file:
                file.write(browser.open("/assets/verify_log.py").html)
            run = subprocess.run([sys.executable, program, server.url, "--key", key, "--old", kept], capture_output=True, text=True,
                                 timeout=120)
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_a_false_anchor_is_shown_as_a_difference(self):
        with Server() as server:
            server.put(STEP, NEW_VENDOR)
            wait_for_checkpoint(server)
            browser = Browser(server)
            browser.sign_in("reader")
            anchor = server.files + ".anchor"
            with open(anchor) as file:
                lines = file.read().split("\n")
            lines[1] = str(int(lines[1]) + 5)
            with open(anchor, "w") as file:
                file.write("\n".join(lines))
            page = browser.open("/integrity")
            self.assertIn("The log does not match:", page.text)
            self.assertNotIn("has a valid signature", page.text)

    def test_verify_refuses_a_server_and_shows_other_commands(self):
        with Server() as server:
            server.put(STEP, NEW_VENDOR)

            def verify(*options, folder=None, **variables):
                environment = {name: value for name, value in server.environment().items() if name != "REFLOG_DATABASE"}
                return subprocess.run([server.binary, "verify", *options], capture_output=True, text=True, timeout=120,
                                      env=environment | variables, cwd=folder or server.folder)
            empty = os.path.join(server.folder, "empty")
            os.mkdir(empty)
            for run in (verify("--server", server.url), verify(folder=empty, REFLOG_SERVER=server.url)):
                self.assertEqual(run.returncode, 64, run.stderr)
                for text in ("--database FILE", f"download {server.url}/assets/verify_log.py, then: python3 verify_log.py "
                             f"{server.url} --key KEY",
                             f"reflog evidence --server {server.url} --period PERIOD FOLDER"):
                    self.assertIn(text, run.stderr)
            run = verify("--database", server.database, REFLOG_SERVER=server.url)
            self.assertEqual((run.returncode, "REFLOG_SERVER" in run.stderr), (0, False), run.stderr)
