# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages with what goes along, batches and multicast groups."""

import array
import contextlib
import errno
import gc
import os
import socket
import subprocess
import sys
import textwrap
import time
import unittest

import tap
from gi.repository import GSock

LOCALHOST = '127.0.0.1'
LOOPBACK = socket.if_nametoindex('lo')


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(('::1', 0))
        return True
    except OSError:
        return False


HAS_IPV6 = has_ipv6()


class Pair(unittest.TestCase):
    """Two sockets of UDP; the server is bound to all addresses."""

    def setUp(self):
        self.server = GSock.make_socket(type='datagram', address_family='ipv4', local_host='0.0.0.0')
        self.client = GSock.make_socket(type='datagram', local_host=LOCALHOST)
        self.port = self.server.props.local_port
        self.to = f'{LOCALHOST}:{self.port}'

    def tearDown(self):
        self.server.close()
        self.client.close()

    def receive(self, **keywords):
        return self.server.receive_message(2000, timeout=5, **keywords)


class Messages(Pair):
    def test_both_ways(self):
        self.assertEqual(self.client.send_message(b'question', remote_address=self.to), 8)
        question = self.receive()
        self.assertEqual((question.data, question.host), (b'question', LOCALHOST))
        self.assertEqual(question.port, self.client.props.local_port)
        self.assertEqual(question.address, self.client.get_local_address())
        self.assertEqual(list(question), [b'question', LOCALHOST, question.port])
        self.assertEqual((question.full_length, question.truncated), (8, False))
        self.assertEqual(self.server.send_message([b'an', bytearray(b'sw'), memoryview(b'er')], remote_address=question.address), 6)
        self.assertEqual(self.client.receive_message(timeout=5).data, b'answer')

    def test_nothing_is_told_that_was_not_asked_for(self):
        self.client.send_message(b'', remote_address=self.to)
        message = self.receive()
        self.assertEqual(message.data, b'')
        for name in ('packet_info', 'ttl', 'traffic_class', 'segment_size', 'timestamp', 'overflow_count', 'credentials',
                     'extended_error', 'filename'):
            self.assertIsNone(getattr(message, name), name)
        self.assertEqual(message.controls, [])
        self.assertEqual(message.take_file_descriptors(), [])
        self.assertFalse(message.control_truncated)

    def test_answer_from_where_the_question_came_to(self):
        self.server.set_option('ip-packet-info', True)
        self.client.send_message(b'?', remote_address=f'127.0.0.2:{self.port}')
        question = self.receive()
        self.assertEqual(question.packet_info, ('127.0.0.2', LOOPBACK))
        self.server.send_message(b'!', remote_address=question.address, packet_info=question.packet_info)
        answer = self.client.receive_message(timeout=5)
        self.assertEqual((answer.host, answer.port), ('127.0.0.2', self.port))

    def test_ttl_and_traffic_class(self):
        self.server.set_option('ip-receive-ttl', True)
        self.server.set_option('ip-receive-tos', True)
        self.client.send_message(b'x', remote_address=self.to, ttl=7, traffic_class=0x28)
        message = self.receive()
        self.assertEqual((message.ttl, message.traffic_class), (7, 0x28))

    def test_timestamp(self):
        self.server.set_option('timestamp-ns', True)
        before = time.time_ns()
        self.client.send_message(b'x', remote_address=self.to)
        message = self.receive()
        self.assertIsInstance(message.timestamp, int)
        self.assertLess(abs(message.timestamp - before), 60 * 10**9)

    def test_truncated(self):
        self.client.send_message(b'0123456789', remote_address=self.to)
        message = self.server.receive_message(4, timeout=5)
        self.assertEqual((message.data, message.full_length, message.truncated), (b'0123', 10, True))

    def test_segments(self):
        self.client.send_message(b'abcdefg', remote_address=self.to, segment_size=3)
        self.assertEqual([self.receive().data for _ in range(3)], [b'abc', b'def', b'g'])

    def test_controls(self):
        ttl = array.array('i', [9]).tobytes()
        self.server.set_option('ip-receive-ttl', True)
        self.client.send_message(b'x', remote_address=self.to, controls=[(socket.IPPROTO_IP, socket.IP_TTL, ttl)])
        self.assertEqual(self.receive().ttl, 9)
        message = GSock.Message()
        message.add_control(1, 77, b'abcd')
        self.assertEqual(message.controls, [(1, 77, b'abcd')])

    def test_error_queue(self):
        self.client.set_option('ip-receive-error', True)
        with GSock.make_socket(type='datagram', local_host=LOCALHOST) as closed:
            nobody = closed.get_local_address()
        self.client.send_message(b'lost', remote_address=nobody)
        with self.assertRaises(ConnectionRefusedError):
            self.client.receive_message(timeout=5)
        message = self.client.receive_message(error_queue=True, timeout=5)
        self.assertEqual((message.data, message.address), (b'lost', nobody))
        self.assertEqual(message.extended_error.errno, errno.ECONNREFUSED)
        self.assertEqual(message.extended_error[1:4], (2, 3, 3))
        self.assertEqual(message.extended_error.offender, LOCALHOST)

    def test_a_message_is_sent_again_and_changed(self):
        self.server.set_option('ip-receive-ttl', True)
        message = GSock.Message()
        message.add_data(b'again')
        message.address, message.ttl = self.to, 3
        self.assertEqual(message.address, GSock.Address.new_from_text(self.to))
        self.client.send_message(message)
        message.ttl = None
        self.client.send_message(message, timeout=1)
        first, second = self.receive(), self.receive()
        self.assertEqual((first.data, second.data), (b'again', b'again'))
        self.assertEqual(first.ttl, 3)
        self.assertGreater(second.ttl, 3)

    def test_the_address_outlives_the_message(self):
        self.client.send_message(b'x', remote_address=self.to)
        address = self.receive().address
        gc.collect()
        others = [GSock.Message() for _ in range(100)]
        self.assertEqual(address, self.client.get_local_address())
        del others

    def test_wrong_input(self):
        def refuse(error, pattern, data=b'x', **keywords):
            keywords.setdefault('remote_address', self.to)
            with self.subTest(data=data, **keywords):
                self.assertRaisesRegex(error, pattern, self.client.send_message, data, **keywords)
        refuse(TypeError, 'encode', 'text')
        refuse(TypeError, 'encode', ['text'])
        refuse(TypeError, 'int', 5)
        refuse(TypeError, 'its ttl', GSock.Message(), ttl=5)
        refuse(GSock.UnknownKeyword, 'address', address=self.to)
        refuse(GSock.UnknownKeyword, 'tll', tll=5)
        refuse(GSock.OutOfRange, 'ttl', ttl=0)
        refuse(GSock.OutOfRange, 'traffic class', traffic_class=300)
        refuse(GSock.OutOfRange, 'segment size', segment_size=70000)
        refuse(TypeError, '', ttl='many')
        refuse(TypeError, 'packet_info is .address, interface.', packet_info='127.0.0.1')
        refuse(GSock.InvalidAddress, 'nowhere', packet_info=('nowhere', 0))
        refuse(GSock.AddressFamilyNotSupported, '', packet_info=('::1', 0))
        refuse(TypeError, 'pid, uid, gid', credentials=(1, 2))
        refuse(GSock.OperationNotSupported, '', credentials=(os.getpid(), os.getuid(), os.getgid()))
        refuse(GSock.OperationNotSupported, '', file_descriptors=[0])
        refuse(GSock.InvalidArgument, '9999', file_descriptors=[0, 9999])
        refuse(TypeError, 'level, type, bytes', controls=[(1, 2)])
        refuse(GSock.InvalidAddress, 'nowhere', remote_address='nowhere')
        refuse(GSock.InvalidKeyword, 'remote-address', remote_address=5)
        self.assertRaises(BlockingIOError, self.server.receive_message, wait=False)
        self.assertRaises(TimeoutError, self.server.receive_message, timeout=0.01)
        self.assertRaises(GSock.UnknownKeyword, self.server.receive_message, tiemout=1)


class Joined(Pair):
    def test_segment_size_of_what_the_kernel_has_joined(self):
        self.server.set_option('udp-gro', True)
        self.client.send_message(b'abcdefg', remote_address=self.to, segment_size=3)
        message = self.receive()
        self.assertEqual((message.data, message.segment_size), (b'abcdefg', 3))

    def test_overflow_count(self):
        self.server.set_option('receive-buffer', 4096)
        self.server.set_option('receive-queue-overflow', True)
        for _ in range(100):
            self.client.send_message(bytes(1000), remote_address=self.to)
        received = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                self.assertIsNone(self.server.receive_message(wait=False).overflow_count)
                received += 1
        self.client.send_message(b'x', remote_address=self.to)
        self.assertEqual(self.receive().overflow_count, 100 - received)


class Destinations(Pair):
    """Those of send_to, for messages as well."""

    def test_each_way_to_say_it(self):
        address = GSock.Address.new_from_text(self.to)
        for keywords in ({'remote_host': LOCALHOST, 'remote_port': self.port}, {'remote_address': address},
                         {'remote_address': self.to}, {'remote_host': 'localhost', 'remote_port': self.port, 'ipv6': 'no'}):
            with self.subTest(keywords):
                self.client.send_message(b'x', ttl=9, **keywords)
                self.assertEqual(self.receive().data, b'x')

    def test_a_whole_message(self):
        message = GSock.Message()
        message.add_data(b'whole')
        self.client.send_message(message, remote_host=LOCALHOST, remote_port=self.port)
        self.assertEqual(self.receive().data, b'whole')
        self.assertIsNone(message.address)
        message.address = self.to
        self.assertRaisesRegex(GSock.InvalidKeyword, 'an address of its own', self.client.send_message, message,
                               remote_address=self.to)

    def test_filename(self):
        name = f'@gsock-messages-{os.getpid()}'
        with GSock.make_socket(type='datagram', local_filename=name) as receiver, \
                GSock.make_socket(type='datagram', address_family='local') as sender:
            sender.send_message(b'x', remote_filename=name)
            self.assertEqual(receiver.receive_message(timeout=5).data, b'x')

    def test_wrong_destinations(self):
        for error, pattern, keywords in (
                (GSock.NotConnected, 'send-message', {}), (GSock.InvalidKeyword, 'go together', {'remote_host': LOCALHOST}),
                (GSock.InvalidKeyword, 'does not go with', {'remote_filename': '/nowhere'}),
                (GSock.OutOfRange, 'remote-port', {'remote_host': LOCALHOST, 'remote_port': 0})):
            with self.subTest(keywords):
                self.assertRaisesRegex(error, pattern, self.client.send_message, b'x', **keywords)


@unittest.skipUnless(HAS_IPV6, 'this machine has no IPv6')
class Ipv6(unittest.TestCase):
    def setUp(self):
        self.server = GSock.make_socket(type='datagram', address_family='ipv6', local_host='::')
        self.client = GSock.make_socket(type='datagram', local_host='::1')
        self.to = {'remote_host': '::1', 'remote_port': self.server.props.local_port}

    def tearDown(self):
        self.server.close()
        self.client.close()

    def test_packet_info_hop_limit_and_traffic_class(self):
        for option in ('ipv6-receive-packet-info', 'ipv6-receive-hop-limit', 'ipv6-receive-traffic-class'):
            self.server.set_option(option, True)
        self.client.send_message(b'?', ttl=7, traffic_class=0x28, **self.to)
        question = self.server.receive_message(timeout=5)
        self.assertEqual(question.packet_info, ('::1', LOOPBACK))
        self.assertEqual((question.ttl, question.traffic_class), (7, 0x28))
        self.server.send_message(b'!', remote_address=question.address, packet_info=question.packet_info)
        self.assertEqual(self.client.receive_message(timeout=5).host, '::1')

    def test_membership(self):
        self.server.join_group('ff05::4321', interface='lo')
        self.assertRaises(GSock.AddressInUse, self.server.join_group, 'ff05::4321', interface=str(LOOPBACK))
        self.server.block_source('ff05::4321', '::1', interface='lo')
        self.server.unblock_source('ff05::4321', '::1', interface='lo')
        self.server.leave_group('ff05::4321', interface='lo')
        self.assertRaises(GSock.AddressNotAvailable, self.server.leave_group, 'ff05::4321', interface='lo')
        self.assertRaises(GSock.InvalidAddress, self.server.join_group, '::1', interface='lo')

    def test_how_datagrams_leave(self):
        self.client.set_multicast_interface('lo')
        self.assertEqual(self.client.get_multicast_interface(), 'lo')
        self.client.set_multicast_ttl(4)
        self.client.set_ttl(9)
        self.assertEqual((self.client.get_multicast_ttl(), self.client.get_ttl()), (4, 9))

    def test_exchange(self):
        """In a network of its own, for loopback has no groups of IPv6. A wire takes a while until it carries something."""
        self.run_in_own_network('''
            import time
            from gi.repository import GSock
            member = GSock.make_socket(type='datagram', address_family='ipv6', local_host='::')
            member.join_group('ff05::4321', interface='wire')
            sender = GSock.make_socket(type='datagram', address_family='ipv6')
            sender.set_multicast_interface('wire')
            end, message = time.monotonic() + 20, None
            while message is None and time.monotonic() < end:
                try:
                    sender.send_to(b'all', remote_host='ff05::4321', remote_port=member.props.local_port)
                    message = member.receive_message(timeout=0.05)
                except (TimeoutError, OSError):
                    time.sleep(0.01)
            assert message.data == b'all', message
        ''')

    def run_in_own_network(self, code):
        make = ('ip link add wire type veth peer name other && ip link set wire up && ip link set other up '
                '&& echo there && exec "$@"')
        command = ['unshare', '-rn', 'sh', '-c', make, 'sh', sys.executable, '-c', textwrap.dedent(code)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        except FileNotFoundError:
            self.skipTest('there is no unshare')
        if 'there' not in done.stdout:
            self.skipTest('no network can be made here')
        self.assertEqual(done.returncode, 0, done.stderr)


class Shouting(GSock.DatagramSocket):
    def do_send_message(self, message, *arguments):
        louder = GSock.Message()
        louder.add_data(message.data.upper())
        louder.address = message.address
        return super().do_send_message(louder, *arguments)

    def do_receive_message(self, size, *arguments):
        return super().do_receive_message(size, *arguments) if size > 4 else 'nothing'


class Subclasses(Pair):
    def test_methods_of_a_subclass(self):
        with Shouting(local_host=LOCALHOST) as shouting:
            self.assertEqual(shouting.send_message(b'quiet', remote_address=self.to), 5)
            message = self.receive()
            self.assertEqual(message.data, b'QUIET')
            self.server.send_message(b'answer', remote_address=message.address)
            self.assertRaisesRegex(TypeError, 'GSock.Message', shouting.receive_message, 4, timeout=5)
            self.assertEqual(shouting.receive_message(100, timeout=5).data, b'answer')


class Adding(Shouting):
    """A class of a class, which changes what comes and lets the rest through."""

    calls = ()

    def do_send_message(self, message, *arguments):
        self.calls += (('send', message.data, *arguments),)
        return super().do_send_message(message, *arguments)

    def do_receive_message(self, size, *arguments):
        message = super().do_receive_message(size, *arguments)
        self.calls += (('receive', size, *arguments),)
        message.add_data(b'!')
        return message


class Raising(GSock.DatagramSocket):
    def do_send_message(self, message, *arguments):
        raise KeyError('no sending today')

    def do_receive_message(self, size, *arguments):
        raise KeyError('no receiving today')


class ClassesOfClasses(Pair):
    def test_both_go_on_to_the_next(self):
        with Adding(local_host=LOCALHOST) as adding:
            self.assertEqual(adding.send_message(b'quiet', remote_address=self.to, dont_route=True, timeout=3), 5)
            message = self.receive()
            self.assertEqual(message.data, b'QUIET')
            self.server.send_message([b'an', b'swer'], remote_address=message.address)
            answer = adding.receive_message(100, peek=True, timeout=2.5)
            self.assertEqual((answer.data, answer.host, answer.port), (b'answer!', LOCALHOST, self.port))
            self.assertEqual(adding.calls, (('send', b'quiet', GSock.MessageFlags.DONT_ROUTE, True, 3, None),
                                            ('receive', 100, GSock.MessageFlags.PEEK, True, 2.5, None)))
            self.assertRaises(BlockingIOError, Adding.receive_message, self.client, wait=False)

    def test_errors_get_through(self):
        with Adding(local_host=LOCALHOST) as adding, Raising(local_host=LOCALHOST) as raising:
            self.assertRaises(BlockingIOError, adding.receive_message, 100, wait=False)
            self.assertRaises(GSock.NotConnected, adding.send_message, b'x')
            self.assertRaisesRegex(KeyError, 'sending', raising.send_message, b'x', remote_address=self.to)
            self.assertRaisesRegex(KeyError, 'receiving', raising.receive_message, 10)


class Local(unittest.TestCase):
    def setUp(self):
        self.a, self.b = GSock.make_socket_pair(type='datagram')

    def tearDown(self):
        self.a.close()
        self.b.close()

    def test_credentials(self):
        mine = os.getpid(), os.getuid(), os.getgid()
        self.b.set_option('pass-credentials', True)
        self.a.send_message(b'x', credentials=mine)
        self.assertEqual(self.b.receive_message(timeout=5).credentials, mine)
        self.a.send_message(b'x')
        self.assertEqual(self.b.receive_message(timeout=5).credentials, mine)

    def test_file_descriptors(self):
        reader, writer = os.pipe()
        with open(writer, 'wb') as file:
            self.a.send_message(b'x', file_descriptors=[reader, file])
        os.close(reader)
        message = self.b.receive_message(timeout=5)
        reader, writer = message.take_file_descriptors()
        self.assertEqual(message.take_file_descriptors(), [])
        os.write(writer, b'through')
        self.assertEqual(os.read(reader, 10), b'through')
        self.assertFalse(os.get_inheritable(reader))
        os.close(reader)
        os.close(writer)

    def test_file_descriptors_that_nobody_takes(self):
        for _ in range(20):
            self.a.send_message(b'x', file_descriptors=[0, 1, 2])
            self.assertEqual(self.b.receive_message(timeout=5).get_n_file_descriptors(), 3)


class Batches(Pair):
    DATAGRAMS = [bytes([65 + i % 26]) * i for i in range(64)]

    def receive_all(self, count):
        received = []
        while len(received) < count:
            received += self.server.receive_many(64, timeout=5)
        return received

    def test_a_batch_of_64(self):
        self.assertEqual(self.client.send_many(self.DATAGRAMS, remote_host=LOCALHOST, remote_port=self.port), 64)
        sender = LOCALHOST, self.client.props.local_port
        self.assertEqual(self.receive_all(64), [(data, *sender) for data in self.DATAGRAMS])

    def test_alike(self):
        sender = LOCALHOST, self.client.props.local_port
        for datagrams in ([b'ab', b'cd', b'ef'], [b'abc'], [b'', b''], [b'abc', b'd'], [b'', b'a']):
            with self.subTest(datagrams):
                self.client.send_many(datagrams, remote_host=LOCALHOST, remote_port=self.port)
                self.assertEqual(self.receive_all(len(datagrams)), [(data, *sender) for data in datagrams])

    def test_elements_tell_the_rest(self):
        self.client.send_many([b'abcdef', b''], remote_address=GSock.Address.new_from_text(self.to))
        received = self.server.receive_many(2, size=4, timeout=5)
        self.assertEqual((received[0].data, received[0].full_length, received[0].truncated), (b'abcd', 6, True))
        self.assertEqual(len(received), 2)
        self.assertEqual((received[-1].data, received[-1].address), (b'', self.client.get_local_address()))
        self.assertRaises(IndexError, lambda: received[2])

    def test_each_with_an_address(self):
        with GSock.make_socket(type='datagram', local_host=LOCALHOST) as other:
            to_other = other.get_local_address()
            sent = self.client.send_many([(b'a', self.to), (b'b', to_other), (bytearray(b'c'), LOCALHOST, self.port)])
            self.assertEqual(sent, 3)
            self.assertEqual([data for data, host, port in self.receive_all(2)], [b'a', b'c'])
            self.assertEqual(other.receive_from(timeout=5).data, b'b')

    def test_echo(self):
        self.client.send_many([b'a', b'b'], remote_host=LOCALHOST, remote_port=self.port)
        self.server.send_many(self.receive_all(2))
        self.assertEqual(list(self.client.receive_many(1, timeout=5)), [(b'a', LOCALHOST, self.port)])

    def test_several_senders(self):
        with GSock.make_socket(type='datagram', local_host=LOCALHOST) as other:
            for sender in (self.client, other, self.client):
                sender.send_to(b'x', remote_host=LOCALHOST, remote_port=self.port)
            ports = [port for data, host, port in self.receive_all(3)]
            self.assertEqual(ports, [sender.props.local_port for sender in (self.client, other, self.client)])

    def test_without_addresses(self):
        a, b = GSock.make_socket_pair(type='datagram')
        with a, b:
            self.assertEqual(a.send_many([memoryview(array.array('I', [1, 2])), bytearray(b'x')]), 2)
            self.assertEqual(list(b.receive_many(8, timeout=5)),
                             [(array.array('I', [1, 2]).tobytes(), None, None), (b'x', None, None)])

    def test_a_batch_is_used_again(self):
        batch = GSock.Batch()
        for data in (b'first', b'second'):
            self.client.send_many([data], remote_host=LOCALHOST, remote_port=self.port)
            self.assertEqual([data for data, *_ in self.server.receive_many(4, batch, timeout=5)], [data])
        self.assertEqual(self.client.send_many(batch, remote_host=LOCALHOST, remote_port=self.port), 1)

    def test_wrong_input(self):
        for error, pattern, datagrams in ((TypeError, 'encode', ['x']), (TypeError, 'int', [5]), (TypeError, 'list', b'ab'),
                                          (TypeError, 'list', 'ab'), (TypeError, 'address', [(b'x', 5)]),
                                          (GSock.InvalidAddress, 'nowhere', [(b'x', 'nowhere')]),
                                          (TypeError, 'host, port', [(b'x', 'a', 5, 6)]), (TypeError, 'host, port', [()])):
            with self.subTest(datagrams):
                self.assertRaisesRegex(error, pattern, self.client.send_many, datagrams)
        self.assertRaises(GSock.UnknownKeyword, self.client.send_many, [b'x'], remote_hots='x')
        self.assertRaises(GSock.UnknownKeyword, self.client.receive_many, 5, tiemout=1)
        self.assertRaises(BlockingIOError, self.client.receive_many, 5, wait=False)
        self.assertRaises(GSock.OutOfRange, self.client.receive_many, 0)


class Groups(Pair):
    GROUP = '239.255.43.21'

    def send(self):
        self.client.send_to(b'all', remote_host=self.GROUP, remote_port=self.port)

    def setUp(self):
        super().setUp()
        self.client.set_multicast_interface('lo')

    def test_join_and_leave(self):
        self.assertTrue(self.server.join_group(self.GROUP, interface='lo'))
        self.assertRaises(GSock.AddressInUse, self.server.join_group, self.GROUP, interface='lo')
        self.send()
        self.assertEqual(self.receive().data, b'all')
        self.assertTrue(self.server.leave_group(self.GROUP, interface='lo'))
        self.assertRaises(GSock.AddressNotAvailable, self.server.leave_group, self.GROUP, interface='lo')

    def test_one_source(self):
        self.server.join_group(self.GROUP, interface='lo', source=LOCALHOST)
        self.send()
        self.assertEqual(self.receive().host, LOCALHOST)
        self.server.leave_group(self.GROUP, source=LOCALHOST, interface='lo')

    def test_blocked_source(self):
        self.server.join_group(self.GROUP, interface='lo')
        self.server.block_source(self.GROUP, LOCALHOST, interface='lo')
        self.send()
        self.assertRaises(BlockingIOError, self.server.receive_from, wait=False)
        self.server.unblock_source(self.GROUP, LOCALHOST, 'lo')
        self.send()
        self.assertEqual(self.receive().data, b'all')

    def test_how_datagrams_leave(self):
        self.assertEqual(self.client.get_multicast_interface(), LOCALHOST)
        self.client.set_multicast_ttl(4)
        self.assertEqual(self.client.get_multicast_ttl(), 4)
        self.client.set_multicast_loopback(False)
        self.assertFalse(self.client.get_multicast_loopback())

    def test_wrong_input(self):
        self.assertRaisesRegex(GSock.InvalidAddress, '10.0.0.1', self.server.join_group, '10.0.0.1')
        self.assertRaisesRegex(GSock.UnknownInterface, 'nosuch0', self.server.join_group, self.GROUP, interface='nosuch0')
        self.assertRaises(GSock.InvalidAddress, self.server.join_group, self.GROUP, source='::1')
        self.assertRaises(TypeError, self.server.join_group, 5)


tap.main()
