"""Measures `fdatasync` alone, on the disk that all peers use. The figures show the minimum cost of a durable write."""

import os
import statistics
import time

# The size of a SQLite page.
BLOCK = bytes(4096)
PREALLOCATED_BLOCKS = 1024
# The length of one measurement in seconds. Even a slow disk makes enough writes in this time for a median.
SECONDS = 1


class Fdatasync:
    name = "fdatasync"
    title = "fdatasync alone"

    def __init__(self, bench):
        self.path = os.path.join(bench.folder, "fdatasync")

    def prepare(self):
        pass

    def measure(self):
        # If a file grows, the file system must also write the new size. So measure a growing file, and a file that already has
        # its full size.
        return {"fdatasync.append": self.microseconds(preallocated=0),
                "fdatasync.overwrite": self.microseconds(PREALLOCATED_BLOCKS)}

    def microseconds(self, preallocated):
        """Returns the median time in microseconds that one block needs to be written and flushed."""
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
