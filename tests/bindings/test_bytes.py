# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bytes both ways, in every form that Python has."""

import array
import unittest

import tap
from gi.repository import GLib, GSock

EVERY_BYTE = bytes(range(256))


class Bytes(unittest.TestCase):
    def setUp(self):
        self.left, self.right = GSock.make_socket_pair(type='seqpacket')

    def tearDown(self):
        self.left.close()
        self.right.close()

    def carry(self, data, **keywords):
        sent = self.left.send_to(data, **keywords)
        received = self.right.receive_from(timeout=5)
        self.assertIs(type(received.data), bytes)
        self.assertEqual(len(received.data), sent)
        return received.data

    def test_every_byte(self):
        self.assertEqual(self.carry(EVERY_BYTE), EVERY_BYTE)

    def test_every_form(self):
        for data in (EVERY_BYTE, bytearray(EVERY_BYTE), memoryview(EVERY_BYTE), array.array('B', EVERY_BYTE),
                     GLib.Bytes.new(EVERY_BYTE)):
            with self.subTest(type(data)):
                self.assertEqual(self.carry(data), EVERY_BYTE)

    def test_views(self):
        self.assertEqual(self.carry(memoryview(b'0123456789')[2:5]), b'234')
        self.assertEqual(self.carry(memoryview(b'0123456789')[::3]), b'0369')
        self.assertEqual(self.carry(array.array('H', [1, 2])), array.array('H', [1, 2]).tobytes())

    def test_null_bytes(self):
        self.assertEqual(self.carry(b'\0\0a\0'), b'\0\0a\0')

    def test_64_kib(self):
        data = EVERY_BYTE * 256
        self.assertEqual(len(data), 65536)
        self.assertEqual(self.carry(data), data)

    def test_keyworded_call_is_the_same(self):
        self.assertEqual(self.carry(bytearray(EVERY_BYTE), timeout=5), EVERY_BYTE)

    def test_what_is_sent_is_not_changed(self):
        data = bytearray(EVERY_BYTE)
        self.left.send_to(data)
        data[:] = bytes(256)
        self.assertEqual(self.right.receive_from(timeout=5).data, EVERY_BYTE)

    def test_a_larger_one_than_the_default_size(self):
        self.left.set_option('send-buffer', 300000)
        self.left.send_to(bytes(100000))
        received = self.right.receive_from(timeout=5)
        self.assertEqual((len(received.data), received.full_length, received.truncated), (65536, 100000, True))

    def test_glib_bytes_call(self):
        self.left.send_bytes(GLib.Bytes.new(b'abc'))
        data, sender, flags, full_length = self.right.receive_bytes(100, timeout=5)
        self.assertEqual((data.get_data(), full_length), (b'abc', 3))


class Datagrams(unittest.TestCase):
    def setUp(self):
        self.udp = GSock.make_socket(type='datagram', local_host='127.0.0.1')
        self.here = {'remote_host': '127.0.0.1', 'remote_port': self.udp.props.local_port}

    def tearDown(self):
        self.udp.close()

    def test_empty(self):
        for data in (b'', bytearray(), memoryview(b'')):
            with self.subTest(type(data)):
                self.assertEqual(self.udp.send_to(data, **self.here), 0)
                data, host, port = self.udp.receive_from(timeout=5)
                self.assertEqual((data, host, port), (b'', '127.0.0.1', self.udp.props.local_port))

    def test_largest(self):
        data = (EVERY_BYTE * 256)[:65507]
        self.assertEqual(self.udp.send_to(data, **self.here), 65507)
        self.assertEqual(self.udp.receive_from(timeout=5).data, data)

    def test_too_large(self):
        self.assertRaises(GSock.MessageTooLong, self.udp.send_to, bytes(65508), **self.here)

    def test_no_room(self):
        self.udp.send_to(b'abc', **self.here)
        received = self.udp.receive_from(0, timeout=5)
        self.assertEqual((received.data, received.full_length, received.truncated), (b'', 3, True))


class NotBytes(unittest.TestCase):
    def test_text_is_refused(self):
        with GSock.DatagramSocket() as udp, self.assertRaisesRegex(TypeError, 'encode'):
            udp.send_to('text', remote_host='127.0.0.1', remote_port=9)

    def test_others_are_refused(self):
        with GSock.DatagramSocket() as udp:
            for data in (None, 5, 1.5, [1, 2], object()):
                with self.subTest(data):
                    self.assertRaises(TypeError, udp.send_to, data, remote_host='127.0.0.1', remote_port=9)


tap.main()
