"""What is measured of one tunnel that runs, in the order of the table's columns."""

import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

from lab import until

LOAD = [sys.executable, "-I", str(Path(__file__).resolve().parent / "load.py")]
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
SETTLE_SECONDS, IDLE_SECONDS = 2, 5
REQUESTS = 2000
LEAST_RATE, MOST_RATE, RATE_STEPS = 2_000, 512_000, 8  # packets a second; eight halvings of a factor 256 end within 2.2 %
RATE_SECONDS = 1
TOLERATED_LOSS = 0.01
LONGEST_SECONDS = 200  # of all of it without the streams, with room; what is in a lab ends by itself after that


class Processes:
    """The processes of a tunnel, both ends; none when the kernel does the work."""

    def __init__(self, lab):
        # `timeout` only ends the program that it started.
        self.folders = [folder for folder in (Path(f"/proc/{pid}") for pid in lab.pids())
                        if (folder / "comm").read_text().strip() != "timeout"]

    def __bool__(self):
        return bool(self.folders)

    def cpu_seconds(self):
        """User and system time, threads that ended included; proc_pid_stat(5), fields 14 and 15."""
        ticks = 0
        for folder in self.folders:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS_PER_SECOND

    def peak_megabytes(self):
        """Of the biggest."""
        return max(int((folder / "status").read_text().split("VmHWM:")[1].split()[0]) for folder in self.folders) / 1024

    def threads(self):
        """For each thread its CPU time, finer than ticks, and how often it went to sleep."""
        found = {}
        for folder in self.folders:
            for task in (folder / "task").iterdir():
                try:
                    nanoseconds = int((task / "schedstat").read_text().split()[0])
                    sleeps = int((task / "status").read_text().split("\nvoluntary_ctxt_switches:")[1].split()[0])
                    found[task.name] = (nanoseconds, sleeps)
                except (FileNotFoundError, ProcessLookupError):
                    pass  # it ended meanwhile
        return found


def idle(processes):
    """CPU and wake-ups a second without traffic, both ends together."""
    time.sleep(SETTLE_SECONDS)
    before, began = processes.threads(), time.monotonic()
    time.sleep(IDLE_SECONDS)
    after, passed = processes.threads(), time.monotonic() - began
    spent = [sum(now[kind] - before.get(thread, (0, 0))[kind] for thread, now in after.items()) for kind in (0, 1)]
    return {"idle ms/s": spent[0] / 1e6 / passed, "wakes/s": spent[1] / passed}


def stream(tunnel, seconds, *options):
    """What iperf3 got through: gigabits a second, and gigabytes in all."""
    lab, target = tunnel.lab, tunnel.addresses["B"]
    server = lab.server("B", seconds + 25, "iperf3", "-s", "-1", "-i", "0", "--forceflush")
    try:
        until(lambda: ":5201" in lab.inside("B", "ss", "-Hltn"), 5, "listener of iperf3")
        report = json.loads(lab.inside("A", "iperf3", "-c", target, "-t", str(seconds), "-J", *options, timeout=seconds + 20))
        received = report["end"]["sum_received"]
        if not received["bytes"]:
            raise RuntimeError("a stream brought nothing through")
        return received["bits_per_second"] / 1e9, received["bytes"] / 1e9
    finally:
        finish(server)


def streams(tunnel, processes, seconds):
    """One TCP stream, one in reverse, four; and the processors' time for a gigabyte of them."""
    figures, gigabytes, before = {}, 0, processes.cpu_seconds()
    for name, options in (("TCP1 Gbit/s", ()), ("reverse", ("-R",)), ("TCP4", ("-P", "4"))):
        figures[name], moved = stream(tunnel, seconds, *options)
        gigabytes += moved
    if processes:
        figures["CPU s/GB"] = (processes.cpu_seconds() - before) / gigabytes
    return figures


def probe(tunnel, rate):
    """Sends small packets at a rate: the rate that was offered, the rate that arrived, and the loss."""
    lab, target = tunnel.lab, tunnel.addresses["B"]
    server = lab.server("B", RATE_SECONDS + 8, *LOAD, "sink", target, "6001", str(RATE_SECONDS + 4))
    try:
        sent = json.loads(lab.inside("A", *LOAD, "send", target, "6001", str(RATE_SECONDS), str(rate), timeout=RATE_SECONDS + 5))
        received = json.loads(server.stdout.read())["received"]
    finally:
        finish(server)
    return sent["offered"] / sent["seconds"], received / sent["seconds"], 1 - received / sent["offered"]


def small_packets(tunnel):
    """The most packets of 64 bytes a second at a loss of at most 1 %: a search with a bound, each rate that fails tried once more."""
    low, high, best = LEAST_RATE, MOST_RATE, 0
    for _ in range(RATE_STEPS):
        rate = math.sqrt(low * high)
        for _ in range(2):
            offered, arrived, loss = probe(tunnel, rate)
            if loss <= TOLERATED_LOSS:
                break
        if loss > TOLERATED_LOSS:
            high = rate
            continue
        best, low = max(best, arrived), rate
        if offered < 0.95 * rate:
            break  # the sender is the limit here
    return {"64 B kpps": best / 1000}


def latency(tunnel):
    """Round trips of a small request and its response over one TCP connection."""
    lab, target = tunnel.lab, tunnel.addresses["B"]
    server = lab.server("B", 40, *LOAD, "echo", target, "6002")
    try:
        figures = json.loads(lab.inside("A", *LOAD, "ask", target, "6002", str(REQUESTS)))
    finally:
        finish(server)
    return {"p50 us": figures["p50"], "p99 us": figures["p99"]}


def finish(server):
    """Ends a server if it did not end with its client."""
    if server.poll() is None:
        try:
            server.wait(timeout=1)
        except subprocess.TimeoutExpired:
            server.terminate()
            server.wait(timeout=5)
    server.stdout.close()


def measure(tunnel, seconds):
    """All figures by name. Those of processes are left out for a tunnel without any."""
    figures = {"start s": tunnel.start()}
    processes = Processes(tunnel.lab)
    if processes:
        figures |= idle(processes)
    figures |= streams(tunnel, processes, seconds)
    figures |= small_packets(tunnel)
    figures |= latency(tunnel)
    if processes:
        figures["RSS MB"] = processes.peak_megabytes()
    return figures
