#!/usr/bin/env python3
"""Checks Reflog's transparency log without Reflog's code. Also checks the records, checkpoints and receipts that you give.

Reads the log as C2SP tlog-tiles from a server, or from a copy in a folder. Computes every tile and the root again from the
entries, and keeps one hash for each entry in memory. You can repeat every flag. Repeat --key if the log's key has changed.

tools/verify_log.py https://reflog.contoso.example --key VKEY
tools/verify_log.py /mnt/copy --key VKEY --records records.jsonl --old checkpoint --proof 4711.tlog-proof

Exit codes: 0 no findings, 64 wrong usage or a given file that cannot be read, 65 findings (one on each line), 75 the log can't
be reached.
"""

import argparse
import base64
import collections
import hashlib
import http.client
import itertools
import json
import pathlib
import re
import sys
import time
import urllib.error
import urllib.request

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.exit("verify_log.py needs cryptography: pip install cryptography, or apt-get install python3-cryptography")

# The maximum length of an answer in bytes: 256 entries. Each entry has at most 65,535 bytes, and two bytes with its length in
# front of it.
LARGEST_ANSWER = 256 * (2 + 65_535)
# The maximum time to wait for an answer.
WAIT_SECONDS = 30
# The progress increases after each subtree with this number of leaves. The number is a power of two, because
# only such a number of leaves is a whole subtree.
COUNTED = 1 << 15
TEXT, NUMBER, HASH = r"[^\x00-\x1f]+", r"0|[1-9][0-9]{0,17}", r"[A-Za-z0-9+/]{43}="
BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
CHECKPOINT = re.compile(rf"(({TEXT})\n({NUMBER})\n({HASH})\n(?:{TEXT}\n)*)\n((?:— [^ \n]+ {BASE64}\n)+)")
RECEIPT = re.compile(rf"c2sp\.org/tlog-proof@v1\n(?:extra ({BASE64})\n)?index ({NUMBER})\n((?:{HASH}\n)*)\n((?s:.*))")


class Finding(Exception):
    """A problem that was found in the log, described in one line."""


class Unreadable(Exception):
    """The error that is raised if a given file was altered when it was copied. The content of such a file proves nothing about
    the log."""


def shown(text):
    """Returns a text in a form that is safe on a terminal. A server or a file can contain characters that control a terminal."""
    return "".join(character if character.isprintable() else "?" for character in str(text))[:2000]


def readable(file, data):
    """Removes the byte order mark from the first bytes of a given file. Raises Unreadable if the bytes are not text."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:
        raise Unreadable(f"{file.name} cannot be read: it is encoded in UTF-16 or is not text. Save it in UTF-8")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip() or data.lstrip().startswith(b"<"):
        raise Unreadable(f"{file.name} cannot be read: it is {'a web page' if data.strip() else 'empty'}. Get a new copy")
    return data


def given(file):
    """Returns the bytes of a given file, without the additions of mail programs and of Windows."""
    data = readable(file, file.read()).replace(b"\r\n", b"\n")
    return data if data.endswith(b"\n") else data + b"\n"


def given_lines(file):
    """Yields the lines of a given file with their numbers, without the ends of the lines."""
    for number, line in enumerate(itertools.chain([readable(file, file.readline())], file), 1):
        yield number, line.removesuffix(b"\n").removesuffix(b"\r")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(entry):
    return sha256(b"\0", entry)


class Progress:
    """Shows a count on stderr during work that takes more than a second, if stderr is a terminal."""

    # True if the last line of the terminal shows a count and has no end yet.
    is_line_open = False

    def __init__(self, verb, noun):
        self.verb, self.noun, self.count = verb, noun, 0
        self.is_shown, self.next = False, time.monotonic() + 1

    def add(self, count):
        self.count += count
        if time.monotonic() >= self.next and sys.stderr.isatty():
            self.is_shown, self.next = True, time.monotonic() + 0.5
            self.show()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_shown:
            self.show()
        Progress.end_line()

    def show(self):
        print("\r" + shown(f"{self.verb} {self.count} {self.noun}"), end="", file=sys.stderr, flush=True)
        Progress.is_line_open = True

    @staticmethod
    def end_line():
        if Progress.is_line_open:
            print(file=sys.stderr, flush=True)
        Progress.is_line_open = False


def tree_hash(hashes, progress=None):
    """Returns the root of the tree over these leaf hashes (RFC 6962 §2.1)."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    root = sha256(b"\1", tree_hash(hashes[:half], progress), tree_hash(hashes[half:], progress))
    if progress and len(hashes) == COUNTED:
        progress.add(COUNTED)
    return root


def inclusion_proof(index, hashes):
    """Returns the inclusion proof of the leaf at an index (RFC 6962 §2.1.1)."""
    if len(hashes) < 2:
        return []
    half = 1 << (len(hashes) - 1).bit_length() - 1
    if index < half:
        return inclusion_proof(index, hashes[:half]) + [tree_hash(hashes[half:])]
    return inclusion_proof(index - half, hashes[half:]) + [tree_hash(hashes[:half])]


def verification_key(text):
    """Parses a C2SP vkey for Ed25519. Returns a pair of the key's name and key ID, and the key."""
    name, id, key = text.strip("\ufeff\u00a0 \t\r\n").split("+", 2)
    key = base64.b64decode(key, validate=True)
    if key[:1] != b"\1" or sha256(name.encode(), b"\n", key)[:4].hex() != id:
        raise ValueError
    return (name, bytes.fromhex(id)), Ed25519PublicKey.from_public_bytes(key[1:])


def opened(data, keys, where, is_given=False):
    """Checks that a key signed a checkpoint (C2SP signed-note, tlog-checkpoint). Returns the checkpoint's size and root."""
    match = CHECKPOINT.fullmatch(data.decode(errors="replace"))
    if not match and is_given:
        raise Unreadable(f"{where} cannot be read: it is not a whole signed checkpoint. Get a new copy")
    if not match:
        raise Finding(f"{where} is not a signed checkpoint")
    text, origin, size, root, lines = match.groups()
    signatures = map(base64.b64decode, re.findall(f"— {re.escape(origin)} (.*)\n", lines))
    ours = [signature for signature in signatures if (origin, signature[:4]) in keys]
    if not ours:
        raise Finding(f"{where} of {origin} is not signed with the key given, or that key belongs to another log")
    for signature in ours:
        try:
            keys[origin, signature[:4]].verify(signature[4:], text.encode())
        except InvalidSignature:
            raise Finding(f"{where} of {origin} has a wrong signature") from None
    return int(size), base64.b64decode(root)


def get(base, *names):
    """Reads the first of these files that exists below the base. Returns the name and the content of that file."""
    for name in names:
        try:
            with urllib.request.urlopen(f"{base}/{name}", timeout=WAIT_SECONDS) as response:
                return name, response.read(LARGEST_ANSWER)
        except urllib.error.URLError as error:
            if getattr(error, "code", 0) not in (404, 410) and not isinstance(error.reason, FileNotFoundError):
                raise
    raise Finding(f"{base}/{names[0]} is missing")


def get_tile(base, kind, number, width):
    """Returns the name and the items of a tile or an entry bundle.

    A partial tile can be missing if the log has grown. In this case, the function reads the full tile (C2SP tlog-tiles).
    """
    path = f"{number % 1000:03}"
    while number := number // 1000:
        path = f"x{number % 1000:03}/{path}"
    full = f"tile/{kind}/{path}"
    name, data = get(base, full) if width == 256 else get(base, f"{full}.p/{width}", full)
    items, at = [], 0
    while at < len(data):
        start = at + 2 if kind == "entries" else at
        at = start + (int.from_bytes(data[at:start], "big") if kind == "entries" else 32)
        items.append(data[start:at])
    if at != len(data) or len(items) != (256 if name == full else width):
        raise Finding(f"{name} is cut short or too long")
    return name, items[:width]


def check_tile(base, level, number, hashes):
    name, served = get_tile(base, level, number, len(hashes))
    wrong = [at for at in range(len(hashes)) if served[at] != hashes[at]]
    if wrong:
        raise Finding(f"{name} does not fit the entries in {len(wrong)} of its hashes, the first at {wrong[0]}")


def check_prefix(leaves, size, root, where):
    if size > len(leaves):
        raise Finding(f"{where} has {size} entries, the log only {len(leaves)}")
    with Progress(f"checked {where}:", f"of {size} entries") as progress:
        is_same = tree_hash(leaves[:size], progress) == root
        # The leaves outside of the counted subtrees were checked too.
        progress.count = size
    if not is_same:
        raise Finding(f"{where} has another root than the first {size} entries of the log")


def check_record(leaves, record, where):
    """Checks that a record is an entry of the log. Returns the record's sequence."""
    try:
        sequence = json.loads(record)["sequence"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Unreadable(f"{where} cannot be read: it is not a record with a sequence. Get a new copy") from None
    if type(sequence) is not int or not 0 <= sequence < len(leaves):
        raise Finding(f"{where} has sequence {json.dumps(sequence)}, which the log does not have")
    if leaves[sequence] != leaf_hash(sha256(record)):
        raise Finding(f"{where} is not entry {sequence} of the log")
    return sequence


def check_receipt(leaves, keys, data, where):
    """Checks a receipt (C2SP tlog-proof). If the receipt has no record, checks the log's entry at the receipt's index."""
    match = RECEIPT.fullmatch(data.decode(errors="replace"))
    if not match:
        raise Unreadable(f"{where} cannot be read: it is not a whole receipt. Get a new copy")
    record, index, proof, checkpoint = match.groups()
    size, root = opened(checkpoint.encode(), keys, f"{where}'s checkpoint", is_given=True)
    check_prefix(leaves, size, root, f"{where}'s checkpoint")
    if record is not None and check_record(leaves, base64.b64decode(record), f"{where}'s record") != int(index):
        raise Finding(f"{where} is for entry {index}, its record is another")
    proof = [base64.b64decode(line) for line in proof.split()]
    if int(index) >= size or proof != inclusion_proof(int(index), leaves[:size]):
        raise Finding(f"{where} does not prove that entry {index} is one of {size}")


def read_leaves(base, size):
    leaves = []
    with Progress("read", f"of {size} entries") as progress:
        for start in range(0, size, 256):
            leaves += map(leaf_hash, get_tile(base, "entries", start // 256, min(256, size - start))[1])
            progress.add(min(256, size - start))
    return leaves


def tiles(leaves):
    """Yields the level, the number and the hashes of every tile over these leaves.

    Each hash at a higher level is the root of a full tile at the level below.
    """
    level, hashes = 0, leaves
    while hashes:
        parts = [hashes[at:at + 256] for at in range(0, len(hashes), 256)]
        yield from ((level, number, part) for number, part in enumerate(parts))
        level, hashes = level + 1, [tree_hash(part) for part in parts if len(part) == 256]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = lambda message: parser.exit(64, f"{parser.format_usage()}{message}\n")
    parser.add_argument("base", metavar="BASE_URL", help="the URL in front of /checkpoint and /tile/…, or a folder")
    parser.add_argument("--key", type=verification_key, action="append", required=True, metavar="VKEY")
    files = {"type": argparse.FileType("rb"), "action": "append", "default": [], "metavar": "FILE"}
    parser.add_argument("--records", help="a file with one record on each line", **files)
    parser.add_argument("--old", help="a file with an older checkpoint", **files)
    parser.add_argument("--proof", help="a file with a receipt", **files)
    options = parser.parse_args()
    base = (options.base if "://" in options.base else pathlib.Path(options.base).resolve().as_uri()).rstrip("/")
    keys, counts, findings, unreadable = dict(options.key), collections.Counter(), [], []

    def attempt(kind, function, *arguments):
        counts[kind] += 1
        try:
            return function(*arguments)
        except Finding as finding:
            findings.append(finding)
            Progress.end_line()
            print(shown(f"finding: {finding}"))
        except Unreadable as problem:
            unreadable.append(problem)
            print(shown(problem), file=sys.stderr)

    try:
        newest = attempt("checkpoint", lambda: opened(get(base, "checkpoint")[1], keys, "checkpoint"))
        leaves = attempt("tree", read_leaves, base, newest[0]) if newest else None
        if leaves is None:
            print("nothing else could be checked")
            return 65
        with Progress("checked", "tiles") as progress:
            for level, number, hashes in tiles(leaves):
                attempt("tiles", check_tile, base, level, number, hashes)
                progress.add(1)
        attempt("root", check_prefix, leaves, *newest, "checkpoint")
        for file in options.records:
            lines = given_lines(file)
            while line := attempt("lines", next, lines, None):
                attempt("records", check_record, leaves, line[1], f"{file.name}:{line[0]}")
        for file in options.old:
            attempt("older", lambda: check_prefix(leaves, *opened(given(file), keys, file.name, is_given=True), file.name))
        for file in options.proof:
            attempt("receipts", lambda: check_receipt(leaves, keys, given(file), file.name))
    except (OSError, http.client.HTTPException) as error:
        print(shown(f"{base} can't be reached: {error}"), file=sys.stderr)
        return 65 if findings else 75
    print(f"checked: {len(leaves)} entries, {counts['tiles']} tiles, the root, its signature, {counts['records']} "
          f"records, {counts['older']} older checkpoints, {counts['receipts']} receipts; {len(findings)} findings")
    return 65 if findings else 64 if unreadable else 0


if __name__ == "__main__":
    sys.exit(main())
