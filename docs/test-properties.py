#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that every property is what its doc comment says, and prints TAP.

Usage: test-properties.py SOURCE-FOLDER

What is documented as read-only cannot be written. Of a socket that lives, what is construct-only
is refused with a warning when it is set, and what is live is not.
"""

import glob
import os
import re
import sys

import gi
gi.require_version('GSock', '1')
from gi.repository import GObject, GSock


def documented(source):
    found = {}
    for path in glob.glob(os.path.join(source, 'gsock', '*.c')):
        with open(path, encoding='utf-8') as file:
            text = file.read()
        for owner, name, body in re.findall(r'/\*\*\n \* GSock(\w+):([\w-]+):[^\n]*\n(.*?)\n \*/', text, re.S):
            words = re.findall(r'^ \* (Construct-only|Live|Read-only)\b', body, re.M)
            found[owner, name] = words[-1] if words else 'nothing of that'
    return found


def make_sockets():
    server = GSock.make_socket(connect='passive', local_host='127.0.0.1')
    yield server
    yield GSock.make_socket(remote_host='127.0.0.1', remote_port=server.props.local_port)
    yield GSock.make_socket(type='datagram', local_host='127.0.0.1')
    try:
        yield GSock.make_socket(type='raw', protocol='icmp')
    except PermissionError:
        return


def warnings_of(action):
    """What an action makes GLib print."""
    reader, writer = os.pipe()
    stderr = os.dup(2)
    os.dup2(writer, 2)
    os.close(writer)
    try:
        action()
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
    with open(reader, encoding='utf-8', errors='replace') as file:
        return file.read()


def status_of(socket, spec):
    if not spec.flags & GObject.ParamFlags.WRITABLE:
        return 'Read-only'
    text = warnings_of(lambda: socket.set_property(spec.name, socket.get_property(spec.name)))
    return 'Construct-only' if 'construction' in text else 'Live'


def main():
    said = documented(sys.argv[1])
    tested = {}
    for socket in list(make_sockets()):
        for spec in socket.list_properties():
            owner = spec.owner_type.name.replace('GSock', '', 1)
            tested[owner, spec.name] = status_of(socket, spec)
        socket.close()
    failed = False
    for number, (key, status) in enumerate(sorted(tested.items()), 1):
        right = said.get(key) == status
        failed = failed or not right
        print(f'{"ok" if right else "not ok"} {number} - {":".join(key)} is {status}, and documented as {said.get(key)}')
    print(f'1..{len(tested)}')
    sys.exit(1 if failed else 0)


main()
