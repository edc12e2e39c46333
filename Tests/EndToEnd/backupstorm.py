"""Makes backups while changes are written at full speed, and verifies each backup on a read-only file system."""

import contextlib
import multiprocessing
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time

import historybench
from reflogserver import Server

# The exit code of `reflog verify` if the verification has findings.
FOUND = 65


class Media:
    """A mounted file system that can be made read-only.

    A folder with a read-only mode is not enough, because root can write to the folder.
    """

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="reflog-media-")

    def __enter__(self):
        self.mount("-t", "tmpfs", "-o", "mode=0700", "reflog", self.folder)
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", self.folder], check=True)
        shutil.rmtree(self.folder)

    @staticmethod
    def mount(*arguments):
        subprocess.run(["mount", *arguments], check=True)

    def set_read_only(self, is_read_only):
        self.mount("-o", "remount," + ("ro" if is_read_only else "rw"), self.folder)


def damage(path, chance):
    """Alters one row of history. Returns the id of the change to which the row belongs."""
    ledger = sqlite3.connect(path, isolation_level=None)
    ledger.execute("DROP TRIGGER change_update")
    victim = chance.randint(1, ledger.execute("SELECT max(id) FROM change").fetchone()[0])
    ledger.execute("UPDATE change SET http_status = 299 WHERE id = ?", (victim,))
    ledger.close()
    return victim


def main(binary, backups, seed=1, writers=2, each=8):
    chance = random.Random(seed)
    stopped, written = multiprocessing.Event(), multiprocessing.Array("q", writers * each, lock=False)
    findings = []
    with Server(binary) as server, Media() as media:
        for number in range(len(written)):
            made = server.request("POST", "/beta/identity/b2cUserFlows", {
                "id": f"new{number}", "userFlowType": "signUp", "userFlowTypeVersion": 3})
            assert made.status == 201, made.text
        processes = [multiprocessing.Process(target=historybench.write, args=(server, range(number, len(written), writers), stopped, written))
                     for number in range(writers)]
        for process in processes:
            process.start()
        try:
            for number in range(1, backups + 1):
                time.sleep(chance.random())
                findings += backup(server, media, number, written, None)
            findings += backup(server, media, backups + 1, written, chance)
        finally:
            stopped.set()
            for process in processes:
                process.join()
    print(f"{len(findings)} findings" + "".join(f"\n  {finding}" for finding in findings))
    return 1 if findings else 0


def backup(server, media, number, written, damaging):
    """Makes a backup and verifies the backup. Returns the problems as a list of texts.

    If `damaging` is a generator of random numbers, the backup is altered before its verification, which must then find the
    alteration.
    """
    path = os.path.join(media.folder, f"{number}.sqlite")
    before, start = sum(written), time.monotonic()
    taken = server.command("backup", path, role="admin")
    took, meanwhile = time.monotonic() - start, sum(written) - before
    if taken.returncode != 0:
        return [f"backup {number} ended with {taken.returncode}: {taken.stderr}"]
    victim = damage(path, damaging) if damaging else None
    key = server.request("GET", "/beta/reflog/status", role="reader").json["verifierKey"]
    media.set_read_only(True)
    try:
        run = server.command("verify", "--database", path, "--key", key)
        listed = server.command("history", "--database", path, "--top", "1")
        with contextlib.closing(sqlite3.connect(pathlib.Path(path).as_uri() + "?immutable=1", uri=True)) as ledger:
            changes = ledger.execute("SELECT count(*) FROM change").fetchone()[0]
    finally:
        media.set_read_only(False)
    os.remove(path)
    print(f"backup {number}: {changes} changes in {took:.1f} s, {meanwhile} written meanwhile"
          + (f", change {victim} altered" if damaging else "") + f": verify ended with {run.returncode}", flush=True)
    if damaging:
        is_found = run.returncode == FOUND and f"Change {victim} is not what was recorded" in run.stdout
        return [] if is_found else [f"change {victim} was altered, and verify ended with {run.returncode}: {run.stdout}"]
    return [] if (run.returncode, listed.returncode) == (0, 0) else [f"backup {number} does not verify: {run.stdout} {run.stderr}"]
