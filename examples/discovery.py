#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Discovery by multicast: one asks a group who is there, and whoever is answers the one who asked.

    discovery.py ask [INTERFACE [PORT]]           prints the answers of half a second
    discovery.py answer NAME [INTERFACE [PORT]]   answers until it is interrupted
    discovery.py                                  two who answer and one who asks, on this machine

An interface is given by its name, its index or an address; otherwise the kernel takes one.
"""

import signal
import sys
import time

import gi
gi.require_version('GSock', '1')
from gi.repository import GSock

GROUP, PORT = '239.255.42.99', 42424
QUESTION = b'who is there?'
SECONDS = 0.5


def make_member(interface=None, port=PORT):
    """Several may be at one port: each gets what is sent to the group."""
    member = GSock.make_socket(type='datagram', local_host='0.0.0.0', local_port=int(port), reuse_address=True)
    member.join_group(GROUP, interface)
    return member


def answer_one(member, name, timeout=-1):
    question, host, port = member.receive_from(size=512, timeout=timeout)
    if question == QUESTION:
        print(f'{name}: asked by {host}:{port}', flush=True)
        member.send_to(name.encode(), remote_host=host, remote_port=port)


def answer(name, *where):
    # A call that waits in C is not left for Python's handler.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with make_member(*where) as member:
        print(f'{name}: port {member.props.local_port}', flush=True)
        while True:
            try:
                answer_one(member, name)
            except GSock.SocketError as error:
                print(error, file=sys.stderr)


def make_asker(interface=None, port=PORT):
    asker = GSock.make_socket(type='datagram', local_host='0.0.0.0')
    if interface is not None:
        asker.set_multicast_interface(interface)
    asker.send_to(QUESTION, remote_host=GROUP, remote_port=int(port))
    return asker


def collect(asker, seconds=SECONDS):
    """Until the time is up; however many answer, it is not prolonged."""
    end = time.monotonic() + seconds
    try:
        while True:
            name, host, port = asker.receive_from(size=512, timeout=max(end - time.monotonic(), 0))
            print(f'{name.decode(errors="replace")} at {host}:{port}')
    except TimeoutError:
        pass


def ask(*where):
    with make_asker(*where) as asker:
        collect(asker)


def show():
    with make_member('lo', 0) as printer:
        port = printer.props.local_port
        with make_member('lo', port) as lamp, make_asker('lo', port) as asker:
            answer_one(printer, 'a printer', 5)
            answer_one(lamp, 'a lamp', 5)
            collect(asker)


COMMANDS: dict = {'': show, 'ask': ask, 'answer': answer}
command, *arguments = sys.argv[1:] or ['']
if command not in COMMANDS:
    sys.exit(__doc__)
try:
    COMMANDS[command](*arguments)
except (GSock.SocketError, TypeError, ValueError) as error:
    sys.exit(f'{sys.argv[0]}: {error}')
