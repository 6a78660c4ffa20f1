# SPDX-License-Identifier: LGPL-2.1-or-later
"""What does not block in Python: callbacks in a main context, and what asyncio awaits."""

import asyncio
import functools
import gc
import os
import sys
import tempfile
import threading
import time
import unittest

import tap
from gi.repository import Gio, GLib, GSock

LOCALHOST = '127.0.0.1'


def call(begin, finish, *arguments, **keywords):
    """Runs the main context until the callback was called; gives what the finish function gives."""
    loop, got = GLib.MainLoop(), []

    def on_done(source, result):
        got.append((source, result))
        loop.quit()

    begin(*arguments, callback=on_done, **keywords)
    assert not got
    loop.run()
    [(source, result)] = got
    return getattr(source, finish)(result)


class Callbacks(unittest.TestCase):
    def setUp(self):
        self.alice, self.bob = (GSock.make_socket(type='datagram', local_host=LOCALHOST) for _ in range(2))
        self.there = {'remote_host': LOCALHOST, 'remote_port': self.bob.props.local_port}

    def tearDown(self):
        self.alice.close()
        self.bob.close()

    def test_datagrams(self):
        self.assertEqual(call(self.alice.send_to_async, 'send_to_finish', bytearray(b'abc'), **self.there), 3)
        data, host, port = call(self.bob.receive_from_async, 'receive_from_finish', size=100, timeout=5)
        self.assertEqual((data, host, port), (b'abc', LOCALHOST, self.alice.props.local_port))

    def test_descriptors(self):
        left, right = GSock.make_socket_pair()
        call(left.send_file_descriptors_async, 'send_file_descriptors_finish', [0, 1], b'x')
        fds = call(right.receive_file_descriptors_async, 'receive_file_descriptors_finish', 2)
        self.assertEqual((len(fds), fds.payload), (2, b'x'))
        for fd in fds:
            os.close(fd)
        left.close()
        right.close()

    def test_handover(self):
        loop = GLib.MainLoop()

        def on_done(channel, result):
            with self.assertRaises(TimeoutError):
                GSock.handover_give_finish(channel, result)
            loop.quit()

        left, right = GSock.make_socket_pair(type='seqpacket')
        with left, right:
            GSock.handover_give_async(left, [('udp', self.alice)], 0.01, callback=on_done)
            loop.run()

    def test_look_up(self):
        loop, got = GLib.MainLoop(), []

        def on_done(_, result):
            got.append(GSock.lookup_hostname_finish(result))
            loop.quit()

        GSock.lookup_hostname_async(LOCALHOST, callback=on_done)
        loop.run()
        self.assertEqual(got[0][0][0].get_host(), LOCALHOST)

    def test_messages(self):
        call(self.alice.send_message_async, 'send_message_finish', [b'a', b'b'], ttl=9, **self.there)
        self.assertEqual(call(self.bob.receive_message_async, 'receive_message_finish').data, b'ab')

    def test_batches(self):
        self.assertEqual(call(self.alice.send_many_async, 'send_many_finish', [b'x', b'y'], **self.there), 2)
        batch = GSock.Batch.new()
        self.assertGreater(call(self.bob.receive_many_async, 'receive_many_finish', 64, batch=batch), 0)
        self.assertEqual(batch.get_data(0), b'x')

    def test_streams(self):
        with GSock.make_socket(connect='passive', local_host=LOCALHOST) as server, \
             GSock.make_socket(address_family='ipv4') as client:
            port = server.props.local_port
            self.assertTrue(call(client.connect_to_async, 'connect_to_finish', 'localhost', port=port))
            with call(server.accept_connection_async, 'accept_connection_finish', timeout=5) as peer:
                self.assertEqual(peer.get_remote_address(), client.get_local_address())

    def test_sockets_are_made(self):
        got, loop = [], GLib.MainLoop()

        def on_done(source, result):
            got.append((source, result))
            loop.quit()

        GSock.make_socket_async(connect='passive', local_host=LOCALHOST, callback=on_done)
        loop.run()
        with GSock.make_socket_finish(got.pop()[1]) as server:
            GSock.make_socket_async(remote_host=LOCALHOST, remote_port=server.props.local_port, callback=on_done)
            loop.run()
            with GSock.make_socket_finish(got.pop()[1]) as client:
                self.assertTrue(client.props.connected)
            GSock.make_instance_async(GSock.DatagramSocket, local_host=LOCALHOST, callback=on_done)
            loop.run()
            GSock.make_instance_finish(got.pop()[1]).close()
            port = server.props.local_port
        GSock.make_socket_async(remote_host=LOCALHOST, remote_port=port, callback=on_done)
        loop.run()
        with self.assertRaises(ConnectionRefusedError):
            GSock.make_socket_finish(got.pop()[1])

    def test_errors(self):
        with self.assertRaises(TimeoutError):
            call(self.alice.receive_from_async, 'receive_from_finish', timeout=0.01)
        with self.assertRaises(TypeError):
            call(self.alice.receive_from_async, 'receive_from_finish', sise=3)
        cancellable = Gio.Cancellable()
        GLib.idle_add(cancellable.cancel)
        with self.assertRaises(GLib.Error) as caught:
            call(self.alice.receive_from_async, 'receive_from_finish', cancellable=cancellable)
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        GLib.idle_add(lambda: self.alice.close() and False)
        with self.assertRaises(GSock.Closed):
            call(self.alice.receive_from_async, 'receive_from_finish')

    def test_dropped_while_it_waits(self):
        server = GSock.make_socket(connect='passive', local_host=LOCALHOST)
        port, loop, got = server.props.local_port, GLib.MainLoop(), []

        def on_done(source, result):
            got.append(source.accept_connection_finish(result))
            source.close()
            loop.quit()

        server.accept_connection_async(callback=on_done)
        del server
        gc.collect()
        with GSock.make_socket(remote_host=LOCALHOST, remote_port=port):
            loop.run()
        got.pop().close()

    def test_watch(self):
        loop, got = GLib.MainLoop(), []

        def on_ready(socket, condition, extra):
            self.assertEqual(condition, GLib.IOCondition.IN)
            got.append((socket.receive_from(wait=False).data, extra))
            if len(got) == 2:
                loop.quit()
                return False

        self.bob.watch('in', on_ready, 'extra')
        for data in b'one', b'two':
            self.alice.send_to(data, **self.there)
        loop.run()
        self.assertEqual(got, [(b'one', 'extra'), (b'two', 'extra')])
        self.bob.watch('in', self.fail).cancel()
        with self.assertRaises(ValueError):
            self.bob.watch('nothing', self.fail)

    def test_callbacks_that_raise(self):
        told, before = [], sys.excepthook

        def fail(*arguments):
            raise KeyError(len(arguments))

        sys.excepthook = lambda kind, error, trace: told.append(error.args)
        try:
            self.bob.watch('in', fail)
            self.bob.receive_from_async(callback=fail)
            self.alice.send_to(b'x', **self.there)
            while len(told) < 2:
                GLib.MainContext.default().iteration(True)
        finally:
            sys.excepthook = before
        self.assertEqual(told, [(2,), (2,)])
        # The watch is over.
        self.alice.send_to(b'y', **self.there)
        while GLib.MainContext.default().iteration(False):
            pass
        self.assertEqual(call(self.bob.receive_from_async, 'receive_from_finish', timeout=5).data, b'y')

    def test_server(self):
        loop, connections = GLib.MainLoop(), []
        with GSock.make_socket(connect='passive', local_host=LOCALHOST) as listener:
            server = GSock.Server(listener=listener, max_connections=5)
            server.connect('connection', lambda _, connection: connections.append(connection) or loop.quit())
            server.start()
            with GSock.make_socket(remote_host=LOCALHOST, remote_port=listener.props.local_port):
                loop.run()
                self.assertEqual(server.props.n_connections, 1)
                connections.pop().close()
                self.assertEqual(server.props.n_connections, 0)
            server.stop()
            # The end of a connection is told by the main context.
            while GLib.MainContext.default().iteration(False):
                pass


def awaited(method):
    return functools.wraps(method)(lambda self: asyncio.run(method(self)))


class Awaited(unittest.TestCase):
    def setUp(self):
        self.sockets = []

    def tearDown(self):
        for made in self.sockets:
            made.close()

    def make(self, **keywords):
        self.sockets.append(GSock.make_socket(**keywords))
        return self.sockets[-1]

    async def make_stream(self):
        server, client = self.make(connect='passive', local_host=LOCALHOST), self.make(address_family='ipv4')
        peer, connected = await asyncio.gather(
            server.accept_connection_async(timeout=5),
            client.connect_to_async(LOCALHOST, port=server.props.local_port))
        self.assertTrue(connected)
        self.sockets.append(peer)
        return server, client, peer

    @awaited
    async def test_stream(self):
        server, client, peer = await self.make_stream()
        large = bytes(range(256)) * 20000
        sending, got = asyncio.ensure_future(client.send_to_async(large)), bytearray()
        while len(got) < len(large):
            got += (await peer.receive_from_async(timeout=5)).data
        self.assertEqual(await sending, len(large))
        self.assertEqual(got, large)

    @awaited
    async def test_sockets_are_made(self):
        server = await GSock.make_socket_async(connect='passive', local_host=LOCALHOST)
        self.sockets.append(server)
        client = await GSock.make_socket_async(remote_host='localhost', remote_port=server.props.local_port, ipv6='no')
        self.assertTrue(client.props.connected)
        client.close()
        (await GSock.make_instance_async(GSock.DatagramSocket, local_host=LOCALHOST)).close()
        with self.assertRaises(ValueError):
            await GSock.make_socket_async(remote_host=LOCALHOST)
        with self.assertRaises(TypeError):
            GSock.make_socket_async(cancellable=Gio.Cancellable())

    @awaited
    async def test_making_is_cancelled(self):
        before = len(os.listdir('/proc/self/fd'))
        server = self.make(connect='passive', local_host=LOCALHOST, backlog=0)
        port, making = server.props.local_port, []
        for _ in range(6):
            making.append(asyncio.ensure_future(GSock.make_socket_async(remote_host=LOCALHOST, remote_port=port)))
        await asyncio.sleep(0.1)
        for task in making:
            task.cancel()
        done = await asyncio.gather(*making, return_exceptions=True)
        self.assertTrue(any(isinstance(one, asyncio.CancelledError) for one in done))
        for one in done:
            if isinstance(one, GSock.Socket):
                one.close()
        server.close()
        # The threads end by themselves.
        while len(os.listdir('/proc/self/fd')) > before:
            await asyncio.sleep(0.01)

    @awaited
    async def test_datagrams(self):
        alice, bob = (self.make(type='datagram', local_host=LOCALHOST) for _ in range(2))
        there = {'remote_host': LOCALHOST, 'remote_port': bob.props.local_port}
        receiving = asyncio.ensure_future(bob.receive_from_async(100))
        await asyncio.sleep(0)
        self.assertEqual(await alice.send_to_async(b'abc', **there), 3)
        self.assertEqual(list(await receiving), [b'abc', LOCALHOST, alice.props.local_port])
        self.assertEqual(await alice.send_many_async([b'x', b'y', b'z'], **there), 3)
        got = []
        while len(got) < 3:
            got += [data for data, *_ in await bob.receive_many_async(64, timeout=5)]
        self.assertEqual(got, [b'x', b'y', b'z'])
        await alice.send_message_async([b'a', b'b'], **there)
        self.assertEqual((await bob.receive_message_async(timeout=5)).data, b'ab')

    @awaited
    async def test_descriptors_sockets_and_credentials(self):
        left, right = GSock.make_socket_pair(type='seqpacket')
        self.sockets += [left, right]
        receiving = asyncio.ensure_future(right.receive_file_descriptors_async(16, timeout=5))
        await asyncio.sleep(0)
        with open('/dev/null') as file:
            await left.send_file_descriptors_async([file, 0], b'x')
            fds = await receiving
            self.assertEqual((len(fds), fds.payload), (2, b'x'))
            await left.send_file_descriptor_async(fd=file)
        for fd in *fds, await right.receive_file_descriptor_async():
            os.close(fd)
        await left.send_socket_async(right)
        twin = await right.receive_socket_async(timeout=5)
        self.sockets.append(twin)
        self.assertEqual(twin.get_local_address(), right.get_local_address())
        await left.send_credentials_async()
        self.assertEqual((await right.receive_credentials_async(timeout=5)).pid, os.getpid())

    @awaited
    async def test_handover(self):
        left, right = GSock.make_socket_pair(type='seqpacket')
        with left, right, GSock.make_socket(connect='passive', local_host=LOCALHOST) as server:
            giving = asyncio.create_task(GSock.handover_give_async(left, {'http': server}, timeout=5))
            await asyncio.sleep(0)
            (name, taken), = GSock.handover_take(right, 5)
            with taken:
                GSock.handover_complete(right, [(name, taken)], 5)
            self.assertTrue(await giving)
            with self.assertRaises(TimeoutError):
                await GSock.handover_give_async(left, {'http': server}, 0.01)
            with self.assertRaises(TypeError):
                await GSock.handover_give_async(left, {'http': server}, priority=1)

    async def test_look_ups(self):
        addresses, _ = await GSock.lookup_hostname_async('127.0.0.1', ipv6=GSock.Ipv6Mode.NO)
        self.assertEqual([address.get_host() for address in addresses], ['127.0.0.1'])
        address = GSock.Address.new_from_host('127.0.0.1', 80)
        self.assertEqual(await GSock.lookup_name_async(address, True), GSock.lookup_name(address, True))
        with self.assertRaises(TypeError):
            GSock.lookup_name_async(address, numerik=True)
        with self.assertRaises(GSock.SocketError):
            await GSock.lookup_hostname_async('no such name.invalid')

    @awaited
    async def test_the_queue_of_a_local_receiver(self):
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, 'inbox')
            inbox = self.make(type='datagram', local_filename=name)
            outbox = self.make(type='datagram', address_family='local')
            with self.assertRaises(TimeoutError):
                while True:
                    await outbox.send_to_async(b'x', remote_filename=name, timeout=0.02)
            sending = asyncio.ensure_future(outbox.send_to_async(b'last', remote_filename=name, timeout=20))
            got = b''
            while got != b'last':
                got = (await inbox.receive_from_async(timeout=20)).data
            self.assertEqual(await sending, 4)

    @awaited
    async def test_several_wait_for_one(self):
        alice, bob = (self.make(type='datagram', local_host=LOCALHOST) for _ in range(2))
        waiting = [asyncio.ensure_future(bob.receive_from_async()) for _ in range(5)]
        await asyncio.sleep(0)
        for number in range(5):
            alice.send_to(b'%d' % number, remote_host=LOCALHOST, remote_port=bob.props.local_port)
        self.assertEqual({received.data for received in await asyncio.gather(*waiting)}, {b'0', b'1', b'2', b'3', b'4'})

    @awaited
    async def test_ends(self):
        alice = self.make(type='datagram', local_host=LOCALHOST)
        with self.assertRaises(TimeoutError):
            await alice.receive_from_async(timeout=0.01)
        with self.assertRaises(BlockingIOError):
            await alice.receive_from_async(wait=False)
        task = asyncio.ensure_future(alice.receive_from_async())
        await asyncio.sleep(0)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        task = asyncio.ensure_future(alice.receive_from_async())
        await asyncio.sleep(0)
        alice.close()
        with self.assertRaises(GSock.Closed):
            await task

    @awaited
    async def test_connections_are_iterated(self):
        server = self.make(connect='passive', local_host=LOCALHOST)
        for _ in range(3):
            self.make(remote_host=LOCALHOST, remote_port=server.props.local_port)
        n = 0
        async for connection in server:
            connection.close()
            n += 1
            if n == 3:
                server.close()
        self.assertEqual(n, 3)

    @awaited
    async def test_refused(self):
        with GSock.make_socket(connect='passive', local_host=LOCALHOST) as server:
            port = server.props.local_port
        with self.assertRaises(ConnectionRefusedError):
            await self.make(address_family='ipv4').connect_to_async(LOCALHOST, port=port)

    @awaited
    async def test_the_number_of_a_closed_socket_is_another_s(self):
        first = self.make(type='datagram', local_host=LOCALHOST)
        number, waiting = first.fileno(), asyncio.ensure_future(first.receive_from_async())
        await asyncio.sleep(0)
        first.close()
        second = None
        while second is None or second.fileno() < number:
            second = self.make(type='datagram', local_host=LOCALHOST)
        self.assertEqual(second.fileno(), number)
        loop = asyncio.get_running_loop()
        loop.call_later(0.01, lambda: second.send_to(b'x', remote_address=second.get_local_address()))
        self.assertEqual((await asyncio.wait_for(second.receive_from_async(), 20)).data, b'x')
        with self.assertRaises(GSock.Closed):
            await waiting

    def test_closed_after_its_loop(self):
        socket, loop = self.make(type='datagram', local_host=LOCALHOST), asyncio.new_event_loop()
        waiting = loop.create_task(socket.receive_from_async())
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        socket.close()
        self.assertFalse(socket.is_open())
        # Nobody will run it.
        waiting._log_destroy_pending = False

    @awaited
    async def test_who_is_cancelled_has_received_nothing(self):
        udp = self.make(type='datagram', local_host=LOCALHOST)
        for _ in range(50):
            receiving = asyncio.ensure_future(udp.receive_from_async())
            await asyncio.sleep(0)
            udp.send_to(b'x', remote_address=udp.get_local_address())
            asyncio.get_running_loop().call_soon(receiving.cancel)
            with self.assertRaises(asyncio.CancelledError):
                await receiving
            self.assertEqual(udp.receive_from(wait=False).data, b'x')

    @awaited
    async def test_as_far_as_it_got(self):
        _, client, peer = await self.make_stream()
        n = await client.send_to_async(bytes(20_000_000), timeout=0.05)
        self.assertTrue(0 < n < 20_000_000)
        with self.assertRaises(TimeoutError):
            # The queues may grow a little.
            while True:
                n += await client.send_to_async(bytes(1_000_000), timeout=0.05)
        received = 0
        while received < n:
            received += len((await peer.receive_from_async(timeout=5)).data)
        self.assertEqual(received, n)

    @awaited
    async def test_the_socket_s_own_timeout(self):
        udp = self.make(type='datagram', local_host=LOCALHOST, timeout=0.01)
        for keywords in {}, {'timeout': GSock.TIMEOUT_DEFAULT}:
            with self.assertRaises(TimeoutError):
                await udp.receive_from_async(**keywords)
        for keywords in {'wait': False}, {'dont_wait': True}:
            with self.assertRaises(BlockingIOError):
                await udp.receive_from_async(timeout=5, **keywords)

    @awaited
    async def test_closed_by_another_thread(self):
        for delay in [0, 0.0001, 0.001] * 20:
            udp = self.make(type='datagram', local_host=LOCALHOST)
            closer = threading.Timer(delay, udp.close)
            closer.start()
            with self.assertRaises(GSock.Closed):
                await asyncio.wait_for(udp.receive_from_async(), 20)
            closer.join()

    def test_two_loops_await_one_socket(self):
        udp, ends = self.make(type='datagram', local_host=LOCALHOST), []

        def wait_in_a_loop():
            with self.assertRaises(GSock.Closed):
                asyncio.run(udp.receive_from_async())
            ends.append(True)

        threads = [threading.Thread(target=wait_in_a_loop) for _ in range(2)]
        for thread in threads:
            thread.start()
        while len(vars(udp).get('_awaited', ())) < 2:
            time.sleep(0.001)
        udp.close()
        for thread in threads:
            thread.join()
        self.assertEqual(ends, [True, True])

    @awaited
    async def test_a_name_holds_nobody_up(self):
        server, client = self.make(connect='passive', local_host=LOCALHOST), self.make(address_family='ipv4')
        turns = 0

        async def turn():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        turning = asyncio.ensure_future(turn())
        await asyncio.sleep(0)
        before = turns
        self.assertTrue(await client.connect_to_async('localhost', port=server.props.local_port, timeout=20))
        self.assertGreater(turns, before)
        turning.cancel()

    def test_mistakes(self):
        udp = self.make(type='datagram', local_host=LOCALHOST)
        for arguments, keywords, told in (
                ((), {}, r'send_to_async\(\) missing .*data'),
                ((), {'callback': print}, r'send_to_async\(\) missing .*data'),
                ((b'x',), {'callback': 3}, 'function'),
                ((b'x',), {'priority': 3}, 'has no priority'),
                ((b'x',), {'cancellable': Gio.Cancellable()}, 'leave cancellable out')):
            with self.assertRaisesRegex(TypeError, told):
                udp.send_to_async(*arguments, **keywords)
        with self.assertRaisesRegex(TypeError, 'the callback is a function, not 3'):
            udp.watch('in', 3)
        with self.assertRaisesRegex(TypeError, 'sise'):
            asyncio.run(udp.receive_from_async(sise=3))
        with self.assertWarnsRegex(RuntimeWarning, "'receive_from_async' was never awaited"):
            udp.receive_from_async()
            gc.collect()


tap.main()
