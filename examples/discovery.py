#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Discovery by multicast: one asks a group who is there, a member answers the one who asked.

    discovery.py [INTERFACE]   by name, index or address; the loopback interface where none is given
"""

import sys

import gi
gi.require_version('GSock', '1')
from gi.repository import GSock

GROUP = '239.255.42.99'
interface = sys.argv[1] if len(sys.argv) > 1 else 'lo'

with GSock.make_socket(type='datagram', local_host='0.0.0.0') as member, \
        GSock.make_socket(type='datagram') as asker:
    member.join_group(GROUP, interface)
    asker.set_multicast_interface(interface)
    asker.send_to(b'who is there?', remote_host=GROUP, remote_port=member.props.local_port)

    question, host, port = member.receive_from(size=64, timeout=5)
    print(f'member: "{question.decode()}" asks {host}:{port}')
    member.send_to(b'a printer', remote_host=host, remote_port=port)

    text, host, port = asker.receive_from(size=64, timeout=5)
    print(f'asker: found "{text.decode()}" at {host}:{port}')
