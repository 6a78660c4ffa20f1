# SPDX-License-Identifier: LGPL-2.1-or-later
"""Addresses as values of Python."""

import unittest

import tap
from gi.repository import Gio, GSock

TEXT = GSock.Address.new_from_text


class Values(unittest.TestCase):
    def test_equality(self):
        self.assertEqual(TEXT('127.0.0.1:80'), GSock.Address.new_from_host('127.0.0.1', 80))
        self.assertNotEqual(TEXT('127.0.0.1:80'), TEXT('127.0.0.1:81'))
        self.assertNotEqual(TEXT('127.0.0.1:80'), '127.0.0.1:80')
        self.assertNotEqual(TEXT('127.0.0.1:80'), None)

    def test_hash(self):
        seen = {TEXT('127.0.0.1:80'): 'one', TEXT('[::1]:80'): 'two'}
        self.assertEqual(seen[TEXT('127.0.0.1:80')], 'one')
        self.assertEqual(len({TEXT('@a'), TEXT('@a'), TEXT('@b')}), 2)

    def test_text(self):
        for text in ('127.0.0.1:80', '[::1]:80', '/run/x.sock', '@name'):
            with self.subTest(text):
                self.assertEqual(str(TEXT(text)), text)
                self.assertEqual(repr(TEXT(text)), f'<GSock.Address {text}>')

    def test_parts(self):
        address = TEXT('[fe80::1%1]:80')
        self.assertEqual((address.get_host(), address.get_port(), address.get_scope_id()), ('fe80::1%lo', 80, 1))
        self.assertEqual(address.get_family(), GSock.AddressFamily.IPV6)
        self.assertIsNone(address.get_filename())

    def test_bytes(self):
        address = TEXT('127.0.0.1:80')
        packed = address.get_bytes().get_data()
        self.assertEqual(packed[2:8], b'\0\x50\x7f\0\0\1')
        self.assertEqual(GSock.Address.new_from_bytes(packed), address)
        self.assertEqual(GSock.Address.new_from_bytes(bytearray(packed)), address)
        self.assertEqual(GSock.Address.new_abstract(b'a\0b').get_bytes().get_data()[2:], b'\0a\0b')

    def test_gio(self):
        address = TEXT('127.0.0.1:80')
        self.assertEqual(address.to_gsocket_address().get_port(), 80)
        self.assertEqual(GSock.Address.new_from_gsocket_address(Gio.InetSocketAddress.new_from_string('127.0.0.1', 80)), address)

    def test_empty(self):
        self.assertEqual(GSock.Address(), GSock.Address())
        self.assertEqual(GSock.Address().get_port(), 0)
        self.assertIsNone(GSock.Address().get_host())

    def test_constants(self):
        self.assertTrue(GSock.Address.new_from_host(GSock.IPV4_LOOPBACK, 0).is_loopback())
        self.assertTrue(GSock.Address.new_from_host(GSock.IPV6_LINK_LOCAL_ALL_NODES, 0).is_multicast_link_local())

    def test_failures(self):
        for call, arguments in ((TEXT, ('127.0.0.256:80',)), (TEXT, ('',)), (GSock.Address.new_from_host, ('x', 1)),
                                (GSock.Address.new_from_host, ('127.0.0.1', 65536)),
                                (GSock.Address.new_from_filename, ('x' * 108,)), (GSock.Address.new_from_bytes, (b'',)),
                                (GSock.Address.new_from_bytes, (bytes(200),)), (GSock.Address.new_abstract, (bytes(200),)),
                                (TEXT('@a').with_port, (1,)), (TEXT('@a').map_to_ipv6, ())):
            with self.subTest(arguments):
                self.assertRaises(GSock.SocketError, call, *arguments)

    def test_wrong_types(self):
        for call, arguments in ((TEXT, (None,)), (TEXT, (5,)), (GSock.Address.new_from_host, ('::1', 'x')),
                                (GSock.Address.new_from_host, ('::1', None)), (GSock.Address.new_from_bytes, ('text',))):
            with self.subTest(arguments):
                self.assertRaises(TypeError, call, *arguments)
        self.assertRaises(OverflowError, GSock.Address.new_from_host, '::1', 2**32)
        self.assertRaises(OverflowError, GSock.Address.new_from_host, '::1', -1)


tap.main()
