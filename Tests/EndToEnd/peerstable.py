"""Creates the table of `tools/bench peers`. The table shows the median and the spread of each figure and each ratio."""

import dataclasses
import statistics

# The servers in the table. The key is the first part of the names of the server's figures. The value contains the server's
# title in the table, and the numbers of connections with which the server is measured.
SERVERS = {
    "bare": ("bare handler", (64, 1, 256)), "reflog": ("Reflog", (64, 1, 256)),
    "starlette": ("Starlette", (64, 1)), "django": ("Django", (64, 1)),
}
PROTOCOLS = {"simple": "pgbench", "prepared": "pgbench with prepared statements"}
COSTS = {
    "cpu": ("CPU time", "µs"), "switches": ("context switches", ""), "flushes": ("fdatasync calls", ""),
    "commits": ("ledger commits", ""), "statements": ("SQL statements", ""),
}
EXPORTS = {
    "http": "Reflog over HTTP", "command": "reflog export --database", "loop": "C loop", "shell": "sqlite3 shell",
}
# The number of flushes that a change needs one after another: for the intent, for the write to the directory, and for the
# outcome.
FLUSHES_IN_ORDER = 3


@dataclasses.dataclass
class Row:
    """A figure or a ratio, and its value in each round. The value is None if the figure is missing in a round."""

    section: str
    name: str
    unit: str
    values: list

    @property
    def known(self):
        return [value for value in self.values if value is not None]

    @property
    def median(self):
        return statistics.median(self.known) if self.known else None

    @property
    def spread(self):
        """The minimum and the maximum of the values."""
        return (min(self.known), max(self.known)) if self.known else None

    @property
    def line(self):
        if not self.known:
            return f"  {self.name:54} {'–':>8}"
        spread = " – ".join(map(shown, self.spread))
        return f"  {self.name:54} {shown(self.median):>8}  {spread:>19}  {self.unit}".rstrip()

    @property
    def json(self):
        least, greatest = self.spread or (None, None)
        return {"section": self.section, "name": self.name, "unit": self.unit, "median": self.median,
                "minimum": least, "maximum": greatest, "rounds": self.values}


def shown(value):
    """Formats a value with at least three digits."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def rows(rounds):
    """Returns all rows of the table. Each value is computed from the figures of one round."""
    return [Row(section, name, unit, [value_in(found, value) for found in rounds])
            for section, name, unit, value in [*figures(), *ratios()]]


def value_in(found, value):
    try:
        return value(found)
    except KeyError:
        return None


def figures():
    """Yields the measured figures: the section, the name and the unit of a figure, and a function that reads the figure's value
    in one round."""
    for kind, name in (("append", "appended to a file"), ("overwrite", "written over a block of a file")):
        yield "fdatasync of 4 KiB", name, "µs", figure(f"fdatasync.{kind}")
    for connections in (64, 1, 256):
        for peer, name in served(connections):
            yield "Changes a second", name, "", figure(f"{peer}.{connections}.rate")
        if connections != 256:
            for protocol, name in PROTOCOLS.items():
                yield "Changes a second", f"{name}, {plural(connections, 'client')}", "", figure(f"pgbench.{connections}.{protocol}")
    for connections in (64, 1, 256):
        for peer, name in served(connections):
            for share in ("p50", "p99"):
                yield "Latency", f"{name}, {share}", "ms", figure(f"{peer}.{connections}.{share}")
    for peer, costs in (("reflog", COSTS), ("bare", ("cpu", "switches"))):
        for connections in (64, 1, 256):
            for cost in costs:
                # The figures contain no flushes for 256 connections, because strace ran only with 64 connections and
                # with 1.
                if (cost, connections) != ("flushes", 256):
                    name, unit = COSTS[cost]
                    title = f"{SERVERS[peer][0]}, {plural(connections)}: {name}"
                    yield "Each change", title, unit, figure(f"{peer}.{connections}.{cost}")
    for export, name in EXPORTS.items():
        yield "Rows of CSV a second", name, "", figure(f"csv.{export}")


def ratios():
    """Yields the ratios, in the same form as `figures()` yields the figures."""
    for connections in (64, 1, 256):
        yield "Ratios", f"Reflog / bare handler, {plural(connections)}", "", ratio("reflog", "bare", connections)
    for connections in (64, 1):
        for protocol, name in PROTOCOLS.items():
            title = f"Reflog / {name}, {plural(connections, 'client')}"
            yield "Ratios", title, "", quotient(f"reflog.{connections}.rate", f"pgbench.{connections}.{protocol}")
    for peer in ("starlette", "django"):
        for connections in (64, 1):
            yield "Ratios", f"Reflog / {SERVERS[peer][0]}, {plural(connections)}", "", ratio("reflog", peer, connections)
    for export in ("http", "command"):
        for other in ("loop", "shell"):
            yield "Ratios", f"{EXPORTS[export]} / {EXPORTS[other]}", "", quotient(f"csv.{export}", f"csv.{other}")
    for kind in ("append", "overwrite"):
        title = f"p50 less {FLUSHES_IN_ORDER} × fdatasync ({kind})"
        yield "Reflog, 1 connection, beyond what the disk takes", title, "µs", remainder(kind)


def served(connections):
    """Returns the servers that are measured with this number of connections. Each pair has a server and its name in the table."""
    return [(peer, f"{title}, {plural(connections)}") for peer, (title, measured) in SERVERS.items()
            if connections in measured]


def plural(count, noun="connection"):
    return f"{count} {noun}" + ("" if count == 1 else "s")


def figure(key):
    return lambda found: found[key]


def quotient(key, other):
    return lambda found: found[key] / found[other]


def ratio(peer, other, connections):
    return quotient(f"{peer}.{connections}.rate", f"{other}.{connections}.rate")


def remainder(kind):
    return lambda found: found["reflog.1.p50"] * 1000 - FLUSHES_IN_ORDER * found[f"fdatasync.{kind}"]


def text(rounds):
    """Returns the whole table as text."""
    lines, section = [f"{'':56} {'median':>8}  {'min – max':>19}"], None
    for row in rows(rounds):
        if row.section != section:
            section = row.section
            lines += ["", section]
        lines.append(row.line)
    return "\n".join(lines)
