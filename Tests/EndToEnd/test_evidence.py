"""Tests of the packs for auditors: the contents of a pack, and that every alteration of a pack is found without the ledger."""

import csv
import datetime
import io
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
import zipfile

import packmanipulations
from browser import Browser
from ledgerfile import triggers_dropped
from packmanipulations import OTHER_KEY
from reflogserver import BINARY, FRAUD_CHECK, INVITATION_CODES, NEW_VENDOR, Server, eventually, wait_for_checkpoint
from test_exports import make_every_kind_of_change
from testparts import apart, sqlite_only

SECONDS = 20
EVIDENCE = "/beta/auditLogs/evidence"
SIGNUP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
MANIFEST = "evidence.manifest"
VERIFY_LOG = pathlib.Path(__file__).resolve().parents[2] / "tools" / "verify_log.py"
YEAR = str(datetime.datetime.now(datetime.timezone.utc).year)


# These words in front of a command make sure that even the user root can't read files without read permission.
WITHOUT_CAPABILITIES = (shutil.which("setpriv"), "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()


def by_program(path, *arguments, prefix=()):
    """Checks a manifest with `reflog verify`, in an empty folder and without a variable of Reflog."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")}
    with tempfile.TemporaryDirectory() as empty:
        return subprocess.run([*prefix, BINARY, "verify", "--manifest", path, *arguments], cwd=empty, env=kept, capture_output=True,
                              text=True)


def by_script(script, *arguments, prefix=()):
    """Checks a manifest with the program in a pack. Runs Python without installed packages and without Python's variables."""
    return subprocess.run([*prefix, sys.executable, "-I", "-S", "-B", script, *arguments], env={"PATH": "/nowhere"},
                          capture_output=True, text=True)


class PackTestCase(unittest.TestCase):
    """A test case with a server, and with a pack that `reflog evidence` made from the server's history."""

    @classmethod
    def setUpClass(cls):
        cls.server = server = cls.enterClassContext(Server())
        make_every_kind_of_change(server)
        for number in range(6):
            reason = "a%2C%20%22b%22%0Ac" if number == 3 else "CHG1"
            server.put(SIGNUP, [FRAUD_CHECK, NEW_VENDOR][number % 2], headers={"Reflog-Reason": reason})
        server.request("POST", "/beta/reflog/freezes", {"scope": "all", "reason": "Holidays"})
        server.put(SIGNUP, NEW_VENDOR, headers={"Reflog-Reason": "%20", "Reflog-Override": "The vendor is back"})
        server.request("DELETE", f"/beta/reflog/freezes/{server.request('GET', '/beta/reflog/freezes').json['value'][0]['id']}")
        for connector, name in ((NEW_VENDOR, "Called by the flow"), (INVITATION_CODES, "Called by no flow")):
            server.request("PATCH", f"/beta/identity/apiConnectors/{connector}", {"displayName": name})
        server.request("POST", "/beta/reflog/tokens", {"name": "auditor", "role": "reader", "expiresInDays": 7}, "admin")
        token = server.request("GET", "/beta/reflog/tokens", role="admin").json["value"][-1]["id"]
        server.request("DELETE", f"/beta/reflog/tokens/{token}", role="admin")
        server.request("POST", "/beta/reflog/holds", {"name": "case-7", "reason": "A dispute"}, "admin")
        server.request("POST", "/beta/reflog/retention", {"days": 800}, "admin")
        # When a server starts for the first time, it creates tokens, and records them a moment later. Wait until all tokens
        # are recorded.
        created = "/beta/auditLogs/serviceEvents?$filter=kind%20eq%20%27tokenCreated%27"
        eventually(lambda: server.request("GET", created).json["value"][3:])
        _, cls.key = wait_for_checkpoint(server)
        cls.folder = pathlib.Path(server.folder)
        cls.pack = cls.folder / "pack"
        cls.write(cls.pack)

    @classmethod
    def write(cls, path, *arguments, role="reader"):
        source = ["--server", cls.server.url] if role else ["--database", cls.server.database]
        run = cls.server.command("evidence", "--period", YEAR, *source, *arguments, path, role=role)
        assert run.returncode == 0, run.stderr
        return run

    def copy(self):
        """Returns the folder of a new copy of the pack."""
        copy = pathlib.Path(tempfile.mkdtemp(dir=self.folder), "pack")
        self.addCleanup(shutil.rmtree, copy.parent)
        return shutil.copytree(self.pack, copy)

    def check(self, pack, *arguments):
        """Checks a pack with `reflog verify` and with the program in the pack. The exit codes must be equal. Returns the two
        completed processes."""
        program, script = by_program(pack / MANIFEST, *arguments), by_script(self.pack / "verify.py", *arguments, pack / MANIFEST)
        self.assertEqual(program.returncode, script.returncode, program.stdout + program.stderr + script.stdout + script.stderr)
        return program, script


class Contents(PackTestCase):
    """A pack contains the whole history of its period, in files that other programs can read."""

    def rows(self, name, pack=None):
        return list(csv.DictReader(io.StringIO((pack or self.pack).joinpath(name).read_bytes().decode(), newline="")))

    def test_an_unaltered_pack_verifies_with_python_alone_and_without_a_ledger(self):
        for arguments in ((), ("--key", self.key), ("--key", OTHER_KEY, "--key", self.key)):
            program, script = self.check(self.pack, *arguments)
            self.assertEqual((program.returncode, program.stdout, script.stdout), (0, "", ""), program.stderr + script.stderr)
            trusted = f"No --key is given, so the key in the manifest is trusted: {self.key}"
            self.assertEqual([trusted in run.stderr for run in (program, script)], [not arguments] * 2)
            limits = [run.stderr.splitlines()[-1] for run in (program, script)]
            self.assertIn("But changes can be missing from the log.", limits[0])
            self.assertEqual(limits[0], limits[1])
        for arguments in ((), (self.pack / MANIFEST,), ("--manifest", self.pack / MANIFEST)):
            self.assertEqual(by_script(self.pack / "verify.py", *arguments).returncode, 0)
        self.assertEqual(by_program(self.pack).returncode, 0)

    def test_the_files_contain_every_change_and_every_event(self):
        for name, list in (("changes", "connectorChanges"), ("service-events", "serviceEvents")):
            count = len(self.rows(name + ".csv"))
            for format in ("csv", "jsonl"):
                written = (self.pack / f"{name}.{format}").read_bytes()
                exported = self.server.request("GET", f"/beta/auditLogs/{list}?$format={format}").bytes
                # Compare only the first exported events, because the server records more events after the pack was written.
                self.assertEqual(written, exported[:len(written)])
            self.assertGreater(count, 7)
            self.assertEqual(len((self.pack / f"{name}.jsonl").read_text().splitlines()), count)

    def test_the_roles_of_tokens_are_in_the_pack(self):
        roles = {row["name"]: row for row in self.rows("roles.csv")}
        self.assertEqual({row["role"] for row in roles.values()}, {"reader", "operator", "admin"})
        auditor = roles["auditor"]
        self.assertEqual((auditor["role"], auditor["createdBy"], auditor["revokedBy"]), ("reader", *["token first-admin"] * 2))
        self.assertLess(auditor["createdDateTime"], auditor["revokedDateTime"])
        created, expires = (datetime.datetime.fromisoformat(auditor[name]) for name in ("createdDateTime", "expiresDateTime"))
        self.assertEqual(round((expires - created) / datetime.timedelta(days=1), 2), 7)

    def test_the_policy_and_the_holds_are_in_the_pack(self):
        keeping = json.loads((self.pack / "retention.json").read_text())
        self.assertEqual((keeping["days"], keeping["minimumDays"], keeping["newestPurge"]), (800, 400, None))
        holds = [(hold["name"], hold["scope"], hold["reason"]) for hold in keeping["holds"]]
        self.assertEqual(holds, [("case-7", "all flows", "A dispute")])

    def test_the_summary_counts_what_the_rows_contain(self):
        summary = (self.pack / "summary.html").read_text()
        rows = self.rows("changes.csv")
        asked = [row for row in rows if row["kind"] in ("update", "rollback")]
        expected = [
            *(sum(row["kind"] == kind for row in rows) for kind in ("update", "rollback", "drift", "baseline")),
            sum(row["result"] in ("rejected", "notApplied", "superseded", "unknown") for row in rows),
            sum(row["result"] == "denied" for row in rows), sum(bool(row["overrideEventId"]) for row in rows),
            sum(row["result"] == "pending" for row in rows),
            sum(not row["reason"] and row["result"] != "denied" for row in asked),
        ]
        self.assertEqual([row["reason"] for row in rows if row["overrideReason"] == "The vendor is back"], [""])
        total = re.search(r'<tr class="total">(.*?)</tr>', summary)[1]
        self.assertEqual(list(map(int, re.findall(r'<td class="n">(\d+)</td>', total))), expected)
        for text in ("@page{size:A4", "<td>b2cUserFlows/B2C_1_signup</td>", "token first-operator (",
                     "case-7", "at least 800 days", "<td>auditor</td>"):
            self.assertIn(text, summary)
        self.assertNotIn("<script", summary)
        self.assertNotIn("http", summary)

    def test_the_instruction_and_the_checkpoint_belong_to_the_log(self):
        instruction = (self.pack / "README.txt").read_text()
        # The page contains only the beginning of the key. A key that comes with the pack proves nothing about the pack.
        name, id, _ = self.key.split("+", 2)
        self.assertIn(f"\n     {name}+{id}+\n", instruction)
        self.assertNotIn(self.key, instruction)
        # The instruction must fit on one page. A page of A4 has about 60 lines of 100 characters.
        self.assertLess(len(instruction.splitlines()), 60)
        listed = re.findall(r"^(\S+\.?\S*)  +", instruction.split("FILES\n")[1].split("\n\n")[0], re.MULTILINE)
        self.assertEqual({name.rstrip("/").split("/")[0] for name in listed} | {"changes.jsonl", "service-events.jsonl"},
                         {path.relative_to(self.pack).parts[0] for path in self.pack.rglob("*") if path.is_file()})
        checkpoint = (self.pack / "checkpoint").read_text()
        self.assertEqual(checkpoint, json.loads((self.pack / MANIFEST).read_text().split("\n\n")[0])["checkpoint"])
        kept = self.folder / "kept"
        kept.write_text(checkpoint)
        run = self.server.command("verify", "--database", self.server.database, "--key", self.key, "--since", kept)
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_a_pack_is_compared_with_a_ledger_too(self):
        run = self.server.command("verify", "--database", self.server.database, "--key", self.key, "--manifest", self.pack / MANIFEST)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("The 15 files are the pack for", run.stderr)
        self.assertIn("Checked ", run.stderr)

    def test_a_zip_file_and_a_pack_from_the_ledger_have_the_same_changes(self):
        path = self.folder / "pack.zip"
        advice = f"Unpack {path} into an empty folder, and check it there with: reflog verify --manifest {MANIFEST} --key KEY"
        self.assertIn(advice, self.write(path).stderr)
        answer = self.server.request("GET", f"{EVIDENCE}?period={YEAR}", role="reader")
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/zip"))
        self.assertRegex(answer.headers["content-disposition"], f'^attachment; filename="reflog-evidence-{YEAR}-taken-[-0-9]{{10}}.zip"; ')
        page = self.folder / "page.zip"
        page.write_bytes(answer.bytes)
        self.write(self.folder / "local.zip", role=None)
        self.write(self.folder / "local", role=None)
        for zip in (path, page, self.folder / "local.zip"):
            with zipfile.ZipFile(zip) as opened:
                self.assertIsNone(opened.testzip())
                folder = self.folder / (zip.name + ".unpacked")
                opened.extractall(folder)
            if shutil.which("unzip"):
                subprocess.run(["unzip", "-tq", zip], check=True, capture_output=True)
        for pack in ("pack.zip.unpacked", "page.zip.unpacked", "local.zip.unpacked", "local"):
            program, _ = self.check(self.folder / pack, "--key", self.key)
            self.assertEqual(program.returncode, 0, program.stdout)
            for name in ("changes.csv", "changes.jsonl", "roles.csv", "retention.json"):
                self.assertEqual((self.folder / pack / name).read_bytes(), (self.pack / name).read_bytes(), f"{pack} {name}")

    def check_selection(self, pack, selected):
        """Checks that both programs show the number of changes in a pack, and what the manifest selects."""
        manifest = json.loads((pack / MANIFEST).read_text().split("\n\n")[0])
        count, period, taken = len(self.rows("changes.csv", pack)), manifest["period"], manifest["createdDateTime"]
        until = f", until {taken}, when the period had not ended" if taken < period["until"] else ""
        selected = "the ledger contained no changes of this period at that time" if selected == "all changes" and count == 0 else selected
        expected = f"The pack contains {count} change{'s' * (count != 1)} of {period['name']}: {selected}{until}."
        for run in self.check(pack, "--key", self.key):
            self.assertEqual(run.returncode, 0, run.stdout)
            self.assertIn(expected, run.stderr.splitlines())

    def test_a_pack_contains_only_its_period_and_its_flow(self):
        first = self.server.history()[0]["activityDateTime"]
        target = self.folder / "flow"
        self.assertIn(f"Check it with: reflog verify --manifest {target}/{MANIFEST} --key KEY",
                      self.write(target, "--flow", "B2C_1_signup").stderr)
        self.check_selection(target, "only those of the flow B2C_1_signup, and of the connectors that it called")
        self.check_selection(self.pack, "all changes")
        rows = self.rows("changes.csv", self.folder / "flow")
        self.assertEqual({row["flowId"] for row in rows if row["subject"] == "step"}, {"B2C_1_signup"})
        # The pack contains the edit of a connector that the flow called, but not the edit of another connector.
        edited = [row["afterConnectorName"] for row in rows if row["subject"] == "connector" and row["kind"] == "update"]
        self.assertEqual(edited[-1:], ["Called by the flow"])
        self.assertNotIn("Called by no flow", edited)
        for period, is_in in ((first[:10], True), (first[:7], True), ("2020", False), (f"2020-01-01..{first[:10]}", True),
                              ("2020-01-01..2999-12-31", True)):
            folder = self.folder / f"of {period}"
            run = self.server.command("evidence", "--period", period, "--server", self.server.url, folder, role="reader")
            self.assertEqual(run.returncode, 0, run.stderr)
            rows = self.rows("changes.csv", folder)
            self.assertIn(f"The pack for {period} contains {len(rows)} changes. The p", run.stderr.replace("1 change.", "1 changes."))
            is_unfinished = "The period has not ended: the pack contains the changes until 2" in run.stderr
            expected = {"2020": False, "2020-01-01..2999-12-31": True}
            self.assertEqual(is_unfinished, expected.get(period, is_unfinished), run.stderr)
            self.assertEqual(any(row["activityDateTime"] == first for row in rows), is_in)
            self.check_selection(folder, "all changes")

    def test_a_pack_of_a_flow_without_a_record_is_refused(self):
        for flow, advice in (("B2C_1_singup", "Did you mean B2C_1_signup"), ("b2xUserFlows/B2C_1_signup", "Did you mean B2C_1_signup"),
                             ("zzzzzz", "Check the spelling.")):
            text = f"The ledger has no record of {flow}. {advice}"
            exports = len(self.exports())
            answer = self.server.request("GET", f"{EVIDENCE}?period={YEAR}&flow={flow}", role="reader")
            self.assertEqual((answer.status, answer.code), (404, "notFound"))
            self.assertIn(text, answer.json["error"]["message"])
            self.assertEqual(len(self.exports()), exports)
            for source in (("--server", self.server.url), ("--database", self.server.database)):
                run = self.server.command("evidence", "--period", YEAR, "--flow", flow, *source, self.folder / "none", role="reader")
                self.assertEqual(run.returncode, 2, run.stderr)
                self.assertIn(text, run.stderr)
                self.assertFalse((self.folder / "none").exists())

    @sqlite_only("it edits the ledger's file")
    def test_an_altered_hold_is_not_signed(self):
        with Server() as server:
            server.put(SIGNUP, NEW_VENDOR)
            server.request("POST", "/beta/reflog/holds", {"name": "case-7", "reason": "A dispute"}, "admin")
            wait_for_checkpoint(server)
            server.stop()
            with triggers_dropped(server.database) as ledger:
                ledger.execute("UPDATE hold SET reason = 'Another'")
            run = server.command("evidence", "--period", YEAR, "--database", server.database, self.folder / "altered")
            self.assertEqual(run.returncode, 65, run.stderr)
            self.assertIn("the legal holds case-7 differ from the recorded holds", run.stderr)
            self.assertFalse((self.folder / "altered").exists())
            run = server.command("verify", "--database", server.database)
            self.assertEqual(run.returncode, 65, run.stderr)
            self.assertIn("The table hold is damaged", run.stdout)

    def exports(self):
        """Returns the details of the recorded exports."""
        events = self.server.request("GET", "/beta/auditLogs/serviceEvents?$filter=kind%20eq%20%27export%27").json["value"]
        return [event["details"] for event in events]

    def test_a_download_is_recorded(self):
        self.server.request("GET", f"{EVIDENCE}?period={YEAR}-01&flow=B2C_1_signup", role="reader")
        details = {"of": "evidence", "format": "zip", "filtered": True, "period": f"{YEAR}-01"}
        self.assertIn(details, self.exports())


class Pages(PackTestCase):
    """The page offers the pack as a download."""

    def test_the_form_downloads_a_pack(self):
        browser = Browser(self.server)
        browser.sign_in("reader")
        self.assertIn("/evidence", browser.open("/export").links)
        form = browser.open("/evidence").form("/evidence")
        self.assertEqual((form["method"], form["fields"]["flow"]), ("get", ""))
        self.assertRegex(form["fields"]["period"], r"\A\d{4}-Q[1-4]\Z")
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        answer = self.server.request("GET", f"/evidence?period={YEAR}&flow=", role=None, headers={"Cookie": cookie})
        self.assertRegex(answer.headers["content-disposition"], f'^attachment; filename="reflog-evidence-{YEAR}-taken-[-0-9]{{10}}.zip"; ')
        with zipfile.ZipFile(io.BytesIO(answer.bytes)) as pack:
            self.assertEqual(pack.read("changes.csv"), (self.pack / "changes.csv").read_bytes())
            self.assertIn(MANIFEST, pack.namelist())

    def test_a_wrong_period_is_explained_in_the_form(self):
        browser = Browser(self.server)
        browser.sign_in("reader")
        page = browser.open("/evidence?period=July%3Cb%3E&flow=B2C_1_signup")
        self.assertIn("'July<b>' is not a period. Use 2026, 2026-Q3,", page.text)
        self.assertEqual(page.form("/evidence")["fields"], {"period": "July<b>", "flow": "B2C_1_signup"})
        self.assertNotIn("reflog evidence", page.text)
        self.assertRegex(browser.open("/evidence?flow=B2C_1_signup").text, r"reflog evidence --period \d{4}-Q\d --flow B2C_1_signup FOLDER")
        self.assertEqual(browser.open("/evidence?colour=blue").status, 400)

    def test_a_period_in_the_future_is_refused(self):
        text = "The period '2999-01' has no changes, because it begins on 2999-01-01 (UTC). Use a period that has begun."
        run = self.server.command("evidence", "--period", "2999-01", self.folder / "none")
        self.assertEqual(run.returncode, 64)
        self.assertIn(text, run.stderr)
        answer = self.server.request("GET", EVIDENCE + "?period=2999-01", role="reader")
        self.assertEqual((answer.status, answer.code, answer.json["error"]["message"]), (400, "badRequest", text))
        browser = Browser(self.server)
        browser.sign_in("reader")
        self.assertIn("has no changes, because it begins on 2999-01-01 (UTC).", browser.open("/evidence?period=2999-01").text)

    def test_a_misspelt_flow_is_explained_in_the_form(self):
        browser = Browser(self.server)
        browser.sign_in("reader")
        page = browser.open(f"/evidence?period={YEAR}&flow=B2C_1_singup")
        self.assertIn("The ledger has no record of B2C_1_singup. Did you mean B2C_1_signup", page.text)
        self.assertEqual(page.form("/evidence")["fields"], {"period": YEAR, "flow": "B2C_1_singup"})


class Refusals(PackTestCase):
    """A pack is not written over other files. If a request is wrong, the message explains the reason."""

    def test_a_folder_with_files_is_replaced_only_with_force(self):
        folder = self.folder / "used"
        folder.mkdir()
        self.write(folder)
        (folder / "notes.txt").write_text("mine")
        (folder / "changes.csv").write_text("old")
        run = self.server.command("evidence", "--period", YEAR, "--database", self.server.database, folder)
        self.assertEqual(run.returncode, 1)
        self.assertIn(f"The folder {folder} is not empty. Name another folder, or use --force to replace its files.", run.stderr)
        self.assertEqual((folder / "changes.csv").read_text(), "old")
        self.write(folder, "--force")
        self.assertEqual((folder / "notes.txt").read_text(), "mine")
        run = by_program(folder)
        self.assertEqual((run.returncode, run.stdout), (65, "notes.txt: the file is not in the manifest.\n"))
        self.assertEqual([path.name for path in self.folder.glob("used*")], ["used"])
        self.assertEqual(stat.S_IMODE((folder / "changes.csv").stat().st_mode), 0o600)

    def test_an_existing_file_is_not_replaced(self):
        path = self.folder / "old.zip"
        path.write_text("old")
        for target in (path, self.folder / "plain"):
            target.write_text("old")
            run = self.server.command("evidence", "--period", YEAR, "--server", self.server.url, target, role="reader")
            self.assertEqual(run.returncode, 1, run.stderr)
            self.assertIn(f"{target} exists", run.stderr)
            self.assertEqual(target.read_text(), "old")
        self.write(path, "--force")
        self.assertTrue(zipfile.is_zipfile(path))

    def test_a_wrong_period_is_explained(self):
        text = "'July' is not a period. Use 2026, 2026-Q3, 2026-07, 2026-07-14 or 2026-07-01..2026-09-30."
        run = self.server.command("evidence", "--period", "July", self.folder / "none")
        self.assertEqual(run.returncode, 64)
        self.assertIn(text, run.stderr)
        answer = self.server.request("GET", EVIDENCE + "?period=July", role="reader")
        self.assertEqual((answer.status, answer.code, answer.json["error"]["message"]), (400, "badRequest", text))
        self.assertEqual(self.server.request("GET", EVIDENCE, role="reader").status, 400)
        self.assertEqual(self.server.request("GET", EVIDENCE + "?period=2026", role=None).status, 401)

    @sqlite_only("it moves the key next to the ledger's file")
    def test_a_pack_without_the_key_of_the_log_is_refused(self):
        key = pathlib.Path(self.server.files + ".key")
        aside = key.rename(key.with_suffix(".aside"))
        try:
            run = self.server.command("evidence", "--period", YEAR, "--database", self.server.database, self.folder / "unsigned")
        finally:
            aside.rename(key)
        self.assertEqual(run.returncode, 1)
        self.assertIn("The pack can't be signed with the log's key: ", run.stderr)
        self.assertIn("Use --server, so that the server signs the pack.", run.stderr)
        self.assertFalse((self.folder / "unsigned").exists())

    def test_a_download_that_ends_early_leaves_no_folder(self):
        import http.server
        import threading
        data = self.server.request("GET", f"{EVIDENCE}?period={YEAR}", role="reader").bytes

        class Cut(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(data) // 2))
                self.end_headers()
                self.wfile.write(data[:len(data) // 2])

            def log_message(self, *_):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Cut) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            run = self.server.command("evidence", "--period", YEAR, "--server", f"http://127.0.0.1:{server.server_port}",
                                      self.folder / "cut", role="reader")
            server.shutdown()
        self.assertEqual(run.returncode, 75, run.stderr)
        self.assertIn("The pack was not received completely. Try again.", run.stderr)
        self.assertEqual(list(self.folder.glob("cut*")), [])


@apart(seconds=60)
class Manipulations(PackTestCase):
    """Every alteration of a pack is found and named, by `reflog verify` and by the program in the pack."""

    def test_every_manipulation_is_found_and_named(self):
        tried = 0
        for name, manipulate, expected in packmanipulations.manipulations():
            with self.subTest(name):
                pack = self.copy()
                manipulate(pack)
                program, script = self.check(pack, "--key", self.key)
                self.assertEqual(program.returncode, 65, program.stderr)
                for run in (program, script):
                    self.assertRegex(run.stdout + run.stderr, expected)
                if not expected.startswith(MANIFEST):
                    self.assertEqual(program.stdout, script.stdout)
                tried += 1
        self.assertGreater(tried, 100)

    def test_a_file_that_is_not_a_manifest_is_reported_as_unreadable(self):
        for name, manipulate in packmanipulations.unreadable_manifests():
            with self.subTest(name):
                pack = self.copy()
                manipulate(pack)
                program, script = self.check(pack, "--key", self.key)
                self.assertEqual(program.returncode, 64, program.stderr)
                for run in (program, script):
                    self.assertIn(f"{MANIFEST} cannot be read: ", run.stderr)

    def test_a_file_that_was_saved_in_another_form_does_not_count_as_altered(self):
        for name, manipulate, expected in packmanipulations.other_forms():
            with self.subTest(name):
                pack = self.copy()
                manipulate(pack)
                program, script = self.check(pack, "--key", self.key)
                self.assertEqual((program.returncode, program.stdout), (3, expected + "\n"), program.stderr)
                self.assertEqual(script.stdout, program.stdout)
        # The programs also find an altered row in a file whose byte order mark and line ends differ.
        pack = self.copy()
        path = pack / "changes.csv"
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\r\n", b"\n").replace(b",applied,", b",denied,", 1))
        program, script = self.check(pack, "--key", self.key)
        self.assertEqual(program.returncode, 65)
        self.assertRegex(program.stdout, r"changes.csv: row \d+ \(id \d+\) was altered\.")
        self.assertEqual(script.stdout, program.stdout)

    def test_files_of_systems_and_spreadsheets_are_ignored(self):
        pack = self.copy()
        for name in (".DS_Store", "Thumbs.db", "desktop.ini", ".~lock.changes.csv#", "~$changes.csv", "._evidence.manifest",
                     "._rows", "rows/.DS_Store", "rows/._roles.csv", "rows/.~lock.changes.csv#"):
            (pack / name).write_bytes(b"any")
        self.assertEqual(self.check(pack, "--key", self.key)[0].returncode, 0)

    def test_a_file_that_cannot_be_read_does_not_hide_the_other_findings(self):
        pack = self.copy()
        (pack / "changes.csv").chmod(0)
        (pack / "more").mkdir(mode=0)
        (pack / "roles.csv").unlink()
        expected = ("changes.csv: the file can't be read, so it was not checked.\nroles.csv: the file is missing.\n"
                    "more: the folder can't be read, so it was not checked.\n")
        self.check_without_permission(pack, expected)

    def test_a_list_in_a_folder_that_cannot_be_read_is_not_missing(self):
        pack = self.copy()
        (pack / "rows").chmod(0)
        self.addCleanup((pack / "rows").chmod, 0o755)
        lists = "".join(f"{name}: the file can't be read, so it was not checked.\n" for name in sorted(packmanipulations.LISTS))
        self.check_without_permission(pack, lists + "rows: the folder can't be read, so it was not checked.\n")

    def test_a_list_that_cannot_be_read_does_not_hide_that_its_file_was_altered(self):
        pack = self.copy()
        path = pack / "changes.csv"
        with path.open(newline="", encoding="utf-8") as file:
            count = len(list(csv.DictReader(file)))
        path.write_bytes(path.read_bytes().replace(b",applied,", b",denied,", 1))
        (pack / "rows/changes.csv").chmod(0)
        self.check_without_permission(
            pack, f"changes.csv: the file was altered. It has {count} rows below the header, and the written file has "
                  f"{count}.\nrows/changes.csv: the file can't be read, so it was not checked.\n")

    def check_without_permission(self, pack, expected):
        """Checks a pack with both programs. The programs can read only the files whose modes permit this."""
        program = by_program(pack / MANIFEST, "--key", self.key, prefix=WITHOUT_CAPABILITIES)
        script = by_script(self.pack / "verify.py", "--key", self.key, pack / MANIFEST, prefix=WITHOUT_CAPABILITIES)
        for run in (program, script):
            self.assertEqual((run.returncode, run.stdout), (65, expected), run.stderr)

    def test_a_pack_that_another_key_signed_is_found_only_with_the_key(self):
        with Server() as other:
            other.put(SIGNUP, NEW_VENDOR)
            wait_for_checkpoint(other)
            forged = pathlib.Path(other.folder, "forged")
            run = other.command("evidence", "--period", YEAR, "--server", other.url, forged, role="reader")
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(self.check(forged)[0].returncode, 0)
            program, script = self.check(forged, "--key", self.key)
            self.assertEqual(program.returncode, 65)
            self.assertRegex(script.stdout, r": None of the known keys signed this note\. Its signatures claim to be from \S+\. Use ")
            self.assert_same(program.stderr.splitlines()[-1], script.stdout, forged)

    def test_a_wrong_signature_is_reported_by_both_programs_in_the_same_words(self):
        pack = self.copy()
        packmanipulations.edit_manifest(lambda members: members.update(flow="B2C_1_other"))(pack)
        program, script = self.check(pack, "--key", self.key)
        self.assertIn("does not match this text. The text or the signature was changed. Do not trust them.", script.stdout)
        self.assert_same(program.stderr.splitlines()[-1], script.stdout, pack)

    def assert_same(self, message, finding, pack):
        """Checks that a message of `reflog verify` and a finding of the program in the pack have the same words."""
        self.assertEqual(message.removeprefix("reflog: ").replace(f"{pack}/", "") + "\n", finding)

    def test_a_zip_file_is_reported_by_both_programs_in_the_same_words(self):
        path = self.folder / "whole.zip"
        self.write(path)
        # A ZIP file that is larger than a manifest can be is reported as a ZIP file too.
        path.write_bytes(path.read_bytes() + bytes(5 << 20))
        program, script = by_program(path), by_script(self.pack / "verify.py", path)
        self.assertEqual((program.returncode, script.returncode), (64, 64))
        self.assertIn("cannot be read: it is a ZIP file. Unpack it, and use the file in its folder.", script.stderr)
        self.assert_same(program.stderr, script.stderr + "\n", self.folder)

    def test_a_wrong_key_is_wrong_usage(self):
        for key in ("none", "key.txt", self.key[:-4]):
            for run in self.check(self.pack, "--key", key):
                self.assertEqual(run.returncode, 64)
                self.assertIn("For a key in a file, use --key \"$(cat FILE)\".", run.stderr)
                # The message has the form of a key at most once.
                self.assertLessEqual(run.stderr.lower().count("name+id+base64"), 1)

    def test_all_verifiers_ignore_the_same_white_space_around_a_key(self):
        for form, code in (("{}\r", 0), (" {}  ", 0), ("\ufeff{} \r\n", 0), (" \ufeff\t{}\ufeff", 0), ("\u00a0{}\u00a0", 0),
                           ("\u2003{}", 64), ("{}\u2028", 64), ("\x0b{}", 64)):
            key = form.format(self.key)
            log = subprocess.run([sys.executable, VERIFY_LOG, self.server.url, "--key", key], capture_output=True, text=True)
            for run in (*self.check(self.pack, "--key", key), log):
                self.assertEqual(run.returncode, code, f"{form!r} {run.stdout} {run.stderr}")


class Exports(PackTestCase):
    """An exported file can be checked without the ledger."""

    def export(self, *arguments, name):
        path = self.folder / name
        run = self.server.command("export", "--server", self.server.url, "--manifest", "--output", path, *arguments, role="reader")
        self.assertEqual(run.returncode, 0, run.stderr)
        return path

    def check_export(self, path, *arguments):
        manifest = f"{path}.manifest"
        program, script = by_program(manifest, *arguments), by_script(self.pack / "verify.py", *arguments, manifest)
        self.assertEqual(program.returncode, script.returncode, program.stdout + program.stderr + script.stdout + script.stderr)
        self.assertEqual(program.stdout.replace(str(path), path.name), script.stdout)
        return program

    def test_an_unaltered_export_verifies(self):
        for arguments, name in (((), "a.csv"), (("--raw", "--excel"), "b.csv"), (("--format", "jsonl"), "c.jsonl"),
                                (("--format", "ocsf"), "d.jsonl"), (("--filter", "id eq 999999"), "e.csv")):
            path = self.export(*arguments, name=name)
            for key in ((), ("--key", self.key)):
                self.assertEqual(self.check_export(path, *key).returncode, 0)

    def test_the_check_shows_the_number_of_changes_and_the_filter(self):
        applied, flow, text = "result eq 'applied'", "flowId eq 'B2C_1_signup'", "reason ne 'It''s the flowId' and id gt 1"
        also = " A condition on a flow also selects the changes of the connectors that the flow called."
        for number, (arguments, selected) in enumerate((
            ((), "all changes."), (("--raw", "--excel"), "all changes."),
            (("--result", "applied"), f"only those that match {applied}."),
            (("--format", "jsonl", "--filter", applied), f"only those that match ({applied})."),
            (("--filter", "id eq 999999"), "only those that match (id eq 999999)."),
            (("--filter", flow), f"only those that match ({flow}).{also}"),
            (("--filter", flow, "--flow-scope", "steps"), f"only those that match ({flow})."),
            (("--filter", text), f"only those that match ({text})."),
            (("--after", "9"), "only those that have an entry after position 9."),
            (("--result", "applied", "--after", "9"), f"only those that match {applied} and have an entry after position 9."),
        )):
            with self.subTest(arguments=arguments):
                path = self.folder / f"selected-{number}.file"
                run = self.server.command("export", "--server", self.server.url, "--manifest", "--output", path, *arguments,
                                          role="reader")
                self.assertEqual(run.returncode, 0, run.stderr)
                text = path.read_bytes().decode("utf-8-sig")
                lines = text.splitlines() if "jsonl" in arguments else list(csv.reader(io.StringIO(text, newline="")))[1:]
                expected = f"{path}: {len(lines)} change{'s' * (len(lines) != 1)}: {selected}"
                advice = f"Check the file with: reflog verify --manifest {path}.manifest --key KEY"
                self.assertIn(f"{expected} {advice}", run.stderr.splitlines())
                self.check_shown(path, expected, 0)
        # The sentence is also shown if a program saved the file in another form, but not if the file was altered.
        path = self.folder / "selected-2.file"
        written = path.read_bytes()
        count = written.count(b"\r\n") - 1
        path.write_bytes(written.replace(b"\r\n", b"\n"))
        expected = f"{path}: {count} changes: only those that match {applied}."
        self.check_shown(path, expected, 3)
        path.write_bytes(written[:len(written) // 2])
        self.check_shown(path, expected, 65)

    def test_a_complete_export_of_an_empty_ledger_says_that_the_ledger_contained_no_changes(self):
        with Server() as server:
            path = self.folder / "empty.csv"
            export = server.command("export", "--server", server.url, "--manifest", "--output", path, role="reader")
            manifest = f"{path}.manifest"
            for run in (export, by_program(manifest), by_script(self.pack / "verify.py", manifest)):
                self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
                self.assertIn("empty.csv: 0 changes: the ledger contained no changes at that time.", run.stderr)

    def check_shown(self, path, expected, code):
        """Checks the exit codes of both programs, and whether they show what the manifest selects."""
        manifest = f"{path}.manifest"
        ledger = self.server.command("verify", "--database", self.server.database, "--key", self.key, "--manifest", manifest)
        for run in (by_program(manifest, "--key", self.key), ledger):
            self.assertEqual(run.returncode, code, run.stdout + run.stderr)
            self.assertEqual(expected in run.stderr.splitlines(), code != 65, run.stderr)
        script = by_script(self.pack / "verify.py", "--key", self.key, manifest)
        self.assertEqual(script.returncode, code)
        self.assertEqual(expected.replace(str(path), path.name) in script.stderr.splitlines(), code != 65, script.stderr)

    def test_an_export_that_was_saved_in_another_form_does_not_count_as_altered(self):
        path = self.export(name="form.csv")
        original = path.read_bytes()
        path.write_bytes(b"\xef\xbb\xbf" + original.replace(b"\r\n", b"\n"))
        run = self.check_export(path, "--key", self.key)
        self.assertEqual((run.returncode, run.stdout),
                         (3, f"{path}: changed since: byte order mark and line ends differ, the rows agree.\n"))
        path.write_bytes(original.replace(b",applied,", b",denied,", 1))
        run = self.check_export(path, "--key", self.key)
        self.assertEqual(run.returncode, 65)
        self.assertIn(f"{path} is not the file that was exported at ", run.stdout)
        # If `reflog verify` also reads the ledger, it reports the altered row. For a file in which only the line ends differ,
        # it reports that the rows agree.
        with_ledger = ["verify", "--database", self.server.database, "--key", self.key, "--manifest", f"{path}.manifest"]
        self.assertIn("was altered.", self.server.command(*with_ledger).stdout)
        path.write_bytes(original.replace(b"\r\n", b"\n"))
        run = self.server.command(*with_ledger)
        self.assertEqual((run.returncode, run.stdout), (3, f"{path}: changed since: line ends differ, the rows agree.\n"), run.stderr)

    def test_an_export_for_excel_without_its_mark_is_in_another_form(self):
        path = self.export("--excel", name="excel.csv")
        path.write_bytes(path.read_bytes()[3:])
        run = self.check_export(path, "--key", self.key)
        self.assertEqual((run.returncode, run.stdout), (3, f"{path}: changed since: byte order mark differs, the rows agree.\n"))
