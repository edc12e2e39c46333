"""The programs that `tools/bench peers` compares Reflog with. Each program has a module.

A peer has a name, a title and two methods. `prepare()` runs once. `measure()` runs in every round: it starts the program,
measures it, ends it, and returns a dictionary from names to figures.
"""

# The number of addresses that the load changes. The load never has more connections than addresses, so two changes rarely wait
# for the same address.
ADDRESSES = 256
