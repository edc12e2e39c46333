import fcntl
import json
import os
import pty
import re
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unicodedata
import unittest
import urllib.parse

from reflogserver import BINARY, FRAUD_CHECK, NEW_VENDOR, Port, Server, ServerTestCase
from testparts import apart, sqlite_only

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"


@apart(seconds=15, cores=0.6)
class CommandLine(ServerTestCase):
    """Tests of the commands, the formats and the exit codes of the command line."""

    def run_command(self, *arguments, role="operator"):
        return self.server.command(*arguments, role=role)

    def test_set_and_rollback_change_the_step_and_a_repeat_returns_the_same_rollback(self):
        done = self.run_command("set", *STEP.split("/"), NEW_VENDOR, "--reason", "trial, “quoted”", "--format", "json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        change = json.loads(done.stdout)
        self.assertEqual((change["reason"], change["after"]["connectorId"]), ("trial, “quoted”", NEW_VENDOR))

        plan = self.run_command("rollback", "--step", STEP, "--dry-run", "--format", "json")
        self.assertEqual(json.loads(plan.stdout)["rollbackOf"], change["id"])
        self.assertEqual(self.server.reference(STEP), NEW_VENDOR)

        back = json.loads(self.run_command("rollback", "--step", STEP, "--format", "json").stdout)
        self.assertEqual((back["kind"], back["rollbackOf"]), ("rollback", change["id"]))
        self.assertEqual(self.server.reference(STEP), FRAUD_CHECK)

        again = json.loads(self.run_command("rollback", change["id"], "--format", "json").stdout)
        self.assertEqual(again["id"], back["id"])

        twice = self.run_command("rollback", "--step", STEP)
        self.assertEqual(twice.returncode, 1)
        self.assertIn("is itself a rollback", twice.stderr)
        self.assertEqual(self.server.reference(STEP), FRAUD_CHECK)

        over = self.run_command("set", *STEP.split("/"), "--none")
        self.assertEqual(over.returncode, 0)
        self.assertEqual(self.run_command("rollback", change["id"], "--dry-run").returncode, 1)
        self.assertEqual(self.run_command("rollback", change["id"], "--dry-run", "--force").returncode, 0)
        stopped = self.run_command("rollback", change["id"])
        self.assertEqual(stopped.returncode, 1)
        self.assertIn("changeSuperseded", stopped.stderr)
        self.assertEqual(self.run_command("rollback", change["id"], "--force").returncode, 0)
        self.assertEqual(self.server.reference(STEP), FRAUD_CHECK)

    def test_json_output_is_the_body_of_the_corresponding_request(self):
        for command, path in (
            (["history", "--top", "2"], "/beta/auditLogs/connectorChanges?$top=2"),
            (["config"], "/beta/auditLogs/connectorConfigurations"),
            (["status"], "/beta/reflog/status"),
        ):
            body = self.server.request("GET", path).json
            asked = self.run_command(*command, "--format", "json", "--server", self.server.url)
            self.assertEqual(json.loads(asked.stdout), body)
            read = self.run_command(*command, "--format", "json", "--database", self.server.database)
            # Only a server has links, receivers of webhooks, warnings about its settings, and tokens that expire soon.
            links = ("@odata.context", "@odata.nextLink", "webhooks", "warnings", "expiringTokens")
            self.assertEqual(json.loads(read.stdout), {name: body[name] for name in body if name not in links})

    def test_every_failure_has_its_exit_code_and_a_message(self):
        cases = [
            (["show", "4711", "--server", self.server.url], 2),
            (["show", "4711", "--database", self.server.database], 2),
            (["rollback", "4711"], 2),
            (["set", *STEP.split("/"), "00000000-0000-0000-0000-000000000000"], 2),
            (["show", "zero"], 64),
            (["set", "c2bUserFlows", "a", "b", "--none"], 64),
            (["set"], 64),
            (["set", "--none"], 64),
            (["set", STEP], 64),
            (["set", STEP, "x", "--none"], 64),
            (["set", STEP, "x", "y"], 64),
            (["set", STEP, "a b"], 64),
            (["set", "signup/postFederationSignup", "--none"], 64),
            (["set", "signup", "--none"], 64),
            (["history", "--step", "a/b/c/d"], 64),
            (["history", "--step", "otherFlows/a/b"], 64),
            (["history", "--until", "2026-13-01"], 64),
            (["config", "--as-of", "soon"], 64),
            (["rollback", "--as-of", "soon"], 64),
            (["rollback", "--step", "signup/postFederationSignup"], 64),
            (["hold", "place", "x", "--reason", "y", "--flow", "signup"], 64),
            (["set", *STEP.split("/")], 64),
            (["set", *STEP.split("/"), "x", "--none"], 64),
            (["rollback"], 64),
            (["history", "--server", self.server.url, "--database", self.server.database], 64),
            (["token", "revoke", "missing", "--database", self.server.database], 2),
            (["rollback", "4711", "--dry-run"], 2),
            (["history", "--top", "0"], 64),
            (["history", "--filter", "x"], 64),
            (["unknown"], 64),
            (["history", "--database", "/nowhere/reflog.sqlite"], 1),
            (["history", "--server", "ftp://x"], 64),
            (["history", "--server", "http://127.0.0.1:1"], 75),
            (["rollback", "--step", "b2xUserFlows/B2X_1_partner_signup/postFederationSignup"], 2),
            (["token", "list", "--database", os.path.join(self.server.folder, "none.sqlite")], 1),
            (["--help"], 0),
        ]
        for arguments, code in cases:
            with self.subTest(arguments):
                done = self.run_command(*arguments)
                self.assertEqual(done.returncode, code, done.stderr)
                if code:
                    self.assertTrue(done.stderr)

    def test_a_start_that_is_later_than_the_end_is_refused(self):
        for command in ("history", "export"):
            for start, end in (("2026-03-02", "2026-03-01"), ("2026-03-01T10:00:00Z", "2026-03-01T09:59:00Z")):
                done = self.run_command(command, "--since", start, "--until", end)
                self.assertEqual(done.returncode, 64)
                self.assertIn("--since is later than --until. Swap the two times.", done.stderr)
            # The period includes the whole day of --until, so both options can have the same day.
            self.assertEqual(self.run_command(command, "--since", "2026-03-01", "--until", "2026-03-01").returncode, 0)

    def test_a_reader_is_not_allowed_to_set_a_reference(self):
        done = self.run_command("set", *STEP.split("/"), NEW_VENDOR, role="reader")
        self.assertEqual(done.returncode, 1)
        self.assertIn("forbidden", done.stderr)
        self.assertIn("Ask your administrator for a token with that role.", done.stderr)

    def test_an_admin_learns_how_to_get_a_token_that_can_roll_back(self):
        change = self.server.put(STEP, NEW_VENDOR).change
        done = self.run_command("rollback", change, role="admin")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Create a token with that role: reflog token create --role operator --name NAME.", done.stderr)
        shown = self.run_command("history", "--server", self.server.url, "--top", "1", "--wide", role="admin").stdout
        self.assertIn("(not read)", shown)
        self.assertIn("denied", shown)
        self.assertEqual(self.run_command("rollback", change).returncode, 0)

    def test_a_plan_says_if_the_role_does_not_permit_the_planned_request(self):
        change = self.server.put(STEP, NEW_VENDOR).change
        edit = self.server.request("PATCH", f"/beta/identity/apiConnectors/{NEW_VENDOR}", {"displayName": "Renamed"}).change
        message = ("The request would be refused, because your role does not allow it. Changes, rollbacks and freezes need the "
                   "role operator. Ask an administrator for a token with that role.")
        for command in (("rollback", change), ("rollback", "--as-of", "2020-01-01"), ("restore", edit)):
            for role, permits in (("operator", True), ("reader", False), ("admin", False)):
                with self.subTest(command=command, role=role):
                    run = self.run_command(*command, "--dry-run", "--format", "json", role=role)
                    self.assertEqual(run.returncode, 0, run.stderr)
                    self.assertEqual(json.loads(run.stdout)["rolePermits"], permits)
                    self.assertEqual(message in run.stderr, not permits, run.stderr)
        # A rollback to a time is refused before a person confirms it.
        run = self.run_command("rollback", "--as-of", "2020-01-01", role="reader")
        self.assertEqual(run.returncode, 1)
        self.assertIn(message, run.stderr)
        # The other tests find the step and the connector as they were.
        for command in (("restore", edit), ("rollback", change)):
            self.assertEqual(self.run_command(*command).returncode, 0)

    def test_invalid_settings_stop_the_start(self):
        config = os.path.join(self.server.folder, "config.json")
        with open(config, "w") as file:
            file.write('{"directory":"embedded","hots":"0.0.0.0"}')
        for arguments, text in (
            (["serve"], "--directory"),
            (["serve", "--directory", "toy"], "toy"),
            (["serve", "--directory", "embedded", "--port", "70000"], "port"),
            (["serve", "--config", config], "hots"),
            (["serve", "--nonsense"], "--nonsense"),
        ):
            done = self.run_command(*arguments)
            self.assertEqual(done.returncode, 64)
            self.assertIn(text, done.stderr)

    def test_a_second_server_on_the_same_ledger_ends_with_a_clear_message(self):
        done = self.run_command("serve", "--directory", "embedded", "--port", "0", "--database", self.server.database)
        self.assertEqual(done.returncode, 1)
        self.assertIn("in use by another Reflog process", done.stderr)

    def test_the_message_contains_a_port_that_is_in_use(self):
        with Server() as other:
            other.stop()
            done = self.run_command("serve", "--directory", "embedded", "--port", str(self.server.port), "--database",
                                 other.database)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"Reflog can't listen on 127.0.0.1:{self.server.port}: Address already in use.", done.stderr)

    @sqlite_only("the ledger is not a file next to the directory")
    def test_a_ledger_whose_directory_is_missing_is_not_served(self):
        with Server() as other:
            other.stop()
            os.remove(other.files + ".directory")
            done = self.run_command("serve", "--directory", "embedded", "--port", "0", "--database", other.database)
            self.assertEqual(done.returncode, 1)
            self.assertIn("exists, but its directory", done.stderr)
            self.assertFalse(os.path.exists(other.files + ".directory"))

    def test_output_that_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([self.server.binary, "history", "--database", self.server.database], stdout=full,
                                  stderr=subprocess.PIPE, text=True, env=self.server.environment(), timeout=120)
        self.assertEqual(done.returncode, 1)
        self.assertIn("can't be written", done.stderr)

    def test_first_tokens_are_not_written_into_an_existing_file(self):
        with tempfile.TemporaryDirectory() as folder:
            database = os.path.join(folder, "reflog.sqlite")
            with open(database + ".first-tokens", "w"):
                pass
            done = self.run_command("serve", "--directory", "embedded", "--port", "0", "--database", database)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(os.path.getsize(database + ".first-tokens"), 0)

    @sqlite_only("it opens the ledger's file")
    def test_only_the_owner_can_access_the_files(self):
        for suffix in ("", ".directory", ".tokens", ".first-tokens", ".lock"):
            mode = stat.S_IMODE(os.stat(self.server.files + suffix).st_mode)
            self.assertEqual(mode & 0o077, 0, suffix)

    def test_no_secret_is_stored_or_logged(self):
        canary = "canary-4f0c"
        self.server.request("POST", "/beta/identity/apiConnectors", {
            "displayName": "Canary", "targetUrl": f"https://api.contoso.example/x?code={canary}-query",
            "authenticationConfiguration": {
                "@odata.type": "#microsoft.graph.basicAuthentication", "username": "u", "password": canary + "-password",
            },
        })
        secrets = [canary + "-password", *(token.split("_")[2] for token in self.server.tokens.values())]
        for suffix in ("", "-wal", ".directory", ".directory-wal", ".tokens"):
            path = self.server.files + suffix
            if not os.path.exists(path):
                continue
            with open(path, "rb") as file:
                stored = file.read()
            for secret in secrets + ([canary + "-query"] if "directory" not in suffix else []):
                self.assertNotIn(secret.encode(), stored, path)
        for secret in secrets + [canary + "-query"]:
            self.assertNotIn(secret, self.server.log)


@apart(seconds=15, cores=0.6)
class Arguments(ServerTestCase):
    """Tests of addresses, times and misspelt words, and of the commands and numbers in messages."""

    def run_command(self, *arguments, role="operator"):
        return self.server.command(*arguments, role=role)

    def test_an_address_has_the_same_forms_in_every_verb(self):
        short = "B2C_1_signup/postFederationSignup"
        for words, expected in (([short, NEW_VENDOR], NEW_VENDOR), ([STEP, FRAUD_CHECK], FRAUD_CHECK),
                                ([*STEP.split("/"), NEW_VENDOR], NEW_VENDOR), ([short, "--none"], None),
                                ([*STEP.split("/"), "--none"], None), (["b2c_1_signup/postfederationsignup", NEW_VENDOR], NEW_VENDOR)):
            done = self.run_command("set", *words)
            self.assertEqual(done.returncode, 0, (words, done.stderr))
            self.assertEqual(self.server.reference(STEP), expected, words)
        for step in (STEP, short, "postFederationSignup"):
            found = self.run_command("history", "--step", step, "--server", self.server.url, "--top", "1", "--format", "json")
            self.assertEqual(json.loads(found.stdout)["value"][0]["after"].get("connectorId"), NEW_VENDOR, found.stderr)
        for step in ("b2xUserFlows/B2C_1_signup/postFederationSignup", "B2C_1_other/postFederationSignup", "preTokenIssuance"):
            found = self.run_command("history", "--step", step, "--server", self.server.url, "--format", "json")
            self.assertEqual(json.loads(found.stdout)["value"], [], step)
        for step in (STEP, short):
            self.assertEqual(self.run_command("rollback", "--step", step, "--dry-run").returncode, 0)
        plan = self.run_command("rollback", "--as-of", "0m", "--flow", "B2C_1_signup", "--dry-run")
        self.assertEqual(plan.returncode, 0, plan.stderr)

    def test_times_are_local_and_until_includes_its_day(self):
        self.run_command("set", STEP, NEW_VENDOR, "--reason", "now")

        def found(*arguments, zone="UTC"):
            done = subprocess.run([self.server.binary, "history", "--server", self.server.url, "--format", "json", *arguments],
                                  capture_output=True, text=True, env=self.server.environment("reader") | {"TZ": zone}, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            return len(json.loads(done.stdout)["value"]) > 0

        for zone in ("UTC", "Asia/Tokyo", "Pacific/Kiritimati"):
            for arguments, expected in ((["--since", "today"], True), (["--until", "today"], True), (["--until", "yesterday"], False),
                                        (["--since", "yesterday", "--until", "today"], True), (["--since", "1h"], True),
                                        (["--until", "1h"], False), (["--since", "2020-01-01"], True)):
                self.assertEqual(found(*arguments, zone=zone), expected, (zone, arguments))
        now = time.time()
        for zone, offset in (("UTC", 0), ("Asia/Tokyo", 9 * 3600)):
            for form in ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"):
                hour = time.strftime(form, time.gmtime(now + offset - 3600)), time.strftime(form, time.gmtime(now + offset + 3600))
                self.assertTrue(found("--since", hour[0], "--until", hour[1], zone=zone))
                self.assertFalse(found("--since", hour[1], zone=zone))
        gap = subprocess.run([self.server.binary, "history", "--since", "2026-03-29T02:30"], capture_output=True, text=True,
                             env=self.server.environment("reader") | {"TZ": "Europe/Berlin"}, timeout=120)
        self.assertEqual(gap.returncode, 64)
        self.assertIn("the local clocks skip this time", gap.stderr)

    def test_the_message_about_a_refused_time_contains_the_accepted_forms(self):
        for text in ("2 hours ago", "1772373600", "01.03.2026", "03/01/2026", "2026-3-1", "2026-03"):
            for arguments in (["history", "--since", text], ["export", "--until", text], ["config", "--as-of", text],
                              ["rollback", "--as-of", text]):
                done = self.run_command(*arguments)
                self.assertEqual((done.returncode, done.stdout), (64, ""))
                self.assertIn(f"{arguments[1]} {text} is not a time. Use 2026-11-23, 2026-11-23T14:00, 2026-11-23T14:00:00Z, today, "
                              "yesterday, or an age such as 30m, 2h or 7d.", done.stderr)

    def test_a_misspelt_verb_is_recognized_and_every_verb_has_a_version(self):
        for words, text in ((["histroy"], "'histroy'. Did you mean 'history'?"), (["token", "creat"], "Did you mean 'create'?"),
                            (["xyz"], "Unexpected argument 'xyz'"), (["history", "--sinec", "1h"], "Did you mean '--since'?"),
                            (["history", "--limit", "5"], "Unknown option '--limit'. Did you mean '--top'?"),
                            (["config", "--limit", "5"], "Unknown option '--limit'\n")):
            done = self.run_command(*words)
            self.assertEqual((done.returncode, done.stdout), (64, ""))
            self.assertIn(text, done.stderr)
        versions = {self.run_command(*verb, "--version").stdout for verb in ([], ["history"], ["token", "create"], ["serve"])}
        self.assertEqual(len(versions), 1)
        self.assertRegex(versions.pop(), r"^\d+\.\d+\.\d+\n$")

    @sqlite_only("suggested commands contain the URL without its parameters")
    def test_a_suggested_command_repeats_the_options(self):
        self.run_command("set", STEP, NEW_VENDOR)
        self.run_command("set", STEP, "--none")
        self.run_command("rollback", "--step", STEP)
        twice = self.run_command("rollback", "--step", STEP, "--server", self.server.url, "--reason", "it's late", "--force",
                                 "--format", "json")
        self.assertIn(fr"reflog rollback N --force --reason 'it'\''s late' --server {self.server.url} --format json",
                      re.sub(r"(reflog rollback) \d+", r"\1 N", twice.stderr))
        missing = self.run_command("token", "revoke", "missing", "--database", self.server.database)
        self.assertIn(f"`reflog token list --database {self.server.database}`", missing.stderr)

    @sqlite_only("suggested commands contain the URL without its parameters")
    def test_a_message_shows_how_to_get_the_rest_of_a_list_and_why_a_list_is_empty(self):
        for connector in (NEW_VENDOR, FRAUD_CHECK, NEW_VENDOR):
            self.run_command("set", STEP, connector, "--reason", "cut")
        for source in (["--server", self.server.url], ["--database", self.server.database]):
            options = ["--filter", "reason eq 'cut'", "--step", "postFederationSignup"]
            cut = self.run_command("history", "--top", "2", *source, *options)
            self.assertEqual(cut.stdout.count("\n"), 3)
            self.assertEqual(cut.stderr, "The newest 2 of 3 changes are shown. For all of them: reflog history " + " ".join(source)
                             + r" --filter 'reason eq '\''cut'\'''" + " --step postFederationSignup --top 3\n")
            self.assertEqual(self.run_command("history", "--top", "3", *source, *options).stderr, "")
            empty = self.run_command("history", "--flow", "B2C_1_singup", *source)
            self.assertRegex(empty.stdout, r"^No changes match this filter; \d+ without it\. No recorded name contains 'b2c_1_singup'\. Did "
                             r"you mean B2C_1_signup\?\n$")


@apart(seconds=10, cores=0.6)
class Streams(ServerTestCase):
    """Tests of commands with closed streams, with pipes and with terminals."""

    def run_command(self, *arguments, role="operator"):
        return self.server.command(*arguments, role=role)

    def test_a_closed_pipe_ends_a_command_without_a_message(self):
        for number in range(100):
            self.server.put(STEP, None, headers={"Reflog-Reason": "x" * 1000})
        for source in (["--server", self.server.url], ["--database", self.server.database]):
            for command in (["history", "--top", "1000"], ["history", "--top", "1000", "--format", "json"], ["export"],
                            ["export", "--format", "jsonl"]):
                process = subprocess.Popen([self.server.binary, *command, *source], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                           env=self.server.environment("reader"))
                process.stdout.read(1)
                process.stdout.close()
                self.assertEqual((process.stderr.read(), process.wait(60)), (b"", -signal.SIGPIPE), command + source)
                process.stderr.close()

    def test_a_closed_stdout_is_a_failure_and_no_file_gets_the_output(self):
        for streams in (">&-", ">&- 2>&-", "<&- >&- 2>&-"):
            done = subprocess.run(["sh", "-c", f'exec "$0" history --database "$1" {streams}', self.server.binary,
                                   self.server.database], env=self.server.environment("reader"), timeout=120, capture_output=True)
            self.assertEqual(done.returncode, 1, streams)
        self.assertEqual(self.run_command("history", "--database", self.server.database).returncode, 0)

    def on_a_terminal(self, columns, *arguments):
        """Runs a command whose stdout is a terminal. Returns what the terminal gets."""
        terminal, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        with subprocess.Popen([self.server.binary, *arguments], stdout=inner, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                              env=self.server.environment("reader")) as process:
            os.close(inner)
            output = b""
            while True:
                try:
                    piece = os.read(terminal, 65536)
                except OSError:
                    break
                if not piece:
                    break
                output += piece
            os.close(terminal)
            self.assertEqual(process.wait(60), 0)
        return output.decode()

    def test_tables_fit_the_terminal_and_nothing_controls_it(self):
        for reason in ("\x1b[2J\x9b31m\u202e", "検査" * 40, "long " * 60):
            self.server.put(STEP, None, headers={"Reflog-Reason": urllib.parse.quote(reason)})
        for columns in (80, 100, 200):
            shown = self.on_a_terminal(columns, "history", "--database", self.server.database)
            self.assertGreater(len(shown.splitlines()), 3)
            for line in shown.splitlines():
                width = sum(0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
                            for letter in line)
                self.assertLessEqual(width, columns, line)
        for command in (["history"], ["history", "--format", "json"], ["export"], ["export", "--format", "jsonl"]):
            shown = self.on_a_terminal(400, *command, "--database", self.server.database)
            hidden = {letter for letter in shown if unicodedata.category(letter) in ("Cc", "Cf")} - {"\r", "\n"}
            self.assertEqual(hidden, set(), command)
            self.assertIn("\ufffd", shown)
            piped = self.run_command(*command, "--database", self.server.database).stdout
            self.assertEqual("\u202e" in piped, command != ["history"])


class Stopping(unittest.TestCase):
    def test_sigterm_ends_the_server_with_0_and_leaves_a_complete_file(self):
        with Server() as server:
            server.put(STEP, NEW_VENDOR)
            self.assertEqual(server.stop(), 0)
            self.assertFalse(os.path.exists(server.files + "-wal"))
            shown = server.command("history", "--database", server.database, "--format", "json")
            self.assertEqual(len(json.loads(shown.stdout)["value"]), 1)


class BrokenConnections(unittest.TestCase):
    """The command line distinguishes a server that can't be reached from a server that ended the connection."""

    def run_against(self, behave):
        """Runs two commands against a listener: one changes a step, and one reads. Returns the completed processes."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            def serve():
                while True:
                    try:
                        connection, _ = listener.accept()
                    except OSError:
                        return
                    with connection:
                        behave(connection)
            threading.Thread(target=serve, daemon=True).start()
            environment = {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")}
            environment.update(REFLOG_SERVER=f"http://127.0.0.1:{listener.getsockname()[1]}", REFLOG_TOKEN="x")
            runs = [subprocess.run([BINARY, *command], capture_output=True, text=True, env=environment, timeout=120)
                    for command in (["set", *STEP.split("/"), "--none"], ["history", "--server", environment["REFLOG_SERVER"]])]
            listener.shutdown(socket.SHUT_RDWR)
            return runs

    def test_an_ended_connection_is_not_reported_as_an_unreachable_server(self):
        def reset(connection):
            connection.recv(65536)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        for behave in (reset, lambda connection: connection.recv(65536)):
            change, read = self.run_against(behave)
            self.assertEqual((change.returncode, read.returncode), (75, 75))
            for run in (change, read):
                self.assertIn("did not answer", run.stderr)
                self.assertNotIn("can't be reached", run.stderr)
            self.assertIn("The result is unknown. Check `reflog history --server ", change.stderr)
            self.assertIn("Try again.", read.stderr)

    def test_a_server_that_does_not_listen_cannot_be_reached(self):
        port = Port()
        self.addCleanup(port.close)
        run = Server().command("history", "--server", f"http://127.0.0.1:{port.number}")
        self.assertEqual(run.returncode, 75)
        self.assertIn("can't be reached", run.stderr)
