# SPDX-License-Identifier: LGPL-2.1-or-later
"""A short way through send_to and receive_from for what they are mostly called with. What a call costs
in Python grows with its arguments, so these lead to the functions that have the fewest of them. Where the
extension module was built its methods, which are C, stand in their place; GSOCK_PYTHON_PURE=1 in the
environment does without.
"""

import os
import threading

from gi.repository import GLib

from .GSock import QUICK, GSock, Address, Received, crossing, translate

send_data, send_data_to_host, receive_data = QUICK
send_by_keywords, receive_by_keywords = GSock.Socket.send_to, GSock.Socket.receive_from
new_tuple = tuple.__new__


def send_to(self, data, *, remote_address=None, remote_host=None, remote_port=None,
            cancellable=None, **keywords):
    """Sends bytes to the peer, or where the keywords say."""
    if not keywords and cancellable is None and data.__class__ is bytes:
        try:
            if remote_host is None and remote_port is None:
                if remote_address is None or remote_address.__class__ is Address:
                    return send_data(self, data, remote_address)
            elif (remote_address is None and remote_port.__class__ is int
                    and 0 < remote_port <= 65535
                    and remote_host.__class__ is str and '\0' not in remote_host):
                return send_data_to_host(self, data, remote_host, remote_port)
        except GLib.Error as error:
            raise translate(error) from None
    return send_by_keywords(self, data, remote_address=remote_address, remote_host=remote_host,
                            remote_port=remote_port, cancellable=cancellable, **keywords)


def receive_from(self, size=65536, *, cancellable=None, **keywords):
    """What has arrived, as a Received."""
    if keywords or cancellable is not None:
        return receive_by_keywords(self, size, cancellable=cancellable, **keywords)
    try:
        data, host, port, message = receive_data(self, size)
    except GLib.Error as error:
        raise translate(error) from None
    if message is None and host is not None:
        return new_tuple(Received, (data, host, port))
    return complete(data, message)


def complete(data, message):
    """Of a stream there is nothing to tell."""
    if message is None:
        return Received((data, None, GSock.MessageFlags.NONE, len(data)))
    return Received((data, message.address, message.flags, message.full_length))


GSock.Socket.send_to, GSock.Socket.receive_from = send_to, receive_from
try:
    if os.environ.get('GSOCK_PYTHON_PURE', '0') in ('', '0'):
        from . import _GSock_native
        _GSock_native.install(GSock.Socket, send_by_keywords, receive_by_keywords, Received, translate,
                              crossing, threading.main_thread().ident)
except ImportError:
    pass
