# SPDX-License-Identifier: LGPL-2.1-or-later
"""send_to and receive_from, which are C where the extension module is used: each way of calling them, what
they leave behind, and that both forms are the same. Runs with it and without.
"""

import ctypes
import inspect
import os
import signal
import sys
import threading
import unittest

import tap
from gi.repository import Gio, GLib, GSock

PURE = os.environ.get('GSOCK_PYTHON_PURE') == '1'
ROUNDS = 1000


class Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        'arena', 'ordblks', 'smblks', 'hblks', 'hblkhd', 'usmblks', 'fsmblks', 'uordblks', 'fordblks', 'keepcost')]


def allocated():
    """Blocks of Python and bytes of C."""
    mallinfo2 = getattr(ctypes.CDLL(None), 'mallinfo2', None)
    if mallinfo2 is None:
        return sys.getallocatedblocks(), 0
    mallinfo2.restype = Mallinfo
    return sys.getallocatedblocks(), mallinfo2().uordblks


class Form(unittest.TestCase):
    def test_which(self):
        kind = 'function' if PURE else 'method_descriptor'
        for operator in (GSock.Socket.send_to, GSock.Socket.receive_from):
            self.assertEqual(type(operator).__name__, kind)
        self.assertEqual('gi.overrides._GSock_native' in sys.modules, not PURE)

    def test_signatures(self):
        send, receive = (str(inspect.signature(operator)).replace('self, /,', 'self,')
                         for operator in (GSock.Socket.send_to, GSock.Socket.receive_from))
        self.assertEqual(send, '(self, data, *, remote_address=None, remote_host=None, remote_port=None, '
                               'cancellable=None, **keywords)')
        self.assertEqual(receive, '(self, size=65536, *, cancellable=None, **keywords)')
        self.assertIn('peer', GSock.Socket.send_to.__doc__)

    def test_class_of_method(self):
        self.assertRaises(TypeError, GSock.Socket.send_to, object(), b'x')
        self.assertRaises(TypeError, GSock.Socket.receive_from)

    def test_without_an_object(self):
        empty = GSock.DatagramSocket.__new__(GSock.DatagramSocket)
        for call in (lambda: empty.send_to(b'x'), empty.receive_from):
            self.assertRaises((TypeError, RuntimeError), call)


class Udp(unittest.TestCase):
    def setUp(self):
        self.udp = GSock.make_socket(type='datagram', local_host='127.0.0.1', timeout=30.0)
        self.address, self.port = self.udp.get_local_address(), self.udp.props.local_port

    def tearDown(self):
        self.udp.close()

    def where(self):
        return {'remote_host': '127.0.0.1', 'remote_port': self.port}


class Keywords(Udp):
    def test_each(self):
        cancellable = Gio.Cancellable()
        everything = [{}, {'wait': True}, {'wait': False}, {'timeout': 3}, {'timeout': 3.5}, {'timeout': None},
                      {'cancellable': cancellable}, {'cancellable': None},
                      {'wait': True, 'timeout': 5.0, 'cancellable': cancellable}, {'wait': 1}, {'flags': 0}]
        for more in everything:
            for where in ({'remote_address': self.address}, self.where(), {'remote_address': None, **self.where()}):
                for data in (b'hello', bytearray(b'hello'), memoryview(b'xhellox')[1:6], memoryview(b'h e l l o')[::2]):
                    with self.subTest(more=more, where=where, data=data):
                        self.assertEqual(self.udp.send_to(data, **where, **more), 5)
                        self.assertEqual(self.udp.receive_from(**more), (b'hello', '127.0.0.1', self.port))

    def test_by_name_or_position(self):
        for send in (lambda: self.udp.send_to(b'ab', **self.where()),
                     lambda: self.udp.send_to(data=b'ab', **self.where())):
            for receive in (lambda: self.udp.receive_from(5000), lambda: self.udp.receive_from(size=5000),
                            lambda: self.udp.receive_from(10), lambda: self.udp.receive_from(True)):
                send()
                self.assertIn(receive().data, (b'ab', b'a'))

    def test_names_that_are_made(self):
        """A name need not be the object that the module knows."""
        names = {''.join(['remote', '_', 'host']): '127.0.0.1', ''.join(['remote', '_', 'port']): self.port}
        self.udp.send_to(b'ab', **names)
        self.assertEqual(self.udp.receive_from(**{''.join(['si', 'ze']): 1}).data, b'a')

    def test_names_and_kinds_of_their_own(self):
        class Text(str):
            pass

        class Number(int):
            pass

        class Data(bytes):
            pass
        self.udp.send_to(Data(b'ab'), remote_host=Text('localhost'), remote_port=Number(self.port), ipv6='no')
        self.udp.send_to(Data(b'ab'), remote_host='localhost', remote_port=self.port, timeout=Number(3), ipv6='no')
        for _ in range(2):
            self.assertEqual(self.udp.receive_from(Number(7)), (b'ab', '127.0.0.1', self.port))

    def test_the_peer(self):
        self.udp.connect_to(self.address)
        for more in ({}, {'remote_address': None}, {'wait': True}, {'remote_host': None, 'remote_port': None},
                     {'remote_address': GSock.Address()}):
            self.udp.send_to(b'ab', **more)
            self.assertEqual(self.udp.receive_from().data, b'ab')
        self.assertRaises(GSock.AlreadyConnected, self.udp.send_to, b'ab', **self.where())

    def test_wrong(self):
        send, receive = self.udp.send_to, self.udp.receive_from
        for error, call in (
                (TypeError, lambda: send()),
                (TypeError, lambda: send(b'a', b'b')),
                (TypeError, lambda: send(b'a', data=b'b')),
                (TypeError, lambda: send(None, **self.where())),
                (TypeError, lambda: send(data=None, **self.where())),
                (GSock.InvalidKeyword, lambda: send(b'a', remote_address=5)),
                (TypeError, lambda: send(b'a', cancellable=5, **self.where())),
                (TypeError, lambda: send(b'a', size=5, **self.where())),
                (GSock.UnknownKeyword, lambda: send(b'a', colour=5, **self.where())),
                (GSock.InvalidKeyword, lambda: send(b'a', remote_port=5)),
                (GSock.InvalidKeyword, lambda: send(b'a', remote_address=self.address, **self.where())),
                (GSock.InvalidKeyword, lambda: send(b'a', timeout='x', **self.where())),
                (GSock.InvalidKeyword, lambda: send(b'a', wait=2, **self.where())),
                ((GSock.OutOfRange, OverflowError), lambda: send(b'a', remote_host='127.0.0.1', remote_port=-2**70)),
                (GSock.OutOfRange, lambda: send(b'a', remote_host='127.0.0.1', remote_port=-1)),
                (GSock.OutOfRange, lambda: send(b'a', remote_host='127.0.0.1', remote_port=65536)),
                (GSock.NotConnected, lambda: send(b'a')),
                (GSock.MessageTooLong, lambda: send(bytes(70000), **self.where())),
                (TypeError, lambda: receive(None)),
                (TypeError, lambda: receive(size=None)),
                (TypeError, lambda: receive(5, 6)),
                (TypeError, lambda: receive(5, size=6)),
                (TypeError, lambda: receive('5')),
                (TypeError, lambda: receive(data=5)),
                (OverflowError, lambda: receive(-1)),
                (OverflowError, lambda: receive(2**70)),
                (GSock.OutOfRange, lambda: receive(2**60, wait=False)),
                (GSock.InvalidKeyword, lambda: receive(timeout=float('nan'))),
                (GSock.UnknownKeyword, lambda: receive(colour=5)),
                (TypeError, lambda: receive(cancellable=self.udp)),
                (BlockingIOError, lambda: receive(wait=False)),
                (BlockingIOError, lambda: receive(5000, wait=False)),
                (TimeoutError, lambda: receive(timeout=0.01)),
                (GSock.TimedOut, lambda: receive(5000, timeout=0))):
            with self.subTest(line=call.__code__.co_firstlineno):
                self.assertRaises(error, call)

    def test_cancelled(self):
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        for call in (lambda: self.udp.send_to(b'a', cancellable=cancellable, **self.where()),
                     lambda: self.udp.receive_from(cancellable=cancellable)):
            with self.assertRaises(GLib.Error) as caught:
                call()
            self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_errors_stand_alone(self):
        try:
            raise KeyError('other')
        except KeyError:
            with self.assertRaises(GSock.WouldBlock) as caught:
                self.udp.receive_from(wait=False)
        self.assertIsNone(caught.exception.__cause__)
        self.assertTrue(caught.exception.__suppress_context__)

    def test_closed(self):
        self.udp.close()
        self.assertRaises(GSock.Closed, self.udp.send_to, b'a', **self.where())
        self.assertRaises(GSock.Closed, self.udp.receive_from)


class Senders(unittest.TestCase):
    def test_hosts(self):
        for host in ('127.0.0.1', '127.10.100.255', '127.99.9.10', '::1'):
            with GSock.make_socket(type='datagram', local_host=host, timeout=30.0) as udp:
                udp.send_to(b'', remote_address=udp.get_local_address())
                received = udp.receive_from()
                self.assertEqual(received, (b'', host, udp.props.local_port))
                self.assertIs(type(received), GSock.Received)
                self.assertEqual(received.address, udp.get_local_address())

    def test_told(self):
        with GSock.make_socket(type='datagram', local_host='127.0.0.1', timeout=30.0) as udp:
            for size in (3, 5000):
                udp.send_to(bytes(10000), remote_address=udp.get_local_address())
                received = udp.receive_from(size)
                self.assertEqual(len(received.data), size)
                self.assertEqual((received.full_length, received.truncated), (10000, True))
                self.assertEqual(received.flags, GSock.MessageFlags.TRUNCATE)
                self.assertIs(type(received.flags), GSock.MessageFlags)
                self.assertIs(type(received.address), GSock.Address)
                self.assertEqual(received.address, udp.get_local_address())

    def test_local(self):
        name = f'@gsock-test-native-{os.getpid()}'
        with GSock.make_socket(address_family='local', type='datagram', local_filename=name, timeout=30.0) as local:
            local.send_to(b'abc', remote_address=local.get_local_address())
            local.send_to(b'abc', remote_filename=name)
            for _ in range(2):
                received = local.receive_from()
                self.assertEqual((received.data, received.filename, received.port), (b'abc', name, None))

    def test_end_of_stream(self):
        first, second = GSock.make_socket_pair()
        with second:
            first.send_to(b'ab')
            first.close()
            for size in (10, 10000):
                received = second.receive_from(size)
                self.assertEqual(received, (b'ab' if size == 10 else b'', None, None))
                self.assertEqual((received.address, received.truncated), (None, False))


class Waiting(Udp):
    def test_others_run_meanwhile(self):
        for keywords in ({}, {'size': 5000}, {'timeout': 30}):
            thread = threading.Timer(0.02, self.udp.send_to, (b'hello',), self.where())
            thread.start()
            self.assertEqual(self.udp.receive_from(**keywords).data, b'hello')
            thread.join()

    def test_a_buffer_is_held(self):
        first, second = GSock.make_socket_pair()
        data = bytearray(2000000)
        with first, second:
            thread = threading.Thread(target=first.send_to, args=(data,))
            thread.start()
            total = len(second.receive_from().data)
            if not PURE:
                self.assertRaises(BufferError, data.clear)
            while total < len(data):
                total += len(second.receive_from().data)
            thread.join()
        data.clear()

    def test_closed_meanwhile(self):
        thread = threading.Timer(0.02, self.udp.close)
        thread.start()
        self.assertRaises(GSock.Closed, self.udp.receive_from)
        thread.join()


class Overriding(unittest.TestCase):
    def test_methods_are_asked(self):
        asked = []

        class Socket(GSock.DatagramSocket):
            def do_send_to(self, data, *arguments):
                asked.append(data.get_data())
                if data.get_data() == b'wrong':
                    raise KeyError('wrong')
                return super().do_send_to(data, *arguments)

            def do_receive_from(self, *arguments):
                data, address, flags, length = super().do_receive_from(*arguments)
                return data.get_data().upper(), address, flags, length

        with Socket(local_host='127.0.0.1', local_port=0, timeout=30.0) as udp:
            here = {'remote_address': udp.get_local_address()}
            for data in (b'abc', bytearray(b'abc')):
                udp.send_to(data, **here)
                self.assertEqual(udp.receive_from(2000).data, b'ABC')
            self.assertRaises(KeyError, udp.send_to, b'wrong', **here)
        self.assertEqual(asked, [b'abc', b'abc', b'wrong'])


@unittest.skipIf(PURE, 'only the extension module runs handlers of signals in the middle of a call')
class Signals(Udp):
    """What a handler raises ends the call in which the signal comes."""

    class Alarm(Exception):
        pass

    def setUp(self):
        super().setUp()
        self.count = 0
        self.ring_at = 0
        signal.signal(signal.SIGALRM, self.on_alarm)
        signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)

    def tearDown(self):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        super().tearDown()

    def on_alarm(self, number, frame):
        self.count += 1
        if self.count == self.ring_at:
            raise self.Alarm

    def check_ended(self, call, count=1):
        with self.assertRaises(self.Alarm) as caught:
            self.ring_at = self.count + count
            call()
        self.assertGreaterEqual(self.count, self.ring_at)
        self.assertIsNone(caught.exception.__cause__)

    def test_each_call(self):
        with GSock.make_socket(connect='passive', local_host='127.0.0.1') as server:
            for timeout in (GSock.TIMEOUT_NEVER, 300.0):
                self.udp.props.timeout = timeout
                for call in (self.udp.receive_from, lambda: self.udp.receive_from(5000),
                             lambda: self.udp.receive_from(peek=True), lambda: self.udp.receive_message(10),
                             lambda: self.udp.receive_many(10), lambda: self.udp.wait_for('in', timeout),
                             lambda: server.accept_connection(timeout=timeout),
                             lambda: GSock.wait_for_any([self.udp, server], timeout=timeout)):
                    for count in (1, 3):
                        self.check_ended(call, count)

    def test_then_all_is_as_before(self):
        self.check_ended(self.udp.receive_from)
        self.assertRaises(TimeoutError, self.udp.receive_from, timeout=0.001)
        self.udp.send_to(b'ab', **self.where())
        self.assertEqual(self.udp.receive_from().data, b'ab')

    def test_a_handler_that_raises_nothing(self):
        self.ring_at = 0
        self.assertRaises(TimeoutError, self.udp.receive_from, timeout=0.2)
        self.assertGreater(self.count, 3)

    def test_a_part_is_sent(self):
        first, second = GSock.make_socket_pair()
        with first, second:
            self.check_ended(lambda: first.send_to(bytes(10000000)))
            self.assertRaises(GSock.WouldBlock, self.udp.receive_from, wait=False)

    def test_in_a_method(self):
        class Socket(GSock.DatagramSocket):
            def do_receive_from(self, *arguments):
                return super().do_receive_from(*arguments)

        with Socket(local_host='127.0.0.1', local_port=0) as udp:
            for size in (10, 5000):
                self.check_ended(lambda: udp.receive_from(size))

    def test_in_another_thread(self):
        """Handlers run in the main thread, and what others do is not ended."""
        received = []
        thread = threading.Thread(target=lambda: received.append(self.udp.receive_from().data))
        thread.start()
        with GSock.make_socket(type='datagram', local_host='127.0.0.1') as other:
            self.check_ended(other.receive_from)
        self.udp.send_to(b'ab', **self.where())
        thread.join()
        self.assertEqual(received, [b'ab'])

    def test_keyboard(self):
        signal.setitimer(signal.ITIMER_REAL, 0)
        thread = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
        thread.start()
        self.assertRaises(KeyboardInterrupt, self.udp.receive_from)
        thread.join()


class Memory(Udp):
    def check(self, *calls):
        """Nothing is left of some rounds, whatever they ended in."""
        def run(rounds):
            for _ in range(rounds):
                for call in calls:
                    try:
                        call()
                    except Exception:
                        pass
        run(100)
        blocks, size = allocated()
        run(ROUNDS)
        new_blocks, new_size = allocated()
        self.assertLess(new_blocks - blocks, ROUNDS / 2)
        self.assertLess(new_size - size, ROUNDS * 8)

    def test_sent_and_received(self):
        for more in ({}, {'wait': True, 'timeout': 3.0, 'cancellable': Gio.Cancellable()}, {'flags': 0}):
            for where in ({'remote_address': self.address}, self.where()):
                for data in (b'hello', bytearray(b'hello'), memoryview(b'hello')):
                    for size in (2, 100, 5000):
                        self.check(lambda: self.udp.send_to(data, **where, **more),
                                   lambda: self.udp.receive_from(size, **more))

    def test_address_of_sender(self):
        self.check(lambda: self.udp.send_to(b'hello', **self.where()), lambda: self.udp.receive_from(2).address)

    def test_streams(self):
        first, second = GSock.make_socket_pair()
        with first, second:
            self.check(lambda: first.send_to(b'hello'), lambda: second.receive_from())

    def test_errors(self):
        self.check(lambda: self.udp.receive_from(wait=False), lambda: self.udp.receive_from(5000, wait=False),
                   lambda: self.udp.send_to(bytearray(70000), **self.where()), lambda: self.udp.send_to('text'),
                   lambda: self.udp.send_to(b'a', remote_host='a\0b', remote_port=5),
                   lambda: self.udp.send_to(b'a', remote_host='\udcff', remote_port=5))

    def test_references(self):
        data, host, cancellable, view = b'hello' * 5, ''.join(['127.0.', '0.1']), Gio.Cancellable(), bytearray(10)
        things = [data, host, cancellable, view, self.address, self.udp, GSock.Received, None, GSock.Address]
        before = [sys.getrefcount(thing) for thing in things]
        for _ in range(ROUNDS):
            self.udp.send_to(data, remote_host=host, remote_port=self.port, cancellable=cancellable, timeout=None)
            self.udp.send_to(view, remote_address=self.address)
            self.udp.receive_from(2)
            self.udp.receive_from(5000)
        after = [sys.getrefcount(thing) for thing in things]
        for thing, count, new in zip(things, before, after):
            self.assertLess(abs(new - count), ROUNDS / 2, repr(thing))


tap.main()
