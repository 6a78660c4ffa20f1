# SPDX-License-Identifier: LGPL-2.1-or-later
"""The classes as Python has them: constructors, context managers, iteration, equality, text."""

import functools
import sys
import warnings

from gi.repository import GLib, GObject

from .._gi import GType
from .GSock import EXCEPTIONS, METHODS, Address, GSock, export, guard, to_condition, to_list, wrap


def exists(self):
    try:
        return self.__grefcount__ > 0
    except TypeError:
        return False


def init(self, cancellable=None, **keywords):
    """Constructs and initialises. An object that gsock constructs, as what is accepted, comes here
    without keywords and exists already; gsock initialises it.
    """
    if exists(self):
        return
    own = {name: keywords.pop(name)
           for name in list(keywords) if is_construct_only(type(self), name)}
    GObject.Object.__init__(self, **own)
    self.init_with_keywords(cancellable=cancellable, **keywords)


def is_construct_only(cls, name):
    spec = None if '__info__' in vars(cls) else cls.find_property(name)
    return spec is not None and bool(spec.flags & GObject.ParamFlags.CONSTRUCT_ONLY)


def init_subclass(cls, **arguments):
    super(GSock.Socket, cls).__init_subclass__(**arguments)
    for name in METHODS.keys() & vars(cls).keys():
        setattr(cls, name, guard(name, vars(cls)[name]))


def print_socket(self):
    return self.to_string() if exists(self) else object.__repr__(self)


def warn_if_open(self, is_finalizing=sys.is_finalizing):
    if not is_finalizing() and exists(self) and self.__grefcount__ == 1 and self.is_open():
        warnings.warn(f'dropped while open: {self!r}', ResourceWarning, source=self)


class Options:
    """The options of a socket by name, as in socket.options['linger'] = (True, 5)."""

    __slots__ = ('socket',)

    def __init__(self, socket):
        self.socket = socket

    def __getitem__(self, name):
        return self.socket.get_option(name)

    def __setitem__(self, name, value):
        self.socket.set_option(name, value)


def accept_all(self):
    """Accepts connections until the socket is closed."""
    while True:
        try:
            yield self.accept_connection()
        except EXCEPTIONS[GSock.Error.CLOSED]:
            return


def equal_addresses(self, other):
    return self.equal(other) if isinstance(other, Address) else NotImplemented


class Source(GLib.Source):
    """A source of a socket, whose callback is given the socket, what it is ready for, and the data."""

    def set_callback(self, callback, *data):
        GObject.source_set_closure(self, functools.partial(call_back, callback, data))


def call_back(callback, data, socket, condition):
    return bool(callback(socket, condition, *data))


def create_source(self, condition='in', cancellable=None):
    """A GLib.Source for a main context; its callback is given the socket and what it is ready for."""
    source = create_plain_source(self, to_condition(condition), cancellable)
    source.__class__ = Source
    return source


create_plain_source = GSock.Socket.create_source

FACES = {
    GSock.Socket: {
        '__init__': init,
        '__init_subclass__': classmethod(init_subclass),
        '__del__': warn_if_open,
        '__enter__': lambda self: self,
        '__exit__': lambda self, *exception: self.close() and None,
        '__repr__': print_socket,
        'create_source': create_source,
        'fileno': GSock.Socket.get_file_descriptor,
        'options': property(Options),
    },
    GSock.PassiveSocket: {'__iter__': accept_all},
    Address: {
        '__eq__': equal_addresses,
        '__hash__': Address.hash,
        '__str__': Address.to_text,
        '__repr__': lambda self: f'<GSock.Address {self.to_text()}>',
    },
}

for cls, face in FACES.items():
    for name, item in face.items():
        setattr(cls, name, item)


def to_type(value):
    """PyGObject takes any text as the name of a type."""
    if not isinstance(value, (type, GType)):
        raise TypeError(f'a class is wanted, not {value!r}')
    return value


def set_active_type(self, active_type):
    """The class of the connections that are accepted."""
    set_plain_active_type(self, to_type(active_type))


set_plain_active_type = GSock.PassiveSocket.set_active_type
GSock.PassiveSocket.set_active_type = set_active_type

make_instance_of_type = wrap(GSock.make_instance, GSock.make_instance)
wait_for_each = wrap(GSock.wait_for_any, GSock.wait_for_any)


@export
def make_instance(cls, *, cancellable=None, **keywords):
    """Makes a socket of a given class by keywords, as calling the class does."""
    if isinstance(cls, type) and issubclass(cls, GSock.Socket):
        return cls(**keywords) if cancellable is None else cls(cancellable=cancellable, **keywords)
    return make_instance_of_type(to_type(cls), cancellable=cancellable, **keywords)


@export
def wait_for_any(sockets, conditions='in', timeout=GSock.TIMEOUT_NEVER, cancellable=None):
    """Those of several sockets that are ready; one condition for all of them, or one for each."""
    sockets = to_list(sockets, 'sockets')
    if isinstance(conditions, (str, int)):
        conditions = [conditions] * len(sockets)
    conditions = [int(to_condition(condition)) for condition in conditions]
    return wait_for_each(sockets, conditions, timeout, cancellable)
