"""Runs tests like `python -m unittest --verbose`, and writes the outcome of each test to a file as soon as the outcome is
known.

    recordtests.py FOLDER RESULTS NAME…

FOLDER contains the modules. RESULTS is the file for the results. When a test begins, a JSON line with the outcome
`unfinished` is written. When the test ends, another line with `passed`, `failed` or `skipped` is written. So the file shows
which test was running if the process crashes or is stopped.
"""

import json
import sys
import unittest


class Result(unittest.TextTestResult):
    # The open file for the results. The file is set on the class, because the test runner creates the instance.
    file = None
    # The outcome that the running test has until now. The value is None if no test is running.
    outcome = None

    def record(self, test, outcome):
        print(json.dumps({"test": test.id(), "outcome": outcome}), file=self.file, flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.outcome = "unfinished"
        self.record(test, self.outcome)

    def stopTest(self, test):
        super().stopTest(test)
        self.record(test, self.outcome)
        self.outcome = None

    def settle(self, test, outcome):
        """Sets the outcome of the running test. A failure replaces every other outcome.

        If no test is running, a `setUpClass` or `tearDownClass` had this outcome, so the outcome is recorded immediately.
        """
        if self.outcome is None:
            self.record(test, outcome)
        elif self.outcome != "failed":
            self.outcome = outcome

    def addSuccess(self, test):
        super().addSuccess(test)
        self.settle(test, "passed")

    def addExpectedFailure(self, test, error):
        super().addExpectedFailure(test, error)
        self.settle(test, "passed")

    def addError(self, test, error):
        super().addError(test, error)
        self.settle(test, "failed")

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.settle(test, "failed")

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.settle(test, "failed")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.settle(test, "failed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.settle(test, "skipped")


def main(folder, results, *names):
    sys.path.insert(0, folder)
    tests = unittest.defaultTestLoader.loadTestsFromNames(names)
    with open(results, "w") as Result.file:
        return 0 if unittest.TextTestRunner(resultclass=Result, verbosity=2).run(tests).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
