#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Descriptors between sockets, as Python has them."""

import os
import threading
import unittest

import tap
from gi.repository import GLib, GSock


class Descriptors(unittest.TestCase):
    def setUp(self):
        self.a, self.b = GSock.make_socket_pair()
        self.addCleanup(self.a.close)
        self.addCleanup(self.b.close)
        self.before = len(tap.descriptors())

    def tearDown(self):
        self.assertEqual(len(tap.descriptors()), self.before)

    def close(self, fds):
        for fd in fds:
            os.close(fd)

    def test_numbers(self):
        self.assertEqual(self.a.send_file_descriptors([0, 1, 2]), 1)
        fds = self.b.receive_file_descriptors(16)
        self.assertEqual(len(fds), 3)
        self.assertEqual(fds.payload, b'\0')
        self.assertFalse(any(os.get_inheritable(fd) for fd in fds))
        self.close(fds)

    def test_one(self):
        reader, writer = os.pipe()
        self.assertTrue(self.a.send_file_descriptor(writer))
        os.close(writer)
        with open(self.b.receive_file_descriptor(timeout=5), 'wb') as file:
            file.write(b'hello')
        self.assertEqual(os.read(reader, 100), b'hello')
        os.close(reader)

    def test_payload(self):
        for payload in (b'hello', bytearray(b'hello'), memoryview(b'hello'), GLib.Bytes.new(b'hello')):
            self.assertEqual(self.a.send_file_descriptors([0], payload), 5)
            fds = self.b.receive_file_descriptors(16, size=5, timeout=5)
            self.assertEqual(fds.payload, b'hello')
            self.close(fds)
        self.assertRaises(TypeError, self.a.send_file_descriptors, [0], 'text')

    def test_files_and_sockets(self):
        with open('/dev/null', 'rb') as file, GSock.make_socket(type='datagram') as udp:
            self.a.send_file_descriptors([file, udp, 0], payload=b'x')
            self.a.send_file_descriptor(udp)
        self.close(self.b.receive_file_descriptors(3))
        self.close([self.b.receive_file_descriptor()])
        for wrong in ('x', None, 1.5):
            self.assertRaises(TypeError, self.a.send_file_descriptor, wrong)
            self.assertRaises(TypeError, self.a.send_file_descriptors, [0, wrong])

    def test_destination(self):
        name = f'@gsock-test-{os.getpid()}'
        with GSock.make_socket(address_family='local', type='datagram', local_filename=name) as inbox, \
                GSock.make_socket(address_family='local', type='datagram') as outbox:
            self.assertRaises(GSock.NotConnected, outbox.send_file_descriptors, [0])
            outbox.send_file_descriptors([0, 1], b'to you', remote_filename=name)
            outbox.send_file_descriptor(0, remote_filename=name)
            fds = inbox.receive_file_descriptors(16, size=100)
            self.assertEqual((len(fds), fds.payload), (2, b'to you'))
            self.close([*fds, inbox.receive_file_descriptor()])

    def test_sockets(self):
        server = GSock.make_socket(connect='passive', local_host='127.0.0.1', timeout=5, external_format='latin-1/crlf')
        port = server.props.local_port
        self.assertTrue(self.a.send_socket(server))
        server.close()
        with self.b.receive_socket(timeout=5) as received:
            self.assertIsInstance(received, GSock.PassiveSocket)
            self.assertEqual((received.props.local_port, received.props.external_format, received.props.timeout),
                             (port, 'latin-1/crlf', 5))
            with GSock.make_socket(remote_host='127.0.0.1', remote_port=port), received.accept_connection():
                pass
        self.assertRaises(GSock.Closed, self.a.send_socket, server)
        self.assertRaises(BlockingIOError, self.b.receive_socket, wait=False)
        self.assertRaises(TypeError, self.a.send_socket, 0)

    def test_what_is_no_socket(self):
        self.a.send_file_descriptors([0])
        self.assertRaises(ValueError, self.b.receive_socket)
        self.a.send_file_descriptors([0], b'\x9dJUNK')
        self.assertRaises(GSock.InvalidArgument, self.b.receive_socket)

    def test_credentials(self):
        own = (os.getpid(), os.geteuid(), os.getegid())
        peer = self.a.peer_credentials()
        self.assertEqual((peer.pid, peer.uid, peer.gid), own)
        self.assertEqual(sorted(self.a.peer_groups()), sorted(os.getgroups()))
        self.assertTrue(self.a.send_credentials())
        sender = self.b.receive_credentials(timeout=5)
        self.assertEqual(sender[:3], own)
        self.assertIsNone(sender.pidfd)
        self.assertRaises(ValueError, self.a.send_credentials, pid=0)
        self.assertRaises(TypeError, self.a.send_credentials, user=0)
        with GSock.make_socket(type='datagram') as udp:
            self.assertRaises(GSock.OperationNotSupported, udp.peer_credentials)

    def test_pidfds(self):
        try:
            fds = [self.a.peer_pidfd()]
        except GSock.OptionNotSupported:
            self.skipTest('this kernel gives no pidfds')
        self.a.send_to(b'x')
        self.assertRaises(GSock.InvalidState, self.b.receive_credentials, pidfd=True)
        self.a.send_to(b'x')
        fds.append(self.b.receive_credentials(pidfd=True, timeout=5).pidfd)
        self.close(fds)

    def test_handover(self):
        a, b = GSock.make_socket_pair(type='seqpacket')
        server = GSock.make_socket(connect='passive', local_host='127.0.0.1')
        taken = []

        def succeed():
            with b:
                taken.extend(GSock.handover_take(b, 5))
                GSock.handover_complete(b, taken, 5)
        thread = threading.Thread(target=succeed)
        thread.start()
        with a, server:
            self.assertTrue(GSock.handover_give(a, {'http': server}, 5))
            thread.join()
            (name, socket), = taken
            with socket:
                self.assertEqual((name, socket.props.local_port), ('http', server.props.local_port))
            self.assertRaises(ValueError, GSock.handover_give, a, {})
            self.assertRaises(BrokenPipeError, GSock.handover_give, a, [('http', server)])

    def test_keywords(self):
        self.assertRaises(BlockingIOError, self.b.receive_file_descriptors, 16, wait=False)
        self.assertRaises(TimeoutError, self.b.receive_file_descriptor, timeout=0.001)
        self.assertRaises(TypeError, self.b.receive_file_descriptors, 16, siez=3)
        self.assertRaises(ValueError, self.b.receive_file_descriptors, 16, size=0)
        self.assertRaises(ValueError, self.a.send_file_descriptors, [])


tap.main()
