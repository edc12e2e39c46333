import re

from reflogserver import ROOT, ServerTestCase

README = (ROOT / "README.md").read_text()


def table(heading):
    """The rows of the first table below a heading, cells stripped of code marks."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


class Documentation(ServerTestCase):
    """What the README documents exists, and what exists is documented there."""

    def test_verbs(self):
        listed = self.server.command("--help").stdout.split("SUBCOMMANDS:")[1]
        verbs = re.findall(r"^  (\w+)  +", listed, re.MULTILINE)
        documented = [row[0].strip("`").removeprefix("reflog ") for row in table("The command line")]
        self.assertEqual(documented, verbs)

    def test_settings(self):
        shown = re.sub(r"\s+", " ", self.server.command("serve", "--help").stdout)
        rows = table("Settings of the server")
        self.assertEqual(
            [row[2].strip("`") for row in rows], re.findall(r"\b((?:REFLOG|AZURE)_[A-Z_]+): ", shown.split("USAGE:")[0])
        )
        flags = set(re.findall(r"--([a-z-]+)", shown.split("OPTIONS:")[1])) - {"config", "version", "help"}
        self.assertEqual({row[1].strip("`-") for row in rows if row[1] != "–"}, flags)
        for key, flag, variable, meaning in rows:
            self.assertIn(flag.replace("-", ""), ("–", key.lower()))
            self.assertEqual(
                variable.strip("`").removeprefix("REFLOG_"), re.sub("([A-Z])", r"_\1", key.strip("`")).upper()
            )
            self.assertIn(meaning, shown)

    def test_openapi_describes_every_route(self):
        document = self.server.request("GET", "/openapi.json", role=None).json
        described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
        rows = {tuple(row[0].strip("`").replace("{v}", "{version}").split(" ")) for row in table("Routes")}
        # What is passed through is Graph's to describe.
        self.assertEqual(described, {row for row in rows if row[1] != "/" and not row[1].endswith(("/**", "$count"))})

    def test_columns(self):
        header = self.server.request("GET", "/beta/auditLogs/connectorChanges?$format=csv").text.split("\r\n")[0]
        self.assertIn(f"\n`{header}`\n", README)

    def test_routes_exist(self):
        values = {"v": "beta", "flowType": "b2cUserFlows", "flow": "B2C_1_none", "step": "preTokenIssuance",
                  "connector": "none", "change": "4711", "token": "none", "hold": "none", "manifest": "none",
                  "batch": "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"}
        for row in table("Routes"):
            method, path = row[0].strip("`").replace("/**", "/languages").split(" ")
            role = "admin" if "/reflog/" in path else "operator"
            answer = self.server.request(method, re.sub(r"{(\w+)}", lambda name: values[name[1]], path), {}, role)
            self.assertNotIn(answer.status, (401, 405, 500, 501), row[0])
            if answer.status == 404:
                self.assertIn(answer.code, ("Request_ResourceNotFound", "changeNotFound", "notFound"), row[0])

    def test_alerts_are_about_metrics_that_there_are(self):
        shown = self.server.request("GET", "/metrics").text
        # Those with labels come into being when something is counted.
        self.server.put("b2cUserFlows/B2C_1_signup/postFederationSignup", None)
        shown += self.server.request("GET", "/metrics").text
        rules = (ROOT / "tools" / "alerts.yml").read_text()
        used = set(re.findall(r"\breflog_\w+", rules)) - {"reflog_graph_requests_total"}
        self.assertGreater(len(used), 5)
        self.assertEqual({name for name in used if f"\n{name}" not in shown}, set())
        self.assertIn("reflog_graph_requests_total", README)

    def test_metrics(self):
        shown = re.findall(r"^# HELP (\w+) (.*)$", self.server.request("GET", "/metrics").text, re.MULTILINE)
        documented = {row[0].split("{")[0].strip("`"): row[1] for row in table("Metrics")}
        self.assertGreater(len(shown), 8)
        for name, help in shown:
            self.assertEqual(documented.get(name), help)

    def test_links(self):
        for target in re.findall(r"\]\((?!https?:)([^)]+)\)", README):
            self.assertTrue((ROOT / target).exists(), target)
