# SPDX-License-Identifier: LGPL-2.1-or-later
"""Callbacks that raise, sockets that are dropped or closed while something is going on, and a process that
ends in the middle of it.
"""

import asyncio
import gc
import os
import subprocess
import sys
import threading
import unittest
import warnings
import weakref

import tap
from gi.repository import Gio, GLib, GSock

LOCALHOST = '127.0.0.1'
TIMES = 200 if os.environ.get('GSOCK_TEST_LONG') == '1' else 20


def pair(**keywords):
    return GSock.make_socket_pair(**keywords)


def iterate_until(done):
    context = GLib.MainContext.default()
    while not done():
        context.iteration(True)


def settle():
    for _ in range(5):
        gc.collect()
        GLib.MainContext.default().iteration(False)


class Case(unittest.TestCase):
    """What is raised in a callback is told by the hooks of Python, and by nothing else."""

    def setUp(self):
        self.raised = []
        self.hooks = sys.excepthook, sys.unraisablehook
        sys.excepthook = lambda kind, *rest: self.raised.append(kind)
        sys.unraisablehook = lambda told: self.raised.append(told.exc_type)
        warnings.simplefilter('ignore', ResourceWarning)

    def tearDown(self):
        sys.excepthook, sys.unraisablehook = self.hooks
        # What Python keeps of the last that was told has the callback's arguments.
        sys.last_type = sys.last_value = sys.last_traceback = None


class Raising(Case):
    def test_async_callback(self):
        left, right = pair()
        with left, right:
            def broken(*arguments):
                raise ZeroDivisionError
            for number in range(TIMES):
                left.receive_from_async(callback=broken)
                right.send_to(b'x')
                iterate_until(lambda: len(self.raised) > number)
            self.assertEqual(self.raised, [ZeroDivisionError] * TIMES)
            left.set_timeout(0.0)
            received = sum(1 for _ in iter(lambda: self.drain(left), None))
            self.assertLessEqual(received, TIMES)

    def drain(self, socket):
        try:
            return socket.receive_from(1).data
        except (TimeoutError, BlockingIOError):
            return None

    def test_watch_callback(self):
        left, right = pair()
        with left, right:
            def broken(*arguments):
                raise KeyError('watch')
            right.send_to(b'x')
            watch = left.watch('in', broken)
            iterate_until(lambda: self.raised)
            watch.cancel()
            self.assertIn(KeyError, self.raised)
            self.assertEqual(left.receive_from().data, b'x')

    def test_server_handler(self):
        with GSock.make_socket(connect='passive', local_host=LOCALHOST) as listener:
            server = GSock.Server.new(listener)

            def broken(*arguments):
                raise LookupError
            server.set_handler(broken)
            server.connect('connection', broken)
            server.start()
            with GSock.make_socket(remote_address=listener.get_local_address()):
                iterate_until(lambda: self.raised)
            server.stop()
            self.assertTrue(all(kind is LookupError for kind in self.raised))

    def test_with(self):
        with self.assertRaises(ZeroDivisionError), GSock.make_socket(type='datagram') as udp:
            raise ZeroDivisionError
        self.assertFalse(udp.is_open())

    def test_overridden(self):
        for answer in (None, 5, 'x', (1, 2, 3, 4), (b'x',), (b'x', 5, 0, 0), (b'x', None, 0, -1), (b'x', None, 0, 2**70),
                       object(), 2**70):
            class Wrong(GSock.DatagramSocket):
                def do_receive_from(self, *arguments):
                    return answer

                def do_send_to(self, *arguments):
                    return answer

                def do_close(self, abort):
                    GSock.DatagramSocket.do_close(self, abort)
                    raise ZeroDivisionError
            udp = Wrong(local_host=LOCALHOST)
            with self.subTest(answer):
                self.assertRaises((TypeError, ValueError, OverflowError), udp.receive_from)
                if answer != 5:
                    self.assertRaises((TypeError, ValueError, OverflowError), udp.send_to, b'x', remote_host=LOCALHOST, remote_port=9)
                self.assertRaises(ZeroDivisionError, udp.close)
            self.assertFalse(udp.is_open())


class Dropped(Case):
    def test_pending_operation(self):
        """It holds the socket; what comes is still told."""
        for _ in range(TIMES):
            told = []
            left, right = pair()
            left.receive_from_async(callback=lambda socket, result: told.append(socket.receive_from_finish(result).data))
            gone = weakref.ref(left)
            del left
            settle()
            right.send_to(b'late')
            iterate_until(lambda: told)
            self.assertEqual(told, [b'late'])
            right.close()
            settle()
            self.assertIsNone(gone())

    def test_pending_task(self):
        async def begin():
            left, right = pair()
            task = asyncio.ensure_future(left.receive_from_async())
            await asyncio.sleep(0)
            del left
            gc.collect()
            right.send_to(b'x')
            self.assertEqual((await task).data, b'x')
            left, right = pair()
            task = asyncio.ensure_future(left.receive_from_async())
            await asyncio.sleep(0)
            del left
            task.cancel()
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            right.close()
        for _ in range(TIMES):
            asyncio.run(begin())

    def test_forgotten_coroutine(self):
        left, right = pair()
        with left, right, warnings.catch_warnings():
            warnings.simplefilter('ignore', RuntimeWarning)
            for _ in range(TIMES):
                left.receive_from_async()
            gc.collect()

    def test_watch(self):
        for _ in range(TIMES):
            left, right = pair()
            left.watch('in', lambda *arguments: True)
            left.close()
            del left
            right.close()
            settle()

    def test_server_with_connections(self):
        for _ in range(TIMES):
            listener = GSock.make_socket(connect='passive', local_host=LOCALHOST)
            server, told = GSock.Server.new(listener), []
            server.set_handler(lambda server, connection: told.append(connection))
            server.start()
            client = GSock.make_socket(remote_address=listener.get_local_address())
            iterate_until(lambda: told)
            del server
            settle()
            told.pop().close()
            listener.close()
            client.close()
            del listener, client
            settle()

    def test_descriptors(self):
        """Those that nobody takes are closed with the message."""
        left, right = pair()
        with left, right:
            for _ in range(TIMES):
                right.send_file_descriptors([0, 1, 2])
                message = left.receive_message()
                self.assertEqual(message.get_n_file_descriptors(), 3)
            del message
            gc.collect()

    def test_batch(self):
        with GSock.make_socket(type='datagram', local_host=LOCALHOST) as udp:
            udp.send_many([(b'a', udp.get_local_address()), (b'b', udp.get_local_address())])
            received = udp.receive_many(8, timeout=5)
            first = received[0]
            del received
            gc.collect()
            self.assertEqual((first.data, first.address), (b'a', udp.get_local_address()))


class Reentered(Case):
    def test_close_in_the_callback(self):
        for _ in range(TIMES):
            told = []
            left, right = pair()

            def on_received(socket, result):
                told.append(socket.receive_from_finish(result).data)
                socket.close()
                socket.receive_from_async(callback=lambda socket, result: told.append(result))
            left.receive_from_async(callback=on_received)
            right.send_to(b'x')
            iterate_until(lambda: len(told) == 2)
            self.assertRaises(GSock.Closed, left.receive_from_finish, told[1])
            self.assertRaises(GSock.InvalidArgument, left.send_to_finish, told[1])
            right.close()

    def test_close_while_watched(self):
        left, right = pair()
        told = []

        def on_ready(socket, condition):
            told.append(condition)
            socket.close()
            return True
        left.watch('in', on_ready)
        right.send_to(b'x')
        iterate_until(lambda: told)
        # It is told once that it is closed.
        settle()
        count = len(told)
        settle()
        self.assertEqual(len(told), count)
        self.assertLessEqual(count, 2)
        right.close()

    def test_nested_loop(self):
        left, right = pair()
        order = []

        def outer(socket, result):
            socket.receive_from_finish(result)
            order.append('outer')
            loop = GLib.MainLoop()
            socket.receive_from_async(callback=lambda *arguments: (order.append('inner'), loop.quit()))
            right.send_to(b'y')
            loop.run()
            order.append('after')
        with left, right:
            left.receive_from_async(callback=outer)
            right.send_to(b'x')
            iterate_until(lambda: 'after' in order)
        self.assertEqual(order, ['outer', 'inner', 'after'])

    def test_cancelled_any_time(self):
        for early in (True, False):
            cancellable, told = Gio.Cancellable(), []
            left, right = pair()
            with left, right:
                if early:
                    cancellable.cancel()
                left.receive_from_async(callback=lambda socket, result: told.append(result), cancellable=cancellable)
                cancellable.cancel()
                cancellable.cancel()
                iterate_until(lambda: told)
                cancellable.cancel()
                with self.assertRaises(GLib.Error) as caught:
                    left.receive_from_finish(told[0])
                self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_threads(self):
        """Closed and dropped by one thread, waited for by others."""
        for _ in range(TIMES):
            left, right = pair(type='datagram')
            ended = []

            def wait():
                try:
                    left.receive_from()
                except GSock.Closed:
                    ended.append(True)
            threads = [threading.Thread(target=wait) for _ in range(4)]
            for thread in threads:
                thread.start()
            left.close()
            for thread in threads:
                thread.join()
            self.assertEqual(len(ended), 4)
            right.close()


ENDINGS = {
    'a pending operation': 'left.receive_from_async(callback=print)',
    'a watch': "left.watch('in', print)",
    'a server': 'server = GSock.Server.new(GSock.make_socket(connect="passive", local_host="127.0.0.1")); server.start()',
    'a waiting thread': 'threading.Thread(target=left.receive_from, daemon=True).start(); time.sleep(0.05)',
    'a pending look-up': 'GSock.lookup_hostname_async("127.0.0.1", callback=print)',
    'a pending promise': 'asyncio.new_event_loop().create_task(left.receive_from_async())',
    'a child that drops it': '''
pid = os.fork()
if pid == 0:
    del left
    gc.collect()
    os._exit(0)
os.waitpid(pid, 0)
right.send_to(b"x")
assert left.receive_from().data == b"x"''',
}

PROGRAM = '''
import asyncio, gc, os, sys, threading, time, warnings
import gi
gi.require_version("GSock", "1")
from gi.repository import GSock
sys.excepthook = sys.unraisablehook = lambda *arguments: None
warnings.simplefilter("ignore")
left, right = GSock.make_socket_pair()
'''


class Ending(unittest.TestCase):
    def test_interpreter_ends(self):
        for name, body in ENDINGS.items():
            with self.subTest(name):
                done = subprocess.run([sys.executable, '-W', 'ignore', '-c', PROGRAM + body], capture_output=True, text=True, timeout=60)
                said = [line for line in done.stderr.splitlines() if 'Task was destroyed' not in line and not line.startswith('task:')]
                self.assertEqual((done.returncode, said), (0, []))


tap.main()
