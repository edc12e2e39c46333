"""Ways to alter a pack for auditors, and the text that the check of the pack must print for each way."""

import json
import re

# The public key of a log to which no pack belongs.
OTHER_KEY = "audit.example/other+4734f691+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"
MARK = b"\xef\xbb\xbf"
CSV_FILES = ("changes.csv", "service-events.csv")
JSON_FILES = ("changes.jsonl", "service-events.jsonl")
ROW_FILES = CSV_FILES + JSON_FILES
LISTS = tuple(f"rows/{name}" for name in ROW_FILES + ("roles.csv",))
TEXT_FILES = ("README.txt", "checkpoint", "retention.json", "summary.html", "verify.py")
FILES = ROW_FILES + ("roles.csv",) + LISTS + TEXT_FILES


def end(name):
    return b"\r\n" if name.endswith(".csv") else b"\n"


def rows(pack, name):
    """Returns the rows of a file without the ends of the lines. The first row of CSV is the header."""
    return (pack / name).read_bytes().split(end(name))[:-1]


def save(pack, name, rows):
    (pack / name).write_bytes(b"".join(row + end(name) for row in rows))


def edit_rows(name, edit):
    """Returns a function that alters a file of a pack. `edit` gets the rows of the file as a list."""
    def manipulate(pack):
        all = rows(pack, name)
        save(pack, name, edit(all) or all)
    return manipulate


def edit_bytes(name, edit):
    """Returns a function that replaces the bytes of a file with the result of `edit`."""
    return lambda pack: (pack / name).write_bytes(edit((pack / name).read_bytes()))


def flip(position, bit=0):
    """Returns a function that flips one bit. `position` is a fraction of the data's length, for example 0.5."""
    def edit(data):
        at = min(int(position * len(data)), len(data) - 1)
        return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]
    return edit


def swap(first, second):
    def manipulate(pack):
        one, other = (pack / first).read_bytes(), (pack / second).read_bytes()
        (pack / first).write_bytes(other)
        (pack / second).write_bytes(one)
    return manipulate


def add(name, data=b"one more\n"):
    def manipulate(pack):
        (pack / name).parent.mkdir(exist_ok=True)
        (pack / name).write_bytes(data)
    return manipulate


def edit_manifest(edit):
    """Returns a function that edits the members of the manifest, and keeps the manifest's signature."""
    def manipulate(pack):
        text, signatures = (pack / "evidence.manifest").read_text().split("\n\n")
        members = json.loads(text)
        edit(members)
        text = json.dumps(members, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        (pack / "evidence.manifest").write_text(f"{text}\n\n{signatures}")
    return manipulate


def edit_signature(edit):
    """Returns a function that edits the name and the Base64 of the signature."""
    def manipulate(pack):
        text, lines = (pack / "evidence.manifest").read_text().split("\n\n— ")
        name, signature = edit(*lines.rstrip("\n").split(" "))
        (pack / "evidence.manifest").write_text(f"{text}\n\n— {name} {signature}\n")
    return manipulate


def replace_row(index, old, new):
    def edit(rows):
        assert re.search(old, rows[index]), rows[index]
        rows[index] = re.sub(old, new, rows[index], count=1)
    return edit


def header(name):
    return 1 if name.endswith(".csv") else 0


def manipulations():
    """Yields the name of each manipulation, a function that alters a pack, and the text that both programs must print."""
    for name in FILES:
        altered = f"{name}: the file was altered."
        yield f"{name} is removed", lambda pack, name=name: (pack / name).unlink(), f"{name}: the file is missing."
        yield f"a bit of {name} is flipped", edit_bytes(name, flip(0.5, 3)), altered
        yield f"the last byte of {name} is altered", edit_bytes(name, lambda data: data[:-1] + b"!"), altered
    for name in TEXT_FILES + LISTS:
        altered = f"{name}: the file was altered."
        yield f"a line is added to {name}", edit_bytes(name, lambda data: data + b"one more\n"), altered
        yield f"{name} is empty", edit_bytes(name, lambda data: b""), altered
    for name in ROW_FILES:
        first = header(name)
        id = r"\d+"
        yield (f"a row of {name} is removed",
               edit_rows(name, lambda rows: rows[:2] + rows[3:]), rf"{name}: the row with id {id} is missing.")
        yield (f"the last row of {name} is removed",
               edit_rows(name, lambda rows: rows[:-1]), rf"{name}: the row with id {id} is missing.")
        yield (f"the first row of {name} is removed",
               edit_rows(name, lambda rows, first=first: rows[:first] + rows[first + 1:]),
               rf"{name}: the row with id {id} is missing.")
        yield f"all rows of {name} are removed", edit_rows(name, lambda rows, first=first: rows[:first] or [b""]), "is missing."
        yield (f"a row of {name} is repeated",
               edit_rows(name, lambda rows: rows + rows[-1:]), rf"{name}: row {id} \(id {id}\) repeats an earlier row.")
        yield (f"two rows of {name} are swapped", edit_rows(name, lambda rows: rows[:2] + [rows[3], rows[2]] + rows[4:]),
               rf"{name}: row 4 \(id {id}\) was moved.")
        yield (f"the rows of {name} are reversed",
               edit_rows(name, lambda rows, first=first: rows[:first] + rows[first:][::-1]), "was moved.")
        yield (f"a row is added to {name}",
               edit_rows(name, lambda rows, name=name: rows + [re.sub(rb"\d+", b"99999", rows[-1], count=1)]),
               rf"{name}: row {id} \(id 99999\) was added.")
        yield (f"the id of a row of {name} is edited",
               edit_rows(name, replace_row(2, rb"\d+", b"88888")), rf"{name}: row 3 \(id 88888\) was added.")
        yield (f"a time in {name} is edited",
               edit_rows(name, replace_row(2, rb"(20\d\d-\d\d-\d\dT\d\d:)\d\d", rb"\g<1>61")),
               rf"{name}: row 3 \(id {id}\) was altered.")
        yield f"{name} ends in the middle of a row", edit_bytes(name, lambda data: data[:len(data) * 2 // 3]), f"{name}: "
    for name in CSV_FILES + ("roles.csv",):
        old, new = (rb"role", b"roll") if name == "roles.csv" else (rb"id", b"name")
        yield (f"the header of {name} is edited", edit_rows(name, replace_row(0, old, new)),
               rf"{name}: row 1 \(the header\) was ")
        yield f"the header of {name} is removed", edit_rows(name, lambda rows: rows[1:]), f"{name}: the header is missing."
        yield (f"a cell is added to {name}",
               edit_rows(name, replace_row(1, rb"$", b",more")), rf"{name}: row 2 \(id \w+\) was altered.")
        yield (f"a space is added to {name}",
               edit_rows(name, replace_row(1, rb",", b", ")), rf"{name}: row 2 \(id \w+\) was altered.")
    yield ("an actor is replaced",
           edit_rows("changes.csv", replace_row(1, rb"operator", b"another")), r"row 2 \(id \d+\) was altered")
    yield ("a result is edited",
           edit_rows("changes.jsonl", replace_row(0, rb'"result":"\w+"', b'"result":"denied"')),
           r"row 1 \(id \d+\) was altered")
    yield ("a role is edited",
           edit_rows("roles.csv", replace_row(1, rb"reader|operator|admin", b"owner")),
           r"roles.csv: row 2 \(id \w+\) was altered.")
    yield "a token is removed", edit_rows("roles.csv", lambda rows: rows[:-1]), r"roles.csv: the row with id \w+ is missing."
    yield "a space is added to JSON", edit_rows("changes.jsonl", replace_row(0, rb",", b", ")), r"row 1 \(id \d+\) was altered"
    yield ("changes.csv and service-events.csv are swapped",
           swap("changes.csv", "service-events.csv"), "changes.csv: the file has the content of service-events.csv.")
    yield "two lists are swapped", swap(LISTS[0], LISTS[1]), f"{LISTS[0]}: the file has the content of {LISTS[1]}."
    yield ("README.txt and checkpoint are swapped",
           swap("README.txt", "checkpoint"), "checkpoint: the file has the content of README.txt.")
    yield "a file is added", add("changes-2.csv"), "changes-2.csv: the file is not in the manifest."
    yield "a file is added to rows", add("rows/more"), "rows/more: the file is not in the manifest."
    yield "a folder is added", add("more/more.txt"), "more/more.txt: the file is not in the manifest."
    # The check ignores files that systems and spreadsheets create for a file of the pack. It must not ignore the files below,
    # which only have similar names.
    for name in (".changes.csv", ".hidden/changes.csv", "rows/.more", ".DS_Store/changes.csv", "~$more.csv", ".~lock.more.csv#",
                 ".~lock.changes.csv", "._more.csv", "rows/~$checkpoint", "thumbs.db", ".Thumbs.db", "~$"):
        yield f"{name} is added", add(name), f"{re.escape(name)}: the file is not in the manifest."
    yield ("a link with the name of a system's file is added",
           lambda pack: (pack / ".DS_Store").symlink_to(pack / "changes.csv"), r"\.DS_Store: the file is not in the manifest.")
    yield ("two folders are added", lambda pack: [add(name)(pack) for name in ("b/1", "b-2", "a/3")],
           r"a/3: .*\nb-2: .*\nb/1: the file is not in the manifest.")
    yield ("a file is renamed", lambda pack: (pack / "roles.csv").rename(pack / "people.csv"),
           "people.csv: the file is not in the manifest.")
    wrong = "evidence.manifest: "
    for name, edit in {
        "the number of rows": lambda members: members["files"][1].update(rows=1),
        "the hash of a file": lambda members: members["files"][0].update(sha256="0" * 64),
        "the hash of rows": lambda members: members["files"][1].update(rowsSha256="0" * 64),
        "the name of a file": lambda members: members["files"][0].update(name="other"),
        "the list of files": lambda members: members["files"].pop(),
        "the size of a file": lambda members: members["files"][0].update(bytes=1),
        "the format of a file": lambda members: members["files"][1].update(format="text"),
        "the period": lambda members: members["period"].update(name="2020"),
        "the flow": lambda members: members.update(flow="B2C_1_signup"),
        "the time": lambda members: members.update(createdDateTime="2026-01-01T00:00:00.000000Z"),
        "the log": lambda members: members.update(origin="audit.example/other"),
        "the checkpoint": lambda members: members.update(checkpoint=members["checkpoint"].replace("\n", "\n1", 1)),
        "the missing checkpoint": lambda members: members.update(checkpoint=None),
        "a new member": lambda members: members.update(note="more"),
        "the keys": lambda members: members.update(keys=[OTHER_KEY]),
    }.items():
        yield f"{name} in the manifest", edit_manifest(edit), wrong
    other = {"A": "B"}
    yield ("the signature is altered",
           edit_signature(lambda name, text: (name, text[:20] + other.get(text[20], "A") + text[21:])), wrong)
    yield "the id of the key in the signature is altered", edit_signature(lambda name, text: (name, "AAAA" + text[4:])), wrong
    yield "the name in the signature is altered", edit_signature(lambda name, text: ("x" + name, text)), wrong
    yield "a space is added to the manifest", edit_bytes("evidence.manifest", lambda data: data.replace(b",", b", ", 1)), wrong


def unreadable_manifests():
    """Yields pairs of a name and a function. Each function makes the manifest of a pack unreadable."""
    yield "the manifest is removed", lambda pack: (pack / "evidence.manifest").unlink()
    yield "the manifest is empty", edit_bytes("evidence.manifest", lambda data: b"")
    yield "the signature is removed", edit_bytes("evidence.manifest", lambda data: data[:data.rindex("— ".encode())])
    yield "the signature is cut", edit_bytes("evidence.manifest", lambda data: data[:-20])
    yield "the manifest is a web page", edit_bytes("evidence.manifest", lambda data: b"<html>\n\n\xe2\x80\x94 a AAAA\n")
    yield ("the manifest is a checkpoint",
           lambda pack: (pack / "evidence.manifest").write_bytes((pack / "checkpoint").read_bytes()))


def quoted(rows):
    """Quotes every cell, as some spreadsheets do. The cells of the rows contain no quotes and no commas."""
    return [b",".join(b'"' + cell + b'"' for cell in row.split(b",")) if b'"' not in row else row for row in rows]


def as_spreadsheet(data):
    return MARK + b"\n".join(quoted(data.split(b"\r\n")[:-1])) + b"\n"


def separated(rows):
    return [row.replace(b",", b";") if b'"' not in row else semicolons(row) for row in rows]


def semicolons(row):
    """Replaces the commas between the cells of a row with semicolons."""
    parts = re.split(rb'("(?:[^"]|"")*")', row)
    return b"".join(part if part.startswith(b'"') else part.replace(b",", b";") for part in parts)


def other_forms():
    """Yields ways to save the pack's files in another form, for example with semicolons, without a change of the rows or the
    text. Each way has a name, a function that converts a file, and the text that both programs must print."""
    for name in ("changes.csv", "service-events.csv", "roles.csv"):
        rows_agree = f"{name}: changed since: {{}}, the rows agree."
        yield f"{name} with a mark", edit_bytes(name, lambda data: MARK + data), rows_agree.format("byte order mark differs")
        yield (f"{name} with LF",
               edit_bytes(name, lambda data: data.replace(b"\r\n", b"\n")), rows_agree.format("line ends differ"))
        yield (f"{name} with CR",
               edit_bytes(name, lambda data: data.replace(b"\r\n", b"\r")), rows_agree.format("line ends differ"))
        yield (f"{name} without the last line end",
               edit_bytes(name, lambda data: data[:-2]), rows_agree.format("line ends differ"))
        yield (f"{name} with a mark and LF", edit_bytes(name, lambda data: MARK + data.replace(b"\r\n", b"\n")),
               rows_agree.format("byte order mark and line ends differ"))
        yield f"{name} with quotes", edit_rows(name, quoted), rows_agree.format("quotes differ")
        yield f"{name} with semicolons", edit_rows(name, separated), rows_agree.format("separators differ")
        yield (f"{name} without empty cells at the end",
               edit_rows(name, lambda rows: [rows[0], *(row.rstrip(b",") for row in rows[1:])]),
               rows_agree.format("empty cells differ"))
        yield (f"{name} with empty rows",
               edit_rows(name, lambda rows: rows + [b"", b",,"]), rows_agree.format("empty rows differ"))
        yield (f"{name} as a spreadsheet saves it", edit_bytes(name, as_spreadsheet),
               rows_agree.format("byte order mark, line ends and quotes differ"))
    for name in JSON_FILES:
        yield (f"{name} with a mark",
               edit_bytes(name, lambda data: MARK + data), f"{name}: changed since: byte order mark differs, the rows agree.")
        yield (f"{name} with CR LF",
               edit_bytes(name, lambda data: data.replace(b"\n", b"\r\n")),
               f"{name}: changed since: line ends differ, the rows agree.")
        yield (f"{name} with an empty row",
               edit_rows(name, lambda rows: rows[:2] + [b""] + rows[2:]), f"{name}: changed since: empty rows differ, the rows agree.")
    for name in TEXT_FILES:
        yield (f"{name} with a mark",
               edit_bytes(name, lambda data: MARK + data), f"{name}: changed since: byte order mark differs, the text agrees.")
        yield (f"{name} with CR LF",
               edit_bytes(name, lambda data: data.replace(b"\n", b"\r\n")),
               f"{name}: changed since: line ends differ, the text agrees.")
