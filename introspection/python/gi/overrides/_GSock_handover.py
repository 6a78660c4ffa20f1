# SPDX-License-Identifier: LGPL-2.1-or-later
"""Handover as Python has it: pairs of name and socket."""

import functools

from . import GSock as face

give, take, complete = face.handover_give, face.handover_take, face.handover_complete


def pairs_of(sockets):
    return face.to_list(sockets.items() if hasattr(sockets, 'items') else sockets, '(name, socket)')


@face.export
@functools.wraps(give)
def handover_give(channel, sockets, timeout=face.GSock.TIMEOUT_DEFAULT, cancellable=None):
    """Gives sockets, as a dictionary by name or as pairs of name and socket, to a successor."""
    pairs = pairs_of(sockets)
    return give(channel, [socket for _, socket in pairs], [face.pack_text(name) for name, _ in pairs], timeout, cancellable)


@face.export
@functools.wraps(take)
def handover_take(channel, timeout=face.GSock.TIMEOUT_DEFAULT, cancellable=None):
    """The sockets of a running server, as a list of (name, socket)."""
    sockets, names = take(channel, timeout, cancellable)
    return list(zip(names, sockets))


@face.export
@functools.wraps(complete)
def handover_complete(channel, sockets, timeout=face.GSock.TIMEOUT_DEFAULT, cancellable=None):
    """Says that this process serves on what handover_take gave."""
    return complete(channel, [socket for _, socket in pairs_of(sockets)], timeout, cancellable)
