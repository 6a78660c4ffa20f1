# SPDX-License-Identifier: LGPL-2.1-or-later
"""Classes of Python that specialise an operator and go on to the next method."""

import unittest

import tap
from gi.repository import GLib, GObject, GSock

LOCALHOST = '127.0.0.1'


class Counting(GSock.DatagramSocket):
    """Counts, and goes on with super()."""

    limit = GObject.Property(type=int, minimum=0, maximum=10, default=5)
    label = GObject.Property(type=str, flags=GObject.ParamFlags.READWRITE | GObject.ParamFlags.CONSTRUCT_ONLY)

    def __init__(self, **keywords):
        super().__init__(**keywords)
        self.log = []

    def do_send_to(self, data, destination, *rest):
        self.log.append(('send', data.get_data(), str(destination)))
        return super().do_send_to(data, destination, *rest)

    def do_receive_from(self, size, *rest):
        data, sender, flags, full_length = super().do_receive_from(size, *rest)
        self.log.append(('receive', data.get_data(), str(sender)))
        return data, sender, flags, full_length


class Shouting(Counting):
    """A class of a class: changes what goes on."""

    def do_send_to(self, data, *rest):
        return super().do_send_to(GLib.Bytes.new(data.get_data().upper()), *rest)


class Explicit(GSock.DatagramSocket):
    """Names its parent, as PyGObject has always allowed."""

    def do_send_to(self, data, *rest):
        GSock.DatagramSocket.do_send_to(self, data, *rest)
        return GSock.DatagramSocket.do_send_to(self, data, *rest)


class Making(unittest.TestCase):
    def test_direct_and_make_instance(self):
        for make in (Counting, lambda **keywords: GSock.make_instance(Counting, **keywords)):
            with make(local_host=LOCALHOST) as made:
                self.assertIs(type(made), Counting)
                self.assertTrue(made.is_bound())
                self.assertEqual(made.log, [])

    def test_own_properties_are_keywords(self):
        with Counting(local_host=LOCALHOST, limit=3, label='mine') as made:
            self.assertEqual((made.limit, made.label), (3, 'mine'))
        with GSock.make_instance(Counting, limit=4) as made:
            self.assertEqual(made.limit, 4)

    def test_own_properties_are_checked(self):
        self.assertRaises(GSock.OutOfRange, Counting, limit=11)
        self.assertRaises(GSock.InvalidKeyword, Counting, limit='many')
        self.assertRaises(GSock.UnknownKeyword, Counting, limits=1)

    def test_constructor_that_raises(self):
        class Broken(GSock.DatagramSocket):
            def __init__(self, **keywords):
                super().__init__(**keywords)
                raise LookupError

        self.assertRaises(LookupError, Broken, local_host=LOCALHOST)
        self.assertRaises(LookupError, GSock.make_instance, Broken, local_host=LOCALHOST)

    def test_constructor_of_its_own(self):
        class Fixed(GSock.DatagramSocket):
            def __init__(self):
                super().__init__(local_host=LOCALHOST)

        with Fixed() as made:
            self.assertTrue(made.is_bound())

    def test_plain_construction_is_not_initialized(self):
        made = GObject.new(Explicit)
        self.assertRaises(GSock.NotInitialized, made.get_local_address)


class Operators(unittest.TestCase):
    def test_both_operators(self):
        for cls, wire in ((Counting, b'hi'), (Shouting, b'HI')):
            with self.subTest(cls), cls(local_host=LOCALHOST) as made:
                here = made.get_local_address()
                self.assertEqual(made.send_to(b'hi', remote_address=here), 2)
                received = made.receive_from(10, timeout=5)
                self.assertEqual(list(received), [wire, LOCALHOST, made.props.local_port])
                self.assertEqual(made.log, [('send', wire, str(here)), ('receive', wire, str(here))])

    def test_every_way_to_call(self):
        with Counting(local_host=LOCALHOST) as made:
            here = made.get_local_address()
            made.send_to_direct(b'a', here)
            made.send_bytes(GLib.Bytes.new(b'b'), here)
            self.assertEqual(made.receive_bytes(10, timeout=5)[0].get_data(), b'a')
            self.assertEqual(made.receive_from(10, timeout=5).data, b'b')
            self.assertEqual(len(made.log), 4)

    def test_explicit_parent(self):
        with Explicit(local_host=LOCALHOST) as made:
            made.send_to(b'twice', remote_address=made.get_local_address())
            self.assertEqual([made.receive_from(timeout=5).data for _ in range(2)], [b'twice', b'twice'])

    def test_the_call_of_the_operator_arrives(self):
        calls = []

        class Asked(GSock.DatagramSocket):
            def do_receive_from(self, *arguments):
                calls.append(arguments)
                return GLib.Bytes.new(b''), None, 0, 0

        with Asked(local_host=LOCALHOST) as made:
            made.receive_from(7, peek=True, wait=False, timeout=0.5)
        self.assertEqual(calls, [(7, GSock.MessageFlags.PEEK, False, 0.5, None)])

    def test_errors_of_the_next_method_are_exceptions_too(self):
        class Patient(GSock.DatagramSocket):
            def do_receive_from(self, *arguments):
                try:
                    return super().do_receive_from(*arguments)
                except BlockingIOError:
                    return b'made up', None, 0, 7

        with Patient(local_host=LOCALHOST) as made:
            self.assertEqual(made.receive_from(wait=False).data, b'made up')

    def test_all_operators(self):
        calls = []

        def log(name, parent):
            def method(self, *arguments):
                calls.append(name)
                return getattr(parent, name)(self, *arguments)
            return method

        def make(name, parent, methods):
            return type(name, (parent,), {method: log(method, parent) for method in methods})

        Passive = make('LoggedPassive', GSock.PassiveSocket, ('do_bind_address', 'do_listen_on', 'do_accept_connection', 'do_close'))
        Active = make('LoggedActive', GSock.ActiveSocket, ('do_connect_to', 'do_shutdown', 'do_close'))
        Datagram = make('LoggedDatagram', GSock.DatagramSocket, ('do_connect_to', 'do_disconnect_peer'))
        with Passive(local_host=LOCALHOST) as server, Active(remote_address=server.get_local_address()) as client:
            server.accept_connection(timeout=5).close()
            client.shutdown(write=True)
            with Datagram() as datagram:
                datagram.connect_to(server.get_local_address())
                datagram.disconnect_peer()
        self.assertEqual(calls, ['do_bind_address', 'do_listen_on', 'do_connect_to', 'do_accept_connection', 'do_shutdown',
                                 'do_connect_to', 'do_disconnect_peer', 'do_close', 'do_close'])


class ActiveType(unittest.TestCase):
    class Peer(GSock.ActiveSocket):
        greeting = 'none'

        def __init__(self, **keywords):
            super().__init__(**keywords)
            self.greeting = 'hello'

        def do_send_to(self, data, *rest):
            return super().do_send_to(GLib.Bytes.new(self.greeting.encode() + data.get_data()), *rest)

    def test_accepts_into_a_class_of_python(self):
        for cls in (self.Peer, self.Peer.__gtype__):
            with GSock.make_socket(connect='passive', local_host=LOCALHOST, active_type=cls) as server, \
                    GSock.make_socket(remote_address=server.get_local_address()) as client, \
                    server.accept_connection(timeout=5) as peer:
                self.assertIs(type(peer), self.Peer)
                self.assertTrue(peer.is_connected())
                peer.send_to(b' you')
                self.assertEqual(client.receive_from(timeout=5).data, b'hello you')

    def test_set_later(self):
        with GSock.PassiveSocket(local_host=LOCALHOST) as server:
            server.set_active_type(self.Peer)
            with GSock.make_socket(remote_address=server.get_local_address()), server.accept_connection(timeout=5) as peer:
                self.assertIs(type(peer), self.Peer)

    def test_refuses_other_types(self):
        for cls in (int, GSock.Socket, GSock.DatagramSocket, GObject.Object):
            with self.subTest(cls):
                self.assertRaises(GSock.InvalidKeyword, GSock.PassiveSocket, active_type=cls)


class WhatMethodsRaise(unittest.TestCase):
    """It arrives where the operator was called, whatever it is."""

    def check(self, raised, expected):
        class Raising(GSock.DatagramSocket):
            def do_send_to(self, *arguments):
                raise raised

            do_receive_from = do_connect_to = do_bind_address = do_send_to

        class RaisingPassive(GSock.PassiveSocket):
            def do_accept_connection(self, *arguments):
                raise raised

        with Raising() as made, RaisingPassive(local_host=LOCALHOST) as server:
            for call in (lambda: made.send_to(b'x', remote_host=LOCALHOST, remote_port=9), made.receive_from,
                         lambda: made.connect_to(LOCALHOST, port=9), lambda: made.bind_address(LOCALHOST),
                         lambda: made.send_bytes(GLib.Bytes.new(b'x')), made.receive_bytes, server.accept_connection,
                         lambda: Raising(local_host=LOCALHOST)):
                with self.assertRaises(expected) as caught:
                    call()
                self.assertEqual(str(caught.exception), str(raised) if expected is not GSock.TimedOut else 'mine')

    def test_exceptions_of_gsock(self):
        self.check(GSock.TimedOut('mine'), GSock.TimedOut)

    def test_errors_of_glib(self):
        self.check(GLib.Error('mine', 'gsock-error-quark', GSock.Error.TIMED_OUT), GSock.TimedOut)

    def test_exceptions_of_others(self):
        self.check(ZeroDivisionError('theirs'), ZeroDivisionError)

    def test_interrupts(self):
        self.check(KeyboardInterrupt(), KeyboardInterrupt)


class WrongAnswers(unittest.TestCase):
    def answer(self, answer):
        class Answering(GSock.DatagramSocket):
            def do_send_to(self, *arguments):
                return answer

            do_receive_from = do_send_to

        return Answering(local_host=LOCALHOST)

    def test_send_to(self):
        for answer in (None, 'x', b'x', 1.5, (1,), -1, 0):
            with self.subTest(answer), self.answer(answer) as made:
                self.assertRaises((TypeError, GSock.Failed), made.send_to, b'x', remote_host=LOCALHOST, remote_port=9)

    def test_receive_from(self):
        data = GLib.Bytes.new(b'x')
        for answer in (None, 5, 'x', data, (), (data,), (data, None), (data, None, 0), (data, 'x', 0, 1), ('x', None, 0, 1),
                       (data, None, 'x', 1), (data, None, 0, 'x'), (None, None, 0, 0), (data, None, 0, 1, 2)):
            with self.subTest(answer), self.answer(answer) as made:
                self.assertRaises((TypeError, ValueError), made.receive_from)

    def test_more_than_asked_for_is_cut(self):
        with self.answer((b'0123456789', None, 0, 10)) as made:
            received = made.receive_from(4)
            self.assertEqual((received.data, received.full_length, received.truncated), (b'0123', 10, True))

    def test_accept_connection(self):
        class Answering(GSock.PassiveSocket):
            def do_accept_connection(self, *arguments):
                return self.answer

        with Answering(local_host=LOCALHOST) as server, GSock.DatagramSocket() as wrong:
            for server.answer in (None, 5, server, wrong):
                self.assertRaises(TypeError, server.accept_connection)

    def test_what_says_nothing_is_done(self):
        class Quiet(GSock.PassiveSocket):
            def do_listen_on(self, backlog):
                super().do_listen_on(backlog)

        with Quiet(local_host=LOCALHOST) as server:
            self.assertTrue(server.is_listening())

    def test_a_plain_no_is_an_error(self):
        class Refusing(GSock.PassiveSocket):
            def do_listen_on(self, backlog):
                return False

        self.assertRaises(GSock.Failed, Refusing, local_host=LOCALHOST)


tap.main()
