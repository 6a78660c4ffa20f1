#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Servers that follow one another while visitors keep coming: not one of them is lost. The examples of
all languages give to that in C and take from it, and in a long run each to each."""

import os
import re
import socket
import subprocess
import tempfile
import threading
import time

import peers

LONG = os.environ.get('GSOCK_TEST_LONG') == '1'
VISITORS = 4
SERVERS = {language: os.environ[variable] for language, (variable,) in peers.in_each_language('HANDOVER').items()
           if variable in os.environ}


def succession():
    """The languages of the servers, one after the other."""
    others = [language for language in SERVERS if language != 'c']
    if not LONG:
        return ['c', *(language for other in others for language in (other, 'c'))]
    order = []
    for distance in range(len(SERVERS)):
        for start in range(len(SERVERS)):
            order += [[*SERVERS][start], [*SERVERS][(start + distance) % len(SERVERS)]]
    return order


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


def start(language, path):
    process = subprocess.Popen([*SERVERS[language].split(), path], stdout=subprocess.PIPE, text=True)
    words = process.stdout.readline().split()
    assert words[:1] == ['process'], words
    return process, int(words[-1])


def end(process, path):
    """It leaves nothing behind."""
    process.terminate()
    assert process.wait(peers.TIMEOUT) == 0
    process.stdout.close()
    assert not os.path.exists(path)


def count_descriptors(process):
    return len(os.listdir(f'/proc/{process.pid}/fd'))


def wait_for_visitors(load, count):
    end = load.served + count
    deadline = time.monotonic() + peers.TIMEOUT
    while load.served < end and not load.lost and time.monotonic() < deadline:
        time.sleep(0.01)


def follow(path, first, load, languages):
    """The last of so many servers, each of which took the place of the one before."""
    counts = {}
    process = first
    for language in languages:
        successor, port = start(language, path)
        assert port == load.port
        assert process.wait(peers.TIMEOUT) == 0
        process.stdout.close()
        process = successor
        wait_for_visitors(load, 20)
        counts.setdefault(language, []).append(count_descriptors(process))
    return process, counts


@peers.test
def none_is_lost():
    if 'c' not in SERVERS:
        raise peers.Skip('the examples are not built')
    first, *languages = succession()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'control')
        process, port = start(first, path)
        load = Load(port)
        try:
            wait_for_visitors(load, 20)
            process, counts = follow(path, process, load, languages)
        finally:
            load.stop()
            end(process, path)
        print(f'# {load.served} visitors, {len(languages)} handovers: {" ".join(languages)}')
        assert not load.lost, load.lost[:3]
        assert load.served >= 20 * len(languages)
        # Visitors may have been inside when they were counted.
        for several in counts.values():
            assert max(several) - min(several) <= 2 * VISITORS, counts


def is_served(port):
    with socket.create_connection(('127.0.0.1', port), timeout=peers.TIMEOUT) as visitor:
        visitor.sendall(b'hello')
        return visitor.recv(100) == b'hello'


@peers.cases(**{language: (language,) for language in SERVERS})
def successors_that_fail(language):
    """One connects, and says nothing; meanwhile it serves, and when that one dies it goes on."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'control')
        process, port = start(language, path)
        try:
            for _ in range(2):
                with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as channel:
                    channel.connect(path)
                    assert socket.recv_fds(channel, 1000, 0)[0].startswith(b'\x9eGH\1\1')
                    assert is_served(port)
            assert all(is_served(port) for _ in range(3))
            assert os.path.exists(path)
        finally:
            end(process, path)


@peers.cases(**{language: (language,) for language in SERVERS})
def what_has_begun_is_ended(language):
    """The server that is replaced stays for a visitor who has not spoken yet."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'control')
        first, port = start(language, path)
        with socket.create_connection(('127.0.0.1', port), timeout=peers.TIMEOUT) as slow:
            assert is_served(port)  # so the slow one has been accepted
            second, _ = start('c', path)
            assert is_served(port) and first.poll() is None
            slow.sendall(b'hello')
            assert slow.recv(100) == b'hello'
        assert first.wait(peers.TIMEOUT) == 0
        first.stdout.close()
        end(second, path)


@peers.cases(**{language: (language,) for language in SERVERS})
def one_that_was_killed(language):
    """Its file is taken over by the next."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'control')
        for _ in range(2):
            process, port = start(language, path)
            assert is_served(port)
            process.kill()
            process.wait()
            process.stdout.close()
            assert os.path.exists(path)
        process, _ = start('c', path)
        end(process, path)


@peers.cases(**{language: (language,) for language in SERVERS})
def a_show(language):
    output = subprocess.run(SERVERS[language].split(), stdout=subprocess.PIPE, text=True, check=True, timeout=peers.TIMEOUT).stdout
    lines = re.sub(r'\d+', 'N', output).splitlines()
    assert lines == ['process N serves port N', '  it answers: hello'] * 2 + ['the first has ended'], output


peers.main()
