import csv
import glob
import io
import time
import unittest
import uuid

from generated import GeneratedServer, texts_in_file
from ledgerfile import triggers_dropped
from reflogserver import Server, wait_for_checkpoint
from testparts import apart, sqlite_only

CHANGES = "/beta/auditLogs/connectorChanges"
EVENTS = "/beta/auditLogs/serviceEvents"
RETENTION = "/beta/reflog/retention"
# The retention in days. With this number, changes from before 2024-07-01 are purged. That day is in the middle of the
# generated history.
DAYS = int((time.time() - 1_719_792_000) // 86_400)

# The last effective change of each address, or the last change if none was effective.
LAST_CHANGES = """
    SELECT coalesce(max(iif(before_state <> after_state OR before_connector IS NOT after_connector, id, NULL)), max(id))
    FROM change WHERE result = 'applied' AND address IS NOT NULL GROUP BY address
"""


def guid(value):
    return str(uuid.UUID(bytes=value)) if isinstance(value, bytes) else value


@apart(cores=0.7)
@sqlite_only("it serves a generated SQLite file")
class Purging(unittest.TestCase):
    """A purge deletes only the changes that are older than the retention. The tests run in the order of their names."""

    @classmethod
    def setUpClass(cls):
        cls.server = server = cls.enterClassContext(GeneratedServer(4000))
        cls.before = server.rows("SELECT id, result_time, address FROM change")
        cls.last_changes = {row[0] for row in server.rows(LAST_CHANGES)}
        cls.flow = server.rows("SELECT flow_type, flow_id FROM flow WHERE id = 7")[0]
        cls.held = {row[0] for row in server.rows(
            "SELECT change.id FROM change JOIN address ON address.id = change.address WHERE address.flow = 7")}
        cls.configurations = server.request("GET", "/beta/auditLogs/connectorConfigurations").json
        cls.texts = cls.texts_of_changes(server)

    @staticmethod
    def texts_of_changes(server):
        """Returns, for each change, the texts and ids that the file must not contain after the change was purged."""
        found = {}
        for id, correlation, request, reason, graph in server.rows(
                "SELECT change.id, correlation_id, request_id, reason, graph_request_id FROM change "
                "LEFT JOIN change_personal ON change_personal.change = change.id"):
            found[id] = [value for value in (correlation, request, graph, reason) if value is not None]
        return found

    def test_1_only_an_admin_sets_the_policy_and_the_policy_has_a_minimum(self):
        server = self.server
        self.assertEqual(server.request("GET", RETENTION, role="admin").json,
                         {"days": None, "minimumDays": 400, "purge": None})
        self.assertEqual(server.request("POST", RETENTION + "/purge", {}, "admin").code, "noRetention")
        refused = server.request("POST", RETENTION, {"days": 399}, "admin")
        self.assertEqual((refused.status, refused.code, refused.json["error"]["target"]), (400, "badRequest", "days"))
        for body in ({}, {"days": "400"}, {"days": 0}, {"days": 1.5}, {"day": 400}):
            self.assertEqual(server.request("POST", RETENTION, body, "admin").status, 400, body)
        for role in ("reader", "operator"):
            self.assertEqual(server.request("POST", RETENTION, {"days": 500}, role).code, "forbidden")
        self.assertEqual(server.request("POST", RETENTION, {"days": 30, "override": True}, "admin").json["days"], 30)
        self.assertEqual(server.request("DELETE", RETENTION, role="admin").status, 204)
        self.assertIn("for ever", server.admin("retention", "show").stdout)
        self.assertIn(f"{DAYS} days", server.admin("retention", "set", "--days", str(DAYS)).stdout)

    def test_2_the_name_of_a_hold_is_unique(self):
        server = self.server
        placed = server.admin("hold", "place", "CASE-1", "--flow", "/".join(self.flow), "--reason", "Litigation").stdout
        self.assertIn("CASE-1", placed)
        again = server.admin("hold", "place", "case-1", "--reason", "x", check=False)
        self.assertEqual((again.returncode, "holdExists" in again.stderr), (1, True))
        self.assertIn("/".join(self.flow), server.admin("hold", "list").stdout)
        self.assertEqual(server.admin("hold", "release", "none", check=False).returncode, 2)

    def test_3_a_purge_has_the_effect_that_its_plan_shows(self):
        server = self.server
        plan = server.request("POST", RETENTION + "/purge", {"dryRun": True}, "admin").json
        old = {id for id, settled, _ in self.before if settled is not None and settled < cutoff(plan["before"])}
        purgeable = old - self.last_changes - self.held
        self.assertEqual(plan["changes"], len(purgeable))
        self.assertEqual(plan["held"], len(old & self.held))
        self.assertEqual(plan["standing"], len((old & self.last_changes) - self.held))
        self.assertEqual(server.admin("retention", "purge", check=False).returncode, 1)
        self.assertEqual(len(server.rows("SELECT id FROM change")), len(self.before))

        done = server.admin("retention", "purge", "--yes")

        self.assertIn("done at", done.stdout)
        self.assertEqual({row[0] for row in server.rows("SELECT id FROM change")},
                         {id for id, _, _ in self.before} - purgeable)
        one = min(purgeable)
        purged = server.request("GET", f"{CHANGES}/{one}")
        self.assertEqual((purged.status, purged.code), (410, "changePurged"))
        self.assertEqual(server.request("GET", f"{CHANGES}/{one}?$format=record").status, 410)
        self.assertEqual(server.request("GET", f"{CHANGES}/99999").status, 404)
        self.assertEqual(server.command("show", str(one), "--database", server.database).returncode, 2)
        self.assertEqual(server.request("GET", "/beta/auditLogs/connectorConfigurations").json, self.configurations)

    def test_4_history_verifies_without_the_purged_changes(self):
        server = self.server
        wait_for_checkpoint(server)
        run = server.verify("--anchor", server.files + ".anchor")
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("were purged, as recorded", run.stderr)
        kinds = [e["kind"] for e in server.request("GET", EVENTS + "?$top=1000").json["value"]]
        for kind in ("retentionSet", "holdPlaced", "purgeAsked", "purged"):
            self.assertIn(kind, kinds)

    def test_5_no_file_contains_purged_data(self):
        server = self.server
        present = {row[0] for row in server.rows("SELECT id FROM change")}
        # Many changes share one reason. The text of the reason must be kept while one of these changes is kept.
        kept = {text for id in present for text in self.texts[id]}
        purged = {text for id, texts in self.texts.items() if id not in present for text in texts} - kept
        self.assertGreater(len(purged), 4000)
        for path in set(glob.glob(server.files + "*")) - {server.database}:
            self.assertEqual(texts_in_file(path, *purged), [], path)
        # Compact the file first. If SQLite moved a row within the file and the row was deleted later, the file can still
        # contain the old copy of the row.
        server.compact()
        for path in glob.glob(server.files + "*"):
            self.assertEqual(texts_in_file(path, *purged), [], path)
        self.assertEqual({row[0] for row in server.rows("SELECT id FROM change")}, present)
        self.assertEqual(server.verify("--anchor", server.files + ".anchor").returncode, 0)

    def test_6_a_second_purge_deletes_released_changes(self):
        server = self.server
        server.admin("hold", "release", "CASE-1")
        server.admin("retention", "purge", "--yes")
        present = {row[0] for row in server.rows("SELECT id FROM change")}
        self.assertEqual(present & self.held, {id for id, settled, _ in self.before
                                               if id in self.held and (id in self.last_changes or id in present)})
        self.assertLess(len(present & self.held), len(self.held))
        wait_for_checkpoint(server)
        self.assertEqual(server.verify().returncode, 0)

    def test_7_a_deletion_by_hand_is_found(self):
        server = self.server
        server.stop()
        victim = server.rows("SELECT max(id) FROM change WHERE id < (SELECT max(id) FROM change) - 50")[0][0]
        event = server.rows("SELECT event FROM purged_change LIMIT 1")[0][0]
        edit(server.database, f"INSERT INTO purged_change VALUES ({victim}, {victim}, {event})",
             f"DELETE FROM change_personal WHERE change = {victim}", f"DELETE FROM change WHERE id = {victim}",
             f"UPDATE entry SET salt = NULL, change = 0 WHERE change = {victim}")
        run = server.verify()
        self.assertEqual(run.returncode, 65)
        self.assertIn(f"Change {victim} is missing, and no recorded purge deleted it.", run.stdout)


class Erasing(unittest.TestCase):
    @sqlite_only("it serves a generated SQLite file")
    def test_the_personal_data_of_a_person_is_erased_and_history_verifies(self):
        with GeneratedServer(1500) as server:
            actor, name, upn = server.rows(
                "SELECT actor_id, name, user_principal_name FROM actor JOIN actor_name ON actor_name.actor = actor.id "
                "WHERE actor_type = 'user' LIMIT 1")[0]
            flow = server.rows("SELECT flow_type, flow_id FROM flow WHERE id = 3")[0]
            by_person = server.rows("SELECT count(*) FROM change JOIN actor ON actor.id = change.actor WHERE actor_id = ?", actor)[0][0]
            held = server.rows("SELECT count(*) FROM change JOIN actor ON actor.id = change.actor JOIN address ON "
                               "address.id = change.address WHERE actor_id = ? AND flow = 3", actor)[0][0]
            before = server.request("GET", CHANGES + f"?$filter=initiatedBy/user/id eq '{actor}'&$top=1000".replace(" ", "%20")).json
            server.admin("hold", "place", "CASE-2", "--flow", "/".join(flow), "--reason", "kept")

            plan = server.request("POST", "/beta/reflog/erasures", {"actor": actor, "dryRun": True}, "admin").json
            self.assertEqual((plan["changes"], plan["held"]), (by_person - held, held))
            self.assertEqual(server.request("POST", "/beta/reflog/erasures", {"actor": "missing"}, "admin").status, 404)
            self.assertEqual(server.admin("erase", "--actor", actor, check=False).returncode, 1)
            done = server.admin("erase", "--actor", actor, "--yes").stdout
            self.assertRegex(done, rf"{actor} +{by_person - held} +\d+ +done at")
            self.assertIn("0 changes and 0 service events", server.admin("erase", "--actor", actor, "--yes").stderr)
            missing = server.admin("erase", "--app", "missing", "--yes", check=False)
            self.assertEqual(missing.returncode, 2)
            self.assertIn("Nothing is recorded about missing, so nothing can be erased: 0 changes", missing.stderr)

            query = f"?$filter=initiatedBy/user/id eq '{actor}'&$top=1000".replace(" ", "%20")
            after = server.request("GET", CHANGES + query).json["value"]
            self.assertEqual([change["id"] for change in after], [change["id"] for change in before["value"]])
            with_name = [change for change in after if change["initiatedBy"]["user"]["userPrincipalName"]]
            self.assertEqual(len(with_name), held)
            self.assertTrue(all(change["reason"] is None and change["initiatedBy"]["ipAddress"] is None
                                for change in after if change not in with_name))
            (event,) = {(change["erased"] or {}).get("eventId") for change in after if change not in with_name}
            self.assertEqual([change["erased"] for change in with_name], [None] * held)
            self.check_that_every_surface_shows(server, next(c for c in after if c not in with_name), event)
            wait_for_checkpoint(server)
            run = server.verify("--anchor", server.files + ".anchor")
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            self.assertIn("was erased, as recorded", run.stderr)

            server.admin("hold", "release", "CASE-2")
            server.admin("erase", "--actor", actor, "--yes")
            server.compact()
            for path in glob.glob(server.files + "*"):
                self.assertEqual(texts_in_file(path, name, upn), [], path)
            self.assertEqual(server.verify().returncode, 0)
            server.stop()
            # Erase personal data with SQL. The verification must find that the data is missing.
            other = server.rows("SELECT change FROM change_personal WHERE salt IS NOT NULL LIMIT 1")[0][0]
            edit(server.database, "UPDATE change_personal SET salt = NULL, actor_name = NULL, ip_address = NULL, reason = NULL, "
                                  "erased_event = (SELECT max(id) FROM service_event WHERE kind = 'erased'), "
                                  f"erased_hash = zeroblob(32) WHERE change = {other}")
            self.assertEqual(server.verify().returncode, 65)

    def check_that_every_surface_shows(self, server, change, event):
        """Checks that HTTP, the command line and SQL show that the change's personal data was erased by the event."""
        listed = server.request("GET", EVENTS + f"?$filter=id%20eq%20{event}").json["value"]
        self.assertEqual([(e["kind"], e["activityDateTime"]) for e in listed], [("erased", change["erased"]["dateTime"])])
        found = server.request("GET", CHANGES + f"?$filter=erased/eventId%20eq%20{event}&$count=true&$top=1").json
        (erasure,) = [e for e in server.request("GET", "/beta/reflog/erasures", role="admin").json["value"]]
        self.assertEqual((erasure["changes"], erasure["state"]), (found["@odata.count"], "done"))
        id, actor = change["id"], change["initiatedBy"]["user"]["id"]
        for source in (("--server", server.url), ("--database", server.database)):
            shown = server.command("show", id, *source, role="reader").stdout
            self.assertRegex(shown, rf"who +\[erased\] \({actor}\)")
            self.assertRegex(shown, r"reason +\[erased\]")
            self.assertRegex(shown, rf"erased +by service event {event} at {change['erased']['dateTime']}")
            self.assertIn("[erased]", server.command("history", "--filter", f"id eq {id}", *source, role="reader").stdout)
            exported = server.command("export", "--filter", f"id eq {id}", *source, role="reader").stdout
            (row,) = csv.DictReader(io.StringIO(exported))
            self.assertEqual((row["erasedEventId"], row["erasedDateTime"]), (event, change["erased"]["dateTime"]))
        row = server.rows("SELECT actor_name, reason, erased_event_id, erased_time FROM history WHERE id = ?", int(id))
        self.assertEqual(row, [("[erased]", "[erased]", int(event), change["erased"]["dateTime"])])

    def test_the_reasons_of_an_erased_token_are_erased(self):
        with Server() as server:
            server.put("b2cUserFlows/B2C_1_signup/postFederationSignup", None, headers={"Reflog-Reason": "Because%20of%20Zebra"})
            token = server.history()[-1]["initiatedBy"]["token"]
            self.assertEqual(server.history()[-1]["reason"], "Because of Zebra")
            run = server.command("erase", "--token", token["displayName"], "--yes", role="admin")
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertRegex(run.stdout, rf"token +{token['id']} +1 ")
            self.assertIsNone(server.history()[-1]["reason"])
            for body in ({}, {"actor": "a", "token": "b"}, {"person": "a"}, {"app": 1}, {"token": ""}):
                self.assertEqual(server.request("POST", "/beta/reflog/erasures", body, "admin").status, 400, body)
            self.assertEqual(server.command("erase", "--yes", role="admin").returncode, 64)
            server.compact()
            for path in glob.glob(server.files + "*"):
                self.assertEqual(texts_in_file(path, "Because of Zebra"), [], path)
            if server.postgresql:
                self.assertNotIn("Because of Zebra", server.postgresql.dump())


def cutoff(text):
    """Converts a time in Reflog's format to microseconds since 1970."""
    seconds, fraction = text.rstrip("Z").split(".")
    import calendar
    return calendar.timegm(time.strptime(seconds, "%Y-%m-%dT%H:%M:%S")) * 1_000_000 + int(fraction)


def edit(path, *statements):
    """Edits a ledger with SQL, while the triggers of the ledger are dropped."""
    with triggers_dropped(path) as ledger:
        for statement in statements:
            ledger.execute(statement)
