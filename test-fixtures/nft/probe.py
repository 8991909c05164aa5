#!/usr/bin/python3
"""Asks all targets at once and prints a line for each: "TARGET ANSWER", or "TARGET ERRNO".

probe.py PORT SECONDS TARGET...   with TARGET = tcp|udp|ping,ADDRESS[,PORT[,SOURCE]]
A target that does not answer within SECONDS gives TIMEOUT.
"""
import errno
import socket
import subprocess
import sys
import threading

PORT, SECONDS = int(sys.argv[1]), float(sys.argv[2])


def ask(kind, address, port=PORT, source=None):
    if kind == "ping":
        command = ["ping", "-n", "-c1", "-W%d" % max(1, SECONDS), address]
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if run.returncode == 0:
            return "pong"
        seen = [w for w in ("prohibited", "filtered", "not permitted", "unreachable") if w in run.stdout]
        return seen[0] if seen else "TIMEOUT"
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    sock.settimeout(SECONDS)
    try:
        if source:
            sock.bind((source, 0))
        sock.connect((address, int(port)))
        if kind == "udp":
            sock.send(b"?")
        return sock.recv(2048).decode() or "EOF"
    except socket.timeout:
        return "TIMEOUT"
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e))
    finally:
        sock.close()


def report(target):
    lines[target] = "%s %s" % (target, ask(*target.split(",")))


lines = {}
threads = [threading.Thread(target=report, args=(t,)) for t in sys.argv[3:]]
for t in threads:
    t.start()
for t in threads:
    t.join()
for t in sys.argv[3:]:
    print(lines[t])
