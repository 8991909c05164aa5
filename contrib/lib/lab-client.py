#!/usr/bin/env python3
"""Small clients for the lab, where no standard tool shows what is wanted.

  hello ADDRESS           TCP to the identifying port: prints what the server says, or the error
  udp ADDRESS TEXT        one datagram and its answer, the same way
  same NAME TYPE A B      asks DNS servers A and B for bytes, plain and with EDNS, over UDP and TCP, and
                          compares the answers but for ID and OPT record; exit 1 when they differ
"""

import errno
import os
import socket
import struct
import sys
import time

HELLO_PORT = 7777
TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "HTTPS": 65}


def connected(kind, address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, kind)
    sock.settimeout(5)
    sock.connect((address, port))
    return sock


def exchange(kind, address, text):
    start = time.monotonic()
    try:
        with connected(kind, address, HELLO_PORT) as sock:
            if kind == socket.SOCK_DGRAM:
                sock.send(text.encode())
            print(sock.recv(4096).decode().strip().replace("\n", " "))
        return 0
    except OSError as e:
        name = errno.errorcode.get(e.errno, type(e).__name__)
        print(f"{name} after {1000 * (time.monotonic() - start):.1f} ms")
        return 1


def query(name, qtype, edns):
    labels = b"".join(bytes([len(l)]) + l.encode() for l in name.rstrip(".").split(".") if l) + b"\0"
    header = os.urandom(2) + struct.pack("!HHHHH", 0x0100, 1, 0, 0, 1 if edns else 0)
    opt = b"\0" + struct.pack("!HHIH", 41, 1232, 0, 0) if edns else b""
    return header + labels + struct.pack("!HH", qtype, 1) + opt


def ask(server, message, tcp):
    with connected(socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM, server, 53) as sock:
        if not tcp:
            sock.send(message)
            return sock.recv(65535)
        sock.sendall(struct.pack("!H", len(message)) + message)
        stream = sock.makefile("rb")
        return stream.read(struct.unpack("!H", stream.read(2))[0])


def skip_name(message, at):
    while message[at]:
        if message[at] >= 0xC0:
            return at + 2
        at += message[at] + 1
    return at + 1


def without_id_and_opt(message):
    """The message's bytes but for its ID, its OPT record, and the additional count that counts it."""
    counts = list(struct.unpack("!HHHH", message[4:12]))
    at = 12
    for _ in range(counts[0]):
        at = skip_name(message, at) + 4
    opt = None
    for i in range(sum(counts[1:])):
        begin = at
        at = skip_name(message, at)
        kind, _, _, length = struct.unpack("!HHIH", message[at : at + 10])
        at += 10 + length
        if kind == 41:
            opt = (begin, at)
    body = message[12:]
    if opt:
        counts[3] -= 1
        body = message[12 : opt[0]] + message[opt[1] :]
    return message[2:4] + struct.pack("!HHHH", *counts) + body


def same(name, qtype, left, right):
    failures = 0
    for tcp in (False, True):
        for edns in (False, True):
            message = query(name, TYPES[qtype], edns)
            a = without_id_and_opt(ask(left, message, tcp))
            b = without_id_and_opt(ask(right, message, tcp))
            how = f"{'TCP' if tcp else 'UDP'}{' with EDNS' if edns else ''}"
            verdict = "equal" if a == b else "DIFFERENT"
            print(f"{name} {qtype} over {how}: {len(a)} and {len(b)} bytes, {verdict}")
            if a != b:
                print(f"  {left}: {a.hex()}\n  {right}: {b.hex()}")
                failures += 1
    return 1 if failures else 0


def main(arguments):
    match arguments:
        case ["hello", address]:
            return exchange(socket.SOCK_STREAM, address, "")
        case ["udp", address, text]:
            return exchange(socket.SOCK_DGRAM, address, text)
        case ["same", name, qtype, left, right]:
            return same(name, qtype, left, right)
    print(__doc__, file=sys.stderr)
    return 2


sys.exit(main(sys.argv[1:]))
