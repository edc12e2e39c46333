"""How it is judged what `reflog verify` says of a mutation."""

import dataclasses
import re
import time

from ledgerfile import Unreadable, differences

FOUND = 65


@dataclasses.dataclass
class Verdict:
    """What became of one mutation."""

    number: int
    kind: str
    place: str
    description: str
    # found, missed, lost, refused, crashed, hung; `nothing` where history says the same.
    outcome: str
    altered: bool
    code: int | None
    words: str
    differences: list
    seconds: float

    @property
    def is_failure(self):
        return self.outcome in ("missed", "crashed", "hung") or (self.altered and self.outcome == "refused")

    @property
    def gist(self):
        """What failures of one cause have in common: the columns that changed, or what was said."""
        changed = [" ".join(re.sub(r" -?\d+\b", "", line.split(":")[0]).split()[:2]) for line in self.differences]
        words = (self.words.strip().splitlines() or [""])[0]
        said = re.sub(r"/\S+/ledger.sqlite|0x\w+|\d+|, row: .*|(?<=malformed database schema) .*", "…", words)[:160]
        parts = [", ".join(changed[:3]), "" if self.outcome == "missed" else said]
        return self.outcome, self.kind, "; ".join(filter(None, parts))


def judge(it, number, kind, description, started):
    """The verdict on a mutation that was made since `started`."""
    try:
        after = it.after()
        altered, changed = after != it.before, []
    except Unreadable as error:
        after, altered, changed = None, True, [f"unreadable: {error}"]
    code, words = it.ledgers.verify(it.path, it.anchor)
    outcome = outcome_of(it, altered, after, code)
    verdict = Verdict(number, kind, it.place, description, outcome, altered, code, words, changed, time.monotonic() - started)
    if verdict.is_failure and after is not None and altered:
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
        return "nothing"
    if code == FOUND:
        return "found"
    return "lost" if after is not None and it.is_lost(after) else "missed"
