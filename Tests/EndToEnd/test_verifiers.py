import contextlib
import fcntl
import functools
import http.server
import importlib.util
import io
import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import unittest
import unittest.mock as mock

from referencelog import ReferenceLog, canonical, encoded, path, sha256, tree_hash
from reflogserver import Port

SQLITE_ONLY = "it starts no server"

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VERIFY_LOG = ROOT / "tools" / "verify_log.py"
GOLOG = ROOT / ".build" / "golog" / "golog"
# The time in seconds and the number of cores that this module needs. sidebyside.py reads these constants.
SECONDS, CORES = 12, 1
# Test vectors that other programs computed and checked. The programs are golang.org/x/mod/sumdb and Tessera's fsck.
VECTORS = json.loads((HERE / "tlog-vectors.json").read_text())
RECORDS = [
    canonical({"sequence": at, "salt": random.Random(at).randbytes(16).hex(), "displayName": "ümläut 🔁 \u2028 \n"})
    for at in range(600)
]


def setUpModule():
    """Builds the Go program with Debian's packages golang-go and golang-golang-x-mod-dev."""
    GOLOG.parent.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(GOLOG.parent / "cache"), "GOFLAGS": "",
        "GOTOOLCHAIN": "local", "CGO_ENABLED": "0",
    }
    # Modules can run in parallel. The lock makes the other modules wait while the first module builds the program.
    with open(GOLOG.parent / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["go", "build", "-o", GOLOG, "."], cwd=HERE / "golog", env=environment, check=True)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def verify(base, key, *arguments):
    return subprocess.run([sys.executable, VERIFY_LOG, base, "--key", key, *arguments], capture_output=True, text=True)


def golog(base, key, *arguments):
    return subprocess.run([GOLOG, "-key", key, *arguments, base], capture_output=True, text=True)


def log_of(records):
    return ReferenceLog([sha256(record) for record in records])


def flip(at):
    """Returns a function that flips a bit of the byte at an offset."""
    return lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def replace_line(number, text):
    """Returns a function that replaces a line in bytes. `text` is the new line, or a function that computes the new line."""
    def change(data):
        lines = data.split(b"\n")
        lines[number] = text(lines[number]) if callable(text) else text.encode()
        return b"\n".join(lines)
    return change


class VerifierTestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="reflog-log-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "log"

    def file(self, name, content):
        """Writes a file next to the log, and returns the file's path."""
        file = self.folder.parent / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(file)

    def assert_good(self, log, checked, counted, python=(), go=()):
        """Checks that both verifiers have no findings for a log, and print the right counts."""
        log.write(self.folder)
        with served(self.folder) as url:
            result = verify(url, log.vkey, *python)
            self.assertEqual(result.stdout, f"checked: {checked}; 0 findings\n", result.stderr)
            self.assertEqual(result.returncode, 0)
            result = golog(url, log.vkey, *go)
            self.assertEqual((result.stdout, result.returncode), (f"{log.origin}: {counted}\n", 0), result.stderr)

    def assert_found(self, key, finding, messages, python=(), go=()):
        """Checks the first finding of verify_log.py, and that golog ends with one of `messages`."""
        with served(self.folder) as url:
            result = verify(url, key, *python)
            first = result.stdout.replace(url, "BASE").partition("\n")[0]
            self.assertEqual(first, f"finding: {finding}", result.stderr)
            self.assertEqual(result.returncode, 65)
            result = golog(url, key, *go)
            self.assertEqual((result.stdout, result.returncode), ("", 1))
            messages = [messages] if isinstance(messages, str) else messages
            self.assertIn(result.stderr, [f"golog: {message}\n" for message in messages])


class VectorTests(VerifierTestCase):
    """The reference log and both verifiers agree with the vectors of other programs."""

    def setUp(self):
        super().setUp()
        entries = [entry.encode() for entry in VECTORS["entries"]]
        self.log = ReferenceLog(entries, VECTORS["origin"], bytes.fromhex(VECTORS["seed_hex"]))

    def test_the_reference_log_computes_the_vectors(self):
        leaves = self.log.leaves
        self.assertEqual(self.log.vkey, VECTORS["vkey"])
        self.assertEqual([leaf.hex() for leaf in leaves], VECTORS["leaf_hash_hex"])
        for size, root in VECTORS["roots_hex"].items():
            self.assertEqual(tree_hash(leaves[:int(size)]).hex(), root)
        for size, checkpoint in VECTORS["checkpoints"].items():
            self.assertEqual(self.log.checkpoint(int(size)), checkpoint)
        for name, proof in VECTORS["inclusion"].items():
            index, size = map(int, name.split("/"))
            self.assertEqual([hash.hex() for hash in path(index, leaves[:size])], proof)
        self.assertTrue(VECTORS["tlog_proof_entry5_size13"].startswith(self.log.receipt(5)))

    def test_both_verifiers_accept_the_vectors(self):
        older = {size: self.file(f"checkpoint-{size}", text) for size, text in VECTORS["checkpoints"].items()}
        cosigned = self.file("cosigned", VECTORS["witness"]["cosigned_checkpoint"])
        receipt = self.file("5.tlog-proof", VECTORS["tlog_proof_entry5_size13"])

        self.assert_good(
            self.log,
            "13 entries, 1 tiles, the root, its signature, 0 records, 5 older checkpoints, 1 receipts",
            "size 13, 14 inclusions, 15 consistencies, 1 receipts",
            [part for file in [*older.values(), cosigned] for part in ("--old", file)] + ["--proof", receipt],
            ["-sizes", ",".join(map(str, range(1, 14))), "-old", older["7"], "-proof", receipt],
        )


class GoodLogTests(VerifierTestCase):
    """Both verifiers accept valid logs."""

    def test_records_older_checkpoints_and_receipts_verify(self):
        log = log_of(RECORDS)
        records = self.file("records.jsonl", b"\n".join(RECORDS[100:400]) + b"\n")
        older = self.file("older", log.checkpoint(300))
        receipt = self.file("317.tlog-proof", log.receipt(317, 512, RECORDS[317]))

        self.assert_good(
            log, "600 entries, 4 tiles, the root, its signature, 300 records, 1 older checkpoints, 1 receipts",
            "size 600, 601 inclusions, 4 consistencies, 1 receipts",
            ["--records", records, "--old", older, "--proof", receipt],
            ["-sizes", "1,599", "-old", older, "-proof", receipt],
        )

    def test_trees_of_every_shape_verify(self):
        for size, tiles in {0: 0, 1: 1, 2: 1, 255: 1, 256: 2, 257: 3, 511: 3, 512: 3, 513: 4}.items():
            with self.subTest(size=size), tempfile.TemporaryDirectory() as folder:
                log = log_of(RECORDS[:size])
                log.write(folder)
                with served(folder) as url:
                    result = golog(url, log.vkey)
                    self.assertIn(f": size {size}, {size} inclusions, ", result.stdout, result.stderr)
                result = verify(folder, log.vkey)
                self.assertIn(f"checked: {size} entries, {tiles} tiles, ", result.stdout)
                self.assertEqual(result.returncode, 0)

    def test_a_log_with_more_than_1000_tiles_verifies(self):
        chance = random.Random(257_000)
        log = ReferenceLog([chance.randbytes(32) for _ in range(257_000)])
        # There are 1,009 tiles. Level 0 has 1,003 full tiles and one partial tile. Level 1 has 3 full tiles and one partial
        # tile. Level 2 has one partial tile.
        checked = "257000 entries, 1009 tiles, the root, its signature, 0 records, 0 older checkpoints, 0 receipts"
        log.write(self.folder)
        self.assertTrue((self.folder / "tile" / "0" / "x001" / "002").exists())

        self.assertEqual(verify(self.folder.as_uri(), log.vkey).stdout, f"checked: {checked}; 0 findings\n")
        with served(self.folder) as url:
            result = golog(url, log.vkey, "-limit", "200", "-sizes", "65536,256999")
        self.assertEqual(result.stdout, f"{log.origin}: size 257000, 200 inclusions, 2 consistencies, 0 receipts\n")

    def test_a_log_verifies_without_partial_tiles_if_it_has_the_full_tiles(self):
        log = log_of(RECORDS)
        log.write(self.folder)
        (self.folder / "checkpoint").write_text(log.checkpoint(300))
        with served(self.folder) as url:
            # Write the partial tile of level 1 at size 300. The check of the checkpoint at this size reads the tile, because
            # level 1 has no full tile.
            (self.folder / "tile" / "1" / "000.p" / "1").write_bytes(tree_hash(log.leaves[:256]))

            result = verify(url, log.vkey)
            self.assertIn("checked: 300 entries, 3 tiles, ", result.stdout)
            self.assertEqual(result.returncode, 0)
            self.assertEqual(golog(url, log.vkey).returncode, 0)

    def test_an_older_checkpoint_verifies_with_its_earlier_key(self):
        log = log_of(RECORDS)
        log.write(self.folder)
        earlier = ReferenceLog(log.entries, seed=b"earlier " * 4)
        older = self.file("older", earlier.checkpoint(77))

        self.assertEqual(verify(str(self.folder), log.vkey, "--old", older).returncode, 65)
        self.assertEqual(verify(str(self.folder), log.vkey, "--key", earlier.vkey, "--old", older).returncode, 0)


class DamagedLogTests(VerifierTestCase):
    """Both verifiers find every fault in a log."""

    def setUp(self):
        super().setUp()
        self.log = log_of(RECORDS)
        self.log.write(self.folder)

    def check(self, name, change, finding, message):
        file = self.folder / name
        file.write_bytes(change(file.read_bytes()))
        self.assert_found(self.log.vkey, finding, message)

    def test_a_flipped_bit_of_a_full_tile_is_found(self):
        self.check("tile/0/001", flip(44 * 32),
                   "tile/0/001 does not fit the entries in 1 of its hashes, the first at 44",
                   # The message depends on the version of package tlog.
                   ["entry 256: downloaded inconsistent tile", "entry 256: invalid transparency proof"])

    def test_a_flipped_bit_of_a_partial_tile_is_found(self):
        self.check("tile/0/002.p/88", flip(88 * 32 - 1),
                   "tile/0/002.p/88 does not fit the entries in 1 of its hashes, the first at 87",
                   "entry 0: downloaded inconsistent tile")

    def test_a_flipped_bit_of_a_tile_of_level_1_is_found(self):
        self.check("tile/1/000.p/2", flip(40),
                   "tile/1/000.p/2 does not fit the entries in 1 of its hashes, the first at 1",
                   "entry 0: downloaded inconsistent tile")

    def test_a_flipped_bit_of_an_entry_is_found(self):
        self.check("tile/entries/001", flip(44 * 34 + 2),
                   "tile/0/001 does not fit the entries in 1 of its hashes, the first at 44",
                   "entry 300: invalid transparency proof")

    def test_a_flipped_bit_of_an_entrys_length_is_found(self):
        self.check("tile/entries/001", flip(44 * 34), "tile/entries/001 is cut short or too long",
                   "tile/entries/001: not a bundle of 256 entries")

    def test_a_truncated_bundle_is_found(self):
        self.check("tile/entries/002.p/88", lambda data: data[:-1], "tile/entries/002.p/88 is cut short or too long",
                   "tile/entries/002.p/88: not a bundle of 88 entries")

    def test_a_bundle_without_its_last_entry_is_found(self):
        self.check("tile/entries/001", lambda data: data[:-34], "tile/entries/001 is cut short or too long",
                   "tile/entries/001: not a bundle of 256 entries")

    def test_a_truncated_tile_is_found(self):
        self.check("tile/0/000", lambda data: data[:-32], "tile/0/000 is cut short or too long",
                   "entry 0: tile/0/000: 8160 bytes are not 256 hashes")

    def test_a_tile_with_extra_bytes_is_found(self):
        self.check("tile/0/002.p/88", lambda data: data + bytes(32), "tile/0/002.p/88 is cut short or too long",
                   "entry 0: tile/0/002.p/88: 2848 bytes are not 88 hashes")

    def test_a_missing_bundle_is_found(self):
        (self.folder / "tile" / "entries" / "001").unlink()
        self.assert_found(self.log.vkey, "BASE/tile/entries/001 is missing", "tile/entries/001: missing")
        result = verify(str(self.folder), self.log.vkey)
        self.assertEqual(result.stdout, f"finding: {self.folder.as_uri()}/tile/entries/001 is missing\n"
                                        "nothing else could be checked\n")
        self.assertEqual(result.returncode, 65)

    def test_a_missing_tile_is_found(self):
        (self.folder / "tile" / "0" / "002.p" / "88").unlink()
        self.assert_found(self.log.vkey, "BASE/tile/0/002.p/88 is missing", "entry 0: tile/0/002.p/88: missing")

    def test_entries_in_another_order_are_found(self):
        self.check("tile/entries/000", lambda data: data[34:68] + data[:34] + data[68:],
                   "tile/0/000 does not fit the entries in 2 of its hashes, the first at 0",
                   "entry 0: invalid transparency proof")

    def test_another_root_in_the_checkpoint_is_found(self):
        self.check("checkpoint", replace_line(2, encoded(bytes(32))),
                   f"checkpoint of {self.log.origin} has a wrong signature",
                   f"checkpoint: invalid signature for key {self.log.vkey.rpartition('+')[0]}")

    def test_another_size_in_the_checkpoint_is_found(self):
        self.check("checkpoint", replace_line(1, "599"),
                   f"checkpoint of {self.log.origin} has a wrong signature",
                   f"checkpoint: invalid signature for key {self.log.vkey.rpartition('+')[0]}")

    def test_another_signature_is_found(self):
        signature = encoded(self.log.key_id + bytes(64))
        self.check("checkpoint", replace_line(4, f"— {self.log.origin} {signature}"),
                   f"checkpoint of {self.log.origin} has a wrong signature",
                   f"checkpoint: invalid signature for key {self.log.vkey.rpartition('+')[0]}")

    def test_a_missing_signature_is_found(self):
        self.check("checkpoint", lambda data: data[:data.index(b"\n\n") + 2], "checkpoint is not a signed checkpoint",
                   "checkpoint: malformed note")

    def test_a_truncated_checkpoint_is_found(self):
        self.check("checkpoint", lambda data: data[:-1], "checkpoint is not a signed checkpoint",
                   "checkpoint: malformed note")

    def test_a_missing_checkpoint_is_found(self):
        (self.folder / "checkpoint").unlink()
        self.assert_found(self.log.vkey, "BASE/checkpoint is missing", "checkpoint: missing")

    def test_another_key_is_found(self):
        self.assert_found(
            ReferenceLog([], seed=bytes(31) + b"\1").vkey,
            f"checkpoint of {self.log.origin} is not signed with the key given, or that key belongs to another log",
            "checkpoint: note has no verifiable signatures",
        )

    def test_a_checkpoint_of_another_log_with_the_same_key_is_found(self):
        signer = ReferenceLog([])
        text = "log.example/another\n" + self.log.checkpoint().split("\n", 1)[1].split("\n\n")[0] + "\n"
        (self.folder / "checkpoint").write_text(
            f"{text}\n— {signer.origin} {encoded(signer.key_id + signer.key.sign(text.encode()))}\n")
        self.assert_found(
            self.log.vkey,
            "checkpoint of log.example/another is not signed with the key given, or that key belongs to another log",
            'checkpoint: a checkpoint of "log.example/another"',
        )

    def test_a_root_signed_over_other_entries_is_found(self):
        checkpoint = log_of(RECORDS[::-1]).checkpoint()
        self.check("checkpoint", lambda _: checkpoint.encode(),
                   "checkpoint has another root than the first 600 entries of the log",
                   "entry 0: downloaded inconsistent tile")

    def test_a_wrong_root_of_an_empty_log_is_found(self):
        text = f"{self.log.origin}\n0\n{encoded(bytes(32))}\n"
        signature = encoded(self.log.key_id + self.log.key.sign(text.encode()))
        self.check("checkpoint", lambda _: f"{text}\n— {self.log.origin} {signature}\n".encode(),
                   "checkpoint has another root than the first 0 entries of the log",
                   "checkpoint: the empty tree has another root")

    def test_any_flipped_bit_is_found(self):
        chance = random.Random(20261123)
        files = sorted(file for file in (self.folder / "tile").rglob("*") if file.is_file())
        for file in files * 3:
            good = file.read_bytes()
            at = chance.randrange(len(good))
            with self.subTest(file=str(file.relative_to(self.folder)), at=at):
                file.write_bytes(flip(at)(good))
                self.assertEqual(verify(str(self.folder), self.log.vkey).returncode, 65)
                with served(self.folder) as url:
                    self.assertEqual(golog(url, self.log.vkey).returncode, 1)
            file.write_bytes(good)


class GivenFilesTests(VerifierTestCase):
    """Both verifiers find a record, an older checkpoint or a receipt that does not belong to a valid log."""

    def setUp(self):
        super().setUp()
        self.log = log_of(RECORDS)
        self.log.write(self.folder)

    def check_records(self, record, finding):
        records = self.file("records.jsonl", b"\n".join([RECORDS[0], record, RECORDS[2]]) + b"\n")
        result = verify(str(self.folder), self.log.vkey, "--records", records)
        first, checked = result.stdout.splitlines()
        self.assertEqual(first, f"finding: {records}:2 {finding}")
        self.assertTrue(checked.endswith(" 3 records, 0 older checkpoints, 0 receipts; 1 findings"), checked)
        self.assertEqual(result.returncode, 65)

    def test_an_altered_record_is_found(self):
        self.check_records(RECORDS[1].replace("ü".encode(), b"u"), "is not entry 1 of the log")

    def test_a_record_that_is_not_canonical_is_found(self):
        self.check_records(json.dumps(json.loads(RECORDS[1])).encode(), "is not entry 1 of the log")

    def test_a_record_with_another_sequence_is_found(self):
        self.check_records(RECORDS[1].replace(b'"sequence":1', b'"sequence":3'), "is not entry 3 of the log")

    def test_a_record_beyond_the_log_is_found(self):
        self.check_records(RECORDS[1].replace(b'"sequence":1', b'"sequence":600'),
                           "has sequence 600, which the log does not have")
        self.check_records(RECORDS[1].replace(b'"sequence":1', b'"sequence":-1'),
                           "has sequence -1, which the log does not have")

    def test_a_line_that_is_no_record_cannot_be_read(self):
        for text in b"", b"{}", b"[1]", b"not JSON", b'"sequence"', b"\xff", b"[" * 100_000:
            records = self.file("records.jsonl", b"\n".join([RECORDS[0], text, RECORDS[2]]) + b"\n")
            result = verify(str(self.folder), self.log.vkey, "--records", records)
            self.assertEqual(result.stderr, f"{records}:2 cannot be read: it is not a record with a sequence. Get a new copy\n")
            self.assertTrue(result.stdout.endswith(" 3 records, 0 older checkpoints, 0 receipts; 0 findings\n"), result.stdout)
            self.assertEqual(result.returncode, 64)

    def test_a_record_beyond_the_log_with_a_wrong_type_is_found(self):
        self.check_records(b'{"sequence":true}', "has sequence true, which the log does not have")

    def test_an_older_checkpoint_of_another_history_is_found(self):
        older = self.file("older", log_of(RECORDS[1:400]).checkpoint(300))
        self.assert_found(self.log.vkey, f"{older} has another root than the first 300 entries of the log",
                          f"{older}: size 300: invalid transparency proof", ["--old", older], ["-old", older])

    def test_an_older_checkpoint_longer_than_the_log_is_found(self):
        older = self.file("older", self.log.checkpoint())
        shorter = log_of(RECORDS[:599])
        shorter.write(self.folder)
        self.assert_found(self.log.vkey, f"{older} has 600 entries, the log only 599",
                          f"{older}: size 600: the log has only 599 entries", ["--old", older], ["-old", older])

    def test_an_older_checkpoint_with_a_wrong_signature_is_found(self):
        older = self.file("older", self.log.checkpoint(300).replace("\n300\n", "\n301\n"))
        self.assert_found(self.log.vkey, f"{older} of {self.log.origin} has a wrong signature",
                          f"{older}: invalid signature for key {self.log.vkey.rpartition('+')[0]}",
                          ["--old", older], ["-old", older])

    def check_receipt(self, change, finding, message):
        """Alters the receipt for entry 317 in a log of 512 entries, and checks the findings.

        The receipt consists of the format, the record, the index, nine hashes, an empty line and the checkpoint.
        """
        receipt = self.file("317.tlog-proof", change(self.log.receipt(317, 512, RECORDS[317]).encode()))
        self.assert_found(self.log.vkey, receipt + finding, f"{receipt}: {message}",
                          ["--proof", receipt], ["-proof", receipt])

    def test_an_altered_record_in_a_receipt_is_found(self):
        self.check_receipt(replace_line(1, "extra " + encoded(RECORDS[317].replace(b"l", b"L"))),
                           "'s record is not entry 317 of the log", "invalid transparency proof")

    def test_the_record_of_another_entry_in_a_receipt_is_found(self):
        self.check_receipt(replace_line(1, "extra " + encoded(RECORDS[318])),
                           " is for entry 317, its record is another", "the record does not name entry 317")

    def test_another_index_in_a_receipt_is_found(self):
        self.check_receipt(replace_line(2, "index 316"), " is for entry 316, its record is another",
                           "the record does not name entry 316")

    def test_another_index_in_a_receipt_without_a_record_is_found(self):
        receipt = self.log.receipt(511, 512).replace("index 511", "index 512").encode()
        self.check_receipt(lambda _: receipt, " does not prove that entry 512 is one of 512",
                           "tlog: invalid inputs in CheckRecord")

    def test_another_hash_in_a_receipt_is_found(self):
        self.check_receipt(replace_line(7, encoded(bytes(32))), " does not prove that entry 317 is one of 512",
                           "invalid transparency proof")

    def test_an_extra_or_missing_hash_in_a_receipt_is_found(self):
        for change in (lambda data: b"\n".join(data.split(b"\n")[:7] + data.split(b"\n")[8:]),
                       replace_line(7, lambda line: line + b"\n" + line)):
            self.check_receipt(change, " does not prove that entry 317 is one of 512", "invalid transparency proof")

    def test_another_checkpoint_in_a_receipt_is_found(self):
        self.check_receipt(lambda data: data.replace(b"\n512\n", b"\n513\n"),
                           f"'s checkpoint of {self.log.origin} has a wrong signature",
                           f"invalid signature for key {self.log.vkey.rpartition('+')[0]}")

    def test_a_receipt_of_another_history_is_found(self):
        receipt = log_of(RECORDS[:300] + RECORDS[301:] + RECORDS[300:301]).receipt(317, 512, RECORDS[317]).encode()
        self.check_receipt(lambda _: receipt, "'s checkpoint has another root than the first 512 entries of the log",
                           "size 512: invalid transparency proof")

    def test_a_file_that_is_no_receipt_cannot_be_read(self):
        good = self.log.receipt(317, 512, RECORDS[317]).encode()
        for receipt in good[1:], replace_line(2, "index 0317")(good), good[:-30], good[:len(good) // 2]:
            file = self.file("317.tlog-proof", receipt)
            result = verify(str(self.folder), self.log.vkey, "--proof", file)
            self.assertEqual(result.returncode, 64, result.stdout + result.stderr)
            self.assertIn(f"{file}", result.stderr)
            self.assertIn(" cannot be read: it is not a whole ", result.stderr)

    def test_a_file_that_another_program_altered_is_read_or_reported(self):
        files = {"--records": b"\n".join(RECORDS[:3]) + b"\n", "--old": self.log.checkpoint(300).encode(),
                 "--proof": self.log.receipt(317, 512, RECORDS[317]).encode()}
        ways = {
            "CR LF": (lambda data: data.replace(b"\n", b"\r\n"), 0), "a mark": (lambda data: b"\xef\xbb\xbf" + data, 0),
            "no last newline": (lambda data: data.rstrip(b"\n"), 0), "UTF-16": (lambda data: data.decode().encode("utf-16"), 64),
            "empty": (lambda data: b"", 64), "a web page": (lambda data: b"<html>502</html>\n", 64),
        }
        for option, good in files.items():
            for way, (alter, code) in ways.items():
                with self.subTest(option=option, way=way):
                    file = self.file("given", alter(good))
                    result = verify(str(self.folder), self.log.vkey, option, file)
                    self.assertEqual(result.returncode, code, result.stdout + result.stderr)
                    self.assertNotIn("finding:", result.stdout)
                    self.assertEqual("cannot be read: " in result.stderr, code == 64)


class UseTests(VerifierTestCase):
    """verify_log.py reports the reason if it can't check a log."""

    def test_the_exit_code_for_an_unreachable_log_is_75(self):
        port = Port()
        self.addCleanup(port.close)
        url = f"http://127.0.0.1:{port.number}"
        result = verify(url, ReferenceLog([]).vkey)
        self.assertEqual((result.stdout, result.returncode), ("", 75))
        self.assertIn(f"{url} can't be reached: ", result.stderr)

    def test_no_text_of_a_server_controls_the_terminal(self):
        class Hostile(Quiet):
            def do_GET(self):
                self.send_response(503, "\x1b[2J\x9b31m")
                self.end_headers()

        key = ReferenceLog([]).vkey
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as server:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            refused = verify(f"http://127.0.0.1:{server.server_port}", key)
            server.shutdown()
        ReferenceLog([], "log\u202e\x9b31m").write(self.folder)
        with served(self.folder) as url:
            foreign = verify(url, key)

        self.assertEqual(refused.returncode, 75)
        self.assertIn("HTTP Error 503: ?[2J?31m", refused.stderr)
        self.assertEqual(foreign.returncode, 65)
        self.assertIn("finding: checkpoint of log??31m is not signed with the key given", foreign.stdout)
        for text in (refused.stdout, refused.stderr, foreign.stdout, foreign.stderr):
            self.assertTrue(text.replace("\n", "").isprintable(), text)

    def test_the_exit_code_for_an_invalid_key_is_64(self):
        key = ReferenceLog([]).vkey
        for bad in "", "x", "a+b", key[:-4], "x" + key, VECTORS["witness"]["vkey"]:
            result = verify(str(self.folder), bad)
            self.assertEqual((result.stdout, result.returncode), ("", 64), bad)
            self.assertIn("argument --key: invalid", result.stderr)

    def test_the_exit_code_for_a_missing_file_is_64(self):
        result = verify(str(self.folder), ReferenceLog([]).vkey, "--old", str(self.folder / "none"))
        self.assertEqual((result.stdout, result.returncode), ("", 64))

    def test_the_progress_ends_with_the_whole_count_and_before_a_finding(self):
        spec = importlib.util.spec_from_file_location("verify_log", VERIFY_LOG)
        program = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(program)
        terminal = io.StringIO()
        terminal.isatty = lambda: True
        log = log_of(RECORDS)
        log.write(self.folder)
        tile = self.folder / "tile" / "0" / "000"
        tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
        arguments = ["verify_log.py", str(self.folder), "--key", log.vkey]
        with (mock.patch.object(program.time, "monotonic", itertools.count(step=10).__next__),
              mock.patch.object(program, "COUNTED", 256), mock.patch("sys.argv", arguments),
              contextlib.redirect_stdout(terminal), contextlib.redirect_stderr(terminal)):
            self.assertEqual(program.main(), 65)
        lines = [line.rpartition("\r")[2] for line in terminal.getvalue().splitlines()]
        self.assertIn("read 600 of 600 entries", lines)
        self.assertIn("checked checkpoint: 600 of 600 entries", lines)
        self.assertTrue(any(line.startswith("finding: tile/0/000 does not fit") for line in lines), lines)

    def test_without_cryptography_the_message_tells_how_to_install_it(self):
        self.file("cryptography.py", "raise ImportError")
        result = subprocess.run([sys.executable, VERIFY_LOG], capture_output=True, text=True,
                                env=os.environ | {"PYTHONPATH": str(self.folder.parent)})
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr, "verify_log.py needs cryptography: pip install cryptography, "
                                        "or apt-get install python3-cryptography\n")
