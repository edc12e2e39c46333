"""Finds out to which table, index or header each byte belongs, for a ledger's file and for the ledger's `-wal` file."""

import collections
import contextlib
import pathlib
import sqlite3
import struct
import tempfile

from ledgerfile import HISTORY, IDENTITIES, SINGLE, copied, read_history


class Pages:
    """The pages of a file, grouped by kind: history, index, header and so on."""

    # The weight of each kind of page. The weight determines how often a bit is picked from pages of this kind.
    WEIGHTS = {"history": 60, "identity": 12, "inner": 6, "index": 8, "other": 6, "schema": 4, "header": 2, "free": 2}

    def __init__(self, path):
        with contextlib.closing(sqlite3.connect(path)) as ledger:
            self.bytes = ledger.execute("PRAGMA page_size").fetchone()[0]
            count = ledger.execute("PRAGMA page_count").fetchone()[0]
            tables = {name for (name,) in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            known = {number: (name, kind) for name, number, kind in ledger.execute("SELECT name, pageno, pagetype FROM dbstat")}
        self.file = pathlib.Path(path).read_bytes()
        self.named = collections.defaultdict(list)
        for number in range(1, count + 1):
            self.named[self.names(tables, *known.get(number, (None, "free")))].append(number)

    @staticmethod
    def names(tables, name, kind):
        """Returns the kind of a page, and the name that the report uses for the page."""
        if name is None:
            return "free", "a free page"
        if name.startswith("sqlite_schema"):
            return "schema", "the schema"
        if name not in tables:
            return "index", f"index {name}"
        if name in HISTORY or name in IDENTITIES or name in SINGLE:
            if kind == "internal":
                return "inner", f"inner page of {name}"
            return "history" if name in HISTORY else "identity", f"table {name}"
        return "other", f"table {name}"

    def used(self, number):
        """Returns the offsets of the used bytes in a B-tree page (SQLite's file format, 1.6)."""
        start = (number - 1) * self.bytes
        head = 100 if number == 1 else 0
        kind, _, cells, content = struct.unpack(">BHHH", self.file[start + head:start + head + 7])
        pointers = head + (12 if kind in (2, 5) else 8) + 2 * cells
        return [*range(head, pointers), *range(content or 65536, self.bytes)]

    def pick(self, chance):
        """Picks a bit of a page, in most cases in a used byte. Returns the page's name and the bit's position in the file."""
        kind = chance.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0]
        if kind == "header":
            return "the file's header", chance.randrange(100 * 8)
        names = [(name, pages) for (its_kind, name), pages in self.named.items() if its_kind == kind]
        name, pages = chance.choices(names, [len(pages) ** 0.5 for _, pages in names])[0]
        number = chance.choice(pages)
        byte = chance.choice(self.used(number)) if kind != "free" and chance.random() < 0.85 else chance.randrange(self.bytes)
        return name, ((number - 1) * self.bytes + byte) * 8 + chance.randrange(8)


class Wal:
    """The `-wal` file of a ledger: the commits in the file, and the history up to each of the newest commits."""

    # The length of the file's header and the length of a frame's header, both in bytes (SQLite's file format, 4.1).
    HEADER, FRAME = 32, 24

    def __init__(self, ledgers):
        self.path = ledgers.logged
        self.bytes = pathlib.Path(f"{self.path}-wal").read_bytes()
        self.step = self.FRAME + ledgers.pages.bytes
        self.anchored = int(pathlib.Path(f"{self.path}.anchor").read_text().split("\n")[1])
        salt, self.commits = self.bytes[16:24], [self.HEADER]
        for start in range(self.HEADER, len(self.bytes) - self.step + 1, self.step):
            if self.bytes[start + 8:start + 16] != salt:
                break
            if struct.unpack(">I", self.bytes[start + 4:start + 8])[0]:
                self.commits.append(start + self.step)
        self.complete = read_history_with_wal(self.path, self.bytes, ledgers.folder)
        assert len(self.complete["entry"]) > self.anchored, "the anchor covers every entry"
        # A crash can lose commits that the anchor does not cover. This list contains every history that can remain after a
        # crash: the complete history, the history without the newest commit, and so on.
        self.unanchored = []
        for end in self.commits[::-1]:
            left = read_history_with_wal(self.path, self.bytes[:end], ledgers.folder)
            if len(left["entry"]) < self.anchored:
                break
            self.unanchored.append(left)

    def pick(self, chance):
        part = chance.choices(["header", "frame", "page"], [1, 3, 16])[0]
        if part == "header":
            return "the -wal's header", chance.randrange(self.HEADER * 8)
        # SQLite enlarges the file in advance, so zeros or old frames can follow the valid frames. Some mutations also alter the
        # bytes after the valid frames.
        end = self.commits[-1] if chance.random() < 0.85 else len(self.bytes)
        start = self.HEADER + chance.randrange((end - self.HEADER) // self.step) * self.step
        name = f"{'a frame' if start < self.commits[-1] else 'an unused frame'} of the -wal"
        if part == "frame":
            return f"the header of {name}", start * 8 + chance.randrange(self.FRAME * 8)
        return f"the page in {name}", (start + self.FRAME) * 8 + chance.randrange((self.step - self.FRAME) * 8)


def read_history_with_wal(path, wal, folder):
    """Returns the history that a ledger contains if its `-wal` file consists of the bytes `wal`."""
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        copy = copied(path, pathlib.Path(temporary, "ledger.sqlite"))
        pathlib.Path(f"{copy}-wal").write_bytes(wal)
        return read_history(copy, immutable=False)
