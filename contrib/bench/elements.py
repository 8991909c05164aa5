"""How many elements a set of the kernel has, read over netlink: cheap enough to ask while a bench runs."""

import os
import socket
import struct

from lab import BenchError

# linux/netlink.h, linux/netfilter/nfnetlink.h, linux/netfilter/nf_tables.h
NETLINK_NETFILTER = 12
NFT_MSG_GETSETELEM = 10 << 8 | 13
NLM_F_REQUEST_DUMP = 0x301
NLM_F_DUMP_INTR = 0x10
NLMSG_ERROR, NLMSG_DONE = 2, 3
NFPROTO_INET = 1
TABLE, SET, ELEMENTS = 1, 2, 3
TYPE_MASK = 0x3fff
HEADER, FAMILY_HEADER = 16, 4


def attribute(kind, text):
    value = text.encode() + b"\0"
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def attributes(data, at, end):
    """Type, start and end of each attribute."""
    while at + 4 <= end:
        length, kind = struct.unpack_from("=HH", data, at)
        yield kind & TYPE_MASK, at + 4, at + length
        at += max(4, length + 3 & ~3)


def count(table, name):
    """The number of elements, or None when a transaction came in between."""
    body = struct.pack("=BBH", NFPROTO_INET, 0, 0) + attribute(TABLE, table) + attribute(SET, name)
    header = struct.pack("=IHHII", HEADER + len(body), NFT_MSG_GETSETELEM, NLM_F_REQUEST_DUMP, 1, 0)
    found = 0
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as netlink:
        netlink.send(header + body)
        while True:
            data = netlink.recv(1 << 17)
            at = 0
            while at < len(data):
                length, kind, flags = struct.unpack_from("=IHH", data, at)
                if flags & NLM_F_DUMP_INTR:
                    return None
                if kind == NLMSG_DONE:
                    return found
                if kind == NLMSG_ERROR:
                    failure = -struct.unpack_from("=i", data, at + HEADER)[0]
                    raise BenchError(f"elements of {table} {name}: {os.strerror(failure)}")
                found += sum(sum(1 for _ in attributes(data, start, end))
                             for kind, start, end in attributes(data, at + HEADER + FAMILY_HEADER, at + length)
                             if kind == ELEMENTS)
                at += length + 3 & ~3
