#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that can be replaced while it runs, without a visitor noticing. It answers each visitor what he
says. Started a second time with the same path, the new process takes the sockets of the one that runs,
which ends once the new one serves. handover.c does the same: each can follow on the other.

  handover.py PATH [PORT]
"""

import os
import sys

import gi
gi.require_version('GSock', '1')
from gi.repository import GSock

SECONDS = 30


def make_sockets(path, port):
    """Only this user may ask for them."""
    return {
        'server': GSock.make_socket(connect='passive', local_host='127.0.0.1', local_port=port),
        'control': GSock.make_socket(connect='passive', type='seqpacket', local_filename=path,
                                     file_mode=0o600, replace_stale=True),
    }


def get_sockets(path, port):
    """Where nobody runs, or has died and left its file behind, this is the first."""
    try:
        channel = GSock.make_socket(type='seqpacket', remote_filename=path)
    except (FileNotFoundError, ConnectionRefusedError):
        return make_sockets(path, port)
    with channel:
        sockets = dict(GSock.handover_take(channel, SECONDS))
        GSock.handover_complete(channel, sockets, SECONDS)
    return sockets


def serve_one(server):
    try:
        with server.accept_connection(wait=False) as visitor:
            visitor.send_to(visitor.receive_from(1000, timeout=SECONDS).data, timeout=SECONDS)
    except GSock.SocketError:
        pass  # somebody else was faster, or the visitor has gone


def hand_over(sockets):
    """Whatever goes wrong, this one goes on."""
    try:
        with sockets['control'].accept_connection(wait=False) as channel:
            return GSock.handover_give(channel, sockets, SECONDS)
    except GSock.SocketError as error:
        print(error, file=sys.stderr)
        return False


def serve(sockets):
    server, control = sockets['server'], sockets['control']
    while True:
        ready = GSock.wait_for_any([server, control])
        if server in ready:
            serve_one(server)
        if control in ready and hand_over(sockets):
            return


def main(path, port=0):
    sockets = get_sockets(path, int(port))
    print(f'process {os.getpid()} serves port {sockets["server"].props.local_port}', flush=True)
    serve(sockets)
    for socket in sockets.values():
        socket.close()


if len(sys.argv) < 2:
    sys.exit(__doc__)
main(*sys.argv[1:3])
