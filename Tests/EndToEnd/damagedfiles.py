"""Damages the files of a ledger in many ways, and checks how the server's start and the commands that read history react.

A start must either serve the whole history or report the problem. A start that is refused must not alter a file. If a command
can't show the whole history, it must report an error.
"""

import concurrent.futures
import dataclasses
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import struct
import subprocess
import tempfile
import time
import typing

from reflogserver import FRAUD_CHECK, NEW_VENDOR, Server, wait_for_checkpoint

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
LEDGER = "reflog.sqlite"
FILES = ("", "-wal", ".key", ".anchor", ".tokens", ".directory", ".directory-wal")
# These files are not compared. SQLite creates the `-shm` file again at each start, and the `.lock` file has no content.
SCRATCH = ("-shm", ".lock")
PAGE = 4096
HTML = b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>proxy</body></html>\n"
# The message of a refused start must not contain these texts, because these texts do not say what is wrong with the files.
UNHELPFUL = re.compile(r"Fatal error|internal error|older version of Reflog|start the server once|\(os error")


class Snapshot:
    """A copy of all files of a ledger at one moment, and the ids of the changes that were acknowledged before that moment."""

    def __init__(self, server, folder, name):
        self.folder = pathlib.Path(folder, name)
        self.folder.mkdir()
        self.changes = [change["id"] for change in server.history()] if server.process.poll() is None else None
        self.tokens = server.tokens

    def take(self, server):
        for file in pathlib.Path(server.folder).glob(LEDGER + "*"):
            subprocess.run(["cp", "--sparse=always", file, self.folder], check=True)
        return self

    def file(self, ending=""):
        return self.folder / (LEDGER + ending)


class Originals:
    """The unaltered snapshots of a ledger's files. Every damaged copy is made from one of these snapshots."""

    def __init__(self, binary, folder, changes=30):
        with Server(binary) as server:
            self.change(server, changes)
            wait_for_checkpoint(server)
            self.older = self.stopped(server, folder, "older")
            server.start()
            self.change(server, changes)
            wait_for_checkpoint(server)
            middle = Snapshot(server, folder, "middle")
            server.kill()
            self.middle = middle.take(server)
            server.start()
            self.change(server, changes)
            wait_for_checkpoint(server)
            running = Snapshot(server, folder, "killed")
            backup = os.path.join(folder, "backup.sqlite")
            assert server.command("backup", backup, role="admin").returncode == 0
            self.backup = pathlib.Path(backup)
            wait_for_checkpoint(server)
            # Copy the files one after another, while changes are made.
            self.live = Snapshot(server, folder, "live")
            for ending in FILES:
                if os.path.exists(server.files + ending):
                    shutil.copy(server.files + ending, self.live.file(ending))
            running.changes = [change["id"] for change in server.history()]
            server.kill()
            self.killed = running.take(server)
            server.start()
            self.stopped_files = self.stopped(server, folder, "stopped")
        with Server(binary) as other:
            self.change(other, 5)
            wait_for_checkpoint(other)
            running = Snapshot(other, folder, "other-killed")
            other.kill()
            self.other_killed = running.take(other)
            other.start()
            self.other = self.stopped(other, folder, "other")

    @staticmethod
    def change(server, times):
        for number in range(times):
            assert server.put(STEP, [FRAUD_CHECK, NEW_VENDOR][number % 2]).status == 204

    @staticmethod
    def stopped(server, folder, name):
        snapshot = Snapshot(server, folder, name)
        assert server.stop() == 0
        return snapshot.take(server)


@dataclasses.dataclass
class Damage:
    """One kind of damage: its name, the snapshot that is copied, and the function that damages the copy.

    If `is_harmless` is true, the start must succeed. If `is_harmless` is false, the start can succeed or be refused.
    """
    name: str
    base: Snapshot
    apply: typing.Callable[[pathlib.Path], None]
    is_harmless: bool = False


def damages(originals, seed=1):
    """Yields every damage, always in the same order."""
    chance = random.Random(seed)
    bases = {"stopped": originals.stopped_files, "killed": originals.killed}
    for state, base in bases.items():
        yield Damage(f"{state}: nothing", base, lambda _: None, is_harmless=True)
        for ending in ("", "-wal", "-shm", ".key", ".anchor", ".tokens", ".directory", ".directory-wal", ".lock"):
            if not base.file(ending).exists() and ending not in ("-wal", "-shm"):
                continue
            yield from damages_of_file(state, base, ending, chance)
        yield from swaps(state, base, originals)
        yield from flips(state, base, chance)
    yield from rollbacks(originals)


def damages_of_file(state, base, ending, chance):
    name = f"{state}: {ending or 'the ledger'}"

    def write(content):
        # Each damaged file gets the file mode of the ledger. SQLite would otherwise set this mode for an empty log, and the
        # check would report that the start altered the file.
        return lambda folder: (at(folder).write_bytes(content), at(folder).chmod(0o600))

    def at(folder):
        return folder / (LEDGER + ending)

    if base.file(ending).exists():
        yield Damage(f"{name} is missing", base, lambda folder: at(folder).unlink())
        size = base.file(ending).stat().st_size
        cuts = sorted({1, 16, 100, size // 3, size // 2, size - 4096, size - 1, PAGE, 2 * PAGE + 7} & set(range(1, size)))
        for length in cuts if size else []:
            yield Damage(f"{name} is cut to {length} bytes", base, lambda folder, length=length: os.truncate(at(folder), length))
        yield Damage(f"{name} has bytes added", base, lambda folder: at(folder).open("ab").write(b"\0" * 512))
    yield Damage(f"{name} is empty", base, write(b""), is_harmless=ending in ("-shm", ".lock"))
    yield Damage(f"{name} is a web page", base, write(HTML), is_harmless=ending in ("-shm", ".lock"))
    yield Damage(f"{name} is random bytes", base, write(chance.randbytes(PAGE * 2)), is_harmless=ending in ("-shm", ".lock"))
    yield Damage(f"{name} is zero bytes", base, write(b"\0" * PAGE * 2))
    yield Damage(f"{name} is a folder", base, lambda folder: (at(folder).unlink(missing_ok=True), at(folder).mkdir()))
    yield Damage(f"{name} is a link to nothing", base,
                 lambda folder: (at(folder).unlink(missing_ok=True), at(folder).symlink_to("nowhere")))
    if base.file(ending).exists():
        yield Damage(f"{name} is a link to a moved file", base,
                     lambda folder: (at(folder).rename(folder / "moved"), at(folder).symlink_to(folder / "moved")))
        if ending != "-shm":
            yield Damage(f"{name} has two names", base, lambda folder: os.link(at(folder), folder / "second-name"))
        yield Damage(f"{name} is encoded in UTF-16", base,
                     lambda folder: at(folder).write_bytes(at(folder).read_bytes().decode("latin-1").encode("utf-16")))
    yield Damage(f"{name} is a SQLite file without tables", base, lambda folder: empty_database(at(folder)))
    yield Damage(f"{name} is a SQLite file of another program", base, lambda folder: other_database(at(folder)))


def empty_database(path):
    path.unlink(missing_ok=True)
    ledger = sqlite3.connect(path)
    ledger.execute("PRAGMA journal_mode = WAL")
    ledger.execute("CREATE TABLE gone (id)")
    ledger.execute("DROP TABLE gone")
    ledger.commit()
    ledger.close()


def other_database(path):
    path.unlink(missing_ok=True)
    ledger = sqlite3.connect(path)
    ledger.execute("CREATE TABLE other (id)")
    ledger.commit()
    ledger.close()


def copy(source, ending):
    def apply(folder):
        target = folder / (LEDGER + ending)
        if source.exists():
            shutil.copy(source, target)
        else:
            target.unlink(missing_ok=True)
    return apply


def swaps(state, base, originals):
    """Yields damages that replace one or more files with the files of another ledger."""
    for source, title in ((originals.other, "another ledger's"), (originals.other_killed, "another killed ledger's")):
        for ending in FILES:
            if source.file(ending).exists():
                yield Damage(f"{state}: {ending or 'the ledger'} is {title}", base, copy(source.file(ending), ending))
        for endings in (("", "-wal"), ("", ".key"), ("", ".anchor"), ("", ".key", ".anchor"), (".key", ".anchor"),
                        ("", "-wal", ".directory", ".directory-wal")):
            def apply(folder, source=source, endings=endings):
                for ending in endings:
                    copy(source.file(ending), ending)(folder)
            yield Damage(f"{state}: {', '.join(ending or 'the ledger' for ending in endings)} are {title}", base, apply)
    for first, second in (("", ".directory"), (".key", ".anchor"), ("", ".tokens"), (".tokens", ".directory"), ("", ".key")):
        def apply(folder, first=first, second=second):
            one, two = folder / (LEDGER + first), folder / (LEDGER + second)
            one.rename(folder / "swap")
            two.rename(one)
            (folder / "swap").rename(two)
        yield Damage(f"{state}: {first or 'the ledger'} and {second} are exchanged", base, apply)
    for ending in ("", ".key", ".tokens"):
        yield Damage(f"{state}: {ending or 'the ledger'} has the mode 0444", base,
                     lambda folder, ending=ending: (folder / (LEDGER + ending)).chmod(0o444))
        yield Damage(f"{state}: {ending or 'the ledger'} has the mode 0666", base,
                     lambda folder, ending=ending: (folder / (LEDGER + ending)).chmod(0o666))


def flips(state, base, chance, pages=24):
    """Yields damages that flip bytes in the header, the schema, the pages, and the log."""
    def flip(ending, position):
        def apply(folder):
            with open(folder / (LEDGER + ending), "r+b") as file:
                file.seek(position)
                byte = file.read(1)
                file.seek(position)
                file.write(bytes([byte[0] ^ (1 << position % 8)]))
        return Damage(f"{state}: byte {position} of {ending or 'the ledger'} is flipped", base, apply)
    for position in (0, 15, 16, 18, 19, 20, 27, 31, 44, 52, 59, 60, 63, 68, 71, 100, 103, 104, 105):
        yield flip("", position)
    size = base.file().stat().st_size
    for _ in range(pages):
        yield flip("", chance.randrange(size // PAGE) * PAGE + chance.choice([0, 3, 4, 5, 8, 9, 10, 4090, chance.randrange(PAGE)]))
    for ending in (".key", ".anchor"):
        for _ in range(3):
            yield flip(ending, chance.randrange(base.file(ending).stat().st_size))
    if base.file("-wal").exists():
        for position in (0, 7, 10, 16, 20, 27, 32 + 4, 32 + 9, 32 + 20, 32 + 24 + 100, 32 + (24 + PAGE) * 2 + 30):
            yield flip("-wal", position)


def rollbacks(originals):
    """Yields damages that mix files from different moments."""
    newest, older, middle, killed = originals.stopped_files, originals.older, originals.middle, originals.killed
    for base, title in ((newest, "stopped"), (killed, "killed")):
        for source, age in ((older, "an older copy"), (middle, "a copy of a killed server"), (originals.live, "a live copy")):
            for endings in (("",), ("-wal",), ("", "-wal"), (".key",), (".anchor",), (".tokens",), (".directory", ".directory-wal"),
                            ("", "-wal", ".directory", ".directory-wal")):
                def apply(folder, source=source, endings=endings):
                    for ending in endings:
                        copy(source.file(ending), ending)(folder)
                yield Damage(f"{title}: {', '.join(ending or 'the ledger' for ending in endings)} from {age}", base, apply)
        yield Damage(f"{title}: the ledger is a backup", base, copy(originals.backup, ""))

        def restore(folder):
            shutil.copy(originals.backup, folder / LEDGER)
            for ending in ("-wal", "-shm"):
                (folder / (LEDGER + ending)).unlink(missing_ok=True)
        yield Damage(f"{title}: the ledger is a restored backup", base, restore)
        for removed in (("-wal", ".anchor"), ("-wal", ".key"), (".key", ".anchor"), ("", "-wal"), ("", ".key", ".anchor"),
                        ("", ".key", ".anchor", "-wal"), ("", ".directory")):
            yield Damage(f"{title}: {', '.join(ending or 'the ledger' for ending in removed)} are missing", base,
                         lambda folder, removed=removed: [(folder / (LEDGER + ending)).unlink(missing_ok=True) for ending in removed])
    yield Damage("a live copy of all files", originals.live, lambda _: None)
    yield Damage("a live copy of the ledger alone", originals.live,
                 lambda folder: [file.unlink() for file in folder.glob(LEDGER + "?*")])
    yield Damage("stopped: the ledger is a copy without rows", newest, lambda folder: without_rows(folder / LEDGER))


def without_rows(path):
    """Deletes everything except the schema from a ledger, like a forger who wants to show an empty history."""
    ledger = sqlite3.connect(path, isolation_level=None)
    names = [name for (name,) in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
    for name in names:
        ledger.execute(f"DROP TRIGGER {name}")
    for (name,) in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'").fetchall():
        if name not in ("grdb_migrations",):
            ledger.execute(f"DELETE FROM {name}")
    ledger.execute("PRAGMA user_version = 0")
    ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()


def contents(folder):
    """Returns the kind, the mode and the bytes of each file that a start must not alter."""
    found = {}
    for file in sorted(pathlib.Path(folder).iterdir()):
        if file.name.endswith(SCRATCH) or file.name == "log":
            continue
        status = file.lstat()
        found[file.name] = (status.st_mode, os.readlink(file) if file.is_symlink() else
                            file.read_bytes() if file.is_file() else "folder")
    return found


class Trial:
    """Starts a server on a damaged copy, and reads the copy with commands."""

    def __init__(self, binary, damage):
        self.binary, self.damage = binary, damage

    def findings(self):
        """Returns the problems as a list of texts, and whether the server started."""
        server = Server(self.binary)
        try:
            return self.try_with(server)
        finally:
            for file in pathlib.Path(server.folder).glob(LEDGER + "*"):
                if file.is_dir() and not file.is_symlink():
                    shutil.rmtree(file)
            server.__exit__()

    def try_with(self, server):
        damage, folder = self.damage, pathlib.Path(server.folder)
        for file in damage.base.folder.iterdir():
            subprocess.run(["cp", "--sparse=always", file, folder], check=True)
        damage.apply(folder)
        server.tokens = damage.base.tokens
        before = contents(folder)
        found = self.read_with_commands(server)
        changed = [name for name, content in contents(folder).items() if before.get(name, content) != content]
        if changed:
            found.append(f"a reading command altered {changed}")
        before = contents(folder)
        process, answer = self.start(server)
        if process.poll() is not None:
            text = answer.strip()
            after = contents(folder)
            names = [name for name in set(before) | set(after) if before.get(name) != after.get(name)]
            if names:
                found.append(f"the refused start altered {sorted(names)}: {text[-200:]}")
            if process.returncode not in (1, 64, 65) or not text.startswith("reflog: ") or "\n" in text or UNHELPFUL.search(text):
                found.append(f"the refusal is not one line that names the problem: {process.returncode} {text[-400:]}")
            if damage.is_harmless:
                found.append(f"the start was refused: {text}")
            return found, False, text
        try:
            found += self.compare(server)
        finally:
            if server.stop() not in (0, None):
                found.append("the server did not stop with exit code 0: " + server.log[-300:])
        return found, True, ""

    def start(self, server):
        log = folder_log = pathlib.Path(server.folder, "log")
        with open(folder_log, "wb") as output:
            server.process = subprocess.Popen(
                [server.binary, "serve", "--port", str(server.port), "--database", server.database],
                stdout=subprocess.DEVNULL, stderr=output, env=server.environment() | server.variables)
        deadline = time.monotonic() + 60
        while server.process.poll() is None and not server.is_ready():
            if time.monotonic() > deadline:
                server.process.kill()
                server.process.wait()
                return server.process, "reflog: the start did not end\n\n"
            time.sleep(0.02)
        return server.process, log.read_text(errors="replace")

    def compare(self, server):
        """Checks that a started server shows every acknowledged change, or that a read of the history reports the problem."""
        if not is_accepted(server):
            # The copy contains other tokens, so the server does not accept the test's token. So read the history from the file
            # and not over HTTP.
            run = server.command("history", "--database", server.database, "--top", "1000", "--format", "json")
            if run.returncode != 0:
                return [] if names_problem(run.stderr) else [f"history failed without a reason: {run.stderr[-200:]}"]
            shown = [change["id"] for change in json.loads(run.stdout)["value"]][::-1]
        else:
            answer = server.request("GET", "/beta/auditLogs/connectorChanges?$top=1000&$orderby=id")
            if answer.status != 200:
                return [] if names_problem(answer.text) else [f"the history answers {answer.status}: {answer.text[-200:]}"]
            shown = [change["id"] for change in answer.json["value"]]
        return self.missing("the server", shown)

    def missing(self, reader, shown):
        known = self.damage.base.changes
        lost = [change for change in known if change not in shown]
        if not lost:
            return []
        return [f"{reader} shows {len(shown)} changes without an error, but {len(lost)} of {len(known)} are missing"]

    def read_with_commands(self, server):
        run = server.command("history", "--database", server.database, "--top", "1000", "--format", "json")
        if run.returncode == 0:
            shown = [change["id"] for change in json.loads(run.stdout)["value"]]
            found = self.missing("history --database", shown)
            # An older copy without an anchor has no gap. Only the anchor could show that the copy is older.
            verified = server.command("verify", "--database", server.database)
            anchor = pathlib.Path(server.files + ".anchor")
            is_own = anchor.is_file() and anchor.read_bytes() == self.damage.base.file(".anchor").read_bytes()
            if found and verified.returncode == 0 and is_own:
                return [f"verify finds nothing, and {found[0]}"]
            return []
        if run.returncode not in (1, 64, 65, 70) or not names_problem(run.stderr) or UNHELPFUL.search(run.stderr):
            return [f"history --database does not name the problem: {run.returncode} {run.stderr[-300:]}"]
        return []


def is_accepted(server):
    answer = server.request("GET", "/beta/reflog/status")
    return answer.status == 200


def names_problem(text):
    return re.search(r"reflog\.sqlite|damaged|not what was recorded|is missing|can't be read|can't be used", text) is not None


def run(binary, share=1, seed=1, only=None, verbose=False, workers=2):
    """Tries one of every `share` damages. Returns the number of damages, the number of starts, and the findings."""
    with tempfile.TemporaryDirectory(prefix="reflog-damage-") as folder:
        originals = Originals(binary, folder)
        chosen = [damage for number, damage in enumerate(damages(originals, seed)) if number % share == 0]
        chosen = [damage for damage in chosen if only is None or re.search(only, damage.name)]
        starts, findings = 0, []
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            trials = pool.map(lambda damage: (damage, Trial(binary, damage).findings()), chosen)
            for damage, (found, started, text) in trials:
                starts += started
                findings += [f"{damage.name}: {finding}" for finding in found]
                if verbose:
                    lines = [f"{damage.name}: {'started' if started else text}", *(f"  FINDING {one}" for one in found)]
                    print("\n".join(lines), flush=True)
        if only is None and not lost_change_is_found(binary, originals):
            findings.append("the check can't fail: a change that no file contains was not missed")
        return len(chosen), starts, findings


def lost_change_is_found(binary, originals):
    """Adds the change 999999 to the acknowledged changes. No file contains this change. Returns whether the check finds that it
    is missing."""
    base = Snapshot.__new__(Snapshot)
    base.__dict__.update(originals.stopped_files.__dict__, changes=[*originals.stopped_files.changes, "999999"])
    found, _, _ = Trial(binary, Damage("a change that no file contains", base, lambda _: None)).findings()
    return any("1 of" in finding and "are missing" in finding for finding in found)


def count():
    """Returns the number of damages. Needs no server, because it lists the damages of files that contain only zeros."""
    with tempfile.TemporaryDirectory() as folder:
        base = Snapshot.__new__(Snapshot)
        base.folder, base.changes, base.tokens = pathlib.Path(folder), [], {}
        for ending in (*FILES, *SCRATCH):
            base.file(ending).write_bytes(b"\0" * 8 * PAGE)
        originals = Originals.__new__(Originals)
        for name in ("older", "middle", "live", "killed", "stopped_files", "other", "other_killed"):
            setattr(originals, name, base)
        originals.backup = base.file()
        return len({damage.name for damage in damages(originals)})
