#!/usr/bin/env python3
"""The servers of the lab's internet: each says on which of its addresses it was reached.

HTTP on 80: any GET is answered with one line of text, /bytes/N with N bytes.
TCP and UDP on 7777: the line "real=ADDRESS peer=ADDRESS" when a TCP connection opens (or before what
a datagram brought), then whatever came comes back.
"""

import asyncio
import socket
import struct

HELLO_PORT = 7777


def bare(address):
    return address.removeprefix("::ffff:")


def line(real, peer):
    return f"real={bare(real)} peer={bare(peer)}\n".encode()


async def hello(reader, writer):
    real, peer = writer.get_extra_info("sockname")[0], writer.get_extra_info("peername")[0]
    try:
        writer.write(line(real, peer))
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # the client went away, as clients do
    finally:
        writer.close()


async def send_bytes(writer, left):
    """In pieces: a download may be longer than memory."""
    writer.write(f"Content-Length: {left}\r\n\r\n".encode())
    piece = b"x" * 65536
    while left > 0:
        writer.write(piece[:left])
        await writer.drain()
        left -= len(piece)


async def web(reader, writer):
    real, peer = writer.get_extra_info("sockname")[0], writer.get_extra_info("peername")[0]
    try:
        words = (await reader.readline()).decode("latin-1").split()
        host = "-"
        while (header := await reader.readline()).strip():
            name, _, value = header.decode("latin-1").partition(":")
            if name.lower() == "host":
                host = value.strip()
        path = words[1] if len(words) > 1 else "/"
        body = line(real, peer).rstrip() + f" host={host}\n".encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\n")
        if path.startswith("/bytes/"):
            await send_bytes(writer, int(path.removeprefix("/bytes/")))
        else:
            writer.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
    except (ConnectionError, ValueError):
        pass  # the client went away, or spoke something else
    finally:
        writer.close()


def udp_socket(family):
    sock = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, 8, 1)  # IP_PKTINFO
    sock.setblocking(False)
    sock.bind(("", HELLO_PORT))
    return sock


def udp_answer(sock):
    """One datagram, answered from the very address it was sent to."""
    data, control, _, peer = sock.recvmsg(65536, 256)
    for level, kind, value in control:
        if (level, kind) == (socket.IPPROTO_IP, 8):
            local = value[8:12]
            real = socket.inet_ntop(socket.AF_INET, local)
            reply = [(level, kind, struct.pack("=i4s4s", 0, local, bytes(4)))]
        elif (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
            local = value[:16]
            real = socket.inet_ntop(socket.AF_INET6, local)
            reply = [(level, kind, local + struct.pack("=i", 0))]
        else:
            continue
        sock.sendmsg([line(real, peer[0]) + data], reply, 0, peer)
        return


async def main():
    loop = asyncio.get_running_loop()
    for family in (socket.AF_INET, socket.AF_INET6):
        sock = udp_socket(family)
        loop.add_reader(sock, udp_answer, sock)
    host = ["0.0.0.0", "::"]
    servers = [
        await asyncio.start_server(web, host, 80, backlog=1024),
        await asyncio.start_server(hello, host, HELLO_PORT, backlog=4096),
    ]
    await asyncio.gather(*(server.serve_forever() for server in servers))


asyncio.run(main())
