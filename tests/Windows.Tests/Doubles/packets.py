"""Writes packets for the double of wintun.dll (each with its length before it), and a capture with a SYN that the clamp changes.

usage: packets.py PACKETS CAPTURE
"""
import random
import struct
import sys


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(protocol, payload, number):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), number, 0, 64, protocol, 0, bytes([10, 99, 0, 1]), bytes([10, 99, 0, 2]))
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def transport(protocol, head, data, at):
    pseudo = bytes([10, 99, 0, 1, 10, 99, 0, 2, 0, protocol]) + struct.pack(">H", len(head + data))
    right = checksum(pseudo + head + data)
    return head[:at] + struct.pack(">H", right or 0xFFFF) + head[at + 2:] + data


def udp(number):
    data = random.Random(number).randbytes(1 + number * 60)
    return ipv4(17, transport(17, struct.pack(">HHHH", 1000, 2000, 8 + len(data), 0), data, 6), number)


def syn(mss):
    head = struct.pack(">HHIIBBHHHBBH", 40000, 80, 1, 0, 6 << 4, 2, 65535, 0, 0, 2, 4, mss)
    return ipv4(6, transport(6, head, b"", 16), 1)


with open(sys.argv[1], "wb") as packets:
    for number in range(20):
        packet = udp(number)
        packets.write(struct.pack("<I", len(packet)) + packet)
with open(sys.argv[2], "wb") as capture:
    capture.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    for number, packet in enumerate([syn(8961), udp(3)]):
        capture.write(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)
