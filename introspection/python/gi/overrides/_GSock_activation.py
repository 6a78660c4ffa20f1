# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service manager as Python has it: pairs of name and socket, and one environment."""

import functools
import os

from gi.repository import GLib

from . import GSock as face

VARIABLES = ('LISTEN_FDS', 'LISTEN_PID', 'LISTEN_PIDFDID', 'LISTEN_FDNAMES', 'NOTIFY_SOCKET')


def in_step(call):
    """os.environ is a copy, and is to lose what C has removed from the environment."""
    @functools.wraps(call)
    def call_in_step(*arguments, **keywords):
        try:
            return call(*arguments, **keywords)
        finally:
            for name in VARIABLES:
                if name in os.environ and GLib.getenv(name) is None:
                    del os.environ[name]
    return face.export(call_in_step)


def with_names(call):
    """Lists of (name, socket), or of (name, descriptor)."""
    @functools.wraps(call)
    def call_with_names(*arguments, **keywords):
        items, names = call(*arguments, **keywords)
        return list(zip(names, items))
    return call_with_names


for name in ('make_sockets_from_activation', 'file_descriptors_from_activation'):
    in_step(with_names(getattr(face, name)))
for name in ('notify_service_manager', 'remove_stored_file_descriptors', 'wait_for_service_manager'):
    in_step(getattr(face, name))

store_descriptors = in_step(face.store_file_descriptors)


@face.export
def store_file_descriptors(fds, *arguments, **keywords):
    """Descriptors, or whatever has a fileno: sockets and files."""
    return store_descriptors(face.to_descriptors(fds), *arguments, **keywords)
