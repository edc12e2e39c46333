"""Splits the tests into the parts that `sidebyside.py` runs, each in its own process.

A part is a module of tests. The module's constants SECONDS and CORES contain the time and the number of cores that the part
needs. A class with the mark `@apart` is a separate part. All other classes of the module together are one part.

A part runs with ledgers in SQLite files or in PostgreSQL databases. Tests that run on both are in two parts. A module whose
constant SQLITE_ONLY contains a reason does not run on PostgreSQL. `@sqlite_only` is the same mark for a class or a test. A
module with the constant POSTGRESQL_ONLY runs only on PostgreSQL.
"""

import dataclasses
import importlib
import inspect
import json
import math
import os
import pathlib
import sys
import unittest
import xml.etree.ElementTree

from postgresqldatabase import POOLER, VARIABLE

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# The time in seconds and the number of cores that most modules need. Most modules wait most of the time, and use little
# processor time.
SECONDS, CORES = 10, 0.3
# The value of `cores` for a part that must run alone.
ALONE = math.inf
# The modules that `tools/test --both` also runs on PostgreSQL. These modules together use each kind of statement of the ledger.
POSTGRESQL_SHARE = [
    "test_access", "test_conditional", "test_exports", "test_freeze", "test_idempotency", "test_impact",
    "test_postgresql_article", "test_queries", "test_recovery", "test_retention", "test_rollback_to_time", "test_webhooks",
]
# The Swift tests that need a ledger, and the Swift tests of the connection to PostgreSQL. The tests of the connection never use
# pgbouncer.
SWIFT_TESTS_OF_LEDGERS, SWIFT_TESTS_OF_CONNECTIONS = "ReflogLedgerTests|ReflogServiceTests", "ReflogPostgreSQLTests"


def sqlite_only(reason):
    """Marks a class or a test that needs a ledger in a SQLite file. On PostgreSQL, the class or the test is skipped."""
    return unittest.skipIf(VARIABLE in os.environ, reason)


def apart(*, seconds=SECONDS, cores=CORES):
    """Marks a class of tests that runs in its own process.

    `seconds` is the approximate time that the class takes. The longest parts start first. `cores` is the approximate number of
    cores that the class keeps busy, or ALONE.
    """
    def mark(case):
        case.apart = (case, seconds, cores)
        return case
    return mark


class InvalidModule(Exception):
    """The error that is raised if a test module or an imported module is not valid Python. The message contains the file and
    the line."""


@dataclasses.dataclass
class Outcome:
    """The outcome of a part's tests: how many tests passed, how many were skipped, and the names of the failed tests."""
    passed: int = 0
    skipped: int = 0
    failed: list[str] = dataclasses.field(default_factory=list)

    @property
    def count(self):
        return self.passed + self.skipped + len(self.failed)

    def __add__(self, other):
        return Outcome(self.passed + other.passed, self.skipped + other.skipped, self.failed + other.failed)


@dataclasses.dataclass(frozen=True)
class PythonPart:
    """A part whose tests Python's unittest runs. `tests` contains the names of the tests in unittest's form.

    `environment` contains the URLs of PostgreSQL servers. If the ledgers are in SQLite files, `environment` is empty.
    """
    modules: pathlib.Path
    module: str
    tests: tuple[str, ...]
    seconds: float = SECONDS
    cores: float = CORES
    environment: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def name(self):
        return named(self.module, self.environment)

    def command(self, folder):
        return [sys.executable, HERE / "recordtests.py", self.modules, folder / "results.jsonl", *self.tests]

    def outcome(self, folder):
        outcomes = {}
        for line in read(folder / "results.jsonl").splitlines():
            result = json.loads(line)
            # If no test has this name, the loader creates a failing test with this prefix and the name. Report only the name.
            outcomes[result["test"].removeprefix("unittest.loader._FailedTest.")] = result["outcome"]
        failed = [test for test, outcome in outcomes.items() if outcome == "failed"]
        failed += [f"{test} (did not end)" for test, outcome in outcomes.items() if outcome == "unfinished"]
        expected = self.count_tests()
        if not failed and len(outcomes) < expected:
            failed.append(f"{self.name} ({expected - len(outcomes)} of its {expected} tests did not run)")
        values = list(outcomes.values())
        return Outcome(values.count("passed"), values.count("skipped"), failed)

    def count_tests(self):
        """Returns the number of tests in the part.

        Returns 0 if the module of the part can't be imported. The part's process then fails and shows the reason.
        """
        try:
            return unittest.defaultTestLoader.loadTestsFromNames(self.tests).countTestCases()
        except Exception:
            return 0


class SwiftPart:
    """The Swift tests. The tests must already be built. `swift test` writes the results as xUnit XML.

    If `environment` contains PostgreSQL servers, only the tests that need a ledger run.
    """
    cores = 1

    def __init__(self, environment):
        self.name, self.environment = named("swift test", environment), environment
        self.seconds = 120 if environment else 60

    def command(self, folder):
        # tools/lib.sh sets these variables for the build with PostgreSQL.
        chosen = {"--scratch-path": "BUILD_FOLDER", "--traits": "BUILD_TRAITS"}
        flags = [part for flag, name in chosen.items() if name in os.environ for part in (flag, os.environ[name])]
        flags += ["--filter", SWIFT_TESTS_OF_LEDGERS] if self.environment else []
        flags += ["--filter", SWIFT_TESTS_OF_CONNECTIONS] if self.environment and POOLER not in self.environment else []
        return ["swift", "test", "--package-path", ROOT, "--skip-build", "--parallel", "--xunit-output", folder / "swift.xml", *flags]

    def outcome(self, folder):
        # Read all files, because XCTest and Swift Testing write one file each.
        cases = [case for file in folder.glob("swift*.xml") for case in xml.etree.ElementTree.parse(file).iter("testcase")]
        failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
        skipped = [case for case in cases if case.find("skipped") is not None]
        return Outcome(len(cases) - len(failed) - len(skipped), len(skipped),
                       [f"{case.get('classname')}.{case.get('name')}" for case in failed])


class TourPart:
    """The tour that `tools/start` shows. The tour counts as one test and needs the debug build.

    On PostgreSQL, tools/start starts a separate server.
    """
    seconds, cores = 5, 0.5
    environment = {}

    def __init__(self, on_postgresql=False):
        self.flags = ["--once", *(["--postgresql"] if on_postgresql else [])]
        self.name = " ".join(["tools/start", *self.flags])

    def command(self, folder):
        script = 'passed=$1; shift; "$0" --debug --no-build "$@" && echo passed >"$passed"'
        return ["bash", "-c", script, ROOT / "tools" / "start", folder / "passed", *self.flags]

    def outcome(self, folder):
        return Outcome(passed=1) if read(folder / "passed") else Outcome(failed=[self.name])


def read(path):
    return path.read_text() if path.exists() else ""


def named(name, environment):
    if POOLER in environment:
        return f"{name} (pgbouncer)"
    return f"{name} (PostgreSQL)" if environment else name


def parts(folder, names, environment):
    """Returns the parts for these names of modules, classes and tests. Without names, returns the parts of all modules.

    If `environment` contains PostgreSQL servers, the modules that need SQLite are left out. If not, the modules that need
    PostgreSQL are left out.
    Raises InvalidModule if a module has a syntax error.
    """
    # Import the modules here, to read the constants and the marks of the modules.
    sys.path.insert(0, str(folder))
    names = names or sorted(file.stem for file in folder.glob("test_*.py"))
    mark = "SQLITE_ONLY" if environment else "POSTGRESQL_ONLY"
    names = [name for name in names if not hasattr(imported(name.partition(".")[0]), mark)]
    return [dataclasses.replace(part, environment=environment) for name in names for part in parts_of(folder, name)]


def everything(environment):
    """Returns the parts that are not modules: the Swift tests and the tour."""
    return [SwiftPart(environment), TourPart(on_postgresql=bool(environment))]


def parts_of(folder, name):
    """Returns one part if `name` is the name of a class or a test. If `name` is the name of a module, returns all parts of the
    module."""
    module = imported(name.partition(".")[0])
    if module is None or "." in name:
        return [PythonPart(folder, name, (name,))]
    classes = [case for case in vars(module).values()
               if inspect.isclass(case) and issubclass(case, unittest.TestCase) and case.__module__ == name]
    # A subclass inherits the mark of its base class. So check that the mark belongs to the class itself.
    marks = [case.apart for case in classes if getattr(case, "apart", (None,))[0] is case]
    found = [PythonPart(folder, full_name(case), (full_name(case),), seconds, cores) for case, seconds, cores in marks]
    others = tuple(full_name(case) for case in classes if case not in [mark[0] for mark in marks] and has_tests(case))
    if others or not marks:
        found.append(PythonPart(folder, name, others if marks else (name,), getattr(module, "SECONDS", SECONDS),
                                getattr(module, "CORES", CORES)))
    return found


def imported(name):
    """Imports a module. Raises InvalidModule if the module has a syntax error.

    Returns None if the import fails for another reason. The part's process then fails and shows the reason.
    """
    try:
        return importlib.import_module(name)
    except SyntaxError as error:
        raise InvalidModule(f"{error.filename}, line {error.lineno}: {error.msg}") from error
    except Exception:
        return None


def full_name(case):
    return f"{case.__module__}.{case.__qualname__}"


def has_tests(case):
    return bool(unittest.defaultTestLoader.getTestCaseNames(case))
