#!/usr/bin/env python3
"""The design that the cold-steer bench compares with: a DNS responder that runs one nft per mapping.

  per-mapping.py ADDRESS PORT UPSTREAM UPSTREAM_PORT SUFFIX

Forwards every query. For a name under SUFFIX it takes the next address of 198.18.0.0/15, adds it with
the real one to map `ip bench fakes` by a process of its own, and answers with it.
"""

import concurrent.futures
import ipaddress
import itertools
import os
import socket
import subprocess
import sys
import threading

WORKERS = 8
TABLE = "add table ip bench; add map ip bench fakes { type ipv4_addr : ipv4_addr; size 65536; }"


class Responder:
    def __init__(self, own, upstream, suffix):
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.listener.bind(own)
        self.upstream = upstream
        self.suffix = b"".join(bytes([len(label)]) + label.encode() for label in suffix.split(".")) + b"\0"
        self.free = itertools.count(int(ipaddress.ip_address("198.18.0.1")))
        self.mapped = {}
        self.lock = threading.Lock()
        self.kept = threading.local()

    def ask(self, query):
        if not hasattr(self.kept, "socket"):
            self.kept.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.kept.socket.settimeout(2)
            self.kept.socket.connect(self.upstream)
        self.kept.socket.send(query)
        while True:
            response = self.kept.socket.recv(4096)
            if response[:2] == query[:2]:
                return response

    def fake_of(self, real):
        with self.lock:
            if real in self.mapped:
                return self.mapped[real]
            fake = socket.inet_ntoa(next(self.free).to_bytes(4, "big"))
        command = f"add element ip bench fakes {{ {fake} : {socket.inet_ntoa(real)} }}"
        subprocess.run(["nft", command], check=True)
        with self.lock:
            self.mapped[real] = fake
        return fake

    def respond(self, query, client):
        response = self.ask(query)
        listed = self.suffix in query
        if listed and response[6:8] == b"\0\1":
            fake = self.fake_of(response[-4:])
            response = response[:-4] + socket.inet_aton(fake)
        self.listener.sendto(response, client)

    def serve(self):
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
            while True:
                query, client = self.listener.recvfrom(4096)
                done = workers.submit(self.respond, query, client)
                done.add_done_callback(stop_on_failure)


def stop_on_failure(done):
    """A bench with a broken peer is worth nothing."""
    if done.exception() is not None:
        print(f"per-mapping: {done.exception()!r}", file=sys.stderr, flush=True)
        os._exit(1)


def main(address, port, upstream, upstream_port, suffix):
    subprocess.run(["nft", TABLE], check=True)
    Responder((address, int(port)), (upstream, int(upstream_port)), suffix).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
