"""Reports the results of many mutations."""

import collections

from ledgerfile import HISTORY, IDENTITIES


class Report:
    """Counts verdicts, and prints tables of the counts."""

    # `unnamed` means that no finding identifies the altered part. `lost` means that the anchor covers no missing entry, so a
    # crash could have lost the entries. `the same` means that history is unaltered. `quiet` means that history is unaltered and
    # that the verification has no findings.
    COLUMNS = ("mutations", "altered", "found", "unnamed", "missed", "lost", "refused", "crashed", "hung", "the same", "quiet")
    EXAMPLES = 2

    def __init__(self):
        self.kinds, self.parts = collections.defaultdict(collections.Counter), collections.defaultdict(collections.Counter)
        self.failures, self.total, self.seconds = collections.defaultdict(list), collections.Counter(), 0.0

    def add(self, verdict):
        counts = ["mutations", "altered" if verdict.altered else "the same"]
        if verdict.outcome != "same":
            counts.append(verdict.outcome)
        elif verdict.code == 0:
            counts.append("quiet")
        tables = [self.total, self.kinds[verdict.kind]]
        if verdict.kind.startswith("a bit"):
            tables.append(self.parts[verdict.part])
        for table in tables:
            table.update(counts)
        self.seconds += verdict.seconds
        if verdict.is_failure:
            self.failures[verdict.gist].append(verdict)
            print(f"{verdict.outcome}: number {verdict.number}, {verdict.kind}: {verdict.description[:200]}", flush=True)

    @property
    def failure_count(self):
        return sum(map(len, self.failures.values()))

    def show(self, seed):
        self.table("kind of mutation", self.kinds)
        self.table("a bit in", self.parts)
        print("\nlost: the newest commits are missing, as after a crash, and no anchor covers them"
              "\nrefused: verify ended with a message and an exit code other than 0 and 65"
              "\nthe same: no row of history is altered"
              "\nquiet: no row of history is altered, and verify has no findings, because no hash covers these bytes:")
        for group, count in self.uncovered().most_common():
            print(f"    {count:6} in {group}")
        for gist, verdicts in sorted(self.failures.items(), key=lambda item: (item[0][0], -len(item[1]), item[0])):
            outcome, kind, message = gist
            print(f"\n{outcome.upper()} {len(verdicts)}x, {kind}: {message}")
            for verdict in verdicts[:self.EXAMPLES]:
                self.example(seed, verdict)
        altered = self.total["altered"] - self.total["lost"]
        mutations, found = self.total["mutations"], self.total["found"]
        print(f"\n{mutations} mutations, {altered} altered signed history, {found} of them were found; "
              f"{self.failure_count} failures; {self.seconds / max(1, mutations):.2f} s each")

    @staticmethod
    def example(seed, verdict):
        print(f"  seed {seed}, number {verdict.number}, exit code {verdict.code}: {verdict.description}")
        for line in verdict.differences:
            print(f"    {line[:240]}")
        for line in verdict.output.strip().splitlines()[:2]:
            print(f"    output: {line[:320]}")

    def uncovered(self):
        """Counts the flipped bits that changed no history and caused no finding. Returns a count for each group of pages."""
        counts = collections.Counter()
        for part, part_counts in self.parts.items():
            table = part.removeprefix("table ")
            group = ("pages of indexes" if part.startswith("index ") else
                     "unused bytes of tables of history" if table in HISTORY else
                     "unused bytes and unreferenced rows of identity tables" if table in IDENTITIES else part)
            counts[group] += part_counts["quiet"]
        return +counts

    def table(self, title, rows):
        if not rows:
            return
        width = max(len(title), *map(len, rows))
        print(f"\n{title:{width}}" + "".join(f"{column:>10}" for column in self.COLUMNS))
        for name, counts in [*sorted(rows.items()), ("total", sum(rows.values(), collections.Counter()))]:
            print(f"{name:{width}}" + "".join(f"{counts[column]:10}" for column in self.COLUMNS))
