"""Starts programs, ends the programs and their child processes, and reads the processor time of processes."""

import os
import pathlib
import signal
import socket
import subprocess
import time


class Child:
    """A program in its own session. `with Child(…)` always ends the program. If the program does not end in time, the program and
    its child processes are killed."""

    def __init__(self, command, log, stop=signal.SIGTERM, **options):
        self.command, self.log, self.stop, self.options = [str(part) for part in command], log, stop, options

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **self.options
            )
        return self

    def __exit__(self, *_):
        if self.process.poll() is not None:
            return
        self.process.send_signal(self.stop)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            # It is safe to kill the process group by its id. The program is still running, so no other group has this id.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def wait_until(self, is_ready, seconds=60):
        """Waits until the program is ready. Ends the run if the program does not start."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{self.command[0]} did not start:\n" + pathlib.Path(self.log).read_text()[-2000:])
            time.sleep(0.05)

    def wait_for_port(self, port):
        self.wait_until(lambda: is_listening(port))


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run(*command, **options):
    """Runs a command and returns its stdout. Ends the run if the command fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode:
        raise SystemExit(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


class Usage:
    """The processor time and the context switches of a process, counted from the creation of this object."""

    def __init__(self, process_id):
        self.folder = pathlib.Path("/proc", str(process_id))
        self.start = self.read()

    def read(self):
        # Split after the program's name, because the name can contain spaces. The name ends with ")". In the list of the
        # remaining fields, index 11 is utime and index 12 is stime, see proc(5).
        fields = (self.folder / "stat").read_text().rsplit(")", 1)[1].split()
        seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return seconds, sum(switches(task) for task in (self.folder / "task").iterdir())

    def since(self):
        """Returns the seconds of processor time and the number of context switches."""
        return tuple(now - then for now, then in zip(self.read(), self.start))


def switches(task):
    """Returns the voluntary and involuntary context switches of a thread, or 0 if the thread has ended."""
    try:
        lines = (task / "status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)
