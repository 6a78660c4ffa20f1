# SPDX-License-Identifier: LGPL-2.1-or-later
"""The typelib as it is, without the override: the names and values of C."""

import os
import sys
import unittest

sys.modules['gi.overrides.GSock'] = None

import tap  # noqa: E402
from gi.repository import Gio, GLib, GObject, GSock  # noqa: E402

LOCALHOST = '127.0.0.1'


def make(names=(), values=()):
    return GSock.make_socket(list(names), list(values), None)


class Plain(unittest.TestCase):
    def check(self, code, call, *arguments):
        with self.assertRaises(GLib.Error) as caught:
            call(*arguments)
        self.assertIs(type(caught.exception), GLib.Error)
        self.assertTrue(caught.exception.matches(GSock.error_quark(), code), caught.exception)

    def test_there_is_no_override(self):
        self.assertFalse(hasattr(GSock, 'SocketError'))
        self.assertEqual([name for name in sys.modules if '_GSock' in name], [])
        self.assertFalse(hasattr(GSock.Socket, 'fileno'))

    def test_datagrams(self):
        udp = make(['type', 'local_host'], ['datagram', LOCALHOST])
        names, values = ['remote-host', 'remote-port'], [LOCALHOST, udp.props.local_port]
        self.assertEqual(udp.send_to(b'hello', names, values, None), 5)
        data, sender, flags, full_length = udp.receive_from(100, ['timeout'], [5.0], None)
        self.assertEqual((data, full_length, flags), (b'hello', 5, 0))
        self.assertTrue(sender.equal(udp.get_local_address()))
        self.assertEqual(udp.send_to(b'', names, values), 0)
        self.assertEqual(udp.receive_from(100, None, None, None)[0], b'')
        udp.close(False)

    def test_streams(self):
        server = make(['connect', 'local-host', 'backlog'], [GSock.Role.PASSIVE, LOCALHOST, 5])
        client = make(['remote-address'], [server.get_local_address()])
        peer = server.accept_connection(['timeout'], [5.0], None)
        self.assertIsInstance(peer, GSock.ActiveSocket)
        client.send_to(bytes(65536), None, None, None)
        received = b''
        while len(received) < 65536:
            received += peer.receive_from(65536, ['timeout'], [5.0])[0]
        client.shutdown(False, True)
        self.assertEqual(peer.receive_from(10)[0], b'')
        for made in (server, client, peer):
            made.close(False)

    def test_step_by_step(self):
        server = make(['connect'], ['passive'])
        self.assertTrue(server.bind_address(None, ['host', 'port'], [LOCALHOST, 0], None))
        self.assertTrue(server.listen_on(['backlog'], [3]))
        client = make(['address-family'], [GSock.AddressFamily.IPV4])
        self.assertTrue(client.bind_address(GSock.Address.new_from_host(LOCALHOST, 0), None, None, None))
        self.check(GSock.Error.WOULD_BLOCK, server.accept_connection, ['wait'], [False], None)
        self.assertTrue(client.connect_to(None, ['host', 'port', 'timeout'], [LOCALHOST, server.props.local_port, 5.0], None))
        peer, = server.accept_many(10, ['timeout'], [5.0], None)
        self.assertTrue(peer.get_remote_address().equal(client.get_local_address()))
        self.assertIn(f'connected to {client.get_local_address().to_text()}', peer.to_string())
        self.assertTrue(client.write_line('grün', None, None, None))
        self.assertTrue(client.finish_output(None, None, None))
        self.assertEqual(peer.read_line(['timeout'], [5.0], None), 'grün')
        self.check(GSock.Error.TIMED_OUT, peer.read_line, ['timeout'], [0.01], None)
        self.assertTrue(client.close(True))
        self.check(GSock.Error.CONNECTION_RESET, peer.receive_from, 10, ['timeout'], [5.0], None)
        peer.close(False)
        self.check(GSock.Error.CLOSED, peer.receive_from, 10, None, None, None)
        server.close(False)
        self.check(GSock.Error.CONNECTION_REFUSED, make, ['remote-host', 'remote-port'], [LOCALHOST, 1])

    def test_connected_datagrams(self):
        udp, other = make(['type', 'local_host'], ['datagram', LOCALHOST]), make(['type'], ['datagram'])
        self.assertTrue(other.connect_to(udp.get_local_address(), None, None, None))
        self.assertEqual(other.send_to(b'x'), 1)
        self.check(GSock.Error.ALREADY_CONNECTED, other.send_to, b'x', ['remote-port', 'remote-host'], [9, LOCALHOST])
        self.assertTrue(other.disconnect_peer())
        self.check(GSock.Error.NOT_CONNECTED, other.send_to, b'x')
        self.assertEqual(udp.receive_from(10, ['timeout'], [5.0])[0], b'x')
        for made in (udp, other):
            made.close(False)

    def test_messages(self):
        udp = make(['type', 'local_host', 'ip-receive-ttl'], ['datagram', LOCALHOST, True])
        message = GSock.Message.new()
        message.add_data(b'in two ')
        message.add_bytes(GLib.Bytes.new(b'pieces'))
        message.set_address(udp.get_local_address())
        message.set_ttl(7)
        self.assertEqual(udp.send_message(message, None, None, None), 13)
        letter = udp.receive_message(100, ['timeout'], [5.0], None)
        self.assertEqual((letter.get_bytes().get_data(), letter.get_ttl()), (b'in two pieces', 7))
        self.assertTrue(letter.get_address().equal(udp.get_local_address()))
        self.assertFalse(letter.is_truncated())
        udp.close(False)

    def test_batches(self):
        udp, batch = make(['type', 'local_host'], ['datagram', LOCALHOST]), GSock.Batch.new()
        self.assertTrue(batch.add(b'one', None))
        self.assertTrue(batch.add(b'two', udp.get_local_address()))
        self.assertEqual(udp.send_many(batch, ['remote-address'], [udp.get_local_address()], None), 2)
        arrived = []
        while len(arrived) < 2:
            count = udp.receive_many(batch, 8, ['timeout'], [5.0], None)
            arrived += [batch.get_data(index) for index in range(count)]
            self.assertTrue(batch.get_address(0).equal(udp.get_local_address()))
        self.assertEqual(arrived, [b'one', b'two'])
        udp.close(False)

    def test_watch_and_server(self):
        context, told = GLib.MainContext.default(), []
        listener = make(['connect', 'local-host'], ['passive', LOCALHOST])
        server = GSock.Server.new(listener)

        def on_readable(socket, condition, extra):
            told.append((socket.receive_from(10, None, None, None)[0], condition, extra))
            return False

        def on_connection(_, connection, extra):
            told.append((connection, extra))

        server.set_handler(on_connection, 'extra')
        self.assertTrue(server.start(GLib.PRIORITY_DEFAULT))
        client = make(['remote-address'], [listener.get_local_address()])
        while not told:
            context.iteration(True)
        peer, extra = told.pop()
        self.assertIsInstance(peer, GSock.ActiveSocket)
        self.assertEqual((extra, server.get_n_connections()), ('extra', 1))

        peer.watch(GLib.IOCondition.IN, GLib.PRIORITY_DEFAULT, on_readable, 'more')
        client.send_to(b'x', None, None, None)
        while not told:
            context.iteration(True)
        self.assertEqual(told.pop(), (b'x', GLib.IOCondition.IN, 'more'))
        watch = peer.watch(GLib.IOCondition.IN, GLib.PRIORITY_DEFAULT, self.fail, None)
        self.assertIsInstance(watch, GSock.Watch)
        watch.cancel()
        watch.cancel()
        for made in (client, peer, listener):
            made.close(False)

    def test_without_blocking(self):
        context, results = GLib.MainContext.default(), []

        def keep(source, result, *extra):
            results.append((source, result))

        def take():
            while not results:
                context.iteration(True)
            return results.pop()

        listener = make(['connect', 'local-host'], ['passive', LOCALHOST])
        client = GSock.ActiveSocket(address_family=GSock.AddressFamily.IPV4)
        client.init(None)
        client.connect_direct_async(listener.get_local_address(), True, 5.0, 0, None, keep)
        source, result = take()
        self.assertTrue(source.connect_to_finish(result))
        listener.accept_connection_direct_async(True, 5.0, 0, None, keep)
        source, result = take()
        peer = source.accept_connection_finish(result)
        client.send_bytes_async(GLib.Bytes.new(b'x'), None, 0, True, 5.0, 0, None, keep)
        source, result = take()
        self.assertEqual(source.send_to_finish(result), 1)
        peer.receive_from_async(10, ['timeout'], [5.0], 0, None, keep)
        source, result = take()
        self.assertEqual(source.receive_from_finish(result)[0].get_data(), b'x')
        GSock.make_socket_async(['remote-address'], [listener.get_local_address()], 0, None, keep)
        other = GSock.make_socket_finish(take()[1])
        self.assertIsInstance(other, GSock.ActiveSocket)
        for made in (client, peer, listener, other):
            made.close(False)

    def test_fixed_arguments(self):
        udp = make(['type', 'local_host'], ['datagram', LOCALHOST])
        here = udp.get_local_address()
        self.assertEqual(udp.send_to_direct(b'x', here, GSock.MessageFlags.NONE, True, -2.0, None), 1)
        self.assertEqual(udp.send_bytes(GLib.Bytes.new(b'y'), here, 0, True, -2.0, None), 1)
        self.assertEqual(udp.wait_for(GLib.IOCondition.IN, 5.0, None), GLib.IOCondition.IN)
        data, sender, flags, full_length = udp.receive_bytes(10, 0, True, 5.0, None)
        self.assertEqual(data.get_data(), b'x')
        self.assertEqual(GSock.wait_for_any([udp], [int(GLib.IOCondition.IN)], 5.0, None), [udp])
        udp.close(False)

    def test_pair_and_descriptors(self):
        done, left, right = GSock.make_socket_pair(['type'], ['seqpacket'])
        self.assertTrue(done)
        self.assertEqual(left.send_file_descriptors([0, 1], None, [], [], None), 1)
        fds, _ = right.receive_file_descriptors(16, ['timeout'], [5.0], None)
        self.assertEqual(len(fds), 2)
        for fd in fds:
            os.close(fd)
        self.assertTrue(left.send_file_descriptor(0, None, None, None))
        os.close(right.receive_file_descriptor(['timeout'], [5.0], None))
        self.assertTrue(left.send_socket(right, None, None, None))
        twin = right.receive_socket(['timeout'], [5.0], None)
        self.assertIsInstance(twin, GSock.ActiveSocket)
        twin.close(False)
        self.assertEqual(left.peer_credentials()[1], os.getpid())
        left.close(False)
        right.close(False)

    def test_options(self):
        stream = make(['linger'], [GLib.Variant('(bi)', (True, 5))])
        self.assertEqual(stream.get_option('linger').unpack(), (True, 5))
        stream.set_option('keep-alive', GLib.Variant('b', True))
        self.assertEqual(stream.get_option_int(1, 9)[1], 1)
        stream.close(False)

    def test_errors(self):
        self.check(GSock.Error.UNKNOWN_KEYWORD, make, ['lokal-host'], ['x'])
        self.check(GSock.Error.INVALID_KEYWORD, make, ['local-port'], ['x'])
        self.check(GSock.Error.INVALID_KEYWORD, make, ['local-port'], [])
        self.check(GSock.Error.INVALID_KEYWORD, make, [], [1])
        self.check(GSock.Error.OUT_OF_RANGE, make, ['local-port'], [70000])

    def test_construction_and_init(self):
        made = GSock.DatagramSocket(local_host=LOCALHOST)
        self.check(GSock.Error.NOT_INITIALIZED, made.get_local_address)
        self.assertTrue(made.init(None))
        self.assertNotEqual(made.props.local_port, 0)
        made.close(False)
        made = GSock.DatagramSocket()
        self.assertTrue(made.init_with_keywords(['local-host'], [LOCALHOST], None))
        self.check(GSock.Error.INVALID_STATE, made.init_with_keywords, ['local-host'], [LOCALHOST], None)
        made.close(False)

    def test_what_a_property_cannot_be_is_told_by_init(self):
        self.check(GSock.Error.OUT_OF_RANGE, GSock.DatagramSocket(local_port=70000).init, None)

    def test_subclass(self):
        class Quiet(GSock.DatagramSocket):
            def do_send_to(self, data, *rest):
                if data.get_size() == 0:
                    raise GLib.Error('nothing to say', 'gsock-error-quark', GSock.Error.INVALID_STATE)
                return GSock.DatagramSocket.do_send_to(self, data, *rest)

            def do_receive_from(self, *arguments):
                return GSock.DatagramSocket.do_receive_from(self, *arguments)

        made = GSock.make_instance(Quiet, ['local-host'], [LOCALHOST], None)
        names, values = ['remote-address'], [made.get_local_address()]
        self.assertEqual(made.send_to(b'x', names, values), 1)
        self.assertEqual(made.receive_from(10, ['timeout'], [5.0])[0], b'x')
        self.check(GSock.Error.INVALID_STATE, made.send_to, b'', names, values)
        made.close(False)

    def test_active_type(self):
        class Peer(GSock.ActiveSocket):
            pass

        value = GObject.Value(GObject.TYPE_GTYPE, Peer)
        server = make(['connect', 'local-host', 'active-type'], ['passive', LOCALHOST, value])
        client = make(['remote-address'], [server.get_local_address()])
        peer = server.accept_connection(None, None, None)
        self.assertIsInstance(peer, Peer)
        for made in (server, client, peer):
            made.close(False)

    def test_lists(self):
        addresses, name = GSock.lookup_hostname('127.0.0.1', GSock.Ipv6Mode.YES, None)
        self.assertEqual([address.to_text() for address in addresses], ['127.0.0.1:0'])
        self.assertIn('lo', [interface.get_name() for interface in GSock.list_network_interfaces()])
        self.assertIn('tcp-nodelay', GSock.list_options())

    def test_copied_addresses(self):
        udp = make(['type', 'local_host'], ['datagram', LOCALHOST])
        done, address = udp.copy_local_address()
        self.assertTrue(done and address.equal(udp.get_local_address()))
        udp.close(False)

    def test_async_functions(self):
        loop, answers = GLib.MainLoop(), []

        def done(source, result):
            answers.append(GSock.lookup_hostname_finish(result))
            loop.quit()

        GSock.lookup_hostname_async('127.0.0.1', GSock.Ipv6Mode.YES, Gio.Cancellable(), done)
        loop.run()
        self.assertEqual(answers[0][0][0].get_host(), '127.0.0.1')


tap.main()
