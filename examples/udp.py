#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""UDP: two sockets, a datagram from one to the other, and the address that it came from."""

import gi
gi.require_version('GSock', '1')
from gi.repository import GSock

with GSock.make_socket(type='datagram', local_host='127.0.0.1') as alice, \
        GSock.make_socket(type='datagram', local_host='127.0.0.1') as bob:
    bob.send_to(b'hi alice', remote_host='127.0.0.1', remote_port=alice.props.local_port)
    data, host, port = alice.receive_from(size=1500, timeout=5)
    print(f'"{data.decode()}" from {host}:{port}')
