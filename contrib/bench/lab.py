"""Namespaces, processes and their cost: what the bench stands on."""

import os
import signal
import socket
import subprocess
import time

UPSTREAM_NAMESPACE = "bench-up"
TICKS = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """The bench cannot go on, and the message says why."""


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command)}: {done.stderr.strip()[:1000] or done.returncode}")
    return done.stdout


def nft(commands):
    return run("nft", commands)


def enter():
    """Makes the namespace that we were started in a gateway with an upstream behind a veth."""
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    up = UPSTREAM_NAMESPACE
    run("ip", "netns", "add", up)
    for command in ("link set lo up",
                    f"link add wan type veth peer name gw netns {up}",
                    "addr add 192.0.2.1/24 dev wan", "link set wan up",
                    f"-n {up} link set lo up",
                    f"-n {up} addr add 192.0.2.2/24 dev gw", f"-n {up} link set gw up"):
        run("ip", *command.split())


def in_upstream(command):
    return ["ip", "netns", "exec", UPSTREAM_NAMESPACE, *command]


class ForeignLoad:
    """The share of the processors that went to processes other than ours: how far to trust a figure."""

    def __init__(self):
        self.start = self.counts()

    @staticmethod
    def counts():
        """Ticks: of all processors, busy ones, and of our processes that have ended."""
        with open("/proc/stat", encoding="ascii") as stat:
            ticks = [int(field) for field in stat.readline().split()[1:9]]
        return sum(ticks), sum(ticks) - ticks[3] - ticks[4], sum(os.times()[:4]) * TICKS

    def share(self):
        total, busy, ours = (end - start for end, start in zip(self.counts(), self.start))
        return max(0.0, (busy - ours) / total)


class Service:
    """A process of ours, from start to stop; its output goes to a file."""

    def __init__(self, name, command, folder):
        self.name = name
        self.log = os.path.join(folder, "log")
        with open(self.log, "ab") as log:
            self.started = time.monotonic()
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def ended(self):
        return self.process.poll() is not None

    def log_tail(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-15:])

    def cpu_seconds(self):
        """Of all threads, and of the children that have been waited for."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return sum(int(ticks) for ticks in fields[11:15]) / TICKS

    def resident_megabytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1024
        raise BenchError(f"{self.name} has no resident memory")

    def stop(self):
        """Returns when the process is gone; one that ended by itself was not measured."""
        if self.ended():
            raise BenchError(f"{self.name} ended by itself; its log ends:\n{self.log_tail()}")
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def answers(address, port, name="n1.plain.example.net", wait_seconds=0.005):
    """Whether one query gets a NOERROR answer; a refused or late one is a no."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(wait_seconds)
        try:
            sock.connect((address, port))
            sock.send(b"\x12\x34\1\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1")
            response = sock.recv(1232)
        except ConnectionRefusedError:
            time.sleep(0.002)
            return False
        except TimeoutError:
            return False
    return response[:2] == b"\x12\x34" and response[3] & 15 == 0 and response[7] > 0
