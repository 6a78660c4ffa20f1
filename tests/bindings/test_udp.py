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


tap.main()
