# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a program can get wrong, each time answered by an exception that says what.

Run with G_DEBUG=fatal-criticals: a warning of GObject in place of an exception ends the program.
"""

import unittest

import tap
from gi.repository import Gio, GLib, GObject, GSock

LOCALHOST = '127.0.0.1'


class MakeSocket(unittest.TestCase):
    def refuse(self, error, pattern, **keywords):
        with self.subTest(keywords):
            self.assertRaisesRegex(error, pattern, GSock.make_socket, **keywords)

    def test_unknown_keywords(self):
        self.refuse(GSock.UnknownKeyword, 'local-host', lokal_host='x')
        self.refuse(GSock.UnknownKeyword, 'tcp-nodelay', tcp_nodely=True)
        self.refuse(GSock.UnknownKeyword, 'local-port', **{'local port': 1})
        self.refuse(GSock.UnknownKeyword, '', **{'': 1})
        self.refuse(GSock.UnknownKeyword, 'x{20}', **{'x' * 5000: 1})

    def test_wrong_types(self):
        for keywords in ({'local_port': 'eighty'}, {'local_port': 1.5}, {'local_port': object()}, {'local_host': 5},
                         {'local_host': True}, {'local_host': b'x'}, {'timeout': 'soon'}, {'type': 'strem'}, {'type': 99},
                         {'type': object()}, {'nodelay': 'yes'}, {'nodelay': 2}, {'nodelay': 1.5}, {'connect': 5},
                         {'remote_address': 5}, {'remote_address': GLib.Bytes.new(b'x')}, {'address_family': 'klingon'},
                         {'remote_connectable': 'x'}, {'remote_connectable': Gio.Cancellable()}, {'protocol': 1.5},
                         {'connect': 'passive', 'active_type': 5}, {'connect': 'passive', 'active_type': 'GSockSocket'},
                         {'local_port': Gio.Cancellable()}, {'local_host': GSock.Address()}, {'timeout': float('nan')},
                         {'local_port': float('inf')}, {'local_port': (1, 2)}, {'local_host': ['x']}, {'timeout': (1,)}):
            self.refuse(GSock.InvalidKeyword, '|'.join(name.replace('_', '-') for name in keywords), **keywords)

    def test_types_that_nothing_takes(self):
        for value in ({'a': 1}, {1}, 1j, (object(),)):
            with self.subTest(value):
                self.assertRaises((TypeError, GSock.InvalidKeyword), GSock.make_socket, local_port=value)
        self.assertRaises(TypeError, GSock.make_socket, connect='passive', active_type=Exception)
        self.assertRaises(TypeError, GSock.make_socket, cancellable='x')
        self.assertRaises(TypeError, GSock.make_socket, 'datagram')

    def test_ports(self):
        for port in (-1, 65536, 70000, 2**31, 2**31 - 1, -2**31, 2**32, 2**40, 2**63, 2**64 - 1, -2**63, 1e10):
            self.refuse(GSock.OutOfRange, 'port', local_host=LOCALHOST, local_port=port)
            self.refuse(GSock.OutOfRange, 'port', remote_host=LOCALHOST, remote_port=port)
        self.refuse(GSock.OutOfRange, 'remote-port 0', remote_host=LOCALHOST, remote_port=0)
        self.refuse(OverflowError, '', local_port=2**64)
        self.refuse(OverflowError, '', local_port=-2**63 - 1)

    def test_halves(self):
        self.refuse(GSock.InvalidKeyword, 'remote-port', remote_host=LOCALHOST)
        self.refuse(GSock.InvalidKeyword, 'remote-host', remote_port=80)

    def test_contradictions(self):
        self.refuse(GSock.InvalidKeyword, '', remote_filename='/x', remote_host=LOCALHOST, remote_port=80)
        self.refuse(GSock.InvalidKeyword, '', local_filename='/x', local_port=80)
        self.refuse(GSock.InvalidKeyword, '', address_family='local', local_host=LOCALHOST)
        self.refuse(GSock.InvalidKeyword, '', type='datagram', connect='passive')
        self.refuse(GSock.InvalidKeyword, '', connect='passive', remote_host=LOCALHOST, remote_port=80)
        self.refuse(GSock.InvalidKeyword, '', nodelay=True, tcp_nodelay=True)

    def test_names(self):
        for name in ('/' + 'x' * 107, '@' + 'x' * 108, 'x' * 5000):
            self.refuse(GSock.SocketError, '', type='datagram', local_filename=name)
        with GSock.make_socket(type='datagram', local_filename='@' + 'x' * 107) as made:
            self.assertEqual(len(made.props.local_filename), 108)

    def test_text_with_a_null(self):
        self.refuse(ValueError, 'null', local_host='127.0.0.1\0.example')
        self.refuse(ValueError, 'null', type='datagram', local_filename='@name\0')

    def test_text_that_is_no_unicode(self):
        self.refuse(UnicodeEncodeError, '', local_host='\udcff')

    def test_hosts(self):
        self.refuse(GSock.SocketError, '', type='datagram', local_host='127.0.0.256')
        self.refuse(GSock.SocketError, '', type='datagram', local_host='')
        self.refuse(GSock.InvalidAddress, '', remote_address='127.0.0.1:')
        self.refuse(GSock.UnknownService, '', remote_host=LOCALHOST, remote_service='no-such-service')


class Relatives(unittest.TestCase):
    def test_from_fd(self):
        with open('/dev/null') as null:
            self.assertRaises(GSock.InvalidArgument, GSock.make_socket_from_fd, null.fileno())
        for fd in (-1, 99999, 2**31 - 1):
            with self.subTest(fd):
                self.assertRaises(GSock.SocketError, GSock.make_socket_from_fd, fd)
        for fd, error in ((None, TypeError), ('x', TypeError), (2**31, OverflowError), (2**70, OverflowError)):
            with self.subTest(fd):
                self.assertRaises(error, GSock.make_socket_from_fd, fd)
        self.assertRaises(GSock.UnknownKeyword, GSock.make_socket_from_fd, 0, dupe=True)
        self.assertRaises(TypeError, GSock.make_socket_from_fd)

    def test_pair(self):
        self.assertRaises(GSock.UnknownKeyword, GSock.make_socket_pair, local_host=LOCALHOST)
        self.assertRaises(GSock.InvalidKeyword, GSock.make_socket_pair, type='streem')
        self.assertRaises(GSock.SocketError, GSock.make_socket_pair, type='rdm')
        self.assertRaises(TypeError, GSock.make_socket_pair, 'stream')

    def test_make_instance(self):
        for cls in (GObject.Object, GSock.Address, int):
            with self.subTest(cls):
                self.assertRaises((TypeError, GSock.InvalidArgument), GSock.make_instance, cls)
        for cls in (GSock.Socket, GSock.Socket.__gtype__, None, 'GObject', 'no type at all', 5):
            with self.subTest(cls):
                self.assertRaises((TypeError, GSock.InvalidArgument), GSock.make_instance, cls)


class Operators(unittest.TestCase):
    def setUp(self):
        self.udp = GSock.make_socket(type='datagram', local_host=LOCALHOST)
        self.here = {'remote_host': LOCALHOST, 'remote_port': self.udp.props.local_port}

    def tearDown(self):
        self.udp.close()

    def refuse(self, error, call, *arguments, **keywords):
        with self.subTest((call.__name__, arguments, keywords)):
            self.assertRaises(error, call, *arguments, **keywords)

    def test_send_to(self):
        for error, keywords in ((GSock.UnknownKeyword, {'size': 1}), (GSock.InvalidKeyword, {'more': 'x'}),
                                (GSock.InvalidKeyword, {'flags': 'mor'}), (GSock.InvalidKeyword, {'flags': object()}),
                                (GSock.OutOfRange, {'start': 4}), (GSock.OutOfRange, {'end': 4}),
                                (GSock.OutOfRange, {'start': 2, 'end': 1}), (GSock.OutOfRange, {'start': -1}),
                                (GSock.OutOfRange, {'start': 2**40}), (GSock.OutOfRange, {'end': 2**64 - 1}),
                                (GSock.OutOfRange, {'remote_port': 0}), (GSock.OutOfRange, {'remote_port': 65536}),
                                (GSock.InvalidKeyword, {'remote_port': None}), (GSock.InvalidKeyword, {'remote_host': None}),
                                (GSock.InvalidKeyword, {'remote_address': '127.0.0.1:1'}),
                                (GSock.InvalidKeyword, {'timeout': 'x'}), (TypeError, {'cancellable': 5})):
            self.refuse(error, self.udp.send_to, b'abc', **{**self.here, **keywords})
        self.refuse(GSock.NotConnected, self.udp.send_to, b'abc')
        self.refuse(TypeError, self.udp.send_to)
        self.refuse(TypeError, self.udp.send_to, b'abc', None, None)

    def test_receive_from(self):
        for error, arguments, keywords in ((OverflowError, (-1,), {}), (OverflowError, (2**64,), {}), (TypeError, ('x',), {}),
                                           (TypeError, (None,), {}), (GSock.OutOfRange, (2**62,), {}),
                                           (GSock.UnknownKeyword, (), {'sise': 1}), (GSock.InvalidKeyword, (), {'wait': 'x'}),
                                           (GSock.UnknownKeyword, (), {'remote_host': LOCALHOST}),
                                           (GSock.InvalidKeyword, (), {'timeout': float('nan')})):
            self.refuse(error, self.udp.receive_from, *arguments, **keywords)
        with GSock.DatagramSocket() as unbound:
            self.refuse(GSock.NotBound, unbound.receive_from)

    def test_connect_and_bind(self):
        for error, arguments, keywords in ((GSock.InvalidKeyword, (), {}), (GSock.InvalidKeyword, (LOCALHOST,), {}),
                                           (GSock.InvalidKeyword, (), {'port': 80}), (GSock.OutOfRange, (LOCALHOST,), {'port': 0}),
                                           (GSock.UnknownKeyword, (LOCALHOST,), {'prot': 1}), (TypeError, (5,), {}),
                                           (GSock.InvalidKeyword, ('@x',), {'port': 5, 'remote_filename': '@y'})):
            self.refuse(error, self.udp.connect_to, *arguments, **keywords)
        self.refuse(GSock.InvalidState, self.udp.bind_address, LOCALHOST)
        with GSock.DatagramSocket() as unbound:
            for error, arguments, keywords in ((GSock.InvalidKeyword, (), {}), (TypeError, (5,), {}),
                                               (GSock.OutOfRange, (LOCALHOST,), {'port': 65536}),
                                               (GSock.InvalidKeyword, (LOCALHOST,), {'local_filename': '/x'})):
                self.refuse(error, unbound.bind_address, *arguments, **keywords)

    def test_direct_calls(self):
        here = self.udp.get_local_address()
        self.refuse(TypeError, self.udp.send_to_direct, b'x', 'address')
        self.refuse(TypeError, self.udp.send_to_direct, 'x', here)
        self.refuse(TypeError, self.udp.send_bytes, b'x', here)
        self.refuse((TypeError, GSock.InvalidArgument), self.udp.send_bytes, None, here)
        self.refuse(GSock.SocketError, self.udp.send_to_direct, b'x', GSock.Address())
        self.refuse((TypeError, GSock.InvalidAddress), self.udp.connect_direct, None)
        self.refuse((TypeError, GSock.InvalidAddress), self.udp.bind_address_direct, None)

    def test_shutdown_and_close(self):
        self.refuse(GSock.InvalidKeyword, self.udp.shutdown)
        self.refuse(GSock.NotConnected, self.udp.shutdown, write=True)
        self.refuse(TypeError, self.udp.close, force=True)

    def test_descriptors(self):
        left, right = GSock.make_socket_pair()
        with left, right:
            for error, fds in ((GSock.OutOfRange, []), (GSock.OutOfRange, [0] * 254), (GSock.InvalidArgument, [99999]),
                               (GSock.InvalidArgument, [-1]), (TypeError, ['x']), (TypeError, 5), (OverflowError, [2**40])):
                self.refuse(error, left.send_file_descriptors, fds)
            for error, maximum in ((GSock.OutOfRange, 0), (GSock.OutOfRange, 254), (OverflowError, -1), (TypeError, 'x')):
                self.refuse(error, left.receive_file_descriptors, maximum)
            self.refuse(BlockingIOError, left.receive_file_descriptor, wait=False)
            self.refuse(TimeoutError, left.receive_file_descriptor, timeout=0)
            right.send_to(b'x')
            self.refuse(GSock.InvalidState, left.receive_file_descriptor)
            right.send_file_descriptors([0, 1, 2])
            self.refuse(GSock.Truncated, left.receive_file_descriptors, 2)
        self.refuse(GSock.OperationNotSupported, self.udp.send_file_descriptor, 0)

    def test_waiting(self):
        for error, arguments in ((ValueError, ('inn',)), (ValueError, ('',)), (GSock.InvalidKeyword, (GLib.IOCondition(0),)),
                                 (TypeError, (None,)), (TypeError, ('in', 'soon')), (GSock.InvalidKeyword, ('in', float('nan')))):
            self.refuse(error, self.udp.wait_for, *arguments)
            self.refuse(error, GSock.wait_for_any, [self.udp], *arguments)
        self.refuse(GSock.InvalidKeyword, GSock.wait_for_any, [])
        self.refuse(GSock.InvalidKeyword, GSock.wait_for_any, [self.udp], ['in', 'in'])
        self.refuse((TypeError, GSock.InvalidKeyword), GSock.wait_for_any, [None])
        self.refuse(TypeError, GSock.wait_for_any, None)

    def test_one_socket_in_place_of_a_list(self):
        left, right = GSock.make_socket_pair()
        with left, right:
            self.refuse(TypeError, GSock.wait_for_any, left)
            for call in (left.send_many, left.send_file_descriptors, GSock.store_file_descriptors):
                self.refuse(TypeError, call, left)
            self.refuse(TypeError, GSock.handover_give, left, right)
            for call in (left.write_text, left.write_line, left.write_text_async, left.write_line_async):
                self.refuse(TypeError, call, left)
                self.refuse(TypeError, call, b'x')

    def test_options(self):
        self.refuse(UnicodeEncodeError, self.udp.set_option, 'broadcast', '\udcff')
        self.udp.set_option('broadcast', GLib.IOCondition.IN)
        self.refuse(GSock.SocketError, self.udp.set_option, 'broadcast', bytes(2**20))

    def test_handover(self):
        left, right = GSock.make_socket_pair(type='seqpacket')
        with left, right:
            for error, sockets in ((TypeError, 5), (TypeError, [('a', 'b')]), (ValueError, [('a\0b', self.udp)]),
                                   (ValueError, ['abc']), (TypeError, [(5, self.udp)])):
                self.refuse(error, GSock.handover_give, left, sockets)
                self.refuse(error, GSock.handover_give_async, left, sockets, callback=print)
            self.refuse(TypeError, GSock.store_file_descriptors, ['x'])

    def test_active_type(self):
        with GSock.make_socket(connect='passive', local_host=LOCALHOST) as server:
            for name in ('\udcff', 'GSockActiveSocket', None, 5):
                self.refuse(TypeError, server.set_active_type, name)
            server.set_active_type(GObject.Object)
            self.refuse(GSock.InvalidArgument, server.accept_connection)
        self.refuse(TypeError, GSock.make_instance, '\udcff')

    def test_receivers_of_the_wrong_type(self):
        for receiver in (None, 5, GObject.Object(), GSock.Address()):
            self.refuse(TypeError, GSock.Socket.send_to, receiver, b'x')
            self.refuse(TypeError, GSock.PassiveSocket.accept_connection, receiver)
        self.refuse(TypeError, GSock.PassiveSocket.accept_connection, self.udp)


class Closed(unittest.TestCase):
    def test_every_operator(self):
        server = GSock.make_socket(connect='passive', local_host=LOCALHOST)
        datagram = GSock.make_socket(type='datagram', local_host=LOCALHOST)
        here = datagram.get_local_address()
        server.close()
        datagram.close()
        for call, arguments in ((datagram.send_to, (b'x',)), (datagram.receive_from, ()), (datagram.get_local_address, ()),
                                (datagram.get_remote_address, ()), (datagram.fileno, ()), (datagram.connect_to, (here,)),
                                (datagram.disconnect_peer, ()), (datagram.wait_for, ()), (datagram.get_option, ('linger',)),
                                (datagram.set_option, ('broadcast', True)), (datagram.bind_address, (here,)),
                                (datagram.finish_connect, ()), (datagram.copy_local_address, ()),
                                (lambda: datagram.shutdown(write=True), ()), (server.accept_connection, ()),
                                (server.listen_on, ()), (lambda: GSock.wait_for_any([server, datagram]), ()),
                                (lambda: datagram.send_to(b'x', remote_address=here), ())):
            with self.subTest(call.__name__):
                self.assertRaises(GSock.Closed, call, *arguments)

    def test_close_again(self):
        made = GSock.DatagramSocket()
        made.close()
        made.close()
        with made:
            pass

    def test_names_read_as_nothing(self):
        made = GSock.make_socket(type='datagram', local_host=LOCALHOST)
        made.close()
        self.assertEqual((made.props.local_host, made.props.local_port, made.props.local_address), (None, 0, None))
        self.assertEqual(made.props.file_descriptor, -1)
        self.assertFalse(made.is_open() or made.is_bound() or made.is_connected() or made.is_listening())


tap.main()
