#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Socket activation: a service that its first visitor starts, that greets whoever comes to one of the
sockets it was given, and that ends when nobody has come for a while. The sockets stay with the
service manager, who starts it again.

  systemd-socket-activate -l 127.0.0.1:7777 -l /tmp/greeting --fdname=tcp:local python3 activated.py [SECONDS]
"""

import sys

import gi
gi.require_version('GSock', '1')
from gi.repository import GSock


def greet(socket, name):
    text = f'hello from {name}\n'.encode()
    if isinstance(socket, GSock.DatagramSocket):
        socket.send_to(text, remote_address=socket.receive_from(size=1, wait=False).address)
        return
    with socket.accept_connection(wait=False) as visitor:
        visitor.send_to(text)


def serve(names, seconds):
    """Until nobody has come for so long."""
    while True:
        try:
            ready = GSock.wait_for_any(names, timeout=seconds)
        except TimeoutError:
            return
        for socket in ready:
            try:
                greet(socket, names[socket])
            except GSock.SocketError as error:
                print(f'{names[socket]}: {error}', file=sys.stderr)


names = {socket: name for name, socket in GSock.make_sockets_from_activation()}
if not names:
    sys.exit(f'start this by systemd-socket-activate -l ADDRESS {sys.argv[0]}')
try:
    GSock.notify_service_manager('READY=1', timeout=5)
except GSock.NotFound:
    pass  # nobody wants to know
serve(names, float(sys.argv[1]) if len(sys.argv) > 1 else 10)
for socket in names:
    socket.close()
