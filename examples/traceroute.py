#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The way to a host: datagrams that die one router further each time, and who reports it."""

import errno
import os
import sys
import time

import gi
gi.require_version('GSock', '1')
from gi.repository import GSock

FIRST_PORT = 33434


def probe(socket, host, ttl):
    """Who stopped a datagram with so many hops to live, and by which error."""
    message = GSock.Message.new()
    message.add_data(b'where are you?')
    message.set_address(host.with_port(FIRST_PORT + ttl))
    message.set_ttl(ttl)
    socket.send_message(message)
    report = socket.receive_message(512, error_queue=True, timeout=2)
    _, number, _, _, _, _, offender = report.get_extended_error()
    return offender, number


def trace(name):
    host = GSock.Address.new_from_host(name, FIRST_PORT)
    ipv6 = host.get_family() == GSock.AddressFamily.IPV6
    with GSock.make_socket(type='datagram', address_family='ipv6' if ipv6 else 'ipv4') as socket:
        socket.options['ipv6-receive-error' if ipv6 else 'ip-receive-error'] = True
        for ttl in range(1, 31):
            start = time.monotonic()
            try:
                offender, number = probe(socket, host, ttl)
            except GSock.TimedOut:
                print(f'{ttl:2}  *')
                continue
            print(f'{ttl:2}  {offender.get_host()}  {(time.monotonic() - start) * 1000:.3f} ms  {os.strerror(number)}')
            if number != errno.EHOSTUNREACH:  # a port that nobody listens on is the end of the way
                break


if __name__ == '__main__':
    trace(*sys.argv[1:])
