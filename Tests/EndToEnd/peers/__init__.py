"""The programs that `tools/bench peers` measures beside Reflog, one module each.

A peer has a name, `prepare()`, which runs once, and `measure()`, which is one turn: it starts what it measures, measures
it, ends it, and returns the figures of the turn by name.
"""

# Every peer changes the references of this many addresses: as many as the load has connections at most, so that hardly any change
# waits for another one at the same address.
ADDRESSES = 256
