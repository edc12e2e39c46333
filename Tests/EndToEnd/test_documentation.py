import json
import re

from articles import article, code, rows, section
from reflogserver import FRAUD_CHECK, NEW_VENDOR, ROOT, ServerTestCase

COMMAND_LINE, HTTP, EXPORTS = article("CommandLine"), article("HTTPReference"), article("Exports")
SIGNUP = "b2cUserFlows/B2C_1_signup/postFederationSignup"


def source(path):
    return (ROOT / "Sources" / path).read_text()


def routes(text):
    """Returns the routes in the first column of the tables in a text. Each route is a pair of a method and a path."""
    return [tuple(code(row[0])[0].split(" ")) for row in rows(text) if re.match(r"`[A-Z]+ /", row[0])]


class Documentation(ServerTestCase):
    """The documents list the same commands, routes, settings and metrics as the program."""

    def help(self, *verb):
        return self.server.command(*verb, "--help").stdout

    def verbs(self, *verb):
        """Returns the subcommands of a command, or the commands of the program. The list is empty if the command has no
        subcommands."""
        _, _, listed = self.help(*verb).partition("SUBCOMMANDS:")
        return re.findall(r"^  ([\w-]+)  +", listed, re.MULTILINE)

    def test_every_command_is_documented(self):
        documented = [code(row[0])[0] for row in rows(COMMAND_LINE.split("\n## ", 1)[0])]
        self.assertEqual(documented, [f"reflog {verb}" for verb in self.verbs()])

    def test_every_argument_and_flag_is_documented(self):
        leaves = [(verb, *below) for verb in self.verbs() for below in [(sub,) for sub in self.verbs(verb)] or [()]]
        sections = re.findall(r"^## reflog (.*)$", COMMAND_LINE, re.MULTILINE)
        self.assertEqual(sorted(sections), sorted(" ".join(leaf) for leaf in leaves))
        for leaf in leaves:
            with self.subTest(verb=leaf):
                shown = self.help(*leaf)
                taken = re.findall(r"^  (<[\w-]+>)", (shown.partition("\nARGUMENTS:")[2]).partition("\nOPTIONS:")[0], re.MULTILINE)
                taken += re.findall(r"^  (--[\w-]+)", shown.partition("\nOPTIONS:")[2], re.MULTILINE)
                documented = [name for row in rows(section(COMMAND_LINE, "## reflog " + " ".join(leaf))) for name in code(row[0])]
                self.assertEqual(sorted(documented), sorted(set(taken) - {"--help", "--version"}))

    def test_every_exit_code_is_documented(self):
        documented = [row[0] for row in rows(section(COMMAND_LINE, "## Exit codes"))]
        shown = re.sub(r"\s+", " ", self.help()).partition("Exit codes:")[2].partition(".")[0]
        self.assertEqual(documented, re.findall(r"\b(\d+) ", shown))

    def test_every_setting_is_documented(self):
        shown = re.sub(r"\s+", " ", self.help("serve"))
        settings = [row for row in rows(article("Settings")) if len(row) == 4]
        self.assertEqual(
            [code(row[2])[0] for row in settings],
            re.findall(r"\b((?:REFLOG|AZURE)_[A-Z_]+): ", shown.split("USAGE:")[0]),
        )
        flags = set(re.findall(r"--([a-z-]+)", shown.split("OPTIONS:")[1])) - {"config", "help", "version"}
        self.assertEqual({row[1].strip("`-") for row in settings if row[1] != "–"}, flags)
        for key, flag, variable, meaning in settings:
            self.assertIn(flag.replace("-", ""), ("–", key.lower()))
            self.assertEqual(
                variable.strip("`").removeprefix("REFLOG_"), re.sub("([A-Z])", r"_\1", key.strip("`")).upper()
            )
            self.assertIn(meaning, shown)

    def test_openapi_describes_every_route(self):
        document = self.server.request("GET", "/openapi.json", role=None).json
        described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
        api = {(method, path.replace("{v}", "{version}")) for method, path in routes(HTTP.split("\n## Pages\n")[0])}
        # The OpenAPI description does not contain requests that Reflog forwards unchanged, because Graph describes them.
        self.assertEqual(described, {route for route in api if not route[1].endswith(("/**", "$count"))})

    def test_every_documented_route_exists(self):
        values = {"v": "beta", "flowType": "b2cUserFlows", "flow": "B2C_1_none", "step": "preTokenIssuance",
                  "connector": "none", "change": "4711", "token": "none", "hold": "none", "manifest": "none", "freeze": "4711",
                  "batch": "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"}
        listed = routes(HTTP.split("\n## Pages\n")[0])
        self.assertGreater(len(listed), 50)
        for method, path in listed:
            role = "admin" if "/reflog/" in path else "operator"
            target = re.sub(r"{(\w+)}", lambda name: values[name[1]], path.replace("/**", "/languages"))
            answer = self.server.request(method, target, {}, role)
            if self.server.is_postgresql and path.endswith("/reflog/backup"):
                # PostgreSQL has its own programs for backups.
                self.assertEqual(answer.status, 501)
                continue
            self.assertNotIn(answer.status, (401, 405, 500, 501), path)
            if answer.status == 404:
                self.assertIn(answer.code, ("Request_ResourceNotFound", "changeNotFound", "notFound"), path)

    def test_every_error_code_is_documented(self):
        documented = [code(row[0])[0] for row in rows(section(HTTP, "## Errors"))]
        known = set(re.findall(r'self\.init\(\s*\.\w+,\s*"(\w+)"', source("ReflogHTTP/Errors/ErrorAnswer.swift")))
        self.assertGreater(len(known), 20)
        self.assertEqual(sorted(documented), sorted(known))

    def test_every_kind_of_service_event_is_documented(self):
        documented = [code(row[0])[0] for row in rows(section(HTTP, "## Service events"))]
        kinds = source("ReflogModel/ServiceEvent.swift").split("enum Kind: String")[1].split("var isKept")[0]
        known = [kind for names in re.findall(r"^    case (\w+(?:, \w+)*)$", kinds, re.MULTILINE) for kind in names.split(", ")]
        self.assertGreater(len(known), 15)
        self.assertEqual(documented, known)

    def test_the_csv_columns_are_documented(self):
        documented = [code(row[0])[0] for row in rows(section(EXPORTS, "## CSV"))]
        exported = []
        for list in ("connectorChanges", "serviceEvents"):
            answer = self.server.request("GET", f"/beta/auditLogs/{list}?$format=csv")
            exported += answer.text.split("\r\n")[0].split(",")
        self.assertEqual(documented, exported)

    def test_the_members_of_ocsf_and_asim_are_documented(self):
        self.server.put(SIGNUP, NEW_VENDOR, headers={"Reflog-Reason": "CHG0042"})
        self.server.put(SIGNUP, FRAUD_CHECK, role="reader")
        for name in ("OCSF", "ASIM"):
            with self.subTest(format=name):
                documented = {member for row in rows(section(EXPORTS, f"## {name}")) for member in code(row[0])}
                written = source(f"ReflogFormats/Events/Change+{name}.swift")
                self.assertEqual({member for member in documented if f'"{member}"' not in written}, set())
                answer = self.server.request("GET", f"/beta/auditLogs/connectorChanges?$format={name.lower()}")
                exported = {member for line in answer.text.splitlines() for member in json.loads(line)}
                self.assertGreater(len(exported), 15)
                self.assertEqual(exported - documented, set())

    def test_every_metric_is_documented_with_its_help(self):
        shown = self.server.request("GET", "/metrics").text
        documented = {code(row[0])[0].split("{")[0]: row[1] for row in rows(section(article("Operations"), "## Metrics"))}
        known = dict(re.findall(r'^    "(reflog_\w+)":\s+"(.*)",$', source("ReflogHTTP/Metrics/MetricHelp.swift"), re.MULTILINE))
        self.assertEqual(documented, known)
        helps = dict(re.findall(r"^# HELP (\w+) (.*)$", shown, re.MULTILINE))
        self.assertGreater(len(helps), 8)
        self.assertEqual({name: documented.get(name) for name in helps}, helps)

    def test_every_alert_rule_is_documented_and_uses_existing_metrics(self):
        rules = (ROOT / "tools" / "alerts.yml").read_text()
        documented = [code(row[0])[0] for row in rows(section(article("Operations"), "## Alarms"))]
        self.assertEqual(documented, re.findall(r"- alert: (\w+)", rules))
        shown = self.server.request("GET", "/metrics").text
        # Make a change, because a metric with labels is shown only after its first count.
        self.server.put(SIGNUP, None)
        shown += self.server.request("GET", "/metrics").text
        used = set(re.findall(r"\breflog_\w+", rules)) - {"reflog_graph_requests_total"}
        # The server has no receiver of webhooks. test_webhooks checks these metrics.
        used = {name for name in used if not name.startswith("reflog_webhook_")}
        self.assertGreater(len(used), 5)
        self.assertEqual({name for name in used if f"\n{name}" not in shown}, set())
        self.assertIn("reflog_graph_requests_total", article("Operations"))
