# SPDX-License-Identifier: LGPL-2.1-or-later
"""Socket options with native values."""

import os
import socket
import struct
import unittest

import tap
from gi.repository import GLib, GSock


class Options(unittest.TestCase):
    def setUp(self):
        self.stream = GSock.make_socket(address_family='ipv4')
        self.datagram = GSock.make_socket(type='datagram', address_family='ipv4')

    def tearDown(self):
        self.stream.close()
        self.datagram.close()

    def test_native_values(self):
        for name, value in (('keep-alive', True), ('keep_alive', False), ('tcp-keepidle', 77), ('linger', (True, 5)),
                            ('receive-timeout', 3.0), ('SO_SNDTIMEO', 2.0),
                            ('tcp-congestion', 'reno'), ('tcp-user-timeout', 1.5)):
            with self.subTest(name):
                self.stream.set_option(name, value)
                self.assertEqual(self.stream.get_option(name), value)

    def test_by_index(self):
        self.stream.options['linger'] = (True, 7)
        self.assertEqual(self.stream.options['linger'], (True, 7))

    def test_what_only_reads(self):
        self.assertEqual(self.stream.get_option('type'), GSock.SocketType.STREAM)
        self.assertEqual(self.stream.get_option('domain'), GSock.AddressFamily.IPV4)
        self.assertIs(self.stream.get_option('accept-connections'), False)
        self.assertIsInstance(self.stream.get_option('cookie'), int)
        self.assertIsInstance(self.stream.get_option('memory-info'), bytes)

    def test_dictionary(self):
        self.assertIn('state', self.stream.get_option('tcp-info'))

    def test_credentials(self):
        left, right = GSock.make_socket_pair()
        with left, right:
            self.assertEqual(left.get_option('peer-credentials'), (os.getpid(), os.getuid(), os.getgid()))

    def test_groups(self):
        self.datagram.set_option('ip-add-membership', ('224.0.0.251', 'lo'))
        self.datagram.set_option('ip-drop-membership', [GSock.Address.new_from_host('224.0.0.251', 0), 'lo'])

    def test_variant(self):
        self.stream.set_option('linger', GLib.Variant('(bi)', (True, 3)))
        self.assertEqual(self.stream.get_option('linger'), (True, 3))

    def test_by_number(self):
        self.stream.set_option_int(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self.assertEqual(self.stream.get_option_int(socket.SOL_SOCKET, socket.SO_KEEPALIVE), 1)
        self.stream.set_option_bytes(socket.SOL_SOCKET, socket.SO_LINGER, bytearray(struct.pack('ii', 1, 9)))
        self.assertEqual(self.stream.get_option_bytes(socket.SOL_SOCKET, socket.SO_LINGER, 8), struct.pack('ii', 1, 9))

    def test_three_kinds_of_failure(self):
        self.assertRaises(GSock.UnknownKeyword, self.stream.get_option, 'no-such-option')
        self.assertRaises(GSock.OptionNotSupported, self.stream.get_option, 'no-sigpipe')
        self.assertRaises(GSock.OperationNotSupported, self.stream.set_option, 'type', 'datagram')

    def test_wrong_values(self):
        for name, value in (('linger', 5), ('linger', (True, 5, 6)), ('linger', (True, 'x')), ('keep-alive', 'yes'),
                            ('keep-alive', 2), ('tcp-keepidle', 1.5), ('tcp-keepidle', 2**40), ('tcp-keepidle', 2**63),
                            ('receive-timeout', 'x'), ('receive-timeout', float('nan')), ('tcp-congestion', b'reno'),
                            ('linger', None), ('linger', (None, None)), ('tcp-keepidle', -2**63)):
            with self.subTest((name, value)):
                self.assertRaisesRegex(GSock.SocketError, name, self.stream.set_option, name, value)

    def test_values_of_no_option(self):
        for value in (object(), {'a': 1}, {1}, (1, object()), 1j):
            with self.subTest(value), self.assertRaises(TypeError):
                self.stream.set_option('linger', value)
        self.assertRaises(OverflowError, self.stream.set_option, 'tcp-keepidle', 2**64)
        self.assertRaises(ValueError, self.stream.set_option, 'tcp-congestion', 'reno\0x')


tap.main()
