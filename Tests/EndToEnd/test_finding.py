import csv
import io
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

from reflogserver import BINARY, FRAUD_CHECK, NEW_VENDOR, Server, ServerTestCase, eventually
from testparts import apart

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
OTHER = "b2cUserFlows/B2C_1_profile_edit/postAttributeCollection"


@apart(seconds=15, cores=0.6)
class Finding(ServerTestCase):
    """A person can find changes by a part of a name, and can find the changes around a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for address, connector, reason in ((STEP, NEW_VENDOR, "CHG0042 Größe"), (OTHER, FRAUD_CHECK, "INC0007"), (STEP, None, "chg0043"),
                                           (STEP, FRAUD_CHECK, None)):
            headers = {"Reflog-Reason": urllib.parse.quote(reason)} if reason else {}
            assert cls.server.put(address, connector, headers=headers).status == 204

    def sources(self):
        return (["--server", self.server.url], ["--database", self.server.database])

    def ids(self, *arguments):
        done = self.server.command("history", "--format", "json", *arguments, role="reader")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return "".join(change["id"] for change in json.loads(done.stdout)["value"])

    def test_parts_of_names_match_in_any_case(self):
        for source in self.sources():
            for arguments, found in (
                (["--flow", "SIGNUP"], "431"), (["--flow", "profile"], "2"), (["--flow", "b2c_1"], "4321"),
                (["--flow", "b2cUserFlows/B2C_1_signup"], "431"), (["--flow", "b2cUserFlows/signup"], ""),
                (["--step", "federation"], "431"), (["--step", "B2C_1_signup/postFederationSignup"], "431"),
                (["--actor", "OPERATOR"], "4321"), (["--actor", "nobody"], ""), (["--connector", "new VENDOR"], "31"),
                (["--connector", NEW_VENDOR[:8]], "31"), (["--reason", "CHG004"], "31"), (["--reason", "GRÖSSE"], ""),
                (["--reason", "GRÖßE"], "1"), (["--flow", "signup", "--reason", "chg", "--actor", "operator"], "31"),
            ):
                with self.subTest(arguments=arguments, source=source[0]):
                    self.assertEqual(self.ids(*arguments, *source), found)

    def test_an_empty_answer_contains_the_reason_and_proposes_names(self):
        for source in self.sources():
            def shown(*arguments):
                return self.server.command("history", *arguments, *source, role="reader").stdout
            self.assertEqual(shown("--flow", "singup"), "No changes match this filter; 4 without it. No recorded name contains 'singup'. "
                             "Did you mean B2C_1_signup?\n")
            self.assertEqual(shown("--flow", "zzzz"), "No changes match this filter; 4 without it.\n")
            self.assertIn("Did you mean first-operator?", shown("--actor", "first-opreator"))
        with Server() as empty:
            done = empty.command("history", "--flow", "singup", role="reader")
            self.assertEqual(done.stdout, "No changes match this filter, because none are recorded.\n")
            self.assertEqual(empty.command("history", role="reader").stdout, "No changes are recorded yet.\n")

    def test_the_page_proposes_names_as_links(self):
        answer = self.server.request("GET", "/beta/auditLogs/connectorChanges?$filter=" + urllib.parse.quote("contains(flowId,'singup')"))
        self.assertEqual(answer.json["@reflog.nearestNames"], [{"text": "singup", "names": ["B2C_1_signup"]}])

    def test_around_a_time_shows_changes_before_and_after_it(self):
        changes = self.server.history()
        moment = changes[2]["activityDateTime"]
        for source in self.sources():
            self.assertEqual(self.ids("--around", moment, *source), "4321")
            self.assertEqual(self.ids("--around", moment, "--top", "2", *source), "32")
            self.assertEqual(self.ids("--around", moment, "--flow", "profile", *source), "2")
            table = self.server.command("history", "--around", moment, "--top", "2", *source, role="reader")
            self.assertEqual([line.split()[0] for line in table.stdout.splitlines()], ["ID", "3", moment[:10], "2"])
            self.assertRegex(table.stderr, r"^1 changes before and 1 after the time are shown\. For more: reflog history .*--around "
                             + re.escape(moment) + " --top 8\n$")
        wrong = self.server.command("history", "--around", "2h", "--since", "3h", role="reader")
        self.assertEqual(wrong.returncode, 64)

    def test_csv_of_changes_has_the_columns_of_an_export(self):
        exported = list(csv.reader(io.StringIO(self.server.command("export", role="reader").stdout)))
        for source in self.sources():
            listed = list(csv.reader(io.StringIO(self.server.command("history", "--format", "csv", *source, role="reader").stdout)))
            self.assertEqual(listed, exported[:1] + exported[:0:-1])
            one = list(csv.reader(io.StringIO(self.server.command("show", "2", "--format", "csv", *source, role="reader").stdout)))
            self.assertEqual(one, [exported[0], exported[2]])
            steps = list(csv.reader(io.StringIO(self.server.command("config", "--format", "csv", *source, role="reader").stdout)))
            self.assertEqual(steps[0], ["step", "calls", "since (utc)", "change", "who", "connector edited"])
            values = dict(csv.reader(io.StringIO(self.server.command("status", "--format", "csv", *source, role="reader").stdout)))
            self.assertEqual(values["directory"], "embedded")

    def test_the_server_in_the_environment_is_used_if_no_database_is_given(self):
        with tempfile.TemporaryDirectory() as folder:
            environment = self.server.environment("reader")
            run = lambda *arguments: subprocess.run([self.server.binary, *arguments], capture_output=True, text=True, env=environment,
                                                    cwd=folder, timeout=120)
            self.assertEqual(run("history", "--format", "json").returncode, 0)
            self.assertEqual(run("history", "--database", "missing.sqlite").returncode, 1)
            self.assertEqual(os.listdir(folder), [])

    def test_connectors_are_listed_with_the_steps_that_call_them(self):
        listed = json.loads(self.server.command("connectors", "--format", "json", role="reader").stdout)["value"]
        called = {connector["id"]: connector["calledBy"] for connector in listed}
        self.assertIn(STEP, called[FRAUD_CHECK])
        unused = json.loads(self.server.command("connectors", "--unused", "--format", "json", role="reader").stdout)["value"]
        used = json.loads(self.server.command("connectors", "--used", "--format", "json", role="reader").stdout)["value"]
        self.assertIn(NEW_VENDOR, [connector["id"] for connector in unused])
        self.assertEqual(sorted(connector["id"] for connector in unused + used), sorted(called))
        file = json.loads(self.server.command("connectors", "--format", "json", "--database", self.server.database).stdout)["value"]
        self.assertEqual({connector["id"] for connector in file} - {connector["id"] for connector in used}, set())
        self.assertEqual(self.server.command("connectors", "--unused", "--database", self.server.database).returncode, 64)

    def test_a_shell_completes_names_from_the_server(self):
        def completed(*words):
            index = str(len(words) - 1)
            done = self.server.command("---completion", *words[:-2], "--", words[-2], index, str(len(words[-1])), "reflog", *words[:-2],
                                       words[-2], words[-1], role="reader")
            return done.stdout.splitlines()
        self.assertIn("B2C_1_signup", completed("history", "--flow", ""))
        self.assertEqual(completed("history", "--step", "postF"), ["postFederationSignup"])
        self.assertIn("Fraud check", completed("history", "--connector", ""))
        self.assertIn(STEP, completed("rollback", "--step", ""))

    def test_watch_shows_changes_as_they_are_recorded(self):
        for source in self.sources():
            with subprocess.Popen([self.server.binary, "watch", "--flow", "profile", "--format", "json", *source], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, env=self.server.environment("reader")) as process:
                lines = []
                reader = threading.Thread(target=lambda: [lines.append(json.loads(line)) for line in process.stdout], daemon=True)
                reader.start()

                def written():
                    self.server.put(STEP, FRAUD_CHECK)
                    self.server.put(OTHER, NEW_VENDOR)
                    return lines
                eventually(written)
                process.send_signal(signal.SIGTERM)
                process.wait(60)
                reader.join(60)
                self.assertEqual({line["flowId"] for line in lines}, {"B2C_1_profile_edit"})
                self.assertEqual(len({line["id"] for line in lines}), len(lines))
        done = subprocess.Popen([self.server.binary, "watch", "--since", "1h"], stdout=subprocess.PIPE, text=True,
                                env=self.server.environment("reader"), stderr=subprocess.DEVNULL)
        self.assertRegex(done.stdout.readline(), rf"^\d{{4}}-\d\d-\d\d [\d:]{{8}}  change 1  {STEP}:  .* → .*  update  applied  by token ")
        done.stdout.close()
        done.terminate()
        done.wait(60)


class ConfiguredServer(Server):
    """A server with a settings file."""

    def __init__(self, config):
        super().__init__()
        self.config = config

    @property
    def database_flags(self):
        return [*super().database_flags, "--config", str(self.config)]


class Confirmations(unittest.TestCase):
    """A rollback of many steps needs a confirmation."""

    def test_a_rollback_to_a_time_asks_on_a_terminal_and_needs_yes_elsewhere(self):
        with Server() as server:
            before = server.put(STEP, NEW_VENDOR) and server.history()[0]["resultDateTime"]
            server.put(STEP, None)
            command = ["rollback", "--as-of", before]
            refused = server.command(*command, role="operator")
            self.assertEqual(refused.returncode, 1)
            self.assertIn("Nothing was rolled back. Use --yes", refused.stderr)
            self.assertIsNone(server.reference(STEP))
            for answer, reference in (("no", None), ("yes", NEW_VENDOR)):
                terminal, inner = pty.openpty()
                with subprocess.Popen([server.binary, *command], stdin=inner, stdout=inner, stderr=inner,
                                      env=server.environment("operator")) as process:
                    os.close(inner)
                    shown = b""
                    while b"Type yes to confirm." not in shown:
                        shown += os.read(terminal, 4096)
                    self.assertIn(b"Roll back 1 step?", shown)
                    os.write(terminal, answer.encode() + b"\n")
                    process.wait(60)
                os.close(terminal)
                self.assertEqual(server.reference(STEP), reference)
            server.put(STEP, None)
            self.assertEqual(server.command(*command, "--yes", role="operator").returncode, 0)
            self.assertEqual(server.reference(STEP), NEW_VENDOR)

    def test_sighup_reads_the_log_level_again_and_does_not_end_the_server(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "settings.json")
            file.write_text('{"logLevel": "notice"}')
            with ConfiguredServer(file) as server:
                file.write_text('{"logLevel": "error"}')
                server.process.send_signal(signal.SIGHUP)
                eventually(lambda: server.request("GET", "/readyz", role=None).status == 200)
                file.write_text('{"logLevel": "debug"}')
                server.process.send_signal(signal.SIGHUP)
                eventually(lambda: "logLevel=debug" in server.log)
                file.write_text('{"logLevel": "loud"}')
                server.process.send_signal(signal.SIGHUP)
                eventually(lambda: "REFLOG_LOG_LEVEL is loud" in server.log)
                self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)


class ManPages(unittest.TestCase):
    """tools/man writes a page for each command."""

    def test_every_command_has_a_page_with_its_options(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, ROOT / "tools/man", folder, "--program", BINARY], check=True, capture_output=True)
            pages = {page.stem: page.read_text() for page in pathlib.Path(folder, "man1").glob("*.1")}
        help = subprocess.run([BINARY, "--help"], capture_output=True, text=True, check=True).stdout
        verbs = re.findall(r"^  ([a-z-]+) {2,}", help.partition("SUBCOMMANDS:")[2], re.MULTILINE)
        self.assertGreater(len(verbs), 15)
        self.assertEqual({f"reflog-{verb}" for verb in verbs} - set(pages), set())
        self.assertIn(".B \\-\\-around <around>", pages["reflog-history"])
        self.assertIn("reflog\\-hold\\-place (1)", pages["reflog-hold"])
        for name, page in pages.items():
            self.assertTrue(page.startswith(f".TH {name.upper()} 1"), name)
