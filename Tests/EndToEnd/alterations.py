"""Alters the bytes of a file at random, as a defective disk, a program or a person can do."""

import contextlib
import json

WORDS = [b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b"\n", b"\n\n", b" ", "— ".encode(), "\u202e".encode(), b"+", b"=", b"'",
         b'"', b"0", b"-1", b"1", b"9223372036854775807", b"9223372036854775808", b"18446744073709551616", b"1e999", b"NaN", b"null",
         b"[" * 500, b"{", b"}", b"%s%n", b"../../etc/passwd", b"A" * 5000, b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"\\u0000",
         b"\\ud800", b"-----BEGIN "]
PAGE = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
VALUES = [None, True, 0, -1, 1.5, 2**53, 10**400, "", "x", "\x00", "é", "A" * 5000, [], {}, [[[]]], {"a": {"b": 1}}]


def altered(data, chance):
    """Returns the bytes of a file after a random alteration."""
    if chance.random() < 0.3 and data[:1] in (b"{", b"["):
        with contextlib.suppress(ValueError):
            return altered_json(json.loads(data), chance)
    if chance.random() < 0.25:
        return whole(data, chance)
    parts = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 5, 30])):
        start = chance.randrange(len(parts) + 1)
        # Most files begin with fields that determine how a program reads the rest of the file. So the start is altered more
        # often.
        start = min(start, chance.choice([len(parts), len(parts), 100, 20]))
        length = chance.choice([0, 1, 1, 2, 8, 60, 512])
        kind = chance.randrange(6)
        if kind == 0 and start < len(parts):
            parts[start] ^= 1 << chance.randrange(8)
        elif kind == 1:
            parts[start:start + length] = chance.choice(WORDS)
        elif kind == 2:
            parts[start:start + length] = chance.randbytes(length)
        elif kind == 3:
            del parts[start:start + length]
        elif kind == 4:
            parts[start:start] = parts[start:start + length] * chance.choice([1, 2, 50])
        elif start + length < len(parts):
            other = chance.randrange(len(parts) - length)
            parts[start:start + length] = parts[other:other + length]
    return bytes(parts)


def whole(data, chance):
    """Returns the bytes of a file after a program altered the whole file, or the bytes of a different file."""
    text = data.decode("utf-8", "replace")
    return chance.choice([
        lambda: b"", lambda: b"\xef\xbb\xbf" + data, lambda: text.encode("utf-16"), lambda: text.encode("utf-16-be"),
        lambda: data.replace(b"\n", b"\r\n"), lambda: data.replace(b"\n", b"\r"), lambda: data.rstrip(b"\n"),
        lambda: data + b"\n\n", lambda: data[:chance.randrange(len(data) + 1)], lambda: data[chance.randrange(len(data) + 1):],
        lambda: data * 2, lambda: PAGE, lambda: bytes(len(data)), lambda: chance.randbytes(chance.choice([1, 100, 4096])),
        lambda: b"\n".join(reversed(data.split(b"\n"))), lambda: data.upper(), lambda: data.lower(), lambda: b" " + data,
        lambda: data.replace(b"\n", b""), lambda: data[::-1],
        lambda: json.dumps(chance.choice(VALUES)).encode(), lambda: b"SQLite format 3\x00" + bytes(84),
    ])()


def altered_json(value, chance):
    """Returns JSON in which one value, name or member is altered."""
    def alter(value):
        if isinstance(value, dict) and value and chance.random() < 0.7:
            name = chance.choice(list(value))
            if chance.random() < 0.2:
                return {key: item for key, item in value.items() if key != name}
            if chance.random() < 0.2:
                return value | {chance.choice([name + "x", "", "é", name.upper()]): value[name]}
            return value | {name: alter(value[name])}
        if isinstance(value, list) and value and chance.random() < 0.7:
            index = chance.randrange(len(value))
            return value[:index] + [alter(value[index])] + value[index + 1:]
        return chance.choice(VALUES)
    text = json.dumps(alter(value))
    return (text if chance.random() < 0.9 else text[:-1] + ', "port": 1, "port": 2}').encode()
