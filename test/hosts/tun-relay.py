#!/usr/bin/python3
"""tun-relay.py --one-way-ms N [--bed NAME] HOST: a second, far address of a host of the test bed.

Every IP packet to and from it takes N ms each way, so TCP itself feels the delay: handshakes, Nagle's algorithm,
acknowledgements and windows are real. Needs root and a host that is up. Prints the address when it can be used (ssh
knows it as `<host>-far`), obeys lines on stdin (`delay 25` sets the one-way delay for the packets that come from then
on, answered with `delay 25`; `bytes` is answered with how many went to the host and came back since the last time), and ends on SIGTERM, SIGINT or when the host goes. Nothing stays: the kernel removes both
ends of the line with the process, whatever ends it. An end of stdin means no more commands.

The machine's end, igNtK, has 10.98.N.1; the host's end, `far`, has 10.98.N.(10+K), which is what is printed.
"""

import argparse
import collections
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
# Packets that wait in one direction. 100 ms at full speed are some 5000; a real line would drop as well.
MOST_WAITING = 50_000
# A packet that is due so soon is delivered at once: poll() cannot sleep less than a millisecond exactly.
SOON = 0.0002


def read(*parts):
    with open(os.path.join(*parts)) as file:
        return file.read().strip()


def tun(name):
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return descriptor


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def open_line(number, index):
    """Both ends, e.g. ig0t1 here and `far` on the host; returns their descriptors and the host's address."""
    near_name, far_name, namespace = f"ig{number}t{index}", f"ig{number}f{index}", f"ig{number}-{index}"
    near_address, far_address = f"10.98.{number}.1", f"10.98.{number}.{10 + index}"
    near, far = tun(near_name), tun(far_name)
    size = ["mtu", "1500", "txqueuelen", "5000"]
    ip("link", "set", far_name, "netns", namespace, "name", "far")
    ip("-n", namespace, "addr", "add", far_address, "peer", near_address, "dev", "far")
    ip("-n", namespace, "link", "set", "far", *size, "up")
    ip("addr", "add", near_address, "peer", far_address, "dev", near_name)
    ip("link", "set", near_name, *size, "up")
    return near, far, far_address


def carry(near, far, one_way):
    """Moves packets until the host's end is gone. `one_way` is in seconds."""
    waiting = {near: collections.deque(), far: collections.deque()}
    other = {near: far, far: near}
    counted = {near: 0, far: 0}
    poll = select.poll()
    for descriptor in (near, far, sys.stdin.fileno()):
        poll.register(descriptor, select.POLLIN)
    while True:
        now = time.monotonic()
        due = None
        for descriptor, packets in waiting.items():
            while packets and packets[0][0] <= now + SOON:
                try:
                    os.write(descriptor, packets[0][1])
                except BlockingIOError:
                    pass  # a full queue drops, as a line does
                packets.popleft()
            if packets and (due is None or packets[0][0] < due):
                due = packets[0][0]
        timeout = None if due is None else max(0, (due - time.monotonic() - SOON) * 1000)
        for descriptor, _ in poll.poll(timeout):
            if descriptor not in other:
                one_way = obey(poll, one_way, counted)
                continue
            packets = waiting[other[descriptor]]
            arrival = time.monotonic() + one_way
            for _ in range(64):
                try:
                    packet = os.read(descriptor, 2048)
                except BlockingIOError:
                    break
                counted[descriptor] += len(packet)
                if len(packets) < MOST_WAITING:
                    packets.append((arrival, packet))


def obey(poll, one_way, counted):
    """Reads what there is on stdin; returns the delay that holds from now on. What is counted begins at the machine's end."""
    text = os.read(sys.stdin.fileno(), 4096).decode(errors="replace")
    if not text:
        poll.unregister(sys.stdin.fileno())
    for line in text.splitlines():
        word, _, value = line.strip().partition(" ")
        if word == "bytes":
            print("bytes", *counted.values(), flush=True)
            counted.update(dict.fromkeys(counted, 0))
            continue
        try:
            if word != "delay":
                raise ValueError(line)
            one_way = float(value) / 1000
            print(f"delay {value}", flush=True)
        except ValueError:
            print("known: delay MILLISECONDS, bytes", flush=True)
    return one_way


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--one-way-ms", type=float, default=0)
    parser.add_argument("--bed", default=os.environ.get("IGOR_BED", "igor"))
    parser.add_argument("host")
    wanted = parser.parse_args()
    state = os.path.join("/var/lib/igor-bed", wanted.bed)
    for end in (signal.SIGTERM, signal.SIGINT):
        signal.signal(end, lambda *_: sys.exit(0))
    try:
        number, index = int(read(state, "number")), int(read(state, "host", wanted.host, "index"))
        read(state, "host", wanted.host, "ready")
    except OSError:
        sys.exit(f"tun-relay.py: no host {wanted.host} is up in bed {wanted.bed}")
    try:
        near, far, address = open_line(number, index)
    except OSError as error:
        sys.exit(f"tun-relay.py: no line to {wanted.host}: {error} (a second relay for one host is not possible)")
    except subprocess.CalledProcessError as error:
        sys.exit(f"tun-relay.py: {' '.join(error.cmd)} failed")
    print(address, flush=True)
    try:
        carry(near, far, wanted.one_way_ms / 1000)
    except OSError:
        sys.exit(f"tun-relay.py: {wanted.host} is gone")


main()
