#!/usr/bin/env python3
"""Runs the tests of this folder in parallel, each module in its own process."""

import argparse
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import postgresqlserver
import testparts
from postgresqldatabase import POOLER
from testparts import HERE, Outcome

DESCRIPTION = """
Without names it runs every module. A name is a module, a class or a test, as unittest writes them:

  sidebyside.py test_graph test_csv.CSVTests

It runs enough modules at the same time to keep the cores busy. See testparts.py: there, a module states the cores that it needs.
With --store, the ledgers of the tests are in PostgreSQL, on a server that this program starts, with or without pgbouncer in
front of the server.
A module fails if a test fails, if it runs no test, if it crashes, or if it takes too long.
"""
# The maximum time of a part. On an idle machine, the longest part needs less than a sixth of this time.
LIMIT_SECONDS = 600
# After an interrupt, a part has this time to end the programs that it started. Then the part is killed.
GRACE_SECONDS = 5
POLL_SECONDS = 0.05


class Run:
    """A running part.

    The part has a separate folder for its files. The part also has a separate process group, so that one signal ends the part and
    all programs that the part started.
    """

    def __init__(self, part, folder):
        self.part, self.folder = part, folder
        self.interrupted = None
        (folder / "tmp").mkdir(parents=True)
        self.began = time.monotonic()
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                list(map(str, part.command(folder))), stdin=subprocess.DEVNULL, stdout=output, stderr=output, process_group=0,
                env=os.environ | {"TMPDIR": str(folder / "tmp")} | part.environment,
            )

    @property
    def output(self):
        return self.folder / "output"

    def has_ended(self):
        """Returns whether the process has ended. Does not reap the process, so that no other process gets this process id."""
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def interrupt(self):
        """Interrupts the part. The part then prints a traceback, and ends the programs that the part started.

        If the part has not ended after GRACE_SECONDS, kills the part.
        """
        if self.interrupted is None:
            self.interrupted = time.monotonic()
            self.signal(signal.SIGINT)
        elif time.monotonic() > self.interrupted + GRACE_SECONDS:
            self.signal(signal.SIGKILL)

    def signal(self, number):
        """Sends a signal to the process and to all programs that the process started."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            # All processes of the group have already ended.
            pass

    def end(self, limit):
        """Kills the programs that the part did not end, and returns the outcome of the part's tests."""
        self.signal(signal.SIGKILL)
        code = self.process.wait()
        self.seconds = time.monotonic() - self.began
        outcome = self.part.outcome(self.folder)
        if self.interrupted is not None:
            outcome.failed.append(f"{self.part.name} (took longer than {limit:.0f} s)")
        elif code != 0 and not outcome.failed:
            outcome.failed.append(f"{self.part.name} (ended with {f'signal {-code}' if code < 0 else f'exit code {code}'})")
        elif outcome.count == 0:
            outcome.failed.append(f"{self.part.name} (ran no test)")
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)
        return outcome


def run_all(parts, cores, limit, folder):
    """Runs parts, the longest first. Runs enough parts at the same time to keep the cores busy.

    Yields the run and the outcome of each part as soon as the part ends.
    """
    waiting, running = sorted(parts, key=lambda part: -part.seconds), []
    try:
        while waiting or running:
            for part in list(waiting):
                busy = sum(run.part.cores for run in running)
                if not running or busy + part.cores <= cores:
                    waiting.remove(part)
                    running.append(Run(part, folder / str(len(parts) - len(waiting))))
            for run in list(running):
                if run.has_ended():
                    running.remove(run)
                    yield run, run.end(limit)
                elif time.monotonic() > run.began + limit:
                    run.interrupt()
            time.sleep(POLL_SECONDS)
    finally:
        try:
            while any(not run.has_ended() for run in running):
                for run in running:
                    run.interrupt()
                time.sleep(POLL_SECONDS)
        finally:
            # Kill the parts that are still running, even if a second interrupt ended the wait above.
            for run in running:
                run.signal(signal.SIGKILL)


def stop(number, frame):
    """Ends this program in the same way as Ctrl-C."""
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(description=__doc__, epilog=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a module, a class in a module, or a test in a class")
    parser.add_argument("--everything", action="store_true", help="also run the Swift tests, which must be built, and the tour")
    parser.add_argument("--store", choices=["sqlite", "postgresql", "pgbouncer", "both"], default="sqlite",
                        help="where the ledgers are; `both` is all tests on SQLite, and a share on PostgreSQL")
    parser.add_argument("--cores", type=float, default=len(os.sched_getaffinity(0)), help="how many cores to keep busy")
    parser.add_argument("--limit", type=float, default=LIMIT_SECONDS, metavar="SECONDS", help="how long a module may take")
    parser.add_argument("--folder", type=pathlib.Path, default=HERE, help="where the modules are")
    options = parser.parse_args()
    # Set the handlers for SIGINT and SIGTERM. A shell that runs this program in the background makes this program ignore
    # SIGINT. Without a handler, the parts would also ignore SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with contextlib.ExitStack() as stack:
        try:
            parts = chosen(options, stack)
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="reflog-tests-", ignore_cleanup_errors=True))
            runs = stack.enter_context(contextlib.closing(run_all(parts, options.cores, options.limit, pathlib.Path(folder))))
            return report(runs)
        except testparts.InvalidModule as error:
            print(f"{error}\nNo test was run. Correct the module and run the tests again.", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            stack.close()
            print("Interrupted: all running tests were stopped.", flush=True)
            return 130


def chosen(options, stack):
    """Returns the parts that the options choose, and starts the PostgreSQL servers that the parts need."""
    folder, parts = options.folder.resolve(), []
    if options.store in ("sqlite", "both"):
        parts += testparts.parts(folder, options.names, {})
        parts += testparts.everything({}) if options.everything else []
    if options.store != "sqlite":
        pooled = stack.enter_context(postgresqlserver.serving_tests(with_pgbouncer=options.store != "postgresql"))
        direct = {name: value for name, value in pooled.items() if name != POOLER}
        environment = pooled if options.store == "pgbouncer" else direct
        share = testparts.POSTGRESQL_SHARE if options.store == "both" else []
        parts += testparts.parts(folder, options.names or share, environment)
        parts += testparts.everything(environment) if options.everything else []
        parts += [testparts.SwiftPart(pooled)] if options.everything and options.store == "both" else []
    return parts


def report(runs):
    """Prints a line for each part when the part ends, the output of failed parts, and the totals. Returns the exit code."""
    began, total, failed = time.monotonic(), Outcome(), []
    for run, outcome in runs:
        print(f"{run.part.name:44}{outcome.count:4} tests{run.seconds:7.1f} s  {'FAILED' if outcome.failed else 'ok'}", flush=True)
        total += outcome
        if outcome.failed:
            failed.append(run)
    for run in failed:
        print(f"\n===== {run.part.name} =====\n")
        print(run.output.read_text(errors="replace"))
    if failed:
        print("\nFailed:", *total.failed, sep="\n  ")
    print(f"\n{total.count} tests in {time.monotonic() - began:.0f} s")
    print(f"{total.passed} passed, {len(total.failed)} failed" + (f", {total.skipped} skipped" if total.skipped else ""), flush=True)
    return 1 if total.failed or not total.count else 0


if __name__ == "__main__":
    sys.exit(main())
