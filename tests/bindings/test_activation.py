# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the service manager passes, is told and keeps; the manager is a socket of the test's."""

import array
import os
import socket
import tempfile
import unittest

import tap
from gi.repository import GSock

VARIABLES = ('LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES', 'NOTIFY_SOCKET')


class Activation(unittest.TestCase):
    def setUp(self):
        for name in VARIABLES:
            os.environ.pop(name, None)

    tearDown = setUp

    def test_nothing(self):
        self.assertEqual(GSock.make_sockets_from_activation(), [])
        self.assertEqual(GSock.file_descriptors_from_activation(), [])

    def test_another_process(self):
        os.environ.update(LISTEN_FDS='1', LISTEN_PID='1', LISTEN_FDNAMES='x')
        self.assertEqual(GSock.make_sockets_from_activation(unset_environment=False), [])
        self.assertIn('LISTEN_FDS', os.environ)
        self.assertEqual(GSock.make_sockets_from_activation(timeout=3, input_buffer_size=100), [])
        for name in VARIABLES:
            self.assertNotIn(name, os.environ)

    def test_nonsense(self):
        for call in GSock.make_sockets_from_activation, GSock.file_descriptors_from_activation:
            os.environ.update(LISTEN_FDS='many', LISTEN_PID=str(os.getpid()))
            with self.assertRaisesRegex(GSock.InvalidArgument, 'LISTEN_FDS is "many"'):
                call()
            self.assertNotIn('LISTEN_FDS', os.environ)

    def test_unknown_keyword(self):
        os.environ['LISTEN_FDS'] = '1'
        with self.assertRaises(GSock.UnknownKeyword):
            GSock.make_sockets_from_activation(unset=True)
        self.assertIn('LISTEN_FDS', os.environ)


class Store(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        os.environ['NOTIFY_SOCKET'] = os.path.join(self.folder.name, 'notify')
        self.manager.bind(os.environ['NOTIFY_SOCKET'])
        self.manager.settimeout(30)

    def tearDown(self):
        os.environ.pop('NOTIFY_SOCKET', None)
        self.manager.close()
        self.folder.cleanup()

    def receive(self):
        text, control, _, _ = self.manager.recvmsg(4096, socket.CMSG_SPACE(4 * 100))
        fds = array.array('i')
        for _, _, rights in control:
            fds.frombytes(rights)
        for fd in fds:
            os.close(fd)
        return text.decode(), len(fds)

    def test_store(self):
        with GSock.make_socket(connect='passive', local_host='127.0.0.1') as listener, open('/dev/null', 'rb') as file:
            self.assertTrue(GSock.store_file_descriptors([listener, file, 0], 'three'))
            self.assertEqual(self.receive(), ('FDSTORE=1\nFDNAME=three', 3))
            GSock.store_file_descriptors([listener.fileno()], poll=False, timeout=5)
            self.assertEqual(self.receive(), ('FDSTORE=1\nFDPOLL=0', 1))
        GSock.remove_stored_file_descriptors('three')
        self.assertEqual(self.receive(), ('FDSTOREREMOVE=1\nFDNAME=three', 0))

    def test_refused(self):
        for name in '', 'a:b', 'a\nb', 'ü', 'n' * 256:
            with self.assertRaises(GSock.InvalidArgument):
                GSock.store_file_descriptors([0], name)
            with self.assertRaises(GSock.InvalidArgument):
                GSock.remove_stored_file_descriptors(name)
        with self.assertRaises(GSock.OutOfRange):
            GSock.store_file_descriptors([])
        with self.assertRaises(GSock.InvalidArgument):
            GSock.store_file_descriptors([-1])
        with self.assertRaises(TypeError):
            GSock.store_file_descriptors(['zero'])

    def test_notify(self):
        GSock.notify_service_manager('READY=1')
        self.assertEqual(self.receive(), ('READY=1', 0))
        with self.assertRaises(GSock.InvalidArgument):
            GSock.notify_service_manager('ready')

    def test_wait(self):
        with self.assertRaises(TimeoutError):
            GSock.wait_for_service_manager(0.01)
        self.assertEqual(self.receive(), ('BARRIER=1', 1))

    def test_no_manager(self):
        del os.environ['NOTIFY_SOCKET']
        with self.assertRaises(GSock.NotFound):
            GSock.notify_service_manager('READY=1')
        os.environ['NOTIFY_SOCKET'] = 'nonsense'
        with self.assertRaises(GSock.InvalidAddress):
            GSock.notify_service_manager('READY=1')
        self.assertNotIn('NOTIFY_SOCKET', os.environ)


if __name__ == '__main__':
    tap.main()
