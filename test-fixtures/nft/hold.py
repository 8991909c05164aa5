#!/usr/bin/python3
"""Keeps flows open; ends at end of input, and closes them then.

hold.py listen PORT                       takes TCP connections and answers every byte
hold.py tcp|udp ADDRESS PORT [SOURCE]     one flow, ready when it was answered; SOURCE is a port
"""
import socket
import sys
import threading

KIND, REST = sys.argv[1], sys.argv[2:]


def answer(conn):
    while True:
        data = conn.recv(2048)
        if not data:
            conn.close()
            return
        conn.sendall(data)


def serve(family):
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    server.bind(("", int(REST[0])))
    server.listen(64)

    def loop():
        while True:
            conn, _ = server.accept()
            threading.Thread(target=answer, args=(conn,), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()


def hold():
    address, port = REST[0], int(REST[1])
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM if KIND == "tcp" else socket.SOCK_DGRAM)
    sock.settimeout(20)
    if len(REST) > 2:
        sock.bind(("", int(REST[2])))
    sock.connect((address, port))
    sock.send(b"?")
    sock.recv(2048)
    return sock


if KIND == "listen":
    serve(socket.AF_INET)
    serve(socket.AF_INET6)
    print("ready", flush=True)
    sys.stdin.read()
else:
    flow = hold()
    print("ready", flush=True)
    sys.stdin.read()
    if KIND == "tcp":
        flow.send(b"!")
        print("alive" if flow.recv(2048) else "cut", flush=True)
        flow.shutdown(socket.SHUT_WR)
        flow.recv(2048)
    flow.close()
