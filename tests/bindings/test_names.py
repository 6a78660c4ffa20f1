# SPDX-License-Identifier: LGPL-2.1-or-later
"""No name of gsock stands before one of GObject, and what the typelib says is what C means."""

import unittest

import tap
from gi.repository import GObject, GSock

CLASSES = [GSock.Socket, GSock.ActiveSocket, GSock.PassiveSocket, GSock.DatagramSocket, GSock.RawSocket]

# What PyGObject leaves out or names in another way, and other languages do not.
OTHERS = {'connect', 'connect_after', 'disconnect', 'emit', 'get_property', 'set_property', 'ref', 'unref', 'ref_sink', 'run_dispose',
          'notify', 'freeze_notify', 'thaw_notify', 'get_data', 'set_data', 'steal_data', 'bind_property', 'watch_closure', 'notify',
          'block', 'unblock', 'constructor', 'toString', 'to_s', 'send', 'class', 'method', 'methods', 'object_id', 'hash', 'is_a'}
TAKEN = OTHERS | {name for name in dir(GObject.Object) if not name.startswith('__')}


def properties_of(cls):
    return {spec.name.replace('-', '_') for spec in cls.list_properties() if spec.owner_type == cls.__gtype__}


def methods_of(cls):
    return {method.get_name() for method in cls.__info__.get_methods()}


class Names(unittest.TestCase):
    def test_methods_hide_nothing(self):
        for cls in CLASSES:
            self.assertEqual(methods_of(cls) & TAKEN, set(), cls)

    def test_properties_hide_nothing(self):
        for cls in CLASSES:
            self.assertEqual(properties_of(cls) & TAKEN, set(), cls)

    def test_signals_hide_nothing(self):
        for cls in CLASSES:
            self.assertEqual(set(GObject.signal_list_names(cls)), set())

    def test_overrides_hide_nothing(self):
        for cls in CLASSES:
            ours = {name for name in vars(cls) if not name.startswith('__')}
            self.assertEqual(ours & TAKEN, set(), cls)

    def test_methods_and_properties_are_different(self):
        """In JavaScript both are properties of the prototype."""
        methods = set.union(*map(methods_of, CLASSES))
        properties = set.union(*map(properties_of, CLASSES))
        self.assertEqual(methods & properties, set())

    def test_arguments_are_no_words_of_a_language(self):
        reserved = {'from', 'end', 'in', 'is', 'not', 'lambda', 'def', 'class', 'function', 'local', 'self', 'this', 'new', 'then'}
        for cls in [*CLASSES, GSock.Address]:
            for method in cls.__info__.get_methods():
                self.assertEqual({argument.get_name() for argument in method.get_arguments()} & reserved, set(), method)


class Typelib(unittest.TestCase):
    def test_constants(self):
        self.assertEqual((GSock.TIMEOUT_DEFAULT, GSock.TIMEOUT_NEVER), (-2.0, -1.0))
        self.assertEqual((GSock.LOCAL_FILENAME_MAX, GSock.FILE_DESCRIPTORS_MAX), (107, 253))
        self.assertEqual(GSock.IPV6_LOOPBACK, '::1')

    def test_virtual_functions_have_invokers(self):
        for cls in CLASSES:
            for vfunc in cls.__info__.get_vfuncs():
                self.assertIsNotNone(vfunc.get_invoker(), vfunc)

    def test_what_fails_is_wrapped(self):
        """All functions and methods that can fail are Python functions that give Python's exceptions."""
        for cls in [*CLASSES, GSock.Address]:
            for method in cls.__info__.get_methods():
                if method.can_throw_gerror():
                    item = vars(cls)[method.get_name()]
                    self.assertNotIsInstance(item, type(method), method)

    def test_keywords_are_properties(self):
        for name in ('local-host', 'remote-port', 'address-family', 'timeout', 'reuse-address'):
            self.assertIsNotNone(GSock.Socket.find_property(name), name)
        self.assertIsNotNone(GSock.PassiveSocket.find_property('backlog'))
        self.assertIsNone(GSock.DatagramSocket.find_property('backlog'))

    def test_errors_are_a_domain(self):
        self.assertEqual(GSock.Error.quark(), GSock.error_quark())


tap.main()
