#!/usr/bin/python3
"""Answers every TCP connection and datagram with who it thinks it talks to; ends at end of input.

echo.py PORT [redirect|tproxy]: both families, every address. Each answer is one line
"peer=ADDRESS local=ADDRESS original=ADDRESS", as far as known.
"""
import socket
import struct
import sys
import threading

PORT = int(sys.argv[1])
MODE = sys.argv[2] if len(sys.argv) > 2 else ""
SO_ORIGINAL_DST, IP_TRANSPARENT, IPV6_TRANSPARENT = 80, 19, 75
IP_PKTINFO, IP_ORIGDSTADDR, IPV6_ORIGDSTADDR = 8, 20, 74


def make(family, kind):
    sock = socket.socket(family, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    six = family == socket.AF_INET6
    if six:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if MODE == "tproxy":
        level, option = (socket.IPPROTO_IPV6, IPV6_TRANSPARENT) if six else (0, IP_TRANSPARENT)
        sock.setsockopt(level, option, 1)
    if kind == socket.SOCK_DGRAM:
        if MODE == "tproxy":
            level, option = (socket.IPPROTO_IPV6, IPV6_ORIGDSTADDR) if six else (0, IP_ORIGDSTADDR)
            sock.setsockopt(level, option, 1)
        elif six:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        else:
            sock.setsockopt(0, IP_PKTINFO, 1)
    sock.bind(("::" if six else "0.0.0.0", PORT))
    return sock


def original(sock, family):
    if MODE != "redirect":
        return ""
    if family == socket.AF_INET:
        raw = sock.getsockopt(0, SO_ORIGINAL_DST, 16)
        return socket.inet_ntop(family, raw[4:8])
    raw = sock.getsockopt(socket.IPPROTO_IPV6, SO_ORIGINAL_DST, 28)
    return socket.inet_ntop(family, raw[8:24])


def serve_tcp(family):
    server = make(family, socket.SOCK_STREAM)
    server.listen(64)

    def loop():
        while True:
            conn, peer = server.accept()
            text = "peer=%s local=%s original=%s" % (
                peer[0], conn.getsockname()[0], original(conn, family))
            conn.sendall(text.encode())
            conn.close()

    threading.Thread(target=loop, daemon=True).start()


def serve_udp(family):
    sock = make(family, socket.SOCK_DGRAM)

    def reply_from(local, peer, text):
        back = socket.socket(family, socket.SOCK_DGRAM)
        back.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        six = family == socket.AF_INET6
        level, option = (socket.IPPROTO_IPV6, IPV6_TRANSPARENT) if six else (0, IP_TRANSPARENT)
        back.setsockopt(level, option, 1)
        back.bind(local)
        back.sendto(text, peer)
        back.close()

    def loop():
        while True:
            _, controls, _, peer = sock.recvmsg(2048, 256)
            local, control, tproxied = "", None, None
            for level, kind, data in controls:
                if kind == IP_ORIGDSTADDR and level == 0:
                    tproxied = (socket.inet_ntop(family, data[4:8]), struct.unpack("!H", data[2:4])[0])
                elif kind == IPV6_ORIGDSTADDR:
                    tproxied = (socket.inet_ntop(family, data[8:24]), struct.unpack("!H", data[2:4])[0])
                elif kind == socket.IPV6_PKTINFO and level == socket.IPPROTO_IPV6:
                    local, control = socket.inet_ntop(family, data[:16]), (level, kind, data[:16] + bytes(4))
                elif kind == IP_PKTINFO and level == 0:
                    local, control = socket.inet_ntop(family, data[8:12]), (level, kind, bytes(4) + data[8:12] + bytes(4))
            if tproxied:
                local = tproxied[0]
            text = ("peer=%s local=%s original=" % (peer[0], local)).encode()
            if tproxied:
                reply_from(tproxied, peer, text)
            else:
                sock.sendmsg([text], [control] if control else [], 0, peer)

    threading.Thread(target=loop, daemon=True).start()


for f in (socket.AF_INET, socket.AF_INET6):
    serve_tcp(f)
    serve_udp(f)
print("ready", flush=True)
sys.stdin.read()
