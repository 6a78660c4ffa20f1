#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scenario 18, batches: what a 64-byte datagram, sent and received, costs from Python in batches of 64,
against the standard library's socket one by one. CPU time, medians, rounds in turn on one core.

Needs PyGObject, the typelib (GI_TYPELIB_PATH) and the library (LD_LIBRARY_PATH)."""

import os
import socket
import statistics
import sys
import time
from array import array

import gi

gi.require_version('GSock', '1')
from gi.repository import GSock

BATCH, LENGTH, ROUNDS, BAR = 64, 64, 21, 10
DATAGRAMS = [bytes([65 + i % 26]) * LENGTH for i in range(BATCH)]


def gsock_socket():
    return GSock.make_socket(['type', 'local-host'], [GSock.SocketType.DATAGRAM, '127.0.0.1'], None)


class OneByOne:
    """The standard library."""

    def __init__(self):
        self.sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.receiver.bind(('127.0.0.1', 0))
        self.address = self.receiver.getsockname()

    def run(self):
        for data in DATAGRAMS:
            self.sender.sendto(data, self.address)
            data, (host, port) = self.receiver.recvfrom(2048)
        return BATCH


class Packed:
    """Bytes that are packed already, and stay so."""

    def __init__(self):
        self.sender, self.receiver = gsock_socket(), gsock_socket()
        self.address = self.receiver.get_local_address()
        self.names, self.values = ['remote-address'], [self.address]
        self.out, self.into = GSock.Batch.new(), GSock.Batch.new()
        self.data = b''.join(DATAGRAMS)
        self.lengths = array('I', map(len, DATAGRAMS)).tobytes()

    def run(self):
        self.out.clear()
        self.out.add_packed(self.data, self.lengths, None)
        self.sender.send_many(self.out, self.names, self.values, None)
        n = self.receiver.receive_many(self.into, BATCH, None, None, None)
        assert len(self.into.get_packed_data()) == n * LENGTH
        return n


class Lists(Packed):
    """From a list of bytes, to a list of (data, host, port)."""

    def run(self):
        self.out.clear()
        self.out.add_packed(b''.join(DATAGRAMS), array('I', map(len, DATAGRAMS)).tobytes(), None)
        self.sender.send_many(self.out, self.names, self.values, None)
        n = self.receiver.receive_many(self.into, BATCH, None, None, None)
        received = list(unpack(self.into))
        assert len(received) == n
        return n


def unpack(batch):
    """Data, host and port of each; an address is decoded once for neighbours that have it."""
    data = batch.get_packed_data()
    senders, at = {}, 0
    for length, number in zip(memoryview(batch.get_packed_lengths()).cast('I'), memoryview(batch.get_address_numbers()).cast('I')):
        if number not in senders:
            address = batch.get_numbered_address(number)
            senders[number] = (address.get_host(), address.get_port()) if address else (None, None)
        yield (data[at:at + length], *senders[number])
        at += length


def main():
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    ways = [OneByOne(), Packed(), Lists()]
    samples = [[] for _ in ways]
    for _ in range(ROUNDS):
        for way, sample in zip(ways, samples):
            n, start = 0, time.process_time_ns()
            while n < 100 * BATCH:
                n += way.run()
            sample.append((time.process_time_ns() - start) / n)
    medians = [statistics.median(sample) for sample in samples]
    for way, median in zip(ways, medians):
        print(f'{type(way).__name__:12}{median:10.1f} ns{medians[0] / median:8.1f} times as fast')
    return '--check' in sys.argv and min(medians[0] / median for median in medians[1:]) < BAR


if __name__ == '__main__':
    sys.exit(main())
