"""The load inside the namespaces: request and response over TCP, and small UDP packets at a given rate.

    load.py echo ADDRESS PORT                   answers one connection
    load.py ask ADDRESS PORT COUNT              one request at a time; JSON with the round trips' percentiles, in µs
    load.py sink ADDRESS PORT SECONDS           counts UDP packets until half a second of silence; JSON
    load.py send ADDRESS PORT SECONDS RATE      UDP packets of 64 bytes at RATE a second; JSON
"""

import ctypes
import json
import socket
import statistics
import struct
import sys
import time

REQUEST = bytes(64)
WARM_UP = 200
PACKET_BYTES = 64
SEND_BATCH, SINK_BATCH = 16, 64
SO_RCVBUFFORCE = 33       # asm-generic/socket.h
MSG_WAITFORONE = 0x10000  # linux/socket.h
SINK_BUFFER = 8 << 20


class IoVector(ctypes.Structure):
    _fields_ = [("iov_base", ctypes.c_void_p), ("iov_len", ctypes.c_size_t)]


class MessageHeader(ctypes.Structure):
    _fields_ = [("msg_name", ctypes.c_void_p), ("msg_namelen", ctypes.c_uint),
                ("msg_iov", ctypes.POINTER(IoVector)), ("msg_iovlen", ctypes.c_size_t),
                ("msg_control", ctypes.c_void_p), ("msg_controllen", ctypes.c_size_t), ("msg_flags", ctypes.c_int)]


class Message(ctypes.Structure):
    """struct mmsghdr of sendmmsg(2) and recvmmsg(2)."""

    _fields_ = [("msg_hdr", MessageHeader), ("msg_len", ctypes.c_uint)]


def messages(count, size):
    """So many messages that all use one buffer: nobody looks at what the packets hold."""
    buffer = ctypes.create_string_buffer(size)
    vector = IoVector(ctypes.addressof(buffer), size)
    batch = (Message * count)(*(Message(MessageHeader(msg_iov=ctypes.pointer(vector), msg_iovlen=1)) for _ in range(count)))
    batch.keep = (buffer, vector)
    return batch


def receive(connection, count):
    """Exactly so many bytes, or nothing when the connection is at its end."""
    got = 0
    while got < count:
        part = connection.recv(count - got)
        if not part:
            return False
        got += len(part)
    return True


def echo(address, port):
    with socket.create_server((address, int(port))) as server:
        print("ready", flush=True)
        connection, _ = server.accept()
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while receive(connection, len(REQUEST)):
                connection.sendall(REQUEST)


def ask(address, port, count):
    took = []
    with socket.create_connection((address, int(port)), timeout=5) as connection:
        connection.settimeout(None)  # a limit would cost a poll for each response
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(WARM_UP + int(count)):
            began = time.perf_counter_ns()
            connection.sendall(REQUEST)
            if not receive(connection, len(REQUEST)):
                raise ConnectionError("the other end closed")
            took.append((time.perf_counter_ns() - began) / 1000)
    percentiles = statistics.quantiles(took[WARM_UP:], n=100)
    return {"p50": percentiles[49], "p99": percentiles[98]}


def sink(address, port, seconds):
    libc = ctypes.CDLL(None, use_errno=True)
    batch = messages(SINK_BATCH, 2048)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, SINK_BUFFER)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, 500_000))
        server.bind((address, int(port)))
        print("ready", flush=True)
        received, end = 0, time.monotonic() + float(seconds)
        while time.monotonic() < end:
            count = libc.recvmmsg(server.fileno(), batch, SINK_BATCH, MSG_WAITFORONE, None)
            if count > 0:
                received += count
            elif received:
                break
    return {"received": received}


def send(address, port, seconds, rate):
    libc = ctypes.CDLL(None, use_errno=True)
    batch, rate, seconds, offered = messages(SEND_BATCH, PACKET_BYTES), float(rate), float(seconds), 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect((address, int(port)))
        began = time.perf_counter()
        while (passed := time.perf_counter() - began) < seconds:
            early = offered / rate - passed
            if early > 0:
                time.sleep(min(early, seconds - passed))
                continue
            libc.sendmmsg(client.fileno(), batch, SEND_BATCH, 0)
            offered += SEND_BATCH  # a packet that the system does not take counts as lost
        return {"offered": offered, "seconds": time.perf_counter() - began}


if __name__ == "__main__":
    roles = {"echo": echo, "ask": ask, "sink": sink, "send": send}
    if len(sys.argv) < 2 or sys.argv[1] not in roles:
        sys.exit(__doc__)
    answer = roles[sys.argv[1]](*sys.argv[2:])
    if answer is not None:
        print(json.dumps(answer), flush=True)
