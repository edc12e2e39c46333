"""Mutations of bytes: flipped bits, and a truncated `-wal`."""

import pathlib

from ledgerbytes import read_history_with_wal
from ledgerfile import copied


def flip_bit(it):
    it.part, bit = it.ledgers.pages.pick(it.chance)
    copied(it.ledgers.pristine, it.path)
    flip(it.path, bit)
    return f"bit {bit % 8} of byte {bit // 8}, page {bit // 8 // it.ledgers.pages.bytes + 1}, {it.part}"


def flip(path, bit):
    with open(path, "r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


def flip_wal_bit(it):
    wal = it.ledgers.wal
    it.anchor, it.before = f"{wal.path}.anchor", wal.complete
    it.part, bit = wal.pick(it.chance)
    copied(wal.path, it.path)
    altered = bytearray(wal.bytes)
    altered[bit // 8] ^= 1 << bit % 8
    pathlib.Path(f"{it.path}-wal").write_bytes(altered)
    it.after = lambda: read_history_with_wal(wal.path, bytes(altered), it.folder)
    # If the anchor does not cover the missing commits, the verdict is `lost`, because a crash can also lose these commits.
    # If the anchor covers the missing commits, the verdict is `missed`.
    it.is_lost = lambda after: after in wal.unanchored
    return f"bit {bit % 8} of byte {bit // 8}, {it.part}"


def cut_wal(it):
    wal = it.ledgers.wal
    it.anchor, it.before = f"{wal.path}.anchor", wal.complete
    copied(wal.path, it.path)
    left = wal.bytes[:it.chance.choice([0, it.chance.choice(wal.commits), it.chance.randrange(wal.commits[-1]), it.chance.randrange(len(wal.bytes))])]
    pathlib.Path(f"{it.path}-wal").write_bytes(left)
    it.after = lambda: read_history_with_wal(wal.path, left, it.folder)
    it.is_lost = lambda after: after in wal.unanchored
    return f"all from byte {len(left)} on"
