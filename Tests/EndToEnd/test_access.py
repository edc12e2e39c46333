import concurrent.futures
import contextlib
import json
import re
import sqlite3
import unittest

from openidprovider import AUDIENCE, OpenIDProvider
from reflogserver import NEW_VENDOR, Graph, Server, eventually
from testparts import apart, sqlite_only

SIGNUP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
CHANGES = "/beta/auditLogs/connectorChanges"
READ, CHANGE, ADMINISTER = {"reader", "operator", "admin"}, {"operator"}, {"admin"}

# Every route, and the roles that are allowed to use the route. The article HTTPReference lists the same roles.
MATRIX = [
    ("GET", "/beta/identity/b2cUserFlows", None, READ),
    ("GET", "/beta/identity/b2cUserFlows/B2C_1_signup", None, READ),
    ("GET", "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration", None, READ),
    ("GET", "/v1.0/identity/b2xUserFlows/B2X_1_partner_signup/apiConnectorConfiguration/postAttributeCollection", None, READ),
    ("GET", "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref", None, READ),
    ("GET", "/beta/identity/apiConnectors", None, READ),
    ("GET", f"/beta/identity/apiConnectors/{NEW_VENDOR}", None, READ),
    ("PUT", "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref", {}, CHANGE),
    ("DELETE", "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref", None, CHANGE),
    ("POST", "/beta/identity/apiConnectors", {"displayName": "x"}, CHANGE),
    ("PATCH", f"/beta/identity/apiConnectors/{NEW_VENDOR}", {"displayName": "Vendor"}, CHANGE),
    ("POST", f"/beta/identity/apiConnectors/{NEW_VENDOR}/uploadClientCertificate", {"pkcs12Value": "x", "password": ""}, CHANGE),
    ("DELETE", "/beta/identity/apiConnectors/none", None, CHANGE),
    ("POST", "/beta/identity/b2cUserFlows", {"id": "x"}, CHANGE),
    ("PATCH", "/beta/identity/b2cUserFlows/B2C_1_signup", {"isLanguageCustomizationEnabled": True}, CHANGE),
    ("PUT", "/beta/identity/b2cUserFlows/B2C_1_signup/languages/en", {"id": "en"}, CHANGE),
    ("DELETE", "/beta/identity/b2cUserFlows/B2C_1_none", None, CHANGE),
    ("GET", CHANGES, None, READ), ("GET", CHANGES + "?$format=csv", None, READ), ("GET", CHANGES + "/1", None, READ),
    ("POST", CHANGES + "/1/rollback", {"dryRun": True}, READ), ("POST", CHANGES + "/1/rollback", {}, CHANGE),
    ("POST", CHANGES + "/1/restore", {"dryRun": True}, READ), ("POST", CHANGES + "/1/restore", {}, CHANGE),
    ("POST", CHANGES + "/1/reconcile", None, CHANGE),
    ("GET", "/beta/auditLogs/connectorConfigurations", None, READ), ("GET", "/beta/auditLogs/serviceEvents", None, READ),
    ("POST", "/beta/auditLogs/connectorConfigurations/rollback", {"asOf": "2026-01-01T00:00:00Z", "dryRun": True}, READ),
    ("POST", "/beta/auditLogs/connectorConfigurations/rollback", {"asOf": "2026-01-01T00:00:00Z"}, CHANGE),
    ("GET", "/beta/auditLogs/connectorConfigurations/rollback/5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a", None, READ),
    ("GET", "/beta/reflog/status", None, READ | {"metrics"}), ("GET", "/metrics", None, READ | {"metrics"}),
    ("GET", "/beta/reflog/tokens", None, ADMINISTER), ("POST", "/beta/reflog/tokens", {"name": "x", "role": "reader"}, ADMINISTER),
    ("DELETE", "/beta/reflog/tokens/none", None, ADMINISTER),
]


@apart(cores=1)
class Access(unittest.TestCase):
    """Every role has exactly the documented rights at every route, and no route accepts a defective token."""

    @classmethod
    def setUpClass(cls):
        cls.provider = cls.enterClassContext(OpenIDProvider())
        cls.server = cls.enterClassContext(Server(
            AUTH_MODE="token,entra", ENTRA_ISSUER=cls.provider.issuer, ENTRA_AUDIENCE=AUDIENCE))
        cls.server.put(SIGNUP, NEW_VENDOR)
        roles_of = {"reader": ["Reflog.Read"], "operator": ["Reflog.Operate"], "admin": ["Reflog.Admin"],
                    "metrics": ["Reflog.Metrics"], "no role": []}
        for role, roles in roles_of.items():
            cls.server.tokens["entra " + role] = cls.provider.token(cls.provider.claims(roles))
        made = cls.server.request("POST", "/beta/reflog/tokens", {"name": "prometheus", "role": "metrics"}, "admin")
        cls.server.tokens["metrics"] = made.json["token"]

    def test_every_role_is_allowed_or_forbidden_at_every_route(self):
        for method, path, body, allowed in MATRIX:
            for role in ("reader", "operator", "admin", "metrics", "entra reader", "entra operator", "entra admin",
                         "entra metrics", "entra no role"):
                answer = self.server.request(method, path, body, role)
                with self.subTest(method=method, path=path, role=role):
                    if role.removeprefix("entra ") in allowed:
                        self.assertNotIn(answer.status, (401, 403), answer.text)
                        self.assertLess(answer.status, 500, answer.text)
                    else:
                        self.assertEqual((answer.status, answer.code), (403, "forbidden"), answer.text)

    def test_every_defective_token_gets_the_same_401_at_every_route(self):
        before = len(self.server.history())
        answers, defects = set(), self.provider.defects()
        for name, token in defects.items():
            self.server.tokens["defect"] = token
            for method, path, body, _ in MATRIX + [("GET", "/beta/nothing", None, None), ("POST", "/beta/$batch", {}, None),
                                                   ("GET", "/beta/identity/b2cUserFlows/x/languages", None, None)]:
                answer = self.server.request(method, path, body, "defect" if token is not None else None)
                self.assertEqual((answer.status, answer.code), (401, "unauthenticated"), (name, method, path))
                self.assertIsNone(answer.change)
                headers = {key: value for key, value in answer.headers.items() if "request-id" not in key and key != "date"}
                answers.add((re.sub(r'"innerError":.*', "", answer.text), json.dumps(headers, sort_keys=True).replace(
                    answer.headers["content-length"], "")))
        self.assertGreater(len(defects), 40)
        self.assertEqual(len(answers), 1, answers)
        self.assertEqual(len(self.server.history()), before)

    def test_a_denied_change_is_recorded_with_its_proven_actor(self):
        answer = self.server.put(SIGNUP, None, role="entra reader")
        change = self.server.request("GET", f"{CHANGES}/{answer.change}").json
        self.assertEqual((change["result"], change["initiatedBy"]["proof"]), ("denied", "entra"))
        self.assertEqual(change["initiatedBy"]["user"], {"id": "0b1c2d3e-0000-4000-8000-000000000002", "displayName": "Lee Gu",
                                                         "userPrincipalName": "lee@contoso.example"})
        self.assertEqual(change["initiatedBy"]["app"]["appId"], "14d82eec-204b-4c2f-b7e8-296a70dab67e")

    def test_applications_and_users_are_distinguished_in_tokens_of_both_versions(self):
        for claims, actor_type, client in (
            ({"idtyp": "app", "scp": None, "preferred_username": None, "azp": "client"}, "app", "client"),
            ({"scp": None, "sub": "0b1c2d3e-0000-4000-8000-000000000002", "name": None, "appid": "v1", "azp": None, "ver": "1.0"},
             "app", "v1"),
            ({"unique_name": "lee@contoso.example", "preferred_username": None, "appid": "v1", "azp": None}, "user", "v1"),
        ):
            claims = {name: value for name, value in self.provider.claims(["Reflog.Operate"], **claims).items() if value}
            self.server.tokens["caller"] = self.provider.token(claims)
            change = self.server.put(SIGNUP, None, role="caller").change
            actor = self.server.request("GET", f"{CHANGES}/{change}").json["initiatedBy"]
            self.assertEqual((actor["type"], actor["app"]["appId"]), (actor_type, client), claims)

    def test_a_token_with_several_roles_has_the_rights_of_all_of_them(self):
        self.server.tokens["both"] = self.provider.token(self.provider.claims(["Reflog.Admin", "Reflog.Operate", "Other"]))
        self.assertEqual(self.server.put(SIGNUP, None, role="both").status, 204)
        self.assertEqual(self.server.request("GET", "/beta/reflog/tokens", role="both").status, 200)

    def test_an_audience_can_be_a_list(self):
        self.server.tokens["list"] = self.provider.token(self.provider.claims(["Reflog.Read"], aud=["x", AUDIENCE]))
        self.assertEqual(self.server.request("GET", CHANGES, role="list").status, 200)


class Keys(unittest.TestCase):
    """Reflog fetches the issuer's keys once, replaces changed keys, and still uses the keys while the issuer is down."""

    def test_keys_are_fetched_only_once_even_for_many_tokens_with_unknown_keys(self):
        with OpenIDProvider() as provider, Server(AUTH_MODE="entra", ENTRA_ISSUER=provider.issuer, ENTRA_AUDIENCE=AUDIENCE) as server:
            server.tokens["lee"] = provider.token(provider.claims(["Reflog.Read"]))
            server.tokens["unknown"] = provider.token(provider.claims(["Reflog.Read"]), key=provider.other)
            for _ in range(20):
                self.assertEqual(server.request("GET", CHANGES, role="lee").status, 200)
                self.assertEqual(server.request("GET", CHANGES, role="unknown").status, 401)
            self.assertEqual(provider.requests, 2)
            # While the provider is down, the cached keys still work.
            provider.is_down = True
            self.assertEqual(server.request("GET", CHANGES, role="lee").status, 200)
            # With AUTH_MODE=entra there are no API tokens.
            self.assertFalse(server.tokens.get("operator"))

    def test_a_key_is_not_bound_to_the_algorithm_of_the_first_token_that_names_it(self):
        with OpenIDProvider() as provider, Server(AUTH_MODE="entra", ENTRA_ISSUER=provider.issuer, ENTRA_AUDIENCE=AUDIENCE) as server:
            claims = provider.claims(["Reflog.Read"])
            for algorithm, status in (("RS512", 401), ("RS256", 200), ("RS512", 401)):
                server.tokens["lee"] = provider.token(claims, {"alg": algorithm})
                self.assertEqual(server.request("GET", CHANGES, role="lee").status, status, algorithm)

    def test_tokens_are_accepted_when_a_provider_that_was_down_at_the_start_is_up(self):
        with OpenIDProvider() as provider, Server(AUTH_MODE="entra", ENTRA_ISSUER=provider.issuer, ENTRA_AUDIENCE=AUDIENCE,
                                                  ENTRA_JWKS_URL=provider.issuer + "/keys") as server:
            provider.is_down = True
            server.tokens["lee"] = provider.token(provider.claims(["Reflog.Read"]))
            refused = server.request("GET", CHANGES, role="lee")
            self.assertEqual((refused.status, refused.headers["retry-after"]), (503, "5"))
            self.assertIn("the issuer's keys could not be fetched", server.log)
            provider.is_down = False
            # Reflog fetches the keys again some seconds after a failure.
            eventually(lambda: server.request("GET", CHANGES, role="lee").status == 200)


class Denials(unittest.TestCase):
    def test_many_denied_changes_are_all_refused_and_recorded_up_to_a_limit(self):
        with Server() as server:
            body = {"displayName": "x" * 60_000, "x" * 500: 1}
            for _ in range(150):
                answer = server.request("PATCH", f"/beta/identity/apiConnectors/{NEW_VENDOR}", body, "reader")
                self.assertEqual(answer.status, 403)
            changes = server.history()
            # Reflog records at most 16 denied changes of a caller per minute. The test can take several minutes, so more than
            # 16 changes can be recorded.
            self.assertIn(len(changes), range(16, 81))
            self.assertNotIn("xxxxx" * 100, str(changes))


class Tenants(unittest.TestCase):
    def test_a_token_of_another_tenant_gets_403_and_no_write_is_sent(self):
        with OpenIDProvider() as provider, Graph() as graph, Server(
            graph=graph, AUTH_MODE="token,entra", ENTRA_ISSUER=provider.issuer, ENTRA_AUDIENCE=AUDIENCE, SETTLE_WINDOW=1,
        ) as server:
            own = provider.claims(["Reflog.Operate"])
            server.tokens["own"] = provider.token(own)
            server.tokens["other"] = provider.token(own | {"tid": "11111111-2222-4333-8444-555555555555"})
            refused = server.put(SIGNUP, None, role="other")
            self.assertEqual((refused.status, refused.code), (403, "forbidden"))
            self.assertEqual([event for event in graph.record if event["event"] == "arrived"], [])
            self.assertEqual(server.put(SIGNUP, None, role="own").status, 204)


@apart(seconds=17)
class Events(unittest.TestCase):
    """Reflog records the events of the server itself, such as a start or an export, as service events."""

    def test_starts_stops_exports_reads_failures_and_tokens_are_recorded(self):
        with Server() as server:
            made = server.request("POST", "/beta/reflog/tokens", {"name": "ci", "role": "reader", "expiresInDays": 7}, "admin")
            self.assertEqual(made.status, 201)
            server.tokens["ci"] = made.json["token"]
            for _ in range(3):
                server.request("GET", CHANGES, role="ci")
            server.request("GET", CHANGES + "?$format=csv", role="ci")
            server.request("DELETE", f"/beta/reflog/tokens/{made.json['id']}", role="admin")
            self.assertEqual(server.request("GET", CHANGES, role="ci").status, 401)
            listed = server.request("GET", "/beta/reflog/tokens", role="admin")
            self.assertNotIn(made.json["token"], listed.text)
            server.stop()
            server.start()

            def both_starts():
                found = server.request("GET", "/beta/auditLogs/serviceEvents").json["value"][::-1]
                return [event["kind"] for event in found].count("start") == 2 and found
            events = eventually(both_starts)

            kinds = [event["kind"] for event in events]
            self.assertEqual([kind for kind in kinds if kind in ("start", "stop", "export", "tokenRevoked")],
                             ["start", "export", "tokenRevoked", "stop", "start"])
            by_kind = {event["kind"]: event for event in events}
            created = [event["details"]["name"] for event in events if event["kind"] == "tokenCreated"]
            self.assertEqual(set(created), {"ci", "first-reader", "first-operator", "first-admin"})
            self.assertEqual(by_kind["export"]["initiatedBy"]["token"]["displayName"], "ci")
            self.assertEqual(by_kind["start"]["details"]["directory"], "embedded")
            reads = [e for e in events if e["kind"] == "historyRead" and (e["initiatedBy"]["token"] or {})["displayName"] == "ci"]
            self.assertEqual(sum(event["count"] for event in reads), 4)
            self.assertEqual(by_kind["authenticationFailure"]["initiatedBy"]["ipAddress"], "127.0.0.1")
            self.assertEqual([event["sequence"] for event in events], list(range(len(events))))

            page = server.request("GET", "/beta/auditLogs/serviceEvents?$top=2").json
            self.assertEqual(len(page["value"]), 2)
            following = server.request("GET", page["@odata.nextLink"].removeprefix(server.url)).json
            self.assertLess(int(following["value"][0]["id"]), int(page["value"][1]["id"]))
            csv = server.request("GET", "/beta/auditLogs/serviceEvents?$format=csv").text
            self.assertTrue(csv.startswith("id,sequence,activityDateTime,kind,count,"))
            self.assertNotIn(made.json["token"], csv)

    def test_service_events_accept_the_query_options_of_changes(self):
        with Server() as server:
            ask = lambda query, **options: server.request("GET", "/beta/auditLogs/serviceEvents?" + query, **options)
            all = []
            # Wait for four events, because the server records the start first, and the first three tokens a moment later.
            while len(all) < 4:
                all = ask("$top=1000").json["value"][::-1]
            self.assertEqual(ask("$orderby=id%20asc").json["value"], all)
            page = ask("$orderby=activityDateTime&$top=1&$count=true&$select=id,kind").json
            self.assertEqual((page["@odata.count"], page["value"]), (len(all), [{"id": "1", "kind": all[0]["kind"]}]))
            link = page["@odata.nextLink"].removeprefix(server.url)
            self.assertEqual(server.request("GET", link).json["value"], [{"id": "2", "kind": all[1]["kind"]}])
            self.assertEqual(server.request("GET", link.replace("$top=1", "$top=1&$filter=count%20eq%201")).status, 400)
            self.assertEqual(ask("$filter=kind%20eq%20'tokenCreated'&$count=true").json["@odata.count"], 3)
            first = ask("$format=jsonl")
            newest = first.headers["reflog-newest-sequence"]
            self.assertIn('"kind":"export"', ask(f"$format=jsonl&after={int(newest) - 1}").text.splitlines()[0])
            for query in ("$select=none", "$orderby=kind", "$skiptoken=5", "after=1", "$count=x"):
                self.assertEqual(ask(query).status, 400, query)

    def test_a_denied_request_that_is_no_change_is_a_service_event(self):
        with Server() as server:
            change = server.put(SIGNUP, None).change
            for path, body in ((f"{CHANGES}/{change}/reconcile", {}), ("/beta/reflog/tokens", {"name": "x", "role": "admin"})):
                self.assertEqual(server.request("POST", path, body, "reader").code, "forbidden")
            self.assertEqual(server.request("GET", "/beta/reflog/tokens", role="operator").code, "forbidden")
            self.assertEqual(server.put(SIGNUP, None, role="reader").code, "forbidden")
            server.stop()
            server.start()

            events = server.request("GET", "/beta/auditLogs/serviceEvents").json["value"]
            denied = {e["initiatedBy"]["token"]["displayName"]: e["count"] for e in events if e["kind"] == "denied"}
            self.assertEqual(denied, {"first-reader": 2, "first-operator": 1})
            self.assertEqual([c["result"] for c in server.history()].count("denied"), 1)

    def test_the_creation_of_a_token_is_recorded_before_its_first_request_is_answered(self):
        with Server() as server:
            for number in range(3):
                name = f"by-hand-{number}"
                made = server.command("token", "create", "--role", "reader", "--name", name, "--database", server.database)
                server.tokens[name] = made.stdout.strip()
                events = server.request("GET", "/beta/auditLogs/serviceEvents", role=name).json["value"]
                created = [event["details"]["name"] for event in events if event["kind"] == "tokenCreated"]
                self.assertEqual(created.count(name), 1, events)

    def test_the_last_use_of_a_token_is_listed_and_kept_over_a_restart(self):
        def used(server):
            listed = server.command("token", "list", "--format", "json", "--database", server.database)
            return {token["name"]: token["lastUsedDateTime"] for token in json.loads(listed.stdout)["value"]}

        with Server() as server:
            self.assertEqual(used(server), dict.fromkeys(("first-reader", "first-operator", "first-admin")))
            table = server.command("token", "list", "--wide", "--database", server.database).stdout
            self.assertEqual(table.count("never"), 3)
            server.request("GET", "/beta/reflog/status", role="reader")
            # The first use is written within seconds.
            first = eventually(lambda: used(server)["first-reader"])
            server.request("GET", "/beta/reflog/status", role="reader")
            listed = server.request("GET", "/beta/reflog/tokens", role="admin").json["value"]
            self.assertGreater({token["name"]: token["lastUsedDateTime"] for token in listed}["first-reader"], first)
            server.stop()
            found = used(server)
            self.assertGreater(found["first-reader"], first)
            self.assertGreater(found["first-admin"], first)
            self.assertIsNone(found["first-operator"])
            server.start()
            self.assertEqual(used(server)["first-reader"], found["first-reader"])

    def test_a_token_that_expires_soon_is_reported(self):
        with Server() as server:
            for name, days in (("soon", 7), ("later", 20)):
                made = server.request("POST", "/beta/reflog/tokens", {"name": name, "role": "reader", "expiresInDays": days}, "admin")
                server.tokens[name] = made.json["token"]
            listed = server.request("GET", "/beta/reflog/tokens", role="admin").json["value"]
            expiry = {token["name"]: token["expiryDateTime"] for token in listed}["soon"]

            for path, status in (("/beta/reflog/status", 200), ("/beta/reflog/tokens", 403), ("/beta/nothing", 501),
                                 ("/nothing", 404)):
                answer = server.request("GET", path, role="soon")
                self.assertEqual((answer.status, answer.headers.get("reflog-token-expires")), (status, expiry), path)
                self.assertNotIn("reflog-token-expires", server.request("GET", path, role="later").headers)
            names = lambda role: [token["name"] for token in
                                  server.request("GET", "/beta/reflog/status", role=role).json["expiringTokens"]]
            self.assertEqual((names("admin"), names("soon"), names("later"), names("reader")), (["soon"], ["soon"], [], []))
            metrics = server.request("GET", "/metrics", role="reader").text
            self.assertIn("\nreflog_tokens_expiring 1\n", metrics)
            self.assertRegex(metrics, r"\nreflog_token_next_expiry_timestamp_seconds \d{10}\n")
            done = server.command("history", role="soon")
            self.assertIn(f"Your API token expires at {expiry}. Ask an administrator for a new one.", done.stderr)
            self.assertNotIn("expires at", server.command("history", role="later").stderr)
            self.assertIn(f"soon at {expiry}", server.command("status", role="admin").stdout)

    def test_concurrent_revocations_are_recorded_once(self):
        with Server() as server:
            made = server.request("POST", "/beta/reflog/tokens", {"name": "ci", "role": "reader"}, "admin").json
            path = "/beta/reflog/tokens/" + made["id"]
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                statuses = {answer.status for answer in pool.map(lambda _: server.request("DELETE", path, role="admin"), range(16))}
            self.assertEqual(statuses, {204})
            events = server.request("GET", "/beta/auditLogs/serviceEvents").json["value"]
            self.assertEqual([event["kind"] for event in events].count("tokenRevoked"), 1)

    @sqlite_only("it edits the file of tokens")
    def test_the_metrics_are_served_when_the_tokens_cannot_be_read(self):
        with OpenIDProvider() as provider, Server(
                AUTH_MODE="token,entra", ENTRA_ISSUER=provider.issuer, ENTRA_AUDIENCE=AUDIENCE) as server:
            server.tokens["entra"] = provider.token(provider.claims(["Reflog.Metrics"]))
            self.assertIn("\nreflog_tokens_expiring 0\n", server.request("GET", "/metrics", role="entra").text)
            # The server possibly writes to this file to mark tokens as recorded. The lock waits for the end of such a write, so
            # the server does not overwrite the damaged pages.
            with contextlib.closing(sqlite3.connect(server.database + ".tokens", timeout=30)) as tokens:
                with open(server.database + ".tokens", "r+b") as file:
                    tokens.execute("BEGIN EXCLUSIVE")
                    file.write(b"x" * 8192)
            answer = server.request("GET", "/metrics", role="entra")
            self.assertEqual(answer.status, 200)
            self.assertNotIn("\nreflog_tokens_expiring ", answer.text)
            self.assertNotIn("\nreflog_token_next_expiry_timestamp_seconds ", answer.text)
            self.assertIn("\nreflog_token_read_failures_total 1\n", answer.text)
            self.assertIn("\nreflog_ready 1\n", answer.text)

    def test_tokens_made_on_the_command_line_are_recorded_while_the_server_runs_and_at_its_start(self):
        def tokens(server):
            events = server.request("GET", "/beta/auditLogs/serviceEvents").json["value"][::-1]
            return [(e["kind"], e["details"]["name"], e["initiatedBy"]) for e in events if e["kind"].startswith("token")][3:]

        with Server() as server:
            server.command("token", "create", "--role", "reader", "--name", "by-hand", "--database", server.database)
            eventually(lambda: tokens(server))
            server.stop()
            server.command("token", "revoke", "by-hand", "--database", server.database)
            server.command("token", "create", "--role", "reader", "--name", "brief", "--database", server.database)
            server.command("token", "revoke", "brief", "--database", server.database)
            server.start()
            eventually(lambda: len(tokens(server)) == 4)
            self.assertEqual(tokens(server), [("tokenCreated", "by-hand", None), ("tokenRevoked", "by-hand", None),
                                              ("tokenCreated", "brief", None), ("tokenRevoked", "brief", None)])
