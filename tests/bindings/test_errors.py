# SPDX-License-Identifier: LGPL-2.1-or-later
"""Errors as exceptions of Python."""

import errno
import unittest

import tap
from gi.repository import Gio, GLib, GSock

LOCALHOST = '127.0.0.1'
CODES = GSock.Error.__enum_values__.values()


def class_of(code):
    return getattr(GSock, code.value_nick.title().replace('-', ''))


class Classes(unittest.TestCase):
    def test_every_code_has_a_class(self):
        for code in CODES:
            with self.subTest(code):
                error = class_of(code)('what happened')
                self.assertIsInstance(error, GSock.SocketError)
                self.assertIsInstance(error, GLib.Error)
                self.assertIsInstance(error, OSError)
                self.assertTrue(error.matches(GSock.error_quark(), code))
                self.assertEqual(str(error), 'what happened')

    def test_numbers_of_the_kernel(self):
        for code in CODES:
            number = GSock.error_to_errno(code)
            if number:
                with self.subTest(code):
                    self.assertEqual(class_of(code)().errno, number)

    def test_relatives_in_python(self):
        for name, builtin in (('ConnectionRefused', ConnectionRefusedError), ('ConnectionReset', ConnectionResetError),
                              ('ConnectionAborted', ConnectionAbortedError), ('EndpointShutdown', BrokenPipeError),
                              ('TimedOut', TimeoutError), ('ConnectionTimeout', TimeoutError),
                              ('WouldBlock', BlockingIOError), ('ConnectionInProgress', BlockingIOError),
                              ('NotFound', FileNotFoundError), ('AccessDenied', PermissionError),
                              ('OutOfRange', ValueError), ('InvalidAddress', ValueError), ('UnknownKeyword', TypeError)):
            with self.subTest(name):
                self.assertTrue(issubclass(getattr(GSock, name), builtin))


class Raised(unittest.TestCase):
    def check(self, error, code, number):
        self.assertTrue(error.matches(GSock.error_quark(), code))
        self.assertEqual(error.errno, number)
        self.assertEqual(error.strerror, str(error))
        self.assertIsNone(error.__cause__)
        self.assertTrue(error.__suppress_context__)

    def test_refused(self):
        with GSock.make_socket(type='stream', local_host=LOCALHOST) as made:
            port = made.props.local_port
            with self.assertRaises(ConnectionRefusedError) as caught:
                GSock.make_socket(remote_host=LOCALHOST, remote_port=port)
        self.check(caught.exception, GSock.Error.CONNECTION_REFUSED, errno.ECONNREFUSED)
        self.assertIn(f'{LOCALHOST}:{port}', str(caught.exception))

    def test_in_use(self):
        with GSock.DatagramSocket(local_host=LOCALHOST) as made, self.assertRaises(OSError) as caught:
            GSock.DatagramSocket(local_host=LOCALHOST, local_port=made.props.local_port)
        self.check(caught.exception, GSock.Error.ADDRESS_IN_USE, errno.EADDRINUSE)

    def test_timed_out_and_would_block_and_cancelled_are_three(self):
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        with GSock.DatagramSocket(local_host=LOCALHOST) as made:
            with self.assertRaises(TimeoutError) as caught:
                made.receive_from(timeout=0.01)
            self.check(caught.exception, GSock.Error.TIMED_OUT, errno.ETIMEDOUT)
            with self.assertRaises(BlockingIOError) as caught:
                made.receive_from(wait=False)
            self.check(caught.exception, GSock.Error.WOULD_BLOCK, errno.EAGAIN)
            with self.assertRaises(GLib.Error) as caught:
                made.receive_from(cancellable=cancellable)
        self.assertNotIsInstance(caught.exception, GSock.SocketError)
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_not_found(self):
        with self.assertRaises(FileNotFoundError) as caught:
            GSock.make_socket(remote_filename='/nonexistent/socket')
        self.check(caught.exception, GSock.Error.NOT_FOUND, errno.ENOENT)

    def test_closed(self):
        made = GSock.DatagramSocket()
        made.close()
        with self.assertRaises(OSError) as caught:
            made.fileno()
        self.check(caught.exception, GSock.Error.CLOSED, errno.EBADF)

    def test_constructors_of_addresses(self):
        with self.assertRaises(ValueError) as caught:
            GSock.Address.new_from_text('no address')
        self.check(caught.exception, GSock.Error.INVALID_ADDRESS, None)

    def test_functions(self):
        self.assertRaises(GSock.UnknownService, GSock.lookup_service, 'no-such-service-at-all')
        self.assertRaises(GSock.UnknownInterface, GSock.lookup_interface, 'no-such-interface')
        self.assertRaises(GSock.UnknownProtocol, GSock.lookup_protocol, 'no-such-protocol')

    def test_nothing_is_raised_twice(self):
        """What a method of a subclass raised before does not come back."""
        class Once(GSock.DatagramSocket):
            def do_send_to(self, *arguments):
                raise KeyError('once')

        with Once(local_host=LOCALHOST) as made:
            self.assertRaises(KeyError, made.send_to, b'x', remote_address=made.get_local_address())
            self.assertRaises(TimeoutError, made.receive_from, timeout=0)


tap.main()
