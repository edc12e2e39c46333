"""What `sidebyside.py` runs: the parts that tests are split into, each for a process of its own.

A part is a module of tests, whose constants SECONDS and CORES tell the runner what it needs, or a class of such a module
that is marked with `@apart`; the module's other classes then are the module's part.
"""

import dataclasses
import importlib
import inspect
import json
import math
import pathlib
import sys
import unittest
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# What most modules need: they wait more than they work.
SECONDS, CORES = 10, 0.3
# Of a part beside which nothing else may run.
ALONE = math.inf


def apart(*, seconds=SECONDS, cores=CORES):
    """Marks a class of tests that runs in a process of its own.

    `seconds` is about how long it takes: the longest begin first. `cores` is about how many cores it keeps busy meanwhile,
    or ALONE.
    """
    def mark(case):
        case.apart = (case, seconds, cores)
        return case
    return mark


@dataclasses.dataclass
class Outcome:
    """How the tests of a part ended. Failed ones are named."""
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
    """Tests of Python's unittest, by the names that it takes, in modules of a folder."""
    modules: pathlib.Path
    name: str
    tests: tuple[str, ...]
    seconds: float = SECONDS
    cores: float = CORES

    def command(self, folder):
        return [sys.executable, HERE / "recordtests.py", self.modules, folder / "results.jsonl", *self.tests]

    def outcome(self, folder):
        outcomes = {}
        for line in read(folder / "results.jsonl").splitlines():
            result = json.loads(line)
            # The loader makes a test of its own of a name that it does not find.
            outcomes[result["test"].removeprefix("unittest.loader._FailedTest.")] = result["outcome"]
        failed = [test for test, outcome in outcomes.items() if outcome == "failed"]
        failed += [f"{test} (did not end)" for test, outcome in outcomes.items() if outcome == "unfinished"]
        expected = unittest.defaultTestLoader.loadTestsFromNames(self.tests).countTestCases()
        if not failed and len(outcomes) < expected:
            failed.append(f"{self.name} ({expected - len(outcomes)} of its {expected} tests did not run)")
        values = list(outcomes.values())
        return Outcome(values.count("passed"), values.count("skipped"), failed)


class SwiftPart:
    """The Swift tests, which must be built. Their results come as xUnit's XML."""
    name, seconds, cores = "swift test", 60, 1

    def command(self, folder):
        return ["swift", "test", "--package-path", ROOT, "--skip-build", "--parallel", "--xunit-output", folder / "swift.xml"]

    def outcome(self, folder):
        # XCTest and Swift Testing write files of their own.
        cases = [case for file in folder.glob("swift*.xml") for case in xml.etree.ElementTree.parse(file).iter("testcase")]
        failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
        skipped = [case for case in cases if case.find("skipped") is not None]
        return Outcome(len(cases) - len(failed) - len(skipped), len(skipped),
                       [f"{case.get('classname')}.{case.get('name')}" for case in failed])


class TourPart:
    """The tour of `tools/start`, which counts as one test. What it shows must have been built."""
    name, seconds, cores = "tools/start --once", 5, 0.5

    def command(self, folder):
        script = '"$0" --once --debug --no-build && echo passed >"$1"'
        return ["bash", "-c", script, ROOT / "tools" / "start", folder / "passed"]

    def outcome(self, folder):
        return Outcome(passed=1) if read(folder / "passed") else Outcome(failed=[self.name])


def read(path):
    return path.read_text() if path.exists() else ""


def parts(folder, names):
    """The parts of the modules that are named, and the classes and tests that are; without names all modules of a folder."""
    # To see what modules say of themselves.
    sys.path.insert(0, str(folder))
    names = names or sorted(file.stem for file in folder.glob("test_*.py"))
    return [part for name in names for part in ([PythonPart(folder, name, (name,))] if "." in name else parts_of(folder, name))]


def parts_of(folder, name):
    """The classes of a module that run apart, and the others."""
    try:
        module = importlib.import_module(name)
    except Exception:
        # The process that runs it says why.
        return [PythonPart(folder, name, (name,))]
    classes = [case for case in vars(module).values()
               if inspect.isclass(case) and issubclass(case, unittest.TestCase) and case.__module__ == name]
    # A class inherits the mark of the class that it extends, which is not its own.
    marks = [case.apart for case in classes if getattr(case, "apart", (None,))[0] is case]
    found = [PythonPart(folder, full_name(case), (full_name(case),), seconds, cores) for case, seconds, cores in marks]
    others = tuple(full_name(case) for case in classes if case not in [mark[0] for mark in marks] and has_tests(case))
    if others or not marks:
        found.append(PythonPart(folder, name, others if marks else (name,), getattr(module, "SECONDS", SECONDS),
                                getattr(module, "CORES", CORES)))
    return found


def full_name(case):
    return f"{case.__module__}.{case.__qualname__}"


def has_tests(case):
    return bool(unittest.defaultTestLoader.getTestCaseNames(case))
