#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Servers that follow one another while visitors keep coming: not one of them is lost. Every second
server is the C example, the others are Python's."""

import os
import socket
import subprocess
import tempfile
import threading
import time

import peers

HANDOVERS = 100 if os.environ.get('GSOCK_TEST_LONG') == '1' else 3
VISITORS = 4
SERVERS = (os.environ.get('GSOCK_HANDOVER_C', ''), os.environ.get('GSOCK_HANDOVER_PYTHON', ''))


class Load:
    """Visitors who come one after the other, several at a time, and want to be answered."""

    def __init__(self, port):
        self.port = port
        self.served, self.lost = 0, []
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.visit) for _ in range(VISITORS)]
        for thread in self.threads:
            thread.start()

    def visit(self):
        while not self.over.is_set():
            try:
                with socket.create_connection(('127.0.0.1', self.port), timeout=peers.TIMEOUT) as visitor:
                    visitor.sendall(b'hello')
                    answer = visitor.recv(100)
                if answer != b'hello':
                    raise OSError(f'answered {answer}')
            except OSError as error:
                with self.lock:
                    self.lost.append(error)
            else:
                with self.lock:
                    self.served += 1

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


def start(command, path):
    process = subprocess.Popen([*command.split(), path], stdout=subprocess.PIPE, text=True)
    words = process.stdout.readline().split()
    assert words[:1] == ['process'], words
    return process, int(words[-1])


def count_descriptors(process):
    return len(os.listdir(f'/proc/{process.pid}/fd'))


def wait_for_visitors(load, count):
    end = load.served + count
    deadline = time.monotonic() + peers.TIMEOUT
    while load.served < end and not load.lost and time.monotonic() < deadline:
        time.sleep(0.01)


def follow(path, first, load, handovers):
    """The last of so many servers, each of which took the place of the one before."""
    counts = {}
    process = first
    for index in range(1, handovers + 1):
        successor, port = start(SERVERS[index % 2], path)
        assert port == load.port
        assert process.wait(peers.TIMEOUT) == 0
        process.stdout.close()
        process = successor
        wait_for_visitors(load, 20)
        counts.setdefault(index % 2, []).append(count_descriptors(process))
    return process, counts


@peers.test
def none_is_lost():
    if not all(SERVERS):
        raise peers.Skip('the examples are not built')
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'control')
        process, port = start(SERVERS[0], path)
        load = Load(port)
        try:
            wait_for_visitors(load, 20)
            process, counts = follow(path, process, load, HANDOVERS)
        finally:
            load.stop()
            process.kill()
            process.wait()
            process.stdout.close()
        print(f'# {load.served} visitors, {HANDOVERS} handovers')
        assert not load.lost, load.lost[:3]
        assert load.served >= 20 * HANDOVERS
        # A visitor may have been inside when they were counted.
        for several in counts.values():
            assert max(several) - min(several) <= 2, counts


@peers.test
def successor_that_dies():
    """It has connected, and says nothing; the one that serves goes on."""
    if not all(SERVERS):
        raise peers.Skip('the examples are not built')
    for command in SERVERS:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'control')
            process, port = start(command, path)
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as channel:
                    channel.connect(path)
                    assert socket.recv_fds(channel, 1000, 0)[0].startswith(b'\x9eGH\1\1')
                for _ in range(3):
                    with socket.create_connection(('127.0.0.1', port), timeout=peers.TIMEOUT) as visitor:
                        visitor.sendall(b'hello')
                        assert visitor.recv(100) == b'hello'
                assert os.path.exists(path)
            finally:
                process.kill()
                process.wait()
                process.stdout.close()


peers.main()
