"""Judges what `reflog verify` reports about a mutation."""

import dataclasses
import re
import time

from ledgerfile import Unreadable, differences

# The exit code of `reflog verify` if the verification has findings.
FOUND = 65


@dataclasses.dataclass
class Verdict:
    """The result of one mutation."""

    number: int
    kind: str
    # The part of the file that the mutation altered.
    part: str
    description: str
    # The result of the verification: `found`, `unnamed`, `missed`, `lost`, `refused`, `crashed` or `hung`. The result is `same`
    # if the history is unaltered and the verification ended normally.
    outcome: str
    # Whether the mutation altered the history, or hides a part of the history from a query.
    altered: bool
    # The exit code of the verification. The value is None if the verification hung.
    code: int | None
    output: str
    differences: list
    seconds: float

    @property
    def is_failure(self):
        return self.outcome in ("unnamed", "missed", "crashed", "hung") or (self.altered and self.outcome == "refused")

    @property
    def gist(self):
        """A key that groups failures with the same cause. The key consists of outcome, kind, altered columns and message."""
        changed = [" ".join(re.sub(r" -?\d+\b", "", line.split(":")[0]).split()[:2]) for line in self.differences]
        line = (self.output.strip().splitlines() or [""])[0]
        message = re.sub(r"/\S+/ledger.sqlite|0x\w+|\d+|, row: .*|(?<=malformed database schema) .*", "…", line)[:160]
        parts = [", ".join(changed[:3]), "" if self.outcome == "missed" else message]
        return self.outcome, self.kind, "; ".join(filter(None, parts))


def judge(it, number, kind, description, started):
    """Verifies a mutation and returns the verdict. `started` is the time when the mutation began."""
    try:
        after = it.after()
        altered, changed = it.hides or after != it.before, []
    except Unreadable as error:
        after, altered, changed = None, True, [f"unreadable: {error}"]
    code, output = it.ledgers.verify(it.path, it.anchor)
    outcome = outcome_of(it, altered, after, code)
    findings = re.sub(r"(?m)^Checked \d+ changes.*", "", output)
    if outcome == "found" and it.names and not re.search(it.names, findings):
        outcome = "unnamed"
    verdict = Verdict(number, kind, it.part, description, outcome, altered, code, output, changed, time.monotonic() - started)
    if verdict.is_failure and after is not None and after != it.before:
        verdict.differences = differences(it.before, after)
    return verdict


def outcome_of(it, altered, after, code):
    if code is None:
        return "hung"
    if code < 0 or code == 70 or code > 128:
        return "crashed"
    if code not in (0, FOUND):
        return "refused"
    if not altered:
        return "same"
    if code == FOUND:
        return "found"
    return "lost" if after is not None and it.is_lost(after) else "missed"
