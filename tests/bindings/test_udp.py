# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ten lines that a program with UDP has."""

import unittest

import tap
from gi.repository import GSock


class Udp(unittest.TestCase):
    def test_program(self):
        with GSock.make_socket(type='datagram', local_host='127.0.0.1') as alice, \
                GSock.make_socket(type='datagram', local_host='127.0.0.1') as bob:
            bob.send_to(b'hi alice', remote_host='127.0.0.1', remote_port=alice.props.local_port)
            data, host, port = alice.receive_from(size=1500, timeout=5)
            alice.send_to(b'hi ' + data, remote_host=host, remote_port=port)
            answer = bob.receive_from(size=1500, timeout=5)
        self.assertEqual(answer.data, b'hi hi alice')
        self.assertEqual(answer.port, alice_port := answer.address.get_port())
        self.assertNotEqual(alice_port, port)

    def test_either_way(self):
        """What is called often takes a short way, which tells the same."""
        with GSock.make_socket(type='datagram', local_host='::1', timeout=30.0) as udp:
            here, port = udp.get_local_address(), udp.props.local_port
            for where in ({'remote_address': here}, {'remote_host': '::1', 'remote_port': port}):
                for more in ({}, {'wait': True}):
                    for size, keywords in ((2048, {}), (2048, {'wait': True}), (3, {}), (3, {'wait': True})):
                        self.assertEqual(udp.send_to(b'hello', **where, **more), 5)
                        received = udp.receive_from(size, **keywords)
                        self.assertEqual(received, (b'hello'[:size], '::1', port))
                        self.assertEqual((received.host, received.port, received.filename), ('::1', port, None))
                        self.assertEqual(received.address, here)
                        self.assertEqual((received.full_length, received.truncated), (5, size < 5))

    def test_on_a_stream(self):
        first, second = GSock.make_socket_pair()
        with first, second:
            for keywords in ({}, {'wait': True}):
                first.send_to(b'hello', **keywords)
                received = second.receive_from(**keywords)
                self.assertEqual(received, (b'hello', None, None))
                self.assertIsNone(received.address)

    def test_wrong_destinations(self):
        with GSock.make_socket(type='datagram', local_host='127.0.0.1') as udp:
            for keywords in ({'remote_host': '127.0.0.1'}, {'remote_port': 5},
                             {'remote_host': '127.0.0.1', 'remote_port': 2**40},
                             {'remote_host': '127.0.0.1', 'remote_port': 0},
                             {'remote_host': 'a\0b', 'remote_port': 5}):
                self.assertRaises(ValueError, udp.send_to, b'x', **keywords)


tap.main()
