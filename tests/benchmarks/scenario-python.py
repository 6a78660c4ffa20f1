# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a datagram of 64 bytes, sent and received, costs from Python: one by one by the standard library
and by gsock, and in batches. Run by the benchmarks: ROUNDS SECONDS, or VARIANT OPERATIONS.
"""

import random
import socket
import sys
import time
from array import array

import gi

gi.require_version('GSock', '1')
from gi.repository import GSock

BATCH = 64
DATAGRAMS = [bytes([65 + i % 26]) * 64 for i in range(BATCH)]


def make_socket():
    return GSock.make_socket(type='datagram', local_host='127.0.0.1')


class Standard:
    """The socket module of Python, which is C."""

    def __init__(self):
        self.sender, self.receiver = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
        self.receiver.bind(('127.0.0.1', 0))
        self.address = self.receiver.getsockname()

    def run(self):
        for data in DATAGRAMS:
            self.sender.sendto(data, self.address)
            data, (host, port) = self.receiver.recvfrom(2048)


class OneByOne:
    def __init__(self):
        self.sender, self.receiver = make_socket(), make_socket()
        self.address = self.receiver.get_local_address()

    def run(self):
        for data in DATAGRAMS:
            self.sender.send_to(data, remote_address=self.address)
            data, host, port = self.receiver.receive_from(2048)


class Lists(OneByOne):
    """From a list of bytes to a list of data, host and port."""

    def run(self):
        self.sender.send_many(DATAGRAMS, remote_address=self.address)
        received = list(self.receiver.receive_many(BATCH))
        assert len(received) == BATCH and len(received[0]) == 3


class Packed(OneByOne):
    """Bytes that are packed already, and stay so."""

    def __init__(self):
        super().__init__()
        self.out, self.into = GSock.Batch(), GSock.Batch()
        self.data = b''.join(DATAGRAMS)
        self.lengths = array('I', map(len, DATAGRAMS)).tobytes()

    def run(self):
        self.out.clear()
        self.out.add_packed(self.data, self.lengths, None)
        self.sender.send_many(self.out, remote_address=self.address)
        self.receiver.receive_many(BATCH, self.into)
        assert len(self.into.get_packed_data()) == len(self.data)


VARIANTS = {'socket': Standard, 'gsock': OneByOne, 'gsock-lists': Lists, 'gsock-packed': Packed}


def measure(way, batches):
    start = time.process_time_ns()
    for _ in range(batches):
        way.run()
    return (time.process_time_ns() - start) / batches / BATCH


def main(first, second):
    if first in VARIANTS:
        way = VARIANTS[first]()
        for _ in range(-(-int(second) // BATCH)):
            way.run()
        return
    ways = [way() for way in VARIANTS.values()]
    ways.append(ways[0])
    for way in ways:
        measure(way, 5)
    batches = max(1, round(float(second) * 1e9 / BATCH / measure(ways[0], 10)))
    print(batches * BATCH)
    for round_ in range(int(first)):
        for row in random.sample(range(len(ways)), len(ways)):
            print(round_, row, measure(ways[row], batches))


main(*sys.argv[1:])
