"""The programs that `tools/bench peers` compares Reflog with, one module each.

A peer has a name, a title, `prepare()`, which runs once, and `measure()`, which runs in every round. `measure()` starts the
program, measures it, ends it, and returns the figures by name.
"""

# Every peer changes the references of this many addresses. The load has at most as many connections, so changes hardly ever
# wait for each other at an address.
ADDRESSES = 256
