"""`fdatasync` alone, on the disk of all peers: the least that a durable write costs here."""

import os
import statistics
import time

# A page of SQLite's.
BLOCK = bytes(4096)
PREALLOCATED_BLOCKS = 1024
# Enough for a median, whatever the disk.
SECONDS = 1


class Fdatasync:
    name = "fdatasync"
    title = "fdatasync alone"

    def __init__(self, bench):
        self.path = os.path.join(bench.folder, "fdatasync")

    def prepare(self):
        pass

    def measure(self):
        # A file that grows makes the file system write its new size too.
        return {"fdatasync.append": self.microseconds(preallocated=0),
                "fdatasync.overwrite": self.microseconds(PREALLOCATED_BLOCKS)}

    def microseconds(self, preallocated):
        """The median time of a write of one block and its fdatasync."""
        file = os.open(self.path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        try:
            for number in range(preallocated):
                os.pwrite(file, BLOCK, number * len(BLOCK))
            os.fsync(file)
            times, number, end = [], 0, time.perf_counter() + SECONDS
            while time.perf_counter() < end:
                start = time.perf_counter()
                os.pwrite(file, BLOCK, (number % preallocated if preallocated else number) * len(BLOCK))
                os.fdatasync(file)
                times.append(time.perf_counter() - start)
                number += 1
            return statistics.median(times) * 1e6
        finally:
            os.close(file)
            os.unlink(self.path)
