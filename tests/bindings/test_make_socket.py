# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ways to a socket: make_socket, its relatives, and constructors."""

import os
import pathlib
import socket
import tempfile
import unittest
import warnings

import tap
from gi.repository import Gio, GObject, GSock

LOCALHOST = '127.0.0.1'


def make_server(**keywords):
    return GSock.make_socket(connect='passive', local_host=LOCALHOST, **keywords)


class MakeSocket(unittest.TestCase):
    def test_classes(self):
        for keywords, cls in (({}, GSock.ActiveSocket),
                              ({'connect': 'passive'}, GSock.PassiveSocket),
                              ({'connect': GSock.Role.PASSIVE}, GSock.PassiveSocket),
                              ({'type': 'datagram'}, GSock.DatagramSocket),
                              ({'type': GSock.SocketType.DATAGRAM}, GSock.DatagramSocket),
                              ({'type': socket.SOCK_DGRAM}, GSock.DatagramSocket),
                              ({'address_family': 'netlink'}, GSock.RawSocket),
                              ({'address_family': socket.AF_UNIX, 'type': 'datagram'}, GSock.DatagramSocket)):
            with self.subTest(keywords), GSock.make_socket(**keywords) as made:
                self.assertIs(type(made), cls)

    def test_none_is_left_out(self):
        with GSock.make_socket(type='datagram', local_host=LOCALHOST, local_port=None, timeout=None, cancellable=None) as made:
            self.assertTrue(made.is_bound())

    def test_state_is_read_back(self):
        with make_server(backlog=5, timeout=0.25) as server:
            self.assertNotEqual(server.props.local_port, 0)
            self.assertEqual(server.props.local_host, LOCALHOST)
            self.assertEqual(server.props.timeout, 0.25)
            self.assertEqual(server.props.socket_type, GSock.SocketType.STREAM)
            self.assertEqual(server.props.address_family, GSock.AddressFamily.IPV4)
            self.assertTrue(server.props.listening)

    def test_options_are_keywords(self):
        with GSock.make_socket(tcp_nodelay=True, linger=(True, 5), receive_buffer=65536) as made:
            self.assertIs(made.get_option('tcp-nodelay'), True)
            self.assertEqual(made.get_option('linger'), (True, 5))
            self.assertEqual(made.get_option('receive-buffer'), 131072)

    def test_addresses_in_every_form(self):
        with make_server() as server:
            port = server.props.local_port
            for address in (GSock.Address.new_from_host(LOCALHOST, port), f'{LOCALHOST}:{port}',
                            Gio.InetSocketAddress.new_from_string(LOCALHOST, port), server.props.local_address):
                with self.subTest(address), GSock.make_socket(remote_address=address) as client, \
                        server.accept_connection(timeout=5) as peer:
                    self.assertEqual(client.get_local_address(), peer.get_remote_address())

    def test_connectable(self):
        with make_server() as server, \
                GSock.make_socket(remote_connectable=Gio.NetworkAddress.new(LOCALHOST, server.props.local_port)) as client:
            self.assertTrue(client.is_connected())

    def test_file_names(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in (os.path.join(folder, 'text'), pathlib.Path(folder, 'path')):
                with self.subTest(name), GSock.make_socket(type='datagram', local_filename=name) as made:
                    self.assertEqual(made.props.local_filename, str(name))
                    self.assertTrue(os.path.exists(name))
                self.assertFalse(os.path.exists(name))

    def test_service_names_and_protocols(self):
        with GSock.make_socket(type='datagram', protocol='udp') as made:
            self.assertEqual(made.props.protocol, socket.IPPROTO_UDP)

    def test_connecting_without_waiting(self):
        with make_server() as server, \
                GSock.make_socket(remote_address=server.get_local_address(), wait=False) as client:
            client.finish_connect(timeout=5)
            self.assertTrue(client.is_connected())

    def test_pair(self):
        for kind in ('stream', 'datagram', GSock.SocketType.SEQPACKET):
            with self.subTest(kind):
                left, right = GSock.make_socket_pair(type=kind)
                with left, right:
                    left.send_to(b'over')
                    self.assertEqual(right.receive_from(timeout=5).data, b'over')

    def test_from_fd(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as theirs:
            theirs.bind((LOCALHOST, 0))
            with GSock.make_socket_from_fd(theirs.fileno()) as ours:
                self.assertIs(type(ours), GSock.DatagramSocket)
                self.assertNotEqual(ours.fileno(), theirs.fileno())
                self.assertEqual(ours.props.local_port, theirs.getsockname()[1])

    def test_from_fd_taken_over(self):
        fd = socket.socket().detach()
        with GSock.make_socket_from_fd(fd, dup=False) as ours:
            self.assertEqual(ours.fileno(), fd)
        self.assertRaises(OSError, os.fstat, fd)


class Constructors(unittest.TestCase):
    def test_direct(self):
        with GSock.DatagramSocket(local_host=LOCALHOST) as made:
            self.assertIs(type(made), GSock.DatagramSocket)
            self.assertTrue(made.is_bound())

    def test_without_keywords(self):
        with GSock.DatagramSocket() as made:
            self.assertTrue(made.is_open())

    def test_all_classes(self):
        with GSock.PassiveSocket(local_host=LOCALHOST, backlog=3) as server, \
                GSock.ActiveSocket(remote_address=server.get_local_address()) as client, \
                GSock.RawSocket(address_family='netlink') as raw:
            self.assertTrue(client.is_connected())
            self.assertEqual(raw.props.socket_type, GSock.SocketType.RAW)

    def test_failure_raises(self):
        with self.assertRaises(GSock.UnknownKeyword):
            GSock.DatagramSocket(lokal_host=LOCALHOST)
        with self.assertRaises(GSock.AddressNotAvailable):
            GSock.DatagramSocket(local_host='192.0.2.1')

    def test_wrong_type_for_the_class(self):
        with self.assertRaises(GSock.InvalidKeyword):
            GSock.DatagramSocket(type='stream')
        with self.assertRaises(GSock.InvalidKeyword):
            GSock.ActiveSocket(connect='passive')

    def test_abstract_class(self):
        with self.assertRaises(TypeError):
            GSock.Socket(local_host=LOCALHOST)

    def test_again(self):
        with GSock.DatagramSocket() as made, self.assertRaises(GSock.InvalidState):
            made.init_with_keywords(local_host=LOCALHOST)

    def test_plain_construction_is_not_initialized(self):
        made = GObject.new(GSock.DatagramSocket)
        for call in (made.get_local_address, made.receive_from, made.fileno, lambda: made.send_to(b'x'),
                     lambda: made.wait_for('in', 0), lambda: made.get_option('linger')):
            self.assertRaises(GSock.NotInitialized, call)
        self.assertFalse(made.is_open())

    def test_make_instance(self):
        with GSock.make_instance(GSock.DatagramSocket, local_host=LOCALHOST) as made:
            self.assertIs(type(made), GSock.DatagramSocket)
        with GSock.make_instance(GSock.DatagramSocket.__gtype__, local_host=LOCALHOST) as made:
            self.assertIs(type(made), GSock.DatagramSocket)


class Lifetimes(unittest.TestCase):
    def test_block_closes(self):
        with GSock.DatagramSocket() as made:
            fd = made.fileno()
        self.assertFalse(made.is_open())
        self.assertRaises(OSError, os.fstat, fd)

    def test_block_closes_when_it_raises(self):
        with self.assertRaises(ZeroDivisionError), GSock.DatagramSocket() as made:
            1 / 0
        self.assertFalse(made.is_open())

    def test_dropped_while_open_is_warned_of(self):
        with self.assertWarns(ResourceWarning):
            GSock.DatagramSocket()

    def test_closed_is_dropped_without_a_warning(self):
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            with GSock.DatagramSocket() as made:
                pass
            del made

    def test_printed_form(self):
        with GSock.DatagramSocket(local_host=LOCALHOST) as made:
            text = f'IPv4 datagram socket bound to {LOCALHOST}:{made.props.local_port}'
            self.assertEqual(repr(made), text)
            self.assertEqual(str(made), text)
        self.assertEqual(repr(made), 'IPv4 datagram socket, closed')


tap.main()
