#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example that asks a time server, and a server here whose clock is an hour ahead."""

import os
import re
import struct
import subprocess
import time

import peers

AHEAD = 3600
EPOCH = 2208988800


def pack_time(nanoseconds):
    seconds, rest = divmod(nanoseconds, 10**9)
    return struct.pack('!2I', (seconds + EPOCH) % 2**32, (rest << 32) // 10**9)


def serve(socket):
    """The kernel's time of arrival, and the time of the answer."""
    question = socket.receive_message(100)
    packet = question.get_bytes().get_data()
    assert len(packet) == 48 and packet[0] & 7 == 3
    ahead = AHEAD * 10**9
    received = question.get_timestamp()
    assert received > 0
    head = struct.pack('!4B', 4 << 3 | 4, 1, 0, 0xec) + bytes(20)
    answer = head + packet[40:48] + pack_time(received + ahead) + pack_time(time.time_ns() + ahead)
    socket.send_to(answer, remote_address=question.get_address())


@peers.cases(ipv4=('127.0.0.1',), ipv6=('::1',))
def client_finds_the_offset(host):
    program = os.environ.get('GSOCK_NTP_C')
    if program is None:
        raise peers.Skip('that example is not built')
    with peers.receiver(local_host=host) as socket:
        socket.options['timestamp-ns'] = True
        with peers.Thread(serve, socket):
            output = subprocess.run([program, host, str(socket.props.local_port)], capture_output=True, text=True,
                                    timeout=peers.TIMEOUT, check=True).stdout
    offset, delay = map(float, re.fullmatch(r'offset (\S+) s, delay (\S+) s\n', output).groups())
    assert delay >= 0
    assert abs(offset - AHEAD) <= delay / 2 + 1e-6, output


peers.main()
