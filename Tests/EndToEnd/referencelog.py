"""Computes a transparency log directly from the definitions. Tests compare faster implementations with this slow
implementation."""

import base64
import hashlib
import json
import pathlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def sha256(data):
    return hashlib.sha256(data).digest()


def encoded(data):
    return base64.b64encode(data).decode()


def canonical(record):
    """Returns the canonical bytes of a record (RFC 8785). Member names must be ASCII, and numbers must be integers."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def split(hashes):
    """Splits a list of two or more hashes at the largest power of two less than the list's length (RFC 6962 §2.1)."""
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return hashes[:half], hashes[half:]


def tree_hash(leaves):
    """Returns the root of the tree over these leaf hashes: MTH of RFC 6962 §2.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    left, right = split(leaves)
    return sha256(b"\1" + tree_hash(left) + tree_hash(right))


def frontier(leaves):
    """Returns the roots of the full subtrees in the tree over these leaf hashes. The root of the largest subtree is first."""
    hashes, start = [], 0
    for height in reversed(range(len(leaves).bit_length())):
        if len(leaves) >> height & 1:
            hashes.append(tree_hash(leaves[start:start + (1 << height)]))
            start += 1 << height
    return hashes


def path(index, leaves):
    """Returns the inclusion proof of a leaf: PATH of RFC 6962 §2.1.1."""
    if len(leaves) < 2:
        return []
    left, right = split(leaves)
    if index < len(left):
        return path(index, left) + [tree_hash(right)]
    return path(index - len(left), right) + [tree_hash(left)]


class ReferenceLog:
    def __init__(self, entries, origin="log.example/reference", seed=bytes(32)):
        self.entries, self.origin = entries, origin
        self.leaves = [sha256(b"\0" + entry) for entry in entries]
        self.key = Ed25519PrivateKey.from_private_bytes(seed)
        public = b"\1" + self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = sha256(origin.encode() + b"\n" + public)[:4]
        self.vkey = f"{origin}+{self.key_id.hex()}+{encoded(public)}"

    def checkpoint(self, size=None):
        size = len(self.entries) if size is None else size
        text = f"{self.origin}\n{size}\n{encoded(tree_hash(self.leaves[:size]))}\n"
        return f"{text}\n— {self.origin} {encoded(self.key_id + self.key.sign(text.encode()))}\n"

    def receipt(self, index, size=None, record=None):
        size = len(self.entries) if size is None else size
        lines = ["c2sp.org/tlog-proof@v1"] + ([f"extra {encoded(record)}"] if record is not None else [])
        lines += [f"index {index}"] + [encoded(hash) for hash in path(index, self.leaves[:size])]
        return "\n".join(lines) + "\n\n" + self.checkpoint(size)

    def write(self, folder):
        """Writes the checkpoint, tiles and entry bundles of C2SP tlog-tiles as files."""
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "checkpoint").write_text(self.checkpoint())
        for kind, level in [("entries", 0)] + [(str(level), level) for level in range(8)]:
            total = len(self.entries) // 256**level
            for number in range(-(-total // 256)):
                group, width = range(number * 256, min(total, number * 256 + 256)), 256**level
                if kind == "entries":
                    data = b"".join(len(self.entries[at]).to_bytes(2, "big") + self.entries[at] for at in group)
                else:
                    data = b"".join(tree_hash(self.leaves[at * width:(at + 1) * width]) for at in group)
                digits = f"{number:03}" if number < 1000 else f"x{number // 1000:03}/{number % 1000:03}"
                file = folder / "tile" / kind / (digits + (f".p/{len(group)}" if len(group) < 256 else ""))
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
