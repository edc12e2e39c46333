#!/usr/bin/env python3
"""Checks a pack for auditors that Reflog wrote, or one exported file, against its signed manifest.

The program needs Python 3.8 or later and nothing else: no other package, no network and no ledger.

  python3 verify.py --key VKEY                      checks the pack in the folder of this program
  python3 verify.py --key VKEY evidence.manifest    checks the pack with this manifest
  python3 verify.py --key VKEY quarter.csv.manifest checks the exported file quarter.csv

Without --key, the key in the manifest is trusted. The check then finds damage, but no forgery by a person who also replaced
the key. Repeat --key if the log's key has changed.

Exit codes: 0 every file is unaltered, 3 a file was saved in another form and its rows agree, 64 wrong usage or a manifest that
cannot be read, 65 a file was altered, removed or added, or a signature is wrong.
"""

import argparse
import base64
import csv
import hashlib
import io
import json
import os
import re
import stat
import sys

MANIFEST = "evidence.manifest"
PIECE = 1 << 20
# The maximum number of rows of a file whose ids are shown, and the maximum number of characters of an id that are shown.
NAMED_ROWS, SHOWN = 100, 60
# The number of hexadecimal digits of a row's hash in the lists of rows. The lists are in the folder "rows".
DIGITS = 16
# The maximum size, in bytes, of a manifest. Reflog writes no larger manifests.
MANIFEST_LIMIT = 4 << 20
MARK = b"\xef\xbb\xbf"
BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
NOTE = re.compile(rf"((?:[^\x00-\x09\x0b-\x1f]*\n)+)\n((?:— [^ \n]+ {BASE64}\n)+)")
# The maximum length of a cell. Reflog writes no longer cells. Without a limit, one added quote would turn the rest of the file
# into one long cell in memory.
csv.field_size_limit(4 << 20)


# The names of files that operating systems create in a folder when a person opens the folder.
FILES_OF_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")
# The texts that programs add in front of and behind the name of a file, to name a second file. LibreOffice creates a file with
# the first kind of name while a file is open, and Excel creates one with the second kind of name. macOS creates a file with the
# third kind of name next to each file, on disks with a foreign file system.
NAMES_NEXT_TO_FILES = ((".~lock.", "#"), ("~$", ""), ("._", ""))


class Finding(Exception):
    """A difference that was found, described in one line."""


class Unreadable(Exception):
    """A file that cannot be read as a manifest. This does not prove that the pack was altered."""


# The check of an Ed25519 signature (RFC 8032 §5.1). A point is (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Adds two points."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    """Multiplies a point by a number."""
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def decoded(data):
    """Returns the point that 32 bytes encode, or None if the bytes encode no point."""
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def encoded(point):
    """Returns the 32 bytes that encode a point."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decoded((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signature(key, signature, message):
    """Returns whether a signature of a message was made with the private key of this public key."""
    point = decoded(key)
    number = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or point is None or number >= L:
        return False
    hash = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    negative = (P - point[0], point[1], point[2], P - point[3])
    return encoded(add(times(number, BASE), times(hash, negative))) == signature[:32]


def verification_key(text):
    """Parses a key of the log (a C2SP vkey). Returns a pair of the name and the key ID, and the public key."""
    name, id, key = text.split("+", 2)
    key = base64.b64decode(key, validate=True)
    if len(key) != 33 or key[0] != 1 or hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != id:
        raise ValueError
    return (name, bytes.fromhex(id)), key[1:]


def given_key(text):
    """Parses a key from the command line. It can have spaces, line ends and byte order marks at its ends."""
    try:
        return verification_key(text.strip("\ufeff\u00a0 \t\r\n"))
    except ValueError:
        raise argparse.ArgumentTypeError(
            'a key has the form NAME+ID+BASE64. For a key in a file, use --key "$(cat FILE)".') from None


def note(data, where):
    """Reads a signed note (C2SP signed-note). Returns the text and the signatures of the note."""
    if data.startswith(b"PK\x03\x04"):
        raise Unreadable(f"{where} cannot be read: it is a ZIP file. Unpack it, and use the file in its folder")
    if len(data) > MANIFEST_LIMIT:
        raise Unreadable(f"{where} cannot be read: it is too large")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:
        raise Unreadable(f"{where} cannot be read: it is encoded in UTF-16 or is not text. Save it in UTF-8")
    data = (data[3:] if data.startswith(MARK) else data).replace(b"\r\n", b"\n")
    match = NOTE.fullmatch((data if data.endswith(b"\n") else data + b"\n").decode(errors="replace"))
    if not match:
        raise Unreadable(f"{where} cannot be read: it is not a whole signed note. Get a new copy")
    signatures = [(line.split(" ")[1], base64.b64decode(line.split(" ")[2])) for line in match[2].splitlines()]
    return match[1], signatures


def check_signatures(text, signatures, keys, where):
    """Checks that a known key signed a text, and that no signature of a known key is wrong."""
    known = [(name, keys[name, signature[:4]], signature) for name, signature in signatures if (name, signature[:4]) in keys]
    if not known:
        names = ", ".join(f"{name}+{signature[:4].hex()}" for name, signature in signatures)
        raise Finding(f"{where}: None of the known keys signed this note. Its signatures claim to be from {names}. "
                      "Use the right key.")
    for name, key, signature in known:
        if not is_signature(key, signature[4:], text.encode()):
            raise Finding(f"{where}: The signature that claims to be from {name}+{signature[:4].hex()} does not match "
                          "this text. The text or the signature was changed. Do not trust them.")


def shown(text, limit=SHOWN):
    """Returns a text from a file in a form that is safe to show."""
    return "".join(character if character.isprintable() else "?" for character in str(text))[:limit]


def listed(words):
    """Returns words as the text of a list, such as "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def counted(count):
    """Returns a number of changes as text, such as "1 change" or "2,588 changes"."""
    return f"{count:,} change{'' if count == 1 else 's'}"


def has_condition_on_flow(filter):
    """Returns whether a filter has a condition on the id of a flow."""
    without_texts = re.sub(r"'(?:[^']|'')*'", "''", filter or "")
    return re.search(r"\bflowId\b", without_texts) is not None


def selection_of_export(manifest):
    """Returns sentences with the number of changes in an exported file, and with what the filter of the manifest selects."""
    filter, after = manifest.get("filter"), manifest.get("after")
    everything = "all changes" if manifest["rows"] else "the ledger contained no changes at that time"
    limits = [] if filter is None else [f"match {filter}"]
    limits += [] if after is None else [f"have an entry after position {after}"]
    selected = f"only those that {' and '.join(limits)}" if limits else everything
    also = " A condition on a flow also selects the changes of the connectors that the flow called."
    has_also = "flowScope=impact" in manifest["options"] and has_condition_on_flow(filter)
    return f"{counted(manifest['rows'])}: {selected}.{also if has_also else ''}"


def selection_of_pack(manifest):
    """Returns a sentence with the number of changes in a pack, and with what the period and the flow of the manifest select."""
    flow, period, taken = manifest.get("flow"), manifest["period"], manifest["createdDateTime"]
    count = sum(file["rows"] for file in manifest["files"] if file["name"] == "changes.csv")
    everything = "all changes" if count else "the ledger contained no changes of this period at that time"
    selected = everything if flow is None else f"only those of the flow {flow}, and of the connectors that it called"
    end = f", until {taken}, when the period had not ended" if taken < period["until"] else ""
    return f"The pack contains {counted(count)} of {period['name']}: {selected}{end}."


def is_ignored(name, path, known):
    """Returns whether a system or a spreadsheet creates a file with this name next to the files and folders of a pack."""
    folder = path[:len(path) - len(name)]
    return name in FILES_OF_SYSTEMS or any(
        name.startswith(start) and name.endswith(end) and folder + name[len(start):len(name) - len(end)] in known
        for start, end in NAMES_NEXT_TO_FILES)


def sha256(path):
    hash = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            hash.update(piece)
    return hash.hexdigest()


def is_missing(path):
    """Returns whether no regular file exists at a path. Raises an error if the folder of the file can't be read."""
    try:
        return not stat.S_ISREG(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return True


def spelled(cells):
    """Returns a row of CSV in its usual spelling: with quotes only if they are needed, and without empty cells at the end."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    quoted = ('"' + cell.replace('"', '""').replace("\r\n", "\n").replace("\r", "\n") + '"'
              if any(sign in cell for sign in '",\r\n') else cell for cell in cells)
    return ",".join(quoted)


class Rows:
    """The rows of a file that a program has possibly saved again. Collects the differences in form, such as other separators."""

    def __init__(self, path, format, has_mark):
        self.path, self.format, self.differences = path, format, set()
        with open(path, "rb") as file:
            start = file.read(4096)
        self.mark = start.startswith(MARK)
        if self.mark != has_mark:
            self.differences.add("byte order mark")
        # The separator is the first sign after the first cell of the header.
        match = re.match(rb'"?\w+"?([,;\t])', start[3:] if self.mark else start)
        self.separator = match[1].decode() if match else ","
        if self.separator != ",":
            self.differences.add("separators")

    def __iter__(self):
        """Yields the id and the usual spelling of each row. Both are texts in which each character is one byte."""
        # ISO 8859-1 maps each byte to the character with the same number, so no byte is lost.
        with open(self.path, encoding="latin-1", newline="") as file:
            if self.mark:
                file.read(3)
            yield from self.cells(file) if self.format == "csv" else self.lines(file)

    def lines(self, file):
        for line in file:
            row = line.rstrip("\r\n")
            if line != row + "\n":
                self.differences.add("line ends")
            if not row:
                self.differences.add("empty rows")
                continue
            match = re.match(r'\{"id":"([^"]*)"', row)
            yield match[1] if match else "", row

    def cells(self, file):
        taken = []

        def lines():
            for line in file:
                taken.append(line)
                yield line

        try:
            for cells in csv.reader(lines(), delimiter=self.separator):
                raw = "".join(taken)
                taken.clear()
                end = raw[len(raw.rstrip("\r\n")):]
                if not end.endswith("\r\n"):
                    self.differences.add("line ends")
                row = spelled(cells)
                if not row:
                    self.differences.add("empty rows")
                    continue
                if self.separator == "," and re.sub("\r\n?", "\n", raw).rstrip("\n").rstrip(",") != row:
                    self.differences.add("quotes")
                yield cells[0], row
        except csv.Error as error:
            raise Finding(f"the rest of the file cannot be read as CSV ({error})") from None


class Checker:
    """Checks the files that one manifest describes, and prints each finding."""

    def __init__(self, folder):
        self.folder = folder
        self.findings = self.forms = 0

    def path(self, name):
        return os.path.join(self.folder, *name.split("/"))

    def report(self, text):
        self.findings += 1
        print(shown(text, None))

    def report_form(self, name, differences, agrees):
        self.forms += 1
        words = [word for word in ("byte order mark", "line ends", "separators", "quotes", "empty rows") if word in differences]
        verb = "differs" if words == ["byte order mark"] else "differ"
        print(shown(f"{name}: changed since: {listed(words or ['empty cells'])} {verb}, the {agrees}.", None))

    def check_row_file(self, name, file, names, has_mark=False):
        """Compares a file with rows that was altered or saved in another form."""
        rows, hashes, count = Rows(self.path(name), file["format"], has_mark), hashlib.sha256(), 0
        expected, found, problem = self.expected(name, names), [], None
        seen, highest = set(), -1
        try:
            for number, (id, row) in enumerate(rows, 1):
                hash = hashlib.sha256(row.encode("latin-1"))
                hashes.update(hash.digest())
                count = number
                if expected is None or len(found) > NAMED_ROWS:
                    continue
                id = id.encode("latin-1").decode(errors="replace")
                what = "the header" if file["format"] == "csv" and number == 1 else f"id {shown(id)}" if id else "no id"
                if id not in expected:
                    found.append(f"row {number} ({what}) was added.")
                elif id in seen:
                    found.append(f"row {number} ({what}) repeats an earlier row.")
                else:
                    seen.add(id)
                    position, known = expected[id]
                    if hash.hexdigest()[:DIGITS] != known:
                        found.append(f"row {number} ({what}) was altered.")
                    elif position < highest:
                        found.append(f"row {number} ({what}) was moved.")
                    highest = max(highest, position)
        except Finding as finding:
            problem = str(finding)
        if problem is None and hashes.hexdigest() == file.get("rowsSha256"):
            return self.report_form(name, rows.differences, "rows agree")
        header = 1 if file["format"] == "csv" else 0
        count = f"{max(0, count - header)} rows{' below the header' if header else ''}"
        if exported := file.get("exported"):
            self.report(f"{name} is not the file that was exported at {exported}: its SHA-256 differs. It has {count}, and "
                        f"the exported file has {file['rows']}.")
        else:
            self.report(f"{name}: the file was altered. It has {count}, and the written file has {file['rows']}.")
        for id, (position, _) in (expected or {}).items():
            if id not in seen and problem is None and len(found) <= NAMED_ROWS:
                found.append("the header is missing." if header and position == 0 else f"the row with id {id} is missing.")
        for line in found[:NAMED_ROWS]:
            self.report(f"{name}: {line}")
        if len(found) > NAMED_ROWS:
            self.report(f"{name}: more rows differ.")
        if problem:
            self.report(f"{name}: {problem}.")

    def expected(self, name, names):
        """Returns the position and the hash of each row. The key is the id of the row.

        Returns None if the pack has no list of the rows, or if the list was altered or can't be read.
        """
        list = f"rows/{name}"
        try:
            if list not in names or is_missing(self.path(list)) or sha256(self.path(list)) != names[list]["sha256"]:
                return None
            with open(self.path(list), encoding="utf-8") as file:
                lines = (line.rstrip("\n").rsplit(" ", 1) for line in file)
                return {id: (position, hash) for position, (id, hash) in enumerate(lines)}
        except OSError:
            return None  # The problem with the list is reported when the list itself is compared with the manifest.

    def check_text_file(self, name, file):
        with open(self.path(name), "rb") as opened:
            data = opened.read()
        text = (data[3:] if data.startswith(MARK) else data).replace(b"\r\n", b"\n")
        ends = [text, text + b"\n", text[:-1] if text.endswith(b"\n") else text]
        if any(hashlib.sha256(end).hexdigest() == file["sha256"] for end in ends):
            differences = {"byte order mark"} if data.startswith(MARK) else set()
            if ends[0] != (data[3:] if data.startswith(MARK) else data) or hashlib.sha256(text).hexdigest() != file["sha256"]:
                differences.add("line ends")
            return self.report_form(name, differences, "text agrees")
        self.report(f"{name}: the file was altered.")

    def check_pack(self, files):
        """Checks every file in the manifest of a pack, and checks that the folder contains no other file."""
        names = {file["name"]: file for file in files}
        contents = {file["sha256"]: file["name"] for file in files}
        for name, file in sorted(names.items()):
            try:
                self.check_file(name, file, names, contents)
            except OSError:
                self.report(f"{name}: the file can't be read, so it was not checked.")
        for path, problem in sorted(self.others(names)):
            self.report(f"{path}: {problem}")

    def check_file(self, name, file, names, contents):
        """Compares a file with the manifest of a pack. Raises an error if the file can't be read."""
        if name.startswith("/") or ".." in name.split("/") or "\\" in name:
            self.report(f"{shown(name)}: this is not a name of a file in a pack.")
        elif is_missing(self.path(name)):
            self.report(f"{name}: the file is missing.")
        elif (hash := sha256(self.path(name))) != file["sha256"]:
            if hash in contents:
                self.report(f"{name}: the file has the content of {contents[hash]}.")
            elif file["format"] == "text":
                self.check_text_file(name, file)
            else:
                self.check_row_file(name, file, names)

    def others(self, names):
        """Returns pairs of a path and a problem: the files that are not in the manifest, and the folders that can't be read.

        Files that systems and spreadsheets create are ignored.
        """
        known = {MANIFEST}
        for name in names:
            parts = name.split("/")
            known.update("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        found = []

        def path(name):
            return os.path.relpath(name, self.folder).replace(os.sep, "/")

        def unreadable(error):
            found.append((path(error.filename), "the folder can't be read, so it was not checked."))

        for parent, folders, files in os.walk(self.folder, onerror=unreadable):
            # `os.walk` does not follow a link to a folder, so the link is reported as a file.
            links = [folder for folder in folders if os.path.islink(os.path.join(parent, folder))]
            for name in files + links:
                file = os.path.join(parent, name)
                is_regular = os.path.isfile(file) and not os.path.islink(file)
                if path(file) not in names and path(file) != MANIFEST and not (is_regular and is_ignored(name, path(file), known)):
                    found.append((path(file), "the file is not in the manifest."))
        return found

    def check_export(self, name, manifest):
        """Checks one exported file."""
        if not os.path.isfile(self.path(name)):
            return self.report(f"{name}: the file is missing.")
        if sha256(self.path(name)) != manifest["sha256"]:
            format = "csv" if manifest["format"] == "csv" else "jsonl"
            file = {"format": format, "rows": manifest["rows"], "rowsSha256": manifest.get("rowsSha256"),
                    "exported": manifest["createdDateTime"]}
            self.check_row_file(name, file, {}, has_mark="excel" in manifest["options"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = lambda message: parser.exit(64, f"{parser.format_usage()}{message}\n")
    parser.add_argument("manifest", nargs="?", help="the manifest, or the folder of a pack; default: the folder of this program")
    parser.add_argument("--manifest", dest="named", metavar="MANIFEST", help="the manifest, as for reflog verify")
    parser.add_argument("--key", type=given_key, action="append", metavar="VKEY", help="a trusted key of the log")
    options = parser.parse_args()
    path = options.manifest or options.named or os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(path, MANIFEST) if os.path.isdir(path) else path
    folder, name = os.path.split(path)
    checker = Checker(folder or ".")
    try:
        try:
            with open(path, "rb") as file:
                text, signatures = note(file.read(MANIFEST_LIMIT + 1), name)
        except OSError as error:
            raise Unreadable(f"{name} cannot be read: {error.strerror}") from None
        try:
            manifest = json.loads(text)
            kind = manifest["manifest"]
            keys = dict(options.key or map(verification_key, manifest.get("keys", [])))
        except (ValueError, TypeError, KeyError, RecursionError):
            raise Unreadable(f"{name} cannot be read: it is not a manifest of Reflog") from None
        if not options.key:
            if not keys:
                raise Unreadable(f"{name} has no key. Use --key")
            print(f"No --key is given, so the key in the manifest is trusted: {shown(', '.join(manifest['keys']), None)}", file=sys.stderr)
        check_signatures(text, signatures, keys, name)
        if manifest["checkpoint"]:
            check_signatures(*note(manifest["checkpoint"].encode(), "the checkpoint"), keys,
                             f"{name}: the checkpoint in it failed verification")
        if kind == "reflog evidence 1":
            checker.check_pack(manifest["files"])
            print(f"Checked {len(manifest['files'])} files of the pack for {shown(manifest['period']['name'])}, written at "
                  f"{shown(manifest['createdDateTime'])}. Findings: {checker.findings}.", file=sys.stderr)
        elif kind == "reflog export 1" and name.endswith(".manifest"):
            exported = name[:-len(".manifest")]
            checker.check_export(exported, manifest)
            print(f"Checked the file that was exported at {shown(manifest['createdDateTime'])}. Findings: {checker.findings}.",
                  file=sys.stderr)
        else:
            raise Unreadable(f"{name} cannot be read: it is not a manifest of Reflog")
    except Unreadable as problem:
        print(shown(f"{str(problem).rstrip('.')}.", None), file=sys.stderr)
        return 64
    except OSError as error:
        print(shown(f"{error.filename} cannot be read: {error.strerror}", None), file=sys.stderr)
        return 65 if checker.findings else 64
    except Finding as finding:
        print(shown(finding, None))
        return 65
    if checker.findings:
        return 65
    try:
        is_pack = kind == "reflog evidence 1"
        selection = selection_of_pack(manifest) if is_pack else f"{exported}: {selection_of_export(manifest)}"
    except (KeyError, TypeError, ValueError):
        print(shown(f"{name} cannot be read: it is not a manifest of Reflog.", None), file=sys.stderr)
        return 64
    print(shown(selection, None), file=sys.stderr)
    if checker.forms:
        return 3
    print("The files are unaltered since the owner of the log's key signed them. But changes can be missing from the log. "
          "To find that, use a checkpoint that you kept earlier: reflog verify --since FILE, on the owner's machine.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
