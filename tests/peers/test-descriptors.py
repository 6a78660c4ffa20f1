#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Descriptors to and from the sockets of Python's standard library and GIO's connections, in this process
and in another."""

import os
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'bindings'))

import tap
from gi.repository import Gio, GSock

TYPES = {'stream': socket.SOCK_STREAM, 'datagram': socket.SOCK_DGRAM, 'seqpacket': socket.SOCK_SEQPACKET}

# Gives back what it gets, by means of Python alone, and tells how many descriptors it has left.
ECHO = '''
import os, socket, sys
peer = socket.socket(fileno=int(sys.argv[1]))
before = len(os.listdir('/proc/self/fd'))
while True:
    data, fds, flags, _ = socket.recv_fds(peer, 64, 253)
    if not data:
        break
    socket.send_fds(peer, [data], fds)
    for fd in fds:
        os.close(fd)
sys.exit(len(os.listdir('/proc/self/fd')) != before)
'''


def count_descriptors():
    return len(os.listdir('/proc/self/fd'))


class Descriptors(unittest.TestCase):
    def setUp(self):
        self.before = count_descriptors()

    def tearDown(self):
        self.assertEqual(count_descriptors(), self.before)

    def assert_same(self, fd, other):
        one, two = os.fstat(fd), os.fstat(other)
        self.assertEqual((one.st_dev, one.st_ino), (two.st_dev, two.st_ino))

    def close(self, fds):
        for fd in fds:
            os.close(fd)

    def pair(self, kind):
        """A socket of gsock's, and the other end as Python has it."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, TYPES[kind])
        ours.setblocking(True)
        return GSock.make_socket_from_fd(ours.detach(), dup=False, timeout=10), theirs


class Python(Descriptors):
    def test_to(self):
        for kind in TYPES:
            with self.subTest(kind):
                ours, theirs = self.pair(kind)
                with ours, theirs, open('/dev/null', 'rb') as file:
                    ours.send_file_descriptors([file, 0, file], b'hello')
                    data, fds, flags, _ = socket.recv_fds(theirs, 64, 16)
                    self.assertEqual((data, len(fds)), (b'hello', 3))
                    self.assert_same(fds[2], file.fileno())
                    self.close(fds)

    def test_from(self):
        for kind in TYPES:
            with self.subTest(kind):
                ours, theirs = self.pair(kind)
                with ours, theirs, open('/dev/null', 'rb') as file:
                    socket.send_fds(theirs, [b'hel', b'lo'], [0, file.fileno()])
                    fds = ours.receive_file_descriptors(16, size=5)
                    self.assertEqual((fds.payload, len(fds)), (b'hello', 2))
                    self.assert_same(fds[1], file.fileno())
                    self.close(fds)

    def test_too_many(self):
        ours, theirs = self.pair('seqpacket')
        with ours, theirs:
            socket.send_fds(theirs, [b'x'], [0, 0, 0])
            self.assertRaises(GSock.Truncated, ours.receive_file_descriptors, 2)

    def test_socket_from(self):
        for kind in TYPES:
            ours, theirs = self.pair(kind)
            with self.subTest(kind), ours, theirs, socket.create_server(('127.0.0.1', 0)) as server:
                socket.send_fds(theirs, [b'here'], [server.fileno()])
                with ours.receive_socket() as received:
                    self.assertIsInstance(received, GSock.PassiveSocket)
                    self.assertEqual(received.props.local_port, server.getsockname()[1])

    def test_socket_to(self):
        """A program that knows nothing of it finds the descriptor with the first byte."""
        ours, theirs = self.pair('stream')
        with ours, theirs, GSock.make_socket(connect='passive', local_host='127.0.0.1') as server:
            ours.send_socket(server)
            _, fds, _, _ = socket.recv_fds(theirs, 1024, 16)
            with socket.socket(fileno=fds[0]) as received:
                self.assertEqual(received.getsockname()[1], server.props.local_port)
                self.assertEqual(len(fds), 1)

    def test_another_process(self):
        for kind in TYPES:
            with self.subTest(kind):
                ours, theirs = self.pair(kind)
                process = subprocess.Popen([sys.executable, '-c', ECHO, str(theirs.fileno())], pass_fds=[theirs.fileno()])
                theirs.close()
                with ours, open('/dev/null', 'rb') as file:
                    for count in (1, 2, 100, 253):
                        ours.send_file_descriptors([file] * count, b'x' * 8)
                        fds = ours.receive_file_descriptors(253, size=8)
                        self.assertEqual(len(fds), count)
                        self.assert_same(fds[-1], file.fileno())
                        self.close(fds)
                    if kind == 'datagram':
                        ours.send_to(b'')
                self.assertEqual(process.wait(20), 0)


class Gnome(Descriptors):
    """GIO's connections send one descriptor with a byte of 0."""

    def setUp(self):
        super().setUp()
        self.ours, theirs = self.pair('stream')
        self.connection = Gio.Socket.new_from_fd(theirs.detach()).connection_factory_create_connection()

    def tearDown(self):
        self.ours.close()
        self.connection.close()
        self.connection = None
        super().tearDown()

    def test_to(self):
        with open('/dev/null', 'rb') as file:
            self.ours.send_file_descriptor(file)
            fd = self.connection.receive_fd()
            self.assert_same(fd, file.fileno())
            os.close(fd)

    def test_from(self):
        with open('/dev/null', 'rb') as file:
            self.connection.send_fd(file.fileno())
            fd = self.ours.receive_file_descriptor()
            self.assert_same(fd, file.fileno())
            os.close(fd)

    def test_one_after_the_other(self):
        for _ in range(3):
            self.connection.send_fd(0)
        for _ in range(3):
            os.close(self.ours.receive_file_descriptor())
        for _ in range(3):
            self.ours.send_file_descriptor(0)
        for _ in range(3):
            os.close(self.connection.receive_fd())

    def test_socket_from(self):
        with socket.create_server(('127.0.0.1', 0)) as server:
            self.connection.send_fd(server.fileno())
            with self.ours.receive_socket() as received:
                self.assertIsInstance(received, GSock.PassiveSocket)

    def test_credentials(self):
        """Of these GIO sends a byte of 0 too, which is no descriptor."""
        self.connection.send_credentials()
        self.assertRaises(GSock.InvalidState, self.ours.receive_file_descriptor)


tap.main()
