# SPDX-License-Identifier: LGPL-2.1-or-later
"""The operators of a socket, as a program in Python calls them."""

import os
import select
import socket
import threading
import unittest

import tap
from gi.repository import Gio, GLib, GSock

LOCALHOST = '127.0.0.1'


class Streams(unittest.TestCase):
    def setUp(self):
        self.server = GSock.make_socket(connect='passive', local_host=LOCALHOST)
        self.client = GSock.make_socket(remote_address=self.server.get_local_address())
        self.peer = self.server.accept_connection(timeout=5)

    def tearDown(self):
        for made in (self.server, self.client, self.peer):
            made.close()

    def test_accepted_knows_its_peer(self):
        self.assertIs(type(self.peer), GSock.ActiveSocket)
        self.assertEqual(self.peer.get_remote_address(), self.client.get_local_address())

    def test_both_ways(self):
        self.assertEqual(self.client.send_to(b'question'), 8)
        self.assertEqual(self.peer.receive_from(100, timeout=5).data, b'question')
        self.assertEqual(self.peer.send_to(b'answer', more=True, flags=GSock.MessageFlags.DONT_ROUTE), 6)
        self.assertEqual(self.client.receive_from(size=100, timeout=5).data, b'answer')

    def test_result_of_a_stream_has_no_sender(self):
        self.client.send_to(b'x')
        received = self.peer.receive_from(timeout=5)
        self.assertEqual(list(received), [b'x', None, None])
        self.assertIsNone(received.address)
        self.assertIsNone(received.filename)
        self.assertEqual(received.full_length, 1)
        self.assertFalse(received.truncated)

    def test_end_of_stream(self):
        self.client.shutdown(write=True)
        self.assertEqual(self.peer.receive_from(timeout=5).data, b'')

    def test_peek_and_wait_all(self):
        self.client.send_to(b'abc')
        self.assertEqual(self.peer.receive_from(2, peek=True, timeout=5).data, b'ab')
        self.assertEqual(self.peer.receive_from(3, flags='wait-all', timeout=5).data, b'abc')

    def test_start_and_end(self):
        self.assertEqual(self.client.send_to(b'0123456789', start=2, end=5), 3)
        self.assertEqual(self.peer.receive_from(timeout=5).data, b'234')

    def test_many_are_accepted(self):
        with GSock.make_socket(remote_address=self.server.get_local_address()), \
             GSock.make_socket(remote_address=self.server.get_local_address()):
            accepted = self.server.accept_many(timeout=5)
            self.assertEqual(len(accepted), 2)
            for connection in accepted:
                connection.close()
        self.assertRaises(BlockingIOError, self.server.accept_many, limit=3, wait=False)

    def test_nobody_came(self):
        self.assertRaises(TimeoutError, self.server.accept_connection, timeout=0.01)
        self.assertRaises(BlockingIOError, self.server.accept_connection, wait=False)

    def test_listening_again(self):
        self.server.listen_on(backlog=1)
        self.assertTrue(self.server.is_listening())

    def test_iteration_ends_when_closed(self):
        with GSock.make_socket(remote_address=self.server.get_local_address()) as second:
            served = []
            for peer in self.server:
                with peer:
                    served.append(peer.get_remote_address())
                self.server.close()
            self.assertEqual(served, [second.get_local_address()])

    def test_close_with_reset(self):
        self.client.send_to(b'lost')
        self.client.close(abort=True)
        with self.assertRaises(ConnectionResetError):
            while self.peer.receive_from(timeout=5).data:
                pass


class Datagrams(unittest.TestCase):
    def setUp(self):
        self.alice = GSock.make_socket(type='datagram', local_host=LOCALHOST)
        self.bob = GSock.make_socket(type='datagram', local_host=LOCALHOST)

    def tearDown(self):
        self.alice.close()
        self.bob.close()

    def test_sender(self):
        self.bob.send_to(b'x', remote_host=LOCALHOST, remote_port=self.alice.props.local_port)
        received = self.alice.receive_from(timeout=5)
        self.assertEqual(list(received), [b'x', LOCALHOST, self.bob.props.local_port])
        self.assertEqual((received.host, received.port), (LOCALHOST, self.bob.props.local_port))
        self.assertEqual(received.address, self.bob.get_local_address())
        self.assertIsNone(received.filename)

    def test_cut(self):
        self.bob.send_to(b'0123456789', remote_address=self.alice.get_local_address())
        received = self.alice.receive_from(4, timeout=5)
        self.assertEqual(received.data, b'0123')
        self.assertTrue(received.truncated)
        self.assertEqual(received.full_length, 10)
        self.assertTrue(received.flags & GSock.MessageFlags.TRUNCATE)

    def test_connect_and_disconnect(self):
        for _ in range(3):
            self.bob.connect_to(LOCALHOST, port=self.alice.props.local_port)
            self.assertEqual(self.bob.props.remote_port, self.alice.props.local_port)
            self.bob.disconnect_peer()
            self.assertFalse(self.bob.is_connected())
        self.bob.connect_to(self.alice.get_local_address())
        self.bob.send_to(b'x')
        self.assertEqual(self.alice.receive_from(timeout=5).data, b'x')

    def test_connect_in_every_form(self):
        port = self.alice.props.local_port
        for arguments, keywords in (((LOCALHOST,), {'port': port}),
                                    ((), {'remote_host': LOCALHOST, 'remote_port': port}),
                                    ((), {'remote_address': f'{LOCALHOST}:{port}'}),
                                    ((Gio.InetSocketAddress.new_from_string(LOCALHOST, port),), {})):
            with self.subTest(keywords):
                self.bob.connect_to(*arguments, **keywords)
                self.assertEqual(self.bob.get_remote_address(), self.alice.get_local_address())
                self.bob.disconnect_peer()

    def test_bind_in_every_form(self):
        for arguments, keywords in (((LOCALHOST,), {}),
                                    ((LOCALHOST,), {'port': 0}),
                                    ((), {'local_host': LOCALHOST, 'reuse_port': True}),
                                    ((GSock.Address.new_from_host(LOCALHOST, 0),), {})):
            with self.subTest(keywords), GSock.DatagramSocket() as made:
                made.bind_address(*arguments, **keywords)
                self.assertEqual(made.props.local_host, LOCALHOST)

    def test_cancelled(self):
        cancellable = Gio.Cancellable()
        threading.Timer(0.02, cancellable.cancel).start()
        with self.assertRaises(GLib.Error) as caught:
            self.alice.receive_from(cancellable=cancellable)
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_closed_by_another_thread(self):
        threading.Timer(0.02, self.alice.close).start()
        self.assertRaises(GSock.Closed, self.alice.receive_from)

    def test_other_threads_run_meanwhile(self):
        threading.Timer(0.02, self.bob.send_to, (b'x',), {'remote_address': self.alice.get_local_address()}).start()
        self.assertEqual(self.alice.receive_from(timeout=5).data, b'x')


class Local(unittest.TestCase):
    def test_filename_of_the_sender(self):
        name = f'@gsock-test-{os.getpid()}'
        with GSock.make_socket(type='datagram', local_filename=name) as named, \
                GSock.make_socket(type='datagram', local_filename=name + '-2') as other, \
                GSock.make_socket(type='datagram', address_family='local') as nameless:
            other.send_to(b'x', remote_filename=name)
            received = named.receive_from(timeout=5)
            self.assertEqual(list(received), [b'x', name + '-2', None])
            self.assertEqual((received.filename, received.host, received.port), (name + '-2', None, None))
            nameless.send_to(b'y', remote_filename=name)
            self.assertEqual(list(named.receive_from(timeout=5)), [b'y', None, None])

    def test_descriptors(self):
        left, right = GSock.make_socket_pair()
        with left, right, open('/dev/null') as null, open('/dev/zero') as zero:
            left.send_file_descriptor(null.fileno())
            left.send_file_descriptors([null.fileno(), zero.fileno()], timeout=5)
            fds = [right.receive_file_descriptor(timeout=5), *right.receive_file_descriptors(16, timeout=5)]
            self.assertEqual([os.readlink(f'/proc/self/fd/{fd}') for fd in fds], ['/dev/null', '/dev/null', '/dev/zero'])
            for fd in fds:
                self.assertFalse(os.get_inheritable(fd))
                os.close(fd)


class Events(unittest.TestCase):
    def test_wait_for(self):
        left, right = GSock.make_socket_pair()
        with left, right:
            self.assertEqual(left.wait_for('in|out', timeout=0), GLib.IOCondition.OUT)
            self.assertRaises(TimeoutError, left.wait_for, 'in', 0)
            right.send_to(b'x')
            self.assertEqual(left.wait_for(GLib.IOCondition.IN, 5), GLib.IOCondition.IN)
            self.assertEqual(left.wait_for(timeout=5), GLib.IOCondition.IN)

    def test_wait_for_any(self):
        left, right = GSock.make_socket_pair()
        with left, right:
            self.assertEqual(GSock.wait_for_any([left, right], 'out', timeout=0), [left, right])
            right.send_to(b'x')
            self.assertEqual(GSock.wait_for_any([left, right], timeout=5), [left])
            self.assertEqual(GSock.wait_for_any((left, right), ['in', GLib.IOCondition.PRI]), [left])
            left.receive_from()
            self.assertRaises(TimeoutError, GSock.wait_for_any, [left, right], 'in', 0)

    def watch(self, receiver, sender, **keywords):
        """What the callback of a source is given: when something comes, and after the close."""
        context, calls = GLib.MainContext.new(), []

        def on_ready(*arguments):
            calls.append(arguments)
            return len(calls) < 3

        source = receiver.create_source(**keywords)
        source.set_callback(on_ready, 'mine', 5)
        source.attach(context)
        self.assertFalse(context.iteration(False))
        sender.send_to(b'x')
        while len(calls) < 1:
            context.iteration(True)
        receiver.receive_from()
        self.assertFalse(context.iteration(False))
        receiver.close()
        while len(calls) < 3:
            context.iteration(True)
        self.assertTrue(source.is_destroyed())
        self.assertEqual(calls, [(receiver, condition, 'mine', 5) for condition in
                                 (GLib.IOCondition.IN, GLib.IOCondition.HUP, GLib.IOCondition.HUP)])

    def test_source(self):
        for type in 'stream', 'datagram', 'seqpacket':
            for keywords in ({}, {'condition': 'in'}, {'condition': GLib.IOCondition.IN, 'cancellable': Gio.Cancellable()}):
                with self.subTest(type=type, **keywords):
                    left, right = GSock.make_socket_pair(type=type)
                    with left, right:
                        self.watch(left, right, **keywords)

    def test_source_that_is_cancelled(self):
        context, cancellable, calls = GLib.MainContext.new(), Gio.Cancellable(), []
        left, right = GSock.make_socket_pair()
        with left, right:
            source = left.create_source('in', cancellable)
            source.set_callback(lambda socket, condition: calls.append(condition))
            source.attach(context)
            cancellable.cancel()
            while not calls:
                context.iteration(True)
            self.assertEqual(calls, [GLib.IOCondition(0)])
            self.assertTrue(source.is_destroyed())

    def test_source_of_the_thread_that_another_closes(self):
        context, calls = GLib.MainContext.new(), []
        left, right = GSock.make_socket_pair()
        with left, right:
            source = left.create_source('in')
            source.set_callback(lambda socket, condition: calls.append(condition))
            source.attach(context)
            thread = threading.Thread(target=context.iteration, args=(True,))
            thread.start()
            left.close()
            thread.join()
            while not calls:
                context.iteration(True)
        self.assertEqual(calls, [GLib.IOCondition.HUP])
        source.destroy()

    def test_source_with_wrong_input(self):
        left, right = GSock.make_socket_pair()
        with left, right:
            self.assertRaises(ValueError, left.create_source, 'inn')
            self.assertRaises(TypeError, left.create_source, 'in', 5)
            self.assertRaises(TypeError, left.create_source().set_callback)

    def test_select(self):
        left, right = GSock.make_socket_pair()
        with left, right:
            right.send_to(b'x')
            self.assertEqual(select.select([left, right], [], [], 5)[0], [left])

    def test_descriptor_as_python_sockets_have_it(self):
        left, right = GSock.make_socket_pair()
        with left, right:
            self.assertEqual(left.fileno(), left.props.file_descriptor)
            with socket.socket(fileno=os.dup(left.fileno())) as theirs:
                theirs.send(b'x')
            self.assertEqual(right.receive_from(timeout=5).data, b'x')


tap.main()
