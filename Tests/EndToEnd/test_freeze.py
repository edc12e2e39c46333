import time
import unittest
import urllib.parse

import freezestorm
from browser import Browser
from freezestorm import FREEZES
from reflogserver import FRAUD_CHECK, LOYALTY, NEW_VENDOR, Graph, Server, ServerTestCase, eventually, graph_connector
from test_graph import FAST

SECONDS = 25

SIGNUP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
FLOW, STEP = SIGNUP.rsplit("/", 1)
SCOPE = dict(zip(("flowType", "flowId", "step"), SIGNUP.split("/")))
EVENTS = "/beta/auditLogs/serviceEvents?$filter=kind eq '{}'"


def in_hours(hours):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600 * hours))


class Freezing(ServerTestCase):
    """A freeze refuses changes in its scope. Operators can override and release the freeze."""

    def freeze(self, **body):
        answer = self.server.request("POST", FREEZES, {"reason": "INC0042"} | body)
        self.assertEqual(answer.status, 201, answer.text)
        self.addCleanup(self.server.request, "DELETE", f"{FREEZES}/{answer.json['id']}")
        return answer.json

    def events(self, kind):
        path = EVENTS.format(kind).replace(" ", "%20").replace("'", "%27")
        return self.server.request("GET", path, role="reader").json["value"]

    def csv_line(self, *verb):
        """Returns the last line of a verb's CSV."""
        return self.server.command(*verb, "--format", "csv", "--server", self.server.url, role="reader").stdout.splitlines()[-1]

    def exported_line(self, change):
        """Returns the line of a change in an export."""
        lines = self.server.command("export", "--server", self.server.url, role="reader").stdout.splitlines()
        return next(line for line in lines if line.startswith(f"{change},"))

    def test_a_frozen_step_is_not_changed(self):
        freeze = self.freeze(**SCOPE, until=in_hours(8))
        before = self.server.reference(SIGNUP)

        refused = self.server.put(SIGNUP, NEW_VENDOR)

        self.assertEqual((refused.status, refused.code), (423, "frozen"))
        message = refused.json["error"]["message"]
        for part in ("first-operator", SIGNUP, freeze["until"], "INC0042", f"freeze {freeze['id']}"):
            self.assertIn(part, message)
        self.assertEqual(refused.json["error"]["details"][0]["target"], freeze["id"])
        self.assertEqual(self.server.reference(SIGNUP), before)
        change = self.server.request("GET", f"/beta/auditLogs/connectorChanges/{refused.change}", role="reader").json
        self.assertEqual((change["result"], change["status"]["code"], change["override"]), ("denied", "frozen", None))

    def test_an_override_is_shown_with_its_change(self):
        freeze = self.freeze(scope="flow", flowType=SCOPE["flowType"], flowId=SCOPE["flowId"])
        reason = "Anmeldung gestört, 2 %"

        done = self.server.put(SIGNUP, NEW_VENDOR, headers={"Reflog-Override": urllib.parse.quote(reason)})

        self.assertEqual(done.status, 204, done.text)
        change = self.server.request("GET", f"/beta/auditLogs/connectorChanges/{done.change}", role="reader").json
        self.assertEqual((change["override"]["reason"], change["override"]["freezes"]), (reason, [freeze["id"]]))
        event = self.events("freezeOverridden")[0]
        self.assertEqual((event["id"], event["details"]["changes"]), (change["override"]["eventId"], done.change))
        shown = self.server.command("show", done.change, "--server", self.server.url, role="reader").stdout
        self.assertIn(reason, shown)
        self.assertIn("OVERRIDE", self.server.command("history", "--server", self.server.url, role="reader").stdout)
        export = self.server.request("GET", "/beta/auditLogs/connectorChanges?$format=csv", role="reader").text
        self.assertIn(f",{change['override']['eventId']},\"{reason}\",,\r\n", export)
        self.assertEqual(self.csv_line("show", done.change), self.exported_line(done.change))

    def test_an_erasure_deletes_the_reasons_that_an_operator_wrote(self):
        def request(method, path, body=None, role="ada", headers=None):
            return self.server.request(method, path, body, role, headers)

        created = request("POST", "/beta/reflog/tokens", {"name": "ada", "role": "operator"}, "admin").json
        self.server.tokens["ada"] = created["token"]
        freeze = request("POST", FREEZES, SCOPE | {"reason": "Mia Q7 asked"}).json
        self.addCleanup(self.server.request, "DELETE", f"{FREEZES}/{freeze['id']}")
        change = self.server.put(SIGNUP, NEW_VENDOR, "ada", {"Reflog-Override": "Mia Q7 agreed"}).change
        self.assertIn("Mia Q7", self.server.put(SIGNUP, None).text)
        paths = [f"/beta/auditLogs/connectorChanges/{change}", f"{FREEZES}/{freeze['id']}", FREEZES,
                 "/beta/auditLogs/connectorChanges?$format=csv", "/beta/auditLogs/connectorChanges?$format=jsonl",
                 "/beta/auditLogs/serviceEvents", "/beta/auditLogs/serviceEvents?$format=csv"]
        self.assertEqual([path for path in paths if "Mia Q7" not in request("GET", path, role="reader").text], [])

        self.assertEqual(request("POST", "/beta/reflog/erasures", {"token": "ada"}, "admin").status, 202)

        eventually(lambda: not any("Mia Q7" in request("GET", path, role="reader").text for path in paths))
        override = request("GET", paths[0], role="reader").json["override"]
        shown = request("GET", paths[1], role="reader").json
        self.assertEqual((override["reason"], shown["reason"]), (None, None))
        self.assertEqual(override["erased"], shown["erased"])
        event = next(event for event in self.events("freezePlaced") if event["id"] == freeze["id"])
        self.assertEqual((event["details"]["reason"], event["erased"]), (None, shown["erased"]))
        refused = self.server.put(SIGNUP, None).json["error"]["message"]
        self.assertIn("with the reason: [erased]", refused)
        self.assertNotIn("Mia Q7", self.server.log)
        for verb in (["freezes"], ["show", change]):
            self.assertIn("[erased]", self.server.command(*verb, "--server", self.server.url, role="reader").stdout)
        self.assertEqual(self.csv_line("show", change), self.exported_line(change))

    def test_only_operators_freeze_and_override(self):
        for role in ("reader", "admin"):
            self.assertEqual(self.server.request("POST", FREEZES, {"scope": "all", "reason": "x"}, role).code, "forbidden")
        freeze = self.freeze(**SCOPE)
        for role in ("reader", "admin"):
            self.assertEqual(self.server.request("DELETE", f"{FREEZES}/{freeze['id']}", role=role).code, "forbidden")
            answer = self.server.put(SIGNUP, None, role, {"Reflog-Override": "x"})
            self.assertEqual((answer.status, answer.code), (403, "forbidden"))
        self.assertEqual(self.server.request("GET", f"{FREEZES}/{freeze['id']}", role="reader").json["state"], "inForce")

    def test_a_freeze_of_everything_covers_connectors(self):
        path = f"/beta/identity/apiConnectors/{FRAUD_CHECK}"
        self.assertEqual(self.server.put(SIGNUP, NEW_VENDOR).status, 204)
        self.freeze(**SCOPE)
        self.assertEqual(self.server.request("PATCH", path, {"displayName": "Fraud check"}).status, 204)
        self.freeze(scope="all")
        self.assertEqual(self.server.request("PATCH", path, {"displayName": "x"}).code, "frozen")
        self.assertEqual(self.server.request("DELETE", path).code, "frozen")

    def test_a_connector_that_a_frozen_step_calls_is_not_edited(self):
        def edit(connector, name, **headers):
            return self.server.request("PATCH", f"/beta/identity/apiConnectors/{connector}", {"displayName": name}, headers=headers)

        def change(id):
            return self.server.request("GET", f"/beta/auditLogs/connectorChanges/{id}", role="reader").json
        self.assertEqual(self.server.put(SIGNUP, LOYALTY).status, 204)
        freeze = self.freeze(scope="flow", flowType=SCOPE["flowType"], flowId=SCOPE["flowId"], until=in_hours(8))

        refused = edit(LOYALTY, "Broken")

        self.assertEqual((refused.status, refused.code), (423, "frozen"))
        self.assertEqual(refused.json["error"]["message"], (
            f"{SIGNUP} calls this connector and is frozen until {freeze['until']}. token first-operator froze {FLOW}, with the "
            f"reason: INC0042 (freeze {freeze['id']}). Nothing was changed. Wait until the freeze is over, or ask an operator to "
            "release it or to override it with Reflog-Override or --override."))
        self.assertEqual(refused.json["error"]["details"][0]["target"], freeze["id"])
        denied = change(refused.change)
        self.assertEqual((denied["subject"], denied["result"], denied["status"]["code"]), ("connector", "denied", "frozen"))
        path = f"/beta/identity/apiConnectors/{LOYALTY}"
        self.assertNotEqual(self.server.request("GET", path, role="reader").json["displayName"], "Broken")
        certificate = self.server.request("POST", path + "/uploadClientCertificate", {"pkcs12Value": "AAAA", "password": "x"})
        self.assertEqual((certificate.status, certificate.code), (423, "frozen"))
        # Connectors that no frozen step calls can still be edited and created.
        self.assertEqual(edit(FRAUD_CHECK, "Fraud check").status, 204)
        done = edit(LOYALTY, "Loyal", **{"Reflog-Override": "The vendor agreed"})
        self.assertEqual(done.status, 204, done.text)
        overridden = change(done.change)
        self.assertEqual((overridden["override"]["reason"], overridden["override"]["freezes"]), ("The vendor agreed", [freeze["id"]]))
        self.assertEqual(self.events("freezeOverridden")[0]["details"]["changes"], done.change)
        shown = self.server.command("show", refused.change, "--server", self.server.url, role="reader").stdout
        self.assertIn(f"Freeze {freeze['id']} does not permit the change.", shown)

        # After the step is pointed elsewhere, the freeze covers the other connector.
        moved = self.server.put(SIGNUP, FRAUD_CHECK, headers={"Reflog-Override": "The vendor is down"})
        self.assertEqual(moved.status, 204, moved.text)
        self.assertEqual(edit(LOYALTY, "Loyalty").status, 204)
        self.assertEqual(edit(FRAUD_CHECK, "Broken").code, "frozen")

    def test_the_plan_of_a_restoration_names_the_frozen_step(self):
        self.assertEqual(self.server.put(SIGNUP, LOYALTY).status, 204)
        edit = self.server.request("PATCH", f"/beta/identity/apiConnectors/{LOYALTY}", {"displayName": "Bad"}).change

        def plan():
            return self.server.request("POST", f"/beta/auditLogs/connectorChanges/{edit}/restore", {"dryRun": True}).json

        def refusal():
            done = self.server.command("restore", edit, "--dry-run", "--server", self.server.url, role="operator")
            self.assertEqual(done.returncode, 1, done.stderr)
            return done.stderr
        self.assertEqual((plan()["freeze"], plan()["freezeCaller"]), (None, None))

        until = in_hours(8)
        step = self.freeze(**SCOPE, until=until)

        self.assertEqual((plan()["freeze"]["id"], plan()["freezeCaller"]), (step["id"], SCOPE))
        self.assertIn(f"{SIGNUP} calls the connector, and freeze {step['id']} covers this step until {step['until']}.", refusal())

        everything = self.freeze(scope="all")

        self.assertEqual((plan()["freeze"]["id"], plan()["freezeCaller"]), (everything["id"], None))
        self.assertIn(f"because freeze {everything['id']} covers the connector. To restore", refusal())

    def test_the_pages_of_a_connector_and_of_its_edit_name_the_frozen_step(self):
        path = f"/beta/identity/apiConnectors/{LOYALTY}"
        self.assertEqual(self.server.put(SIGNUP, LOYALTY).status, 204)
        self.assertEqual(self.server.request("PATCH", path, {"displayName": "Loyalty"}).status, 204)
        bad = self.server.request("PATCH", path, {"displayName": "Bad"}).change
        freeze = self.freeze(**SCOPE)
        browser = Browser(self.server)
        browser.sign_in("operator")
        for page in (browser.open(f"/connectors/{LOYALTY}"), browser.open(f"/changes/{bad}")):
            self.assertIn(f"{STEP} of {SCOPE['flowId']} calls this connector.", page.text)
            self.assertIn("frozen now by token first-operator until a person releases it", page.text)
            self.assertIn(f"/freezes#freeze-{freeze['id']}", page.links)
        form = page.form(f"/changes/{bad}/restore")

        refused = browser.submit(form, reason="Broken")
        done = browser.submit(refused.form(f"/changes/{bad}/restore"), reason="Broken", override="The vendor agreed")

        self.assertEqual(refused.status, 423, refused.text)
        self.assertIn(f"{SIGNUP} calls this connector and is frozen until a person releases it.", refused.text)
        self.assertIn("Wait until the freeze is over, release it, or override it.", refused.text)
        self.assertEqual(done.status, 200, done.text)
        self.assertIn("Freeze overridden: The vendor agreed", browser.open("/").text)
        self.assertEqual(self.server.request("GET", path, role="reader").json["displayName"], "Loyalty")
        self.assertNotIn("calls this connector.", browser.open(f"/connectors/{FRAUD_CHECK}").text)

    def test_a_connector_that_a_frozen_step_calls_is_not_deleted(self):
        self.assertEqual(self.server.put(SIGNUP, LOYALTY).status, 204)
        self.freeze(scope="flow", flowType=SCOPE["flowType"], flowId=SCOPE["flowId"])

        refused = self.server.request("DELETE", f"/beta/identity/apiConnectors/{LOYALTY}")

        self.assertEqual((refused.status, refused.code), (423, "frozen"))
        change = self.server.request("GET", f"/beta/auditLogs/connectorChanges/{refused.change}", role="reader").json
        self.assertEqual((change["subject"], change["result"], change["status"]["code"]), ("connector", "denied", "frozen"))

    def test_a_flow_with_a_frozen_step_is_not_deleted(self):
        made = self.server.request("POST", "/beta/identity/b2cUserFlows", {
            "id": "frozen", "userFlowType": "signUp", "userFlowTypeVersion": 3})
        self.assertEqual(made.status, 201, made.text)
        path = "/beta/identity/b2cUserFlows/B2C_1_frozen"
        freeze = self.freeze(flowType="b2cUserFlows", flowId="B2C_1_frozen", step="preTokenIssuance")

        refused = self.server.request("DELETE", path)
        done = self.server.request("DELETE", path, headers={"Reflog-Override": "Obsolete"})

        self.assertEqual((refused.status, refused.code), (423, "frozen"))
        change = self.server.request("GET", f"/beta/auditLogs/connectorChanges/{refused.change}", role="reader").json
        self.assertEqual((change["flowId"], change["step"], change["result"]), ("B2C_1_frozen", "preTokenIssuance", "denied"))
        self.assertEqual(done.status, 204, done.text)
        event = self.events("freezeOverridden")[0]
        self.assertEqual(event["details"], {"freezes": freeze["id"], "changes": "", "reason": "Obsolete"})

    def test_wrong_bodies_are_refused(self):
        good = {"reason": "x"} | SCOPE
        for body in ({"reason": "x"}, {"scope": "all"}, good | {"reason": ""}, good | {"reason": " \t"}, good | {"scope": "all"}, good | {"until": "soon"},
                     good | {"until": in_hours(-1)}, good | {"from": in_hours(2), "until": in_hours(1)},
                     good | {"step": "1"}, {"reason": "x", "step": STEP}, good | {"name": "x"}, good | {"reason": "x" * 1025}):
            self.assertEqual(self.server.request("POST", FREEZES, body).status, 400, body)
        self.assertEqual(self.server.request("GET", FREEZES + "/x").status, 400)
        self.assertEqual(self.server.request("DELETE", FREEZES + "/999999999").status, 404)
        for value in ("", "%20", "%FF", "x" * 4001):
            self.assertEqual(self.server.put(SIGNUP, None, headers={"Reflog-Override": value}).status, 400, value)

    def test_metrics_count_freezes_refusals_and_overrides(self):
        def figures():
            text = self.server.request("GET", "/metrics", role="reader").text
            return {name: float(line.split()[-1]) for line in text.splitlines() if not line.startswith("#")
                    for name in [line.split("{")[0].split()[0]] if "freeze" in name}
        before = figures()
        self.freeze(**SCOPE)
        self.server.put(SIGNUP, None)
        self.server.put(SIGNUP, None, headers={"Reflog-Override": "x"})
        after = figures()
        self.assertEqual({name: after[name] - before[name] for name in after}, {
            "reflog_freezes": 1, "reflog_freeze_refusals_total": 1, "reflog_freeze_overrides_total": 1})

    def test_the_command_line_freezes_and_releases(self):
        def run(*arguments):
            return self.server.command(*arguments, role="operator")
        self.server.put(SIGNUP, NEW_VENDOR)
        placed = run("freeze", SIGNUP, "--until", "8h", "--reason", "INC0042")
        self.assertEqual(placed.returncode, 0, placed.stderr)
        id = placed.stdout.splitlines()[1].split()[0]
        self.assertIn("Edits of the connectors that the frozen steps call are refused too.", placed.stderr)
        self.assertIn(SIGNUP, run("freezes").stdout)

        refused = run("set", SIGNUP, "--none")
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"freeze {id}", refused.stderr)
        done = run("set", SIGNUP, "--none", "--override", "Sign-up is down")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Sign-up is down", done.stdout)
        dry = run("rollback", "--step", SIGNUP, "--dry-run")
        self.assertEqual(dry.returncode, 1, dry.stderr)
        self.assertIn(f"The rollback would be refused, because freeze {id} covers the step", dry.stderr)
        self.assertIn("use --override with a reason", dry.stderr)

        self.assertEqual(run("unfreeze", id).returncode, 0)
        self.assertEqual(run("unfreeze", id).returncode, 1)
        self.assertEqual(run("unfreeze", "999999999").returncode, 2)
        self.assertIn("There are no freezes.", run("freezes").stdout)

    def test_a_freeze_of_an_unknown_flow_or_step_is_placed_with_a_warning(self):
        effect = "The freeze covers nothing until such a flow is created."
        unknown = f"Reflog knows no flow 'B2C_1_singup'. {effect} Nearest names: B2C_1_signup"
        known = self.freeze(scope="flow", flowType="b2cUserFlows", flowId="B2C_1_signup")
        self.assertNotIn("@reflog.warning", known)
        placed = self.freeze(scope="flow", flowType="b2cUserFlows", flowId="B2C_1_singup")
        self.assertIn(unknown, placed["@reflog.warning"])
        step = self.freeze(**SCOPE | {"step": "postFederationSignpu"})
        self.assertEqual(step["@reflog.warning"], "Reflog knows no step 'postFederationSignpu'. The freeze covers nothing "
                         "until the flow gets such a step. Nearest names: postFederationSignup.")

        run = self.server.command("freeze", "B2C_1_singup", "--reason", "INC0042", role="operator")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.addCleanup(self.server.request, "DELETE", f"{FREEZES}/{run.stdout.splitlines()[1].split()[0]}")
        self.assertIn(unknown, run.stderr)
        browser = Browser(self.server)
        browser.sign_in("reader")
        self.assertEqual(browser.open("/freezes").text.count(unknown), 2)

    def test_the_rollback_page_freezes_and_overrides(self):
        self.server.put(SIGNUP, FRAUD_CHECK)
        bad = self.server.put(SIGNUP, NEW_VENDOR).change
        browser = Browser(self.server)
        browser.sign_in("operator")
        path = f"/changes/{bad}/rollback"
        done = browser.submit(browser.open(path).form(path), reason="Broken", freeze="true", hours="8")
        self.assertEqual(done.status, 200, done.text)
        self.assertIn("The step is frozen until", done.text)
        self.assertIn("frozen now by token first-operator", done.text)

        page = browser.open("/freezes")
        # The freeze does not contain the reason for the rollback, because that reason can be too long for a freeze.
        self.assertIn(f"After the rollback of change {bad}", page.text)
        self.assertNotIn("Broken", page.text)
        refused = self.server.put(SIGNUP, NEW_VENDOR)
        self.assertEqual(refused.code, "frozen")
        self.assertIn("frozen", browser.open(f"/changes/{refused.change}").text)
        forged = browser.submit(page.forms[2], csrf="x")
        self.assertEqual(forged.status, 400)

        rollback = [change for change in self.server.history() if change["rollbackOf"] == bad][0]["id"]
        path = f"/changes/{rollback}/rollback"
        plan = browser.open(path)
        self.assertIn("A rollback is refused unless you override the freeze.", plan.text)
        for blank in ("", " \t"):
            refused = browser.submit(plan.form(path), reason="Again", override=blank)
            self.assertEqual(refused.status, 423)
        done = browser.submit(plan.form(path), reason="Again", override="The vendor is back")
        self.assertEqual(done.status, 200, done.text)
        for text in ("freeze overridden", "Reason for the override", "The vendor is back"):
            self.assertIn(text, done.text)
        self.assertIn("Freeze overridden: The vendor is back", browser.open("/").text)

        self.assertIn("Nothing is frozen.", browser.submit(page.forms[2]).text)
        self.assertEqual(self.server.put(SIGNUP, NEW_VENDOR).status, 204)

    def test_the_page_of_freezes_places_a_freeze_and_the_pages_mark_it(self):
        browser = Browser(self.server)
        browser.sign_in("operator")
        change = self.server.put(SIGNUP, FRAUD_CHECK).change
        link = next(link for link in browser.open(f"/flows/{FLOW}").links if link.startswith("/freezes?scope="))
        form = browser.open(link).form("/freezes")
        self.assertEqual(form["fields"]["scope"], FLOW)
        refused = browser.submit(form, until="yesterday at noon", reason="INC0042")
        self.assertEqual((refused.status, refused.form("/freezes")["fields"]["reason"]), (400, "INC0042"))
        self.assertIn("is not a time", refused.text)
        past = browser.submit(form, until="2020-01-01", reason="INC0042")
        self.assertEqual(past.status, 400)
        self.assertIn("The freeze would end before it begins.", past.text)

        placed = browser.submit(form, scope=SIGNUP, until="8h", reason="INC0042")

        self.assertEqual(placed.status, 200, placed.text)
        self.assertIn(SIGNUP, placed.text)
        freeze = self.server.request("GET", FREEZES).json["value"][-1]
        self.addCleanup(self.server.request, "DELETE", f"{FREEZES}/{freeze['id']}")
        self.assertEqual((freeze["step"], freeze["state"], freeze["reason"]), (STEP, "inForce", "INC0042"))
        for path in ("/flows", f"/flows/{FLOW}", f"/changes/{change}"):
            page = browser.open(path)
            self.assertIn("frozen now by token first-operator until", page.text, path)
            self.assertIn("with the reason: INC0042", page.text, path)
            self.assertIn(f"/freezes#freeze-{freeze['id']}", page.links, path)

        reader = Browser(self.server)
        page = reader.sign_in("reader", "/freezes")
        self.assertNotIn("/freezes", [form["action"] for form in page.forms])
        csrf = page.form("/time-zone")["fields"]["csrf"]
        forbidden = reader.submit({"action": "/freezes", "fields": {"csrf": csrf, "scope": "all", "reason": "x"}})
        self.assertEqual(forbidden.status, 403)

    def test_a_rollback_to_a_time_leaves_frozen_steps_alone(self):
        other = f"{FLOW}/postAttributeCollection"
        for address in (SIGNUP, other):
            self.assertEqual(self.server.put(address, FRAUD_CHECK).status, 204)
        time.sleep(0.01)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{int(time.time() % 1 * 1e6):06d}Z"
        time.sleep(0.01)
        for address in (SIGNUP, other):
            self.assertEqual(self.server.put(address, NEW_VENDOR).status, 204)
        self.freeze(**SCOPE)
        path = "/beta/auditLogs/connectorConfigurations/rollback"
        body = {"asOf": moment, "flowType": SCOPE["flowType"], "flowId": SCOPE["flowId"]}

        def progress(batch):
            found = self.server.request("GET", f"{path}/{batch}").json
            return found["state"] != "running" and found
        begun = self.server.request("POST", path, body)
        done = eventually(lambda: progress(begun.json["batchId"]))
        steps = {step["step"]: step for step in done["value"]}
        self.assertEqual((done["state"], steps["postAttributeCollection"]["result"]), ("partial", "applied"))
        self.assertIn("INC0042", steps[STEP]["message"])
        self.assertEqual(steps[STEP]["result"], "denied")
        denied = self.server.request("GET", f"/beta/auditLogs/connectorChanges/{steps[STEP]['changeId']}", role="reader").json
        self.assertEqual((denied["kind"], denied["result"], denied["status"]["code"]), ("rollback", "denied", "frozen"))
        self.assertEqual(self.server.reference(SIGNUP), NEW_VENDOR)

        self.server.request("POST", path, {"batchId": begun.json["batchId"]}, headers={"Reflog-Override": "Agreed"})
        done = eventually(lambda: progress(begun.json["batchId"]))
        self.assertEqual(done["state"], "done")
        self.assertEqual(self.server.reference(SIGNUP), FRAUD_CHECK)
        self.assertEqual(self.events("freezeOverridden")[0]["details"]["reason"], "Agreed")

    def test_a_rollback_to_a_time_on_the_pages_overrides_a_freeze_with_a_reason(self):
        other = f"{FLOW}/postAttributeCollection"
        for address in (SIGNUP, other):
            self.assertEqual(self.server.put(address, FRAUD_CHECK).status, 204)
        moment = self.server.history()[-1]["resultDateTime"]
        for address in (SIGNUP, other):
            self.assertEqual(self.server.put(address, NEW_VENDOR).status, 204)
        freeze = self.freeze(**SCOPE)
        browser = Browser(self.server)
        browser.sign_in("operator")
        path = f"/flows/rollback?asOf={moment}&flow={FLOW}"

        def finished(page):
            while "still running" in page.text:
                page = browser.open(next(link for link in page.links if link.startswith("/flows/rollback/")))
            return page
        plan = browser.open(path)
        self.assertIn("2 steps call something else now. 1 of them is frozen.", plan.text)
        self.assertIn(f"Freeze {freeze['id']} covers this step.", plan.text)
        self.assertIn("Frozen steps are not rolled back unless you override the freezes.", plan.text)
        # Without the override, only the other step is rolled back.
        page = finished(browser.submit(plan.form("/flows/rollback"), reason="INC0043"))
        self.assertIn("1 of 2 steps were rolled back. The rollback stopped before it was complete.", page.text)
        self.assertEqual([self.server.reference(address) for address in (SIGNUP, other)], [NEW_VENDOR, FRAUD_CHECK])
        self.assertNotIn("Reflog-Override", page.text)
        # A form on the page with the result continues the rollback with an override.
        page = finished(browser.submit(page.form("/flows/rollback"), reason="INC0043", override="The vendor agreed"))
        self.assertIn("The rollback is done.", page.text)
        self.assertEqual(self.server.reference(SIGNUP), FRAUD_CHECK)
        newest = self.server.history()[-1]
        self.assertEqual((newest["kind"], newest["override"]["reason"]), ("rollback", "The vendor agreed"))
        self.assertEqual(newest["override"]["freezes"], [freeze["id"]])


class AFreezeOfAnUnchangedStep(ServerTestCase):
    """The frozen step has called the same connector since the directory was created, so no change of the step is recorded."""

    def test_its_connector_is_not_edited_or_deleted(self):
        flow, step = "b2xUserFlows/B2X_1_partner_signup", "postAttributeCollection"
        flow_type, flow_id = flow.split("/")
        connector = f"/beta/identity/apiConnectors/{self.server.reference(f'{flow}/{step}')}"
        freeze = self.server.request("POST", FREEZES, {"reason": "INC0042", "flowType": flow_type, "flowId": flow_id, "step": step})
        self.assertEqual((freeze.status, self.server.history()), (201, []))

        refused = [self.server.request("PATCH", connector, {"displayName": "Broken"}), self.server.request("DELETE", connector)]

        for answer in refused:
            self.assertEqual((answer.status, answer.code), (423, "frozen"))
            self.assertIn(f"{flow}/{step} calls this connector and is frozen until a person", answer.text)
        self.assertEqual(self.server.request("DELETE", f"{FREEZES}/{freeze.json['id']}").status, 204)
        self.assertEqual(self.server.request("PATCH", connector, {"displayName": "Approval"}).status, 204)
        self.assertEqual(self.server.put(f"{flow}/{step}", NEW_VENDOR).status, 204)
        self.assertEqual([change["kind"] for change in self.server.history()], ["update"] * 4)


class FrozenDrift(unittest.TestCase):
    """A change that was made without Reflog at a frozen step causes an alert."""

    def test_drift_at_a_frozen_step_is_reported(self):
        with Graph(timeout=FAST["GRAPH_TIMEOUT"]) as graph, Server(graph=graph, **FAST) as server:
            graph.control(set={SIGNUP: graph_connector("Fraud check")})
            eventually(lambda: SIGNUP in [f"{change['flowType']}/{change['flowId']}/{change['step']}"
                                          for change in server.history()])
            freeze = server.request("POST", FREEZES, {"reason": "x"} | SCOPE).json
            graph.control(set={SIGNUP: graph_connector("Outsider A")})

            def warning():
                warnings = server.request("GET", "/beta/reflog/status", role="reader").json["warnings"]
                return [text for text in warnings if f"freeze {freeze['id']}" in text]
            eventually(warning)
            self.assertIn("reflog_frozen_drift_total 1", server.request("GET", "/metrics", role="reader").text)
            self.assertRegex(server.log, "drift (possibly )?despite a freeze")

    def test_drift_of_a_connector_that_a_frozen_step_calls_is_reported(self):
        with Graph(timeout=FAST["GRAPH_TIMEOUT"]) as graph, Server(graph=graph, **FAST) as server:
            loyalty = graph_connector("Loyalty")
            self.assertEqual(server.put(SIGNUP, loyalty).status, 204)
            eventually(lambda: server.request("GET", "/beta/reflog/status", role="reader").json["verifiedDateTime"])
            freeze = server.request("POST", FREEZES, {"reason": "x"} | SCOPE).json

            graph.control(edit={loyalty: {"displayName": "Outsider"}})

            def warning():
                warnings = server.request("GET", "/beta/reflog/status", role="reader").json["warnings"]
                return [text for text in warnings if f"freeze {freeze['id']}" in text]
            eventually(warning)
            self.assertIn("reflog_frozen_drift_total 1", server.request("GET", "/metrics", role="reader").text)
            self.assertRegex(server.log, "drift (possibly )?despite a freeze")

    def test_the_page_shows_that_a_step_is_not_frozen_if_the_result_of_the_rollback_is_unknown(self):
        with Graph(timeout=FAST["GRAPH_TIMEOUT"]) as graph, Server(graph=graph, **FAST) as server:
            graph.control(set={SIGNUP: graph_connector("Fraud check")})
            bad = server.put(SIGNUP, graph_connector("Loyalty")).change
            browser = Browser(server)
            browser.sign_in("operator")
            path = f"/changes/{bad}/rollback"
            plan = browser.open(path)
            graph.control(writes=["reset_before"])

            page = browser.submit(plan.form(path), reason="Broken", freeze="true", hours="8")

            self.assertEqual(page.status, 200, page.text)
            self.assertIn("The result is not known yet.", page.text)
            self.assertIn("The step is not frozen: ", page.text)
            self.assertEqual(server.request("GET", FREEZES).json["value"], [])


class StormOfFreezes(unittest.TestCase):
    """Many clients change and freeze at the same time."""

    def test_no_change_is_applied_at_a_frozen_step(self):
        storm, violations = freezestorm.run(4, 32, 20261123)
        self.assertEqual(violations, [], storm.summary)
        self.assertGreater(storm.overridden, 0)
        for control, found in storm.controlled.items():
            self.assertTrue(found, f"the check found no violation: {control}")
