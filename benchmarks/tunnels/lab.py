"""Two network namespaces joined by a veth, and the processes in them."""

import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

UNDERLAY = {"A": "192.0.2.1", "B": "192.0.2.2"}
OTHER = {"A": "B", "B": "A"}


def run(*command, check=True, timeout=30, **more):
    """Runs a command to its end and gives what it wrote; one that fails is a RuntimeError with its last words."""
    done = subprocess.run([str(word) for word in command], timeout=timeout, capture_output=True, text=True,
                          **({} if "input" in more else {"stdin": subprocess.DEVNULL}), **more)
    if check and done.returncode:
        words = " ".join(str(word) for word in command)
        raise RuntimeError(f"{words}: exit {done.returncode}: {(done.stderr or done.stdout).strip()[-400:]}")
    return done.stdout


def until(ready, seconds, what):
    """Waits for a condition, and not for ever."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise RuntimeError(f"no {what} within {seconds} s")
        time.sleep(0.02)


class Lab:
    """The namespaces and a folder for keys; a context that leaves nothing behind. Every process in it ends by itself after `lifetime` s."""

    def __init__(self, lifetime):
        self.lifetime = lifetime
        self.spaces = {side: f"cvb{os.getpid()}{side}" for side in "AB"}
        self.started = []

    def __enter__(self):
        self.work = Path(tempfile.mkdtemp(prefix="culvert-bench-"))
        try:
            for space in self.spaces.values():
                run("ip", "netns", "add", space)
            self.ip("A", "link", "add", "wan0", "type", "veth", "peer", "name", "wan0", "netns", self.spaces["B"])
            for side in "AB":
                self.ip(side, "addr", "add", f"{UNDERLAY[side]}/24", "dev", "wan0")
                self.ip(side, "link", "set", "wan0", "up")
                self.ip(side, "link", "set", "lo", "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # A signal now would end the cleaning up: it waits.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
        try:
            self._remove()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def _remove(self):
        for how, seconds in ((signal.SIGTERM, 4), (signal.SIGKILL, 2)):
            for pid in self.pids():
                try:
                    os.kill(pid, how)
                except ProcessLookupError:
                    pass
            end = time.monotonic() + seconds
            while self.pids() and time.monotonic() < end:
                time.sleep(0.05)
        for space in self.spaces.values():
            run("ip", "netns", "del", space, check=False)
        shutil.rmtree(self.work, ignore_errors=True)
        for process in self.started:
            process.wait(timeout=5)

    def pids(self):
        """Of all processes in the namespaces, which only what was started here can be in."""
        return [int(pid) for space in self.spaces.values() for pid in run("ip", "netns", "pids", space, check=False).split()]

    def ip(self, side, *words, check=True):
        return run("ip", "-n", self.spaces[side], *words, check=check)

    def inside(self, side, *command, timeout=30, check=True):
        """Runs a command in a namespace to its end."""
        return run("ip", "netns", "exec", self.spaces[side], "timeout", "-k", "2", str(timeout), *command,
                   timeout=timeout + 5, check=check)

    def daemon(self, side, *command):
        """Starts a process that stays; what it says is in the folder, for the message of a failure."""
        with open(self.work / f"{side}.log", "ab") as log:
            self._spawn(side, self.lifetime, command, log)

    def server(self, side, limit, *command):
        """Starts a process that says one line when it is ready and may be read from then on."""
        process = self._spawn(side, limit, command, subprocess.PIPE)
        if not select.select([process.stdout], [], [], 5)[0] or not process.stdout.readline():
            raise RuntimeError(f"{command[0]} did not get ready")
        return process

    def last_words(self):
        """What the processes said before they failed."""
        return " | ".join(log.read_text(errors="replace").strip()[-300:] for log in sorted(self.work.glob("*.log")))

    def _spawn(self, side, limit, command, output):
        words = ["ip", "netns", "exec", self.spaces[side], "timeout", "-k", "2", str(limit), *(str(word) for word in command)]
        self.started.append(subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                             text=output == subprocess.PIPE, start_new_session=True))
        return self.started[-1]
