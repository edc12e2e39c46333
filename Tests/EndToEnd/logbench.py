"""Measures the time of a log's verification and of a server's start. Compares the verification with hashing alone."""

import os
import shutil
import statistics
import subprocess
import tempfile
import time

from historybench import serving
from reflogserver import Graph

CHANGES = "/beta/auditLogs/connectorChanges"
# The number of bytes that openssl hashes in one measurement.
SAMPLE_BYTES = 1 << 30


def run_measured(*command):
    """Runs a command. Returns the exit code, the stderr, the wall time and the processor time in seconds, and the peak memory in
    MB."""
    with tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        errors.seek(0)
        return os.waitstatus_to_exitcode(status), errors.read(), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def records(server, count=300):
    """Returns the concatenated canonical records of about `count` changes from all of history, and the number of changes."""
    newest = int(server.request("GET", CHANGES + "?$top=1", role="reader").json["value"][0]["id"])
    ids = range(1, newest + 1, max(1, newest // count))
    return b"".join(server.request("GET", f"{CHANGES}/{id}?$format=record", role="reader").bytes for id in ids), len(ids)


def openssl_rate(sample):
    """Returns the number of bytes that openssl hashes per second. The sample is repeated until it has SAMPLE_BYTES bytes."""
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(SAMPLE_BYTES // len(sample)):
            file.write(sample)
        file.flush()
        rates = []
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run(["openssl", "dgst", "-sha256", file.name], check=True, stdout=subprocess.DEVNULL)
            rates.append(os.path.getsize(file.name) / (time.perf_counter() - start))
        return max(rates)


def verification(binary, ledger):
    """Measures the verification of a signed ledger, and how fast openssl hashes the same records."""
    with Graph() as graph, serving(binary, ledger, graph) as server:
        sample, changes = records(server)
        while server.request("GET", "/checkpoint", role=None).status != 200:
            time.sleep(0.5)
        status = server.request("GET", "/beta/reflog/status", role="reader").json
        while server.request("GET", "/checkpoint", role=None).text.split("\n")[1] != str(status["newestSequence"] + 1):
            time.sleep(0.5)
            status = server.request("GET", "/beta/reflog/status", role="reader").json
        count = int(status["newestChangeId"])
    code, errors, wall, processor, memory = run_measured(
        binary, "verify", "--database", ledger, "--key", status["verifierKey"], "--anchor", str(ledger) + ".anchor")
    assert code == 0, errors
    size = len(sample) / changes
    rate = openssl_rate(sample)
    print(f"{count} changes verified in {wall:.1f} s with {os.cpu_count()} cores: {count / wall:.0f} a second, "
          f"{count / processor:.0f} a second and core; peak memory {memory:.0f} MB")
    print(f"records of {size:.0f} bytes a change; openssl hashes them alone at {rate / size:.0f} changes a second and core: "
          f"ratio {(rate / size) / (count / processor):.1f}")


def starts(binary, ledger, rounds=7):
    """Measures the time from a start until the server is ready, with an empty ledger and a large ledger alternately."""
    times = {"empty": [], "large": []}
    folder = tempfile.mkdtemp(prefix="reflog-start-")
    empty = os.path.join(folder, "empty.sqlite")
    with Graph() as graph:
        for round in range(rounds + 1):
            for name, database in (("empty", empty), ("large", ledger)):
                start = time.perf_counter()
                with serving(binary, database, graph):
                    # Do not count the first round, because the first round creates the files.
                    if round:
                        times[name].append((time.perf_counter() - start) * 1000)
    shutil.rmtree(folder)
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"start until /readyz answers 200, median of {rounds}: empty {medians['empty']:.0f} ms, large {medians['large']:.0f} ms, "
          f"difference {medians['large'] - medians['empty']:.0f} ms")
