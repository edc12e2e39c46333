import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest

from reflogserver import eventually
from testparts import HERE

SQLITE_ONLY = "it starts no server"

MODULES = {
    "test_good": """
        class Good(unittest.TestCase):
            def test_one(self): pass
            def test_two(self):
                for number in range(3):
                    with self.subTest(number=number):
                        self.assertLess(number, 3)
            @unittest.skip("not today")
            def test_three(self): pass
    """,
    "test_bad": """
        class Bad(unittest.TestCase):
            def test_fails(self): self.assertEqual("canary", 2)
            def test_fails_in_parts(self):
                for number in range(3):
                    with self.subTest(number=number):
                        self.assertEqual(number, 3)
            def test_passes(self): pass
            @unittest.expectedFailure
            def test_is_better_than_expected(self): pass
            @unittest.expectedFailure
            def test_is_as_bad_as_expected(self): self.fail()
    """,
    "test_unprepared": """
        class Unprepared(unittest.TestCase):
            @classmethod
            def setUpClass(cls): raise OSError("no room")
            def test_one(self): pass
            def test_two(self): pass
    """,
    "test_broken": "import nonexistent",
    "test_raising": "raise ValueError('no fixture')",
    "test_invalid": """
        class Invalid(unittest.TestCase)
            def test_a(self): pass
    """,
    "test_empty": "",
    "test_crashing": """
        class Crashing(unittest.TestCase):
            def test_a(self): pass
            def test_b(self): os.kill(os.getpid(), 9)
            def test_c(self): pass
    """,
    "test_leaving": """
        class Leaving(unittest.TestCase):
            def test_a(self): pass
            def tearDown(self): os._exit(0)
            def test_b(self): pass
    """,
    "test_parted": """
        @apart(seconds=100)
        class Long(unittest.TestCase):
            def test_a(self): pass
        class Short(unittest.TestCase):
            def test_b(self): pass
        class Longer(Long):
            def test_c(self): pass
    """,
    "test_file": """
        SQLITE_ONLY = "it opens the file"
        class File(unittest.TestCase):
            def test_a(self): self.assertNotIn("REFLOG_TEST_POSTGRESQL", os.environ)
    """,
    "test_database": """
        POSTGRESQL_ONLY = "it opens the database"
        class Database(unittest.TestCase):
            def test_a(self): self.assertIn("postgresql://", os.environ["REFLOG_TEST_POSTGRESQL"])
    """,
    "test_any": """
        class Any(unittest.TestCase):
            def test_a(self): pass
            @sqlite_only("it opens the file")
            def test_b(self): self.assertNotIn("REFLOG_TEST_POSTGRESQL", os.environ)
    """,
    "test_hanging": """
        class Hanging(unittest.TestCase):
            def test_a(self):
                child = subprocess.Popen(["sleep", "1000"])
                with open(os.environ["CHILD"] + ".part", "w") as file:
                    file.write(str(child.pid))
                os.rename(file.name, os.environ["CHILD"])
                child.wait()
    """,
}
# The source of a test module. The tests write two modules from this source. The test in each of them passes only if both run at
# the same time.
MEETING = """
    class Meeting(unittest.TestCase):
        def test_meets(self):
            open(os.environ["CHILD"] + "{own}", "w").close()
            deadline = time.monotonic() + {time_limit}
            while not os.path.exists(os.environ["CHILD"] + "{other}"):
                self.assertLess(time.monotonic(), deadline)
"""


class SideBySide(unittest.TestCase):
    """The test runner reports good, failing, crashing, hanging and broken modules correctly."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.child = self.folder / "child"

    def start(self, modules, *arguments):
        for name, text in modules.items():
            head = "import os, subprocess, time, unittest\nfrom testparts import ALONE, apart, sqlite_only\n"
            (self.folder / f"{name}.py").write_text(head + textwrap.dedent(text))
        return subprocess.Popen([sys.executable, HERE / "sidebyside.py", "--folder", self.folder, *arguments], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | {"CHILD": str(self.child)})

    def run_modules(self, *names, modules=MODULES, options=()):
        """Runs modules. Returns the exit code, the names of failed tests and the lines of the output."""
        process = self.start({name: modules[name] for name in names}, *options)
        lines = process.communicate()[0].splitlines()
        failed = lines[lines.index("Failed:") + 1:-3] if "Failed:" in lines else []
        return process.returncode, [line.strip() for line in failed], lines

    def test_passed_and_skipped_tests_are_counted(self):
        code, failed, lines = self.run_modules("test_good")
        self.assertEqual((code, failed, lines[-1]), (0, [], "2 passed, 0 failed, 1 skipped"))
        self.assertRegex(lines[0], r"^test_good +3 tests +[0-9.]+ s  ok$")

    def test_failed_tests_are_listed_and_the_output_of_their_module_is_shown(self):
        code, failed, lines = self.run_modules("test_bad", "test_good")
        self.assertEqual(code, 1)
        self.assertEqual(failed, ["test_bad.Bad.test_fails", "test_bad.Bad.test_fails_in_parts",
                                  "test_bad.Bad.test_is_better_than_expected"])
        self.assertEqual(lines[-1], "4 passed, 3 failed, 1 skipped")
        self.assertIn("AssertionError: 'canary' != 2", lines)
        self.assertNotIn("===== test_good =====", lines)

    def test_a_module_whose_tests_did_not_run_fails(self):
        for name, failures in (("test_unprepared", ["setUpClass (test_unprepared.Unprepared)"]), ("test_broken", ["test_broken"]),
                               ("test_empty", ["test_empty (ran no test)"]),
                               ("test_crashing", ["test_crashing.Crashing.test_b (did not end)"]),
                               ("test_leaving", ["test_leaving.Leaving.test_a (did not end)"])):
            with self.subTest(name):
                code, failed, lines = self.run_modules(name, options=[name])
                self.assertEqual((code, failed), (1, failures), "\n".join(lines))

    def test_a_module_that_raises_on_import_fails_and_its_output_shows_why(self):
        code, failed, lines = self.run_modules("test_raising", "test_good")
        self.assertEqual((code, failed), (1, ["test_raising (ended with exit code 1)"]), "\n".join(lines))
        self.assertIn("ValueError: no fixture", lines)
        self.assertIn("2 passed, 1 failed, 1 skipped", lines)

    def test_a_syntax_error_stops_the_run_with_its_file_and_line(self):
        for options in ([], ["test_invalid.Invalid"]):
            with self.subTest(options):
                code, _, lines = self.run_modules("test_invalid", "test_good", options=options)
                # The error is in line 4, because each module begins with two lines of imports.
                self.assertRegex(lines[0], r"/test_invalid\.py, line 4: ")
                self.assertEqual((code, lines[1:]), (1, ["No test was run. Correct the module and run the tests again."]))

    def test_each_module_runs_with_the_ledgers_that_it_can_use(self):
        names = ("test_file", "test_database", "test_any")
        for store, parts, counts in (
            ("sqlite", {"test_file", "test_any"}, "3 passed, 0 failed"),
            ("postgresql", {"test_database (PostgreSQL)", "test_any (PostgreSQL)"}, "2 passed, 0 failed, 1 skipped"),
            ("pgbouncer", {"test_database (pgbouncer)", "test_any (pgbouncer)"}, "2 passed, 0 failed, 1 skipped"),
        ):
            code, _, lines = self.run_modules(*names, options=["--store", store])
            self.assertEqual((code, lines[-1]), (0, counts), "\n".join(lines))
            self.assertEqual({line[:44].rstrip() for line in lines if line.endswith(" ok")}, parts)

    def test_names_are_modules_classes_and_tests(self):
        for name, count in (("test_parted", 4), ("test_parted.Short", 1), ("test_parted.Longer.test_c", 1)):
            code, _, lines = self.run_modules("test_parted", options=[name])
            self.assertEqual((code, lines[-1]), (0, f"{count} passed, 0 failed"))
        self.assertEqual(self.run_modules("test_good", options=["test_good.Bad"])[0], 1)

    def test_a_class_with_the_apart_mark_runs_as_a_separate_part(self):
        lines = self.run_modules("test_parted", options=["--cores", "0.1"])[2]
        self.assertEqual([line.split()[:2] for line in lines[:2]], [["test_parted.Long", "1"], ["test_parted", "3"]])

    def test_modules_run_at_the_same_time_unless_one_must_run_alone(self):
        meeting = {name: MEETING.format(own=name, other=other, time_limit=60)
                   for name, other in (("test_a", "test_b"), ("test_b", "test_a"))}
        self.assertEqual(self.run_modules("test_a", "test_b", modules=meeting)[0], 0)
        for file in self.folder.glob("child*"):
            file.unlink()
        alone = {name: "CORES = ALONE\n" + textwrap.dedent(text.replace("+ 60", "+ 1")) for name, text in meeting.items()}
        code, failed, _ = self.run_modules("test_a", "test_b", modules=alone)
        self.assertEqual((code, failed), (1, ["test_a.Meeting.test_meets"]))

    def test_a_module_that_takes_too_long_is_stopped_with_everything_that_it_started(self):
        code, failed, lines = self.run_modules("test_hanging", options=["--limit", "3"])
        self.assertEqual((code, failed), (1, ["test_hanging.Hanging.test_a (did not end)", "test_hanging (took longer than 3 s)"]))
        # The traceback contains the line that was running.
        self.assertIn("child.wait()", "\n".join(lines))
        self.assert_gone(int(self.child.read_text()))

    def test_an_interrupt_stops_all_modules(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                process = self.start({"test_hanging": MODULES["test_hanging"]})
                eventually(self.child.exists)
                process.send_signal(number)
                self.assertEqual(process.communicate(timeout=60)[0], "Interrupted: all running tests were stopped.\n")
                self.assertEqual(process.returncode, 130)
                self.assert_gone(int(self.child.read_text()))
                self.child.unlink()

    def assert_gone(self, pid):
        def is_gone():
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return True
            # The state Z (zombie) means that the process has ended, but that its parent has not reaped the process yet.
            return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        eventually(is_gone)
