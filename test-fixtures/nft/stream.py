#!/usr/bin/python3
"""A download that the server pushes.

stream.py serve PORT            sends 1 kB to everybody every 10 ms; ends at end of input
stream.py fetch ADDRESS PORT SECONDS   prints "ready", then "bytes=N gap=MS fate=F"
stream.py dial ADDRESS PORT COUNT      connects anew COUNT times; prints "ready", then the longest time to an answer
"""
import socket
import sys
import threading
import time

mode = sys.argv[1]


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def push(conn):
    try:
        while True:
            conn.sendall(b"x" * 1024)
            time.sleep(0.01)
    except OSError:
        conn.close()


def serve(kind, port):
    server = socket.socket(kind, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if kind == socket.AF_INET6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    server.bind(("::" if kind == socket.AF_INET6 else "0.0.0.0", port))
    server.listen(64)
    while True:
        conn, _ = server.accept()
        threading.Thread(target=push, args=(conn,), daemon=True).start()


if mode == "serve":
    for kind in (socket.AF_INET, socket.AF_INET6):
        threading.Thread(target=serve, args=(kind, int(sys.argv[2])), daemon=True).start()
    time.sleep(0.2)
    print("ready", flush=True)
    sys.stdin.read()
elif mode == "fetch":
    sock = socket.create_connection((sys.argv[2], int(sys.argv[3])), 10)
    sock.settimeout(5)
    print("ready", flush=True)
    end, last, longest, total, fate = time.time() + float(sys.argv[4]), time.time(), 0, 0, "alive"
    while time.time() < end:
        try:
            data = sock.recv(65536)
        except OSError as e:
            fate = "broken:%s" % type(e).__name__
            break
        if not data:
            fate = "broken:eof"
            break
        total += len(data)
        longest, last = max(longest, time.time() - last), time.time()
    print("bytes=%d gap=%d fate=%s" % (total, longest * 1000, fate), flush=True)
else:
    longest, failed = 0, 0
    print("ready", flush=True)
    for _ in range(int(sys.argv[4])):
        begin = time.time()
        try:
            sock = socket.create_connection((sys.argv[2], int(sys.argv[3])), 10)
            sock.settimeout(10)
            sock.recv(1)
            sock.close()
        except OSError:
            failed += 1
        longest = max(longest, time.time() - begin)
        time.sleep(0.05)
    print("longest=%d failed=%d" % (longest * 1000, failed), flush=True)
