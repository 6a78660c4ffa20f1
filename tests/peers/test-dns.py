#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""dig asks a small server on gsock, and gsock asks dnsmasq."""

import ipaddress
import struct
import subprocess

import peers
from peers import GSock

TYPES = {'A': 1, 'AAAA': 28}
RECORDS = {('host.test', 1): '192.0.2.7', ('host.test', 28): '2001:db8::7'}


def pack_name(name):
    return b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0'


def unpack_question(packet):
    """Name, type and end of the question; what a question holds is never compressed."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode())
        at += 1 + packet[at]
    return '.'.join(labels).lower(), struct.unpack_from('!H', packet, at + 1)[0], at + 5


def make_query(number, name, kind):
    return struct.pack('!6H', number, 0x0100, 1, 0, 0, 0) + pack_name(name) + struct.pack('!2H', kind, 1)


def make_answer(query):
    name, kind, end = unpack_question(query)
    value = RECORDS.get((name, kind))
    header = struct.pack('!6H', struct.unpack_from('!H', query)[0], 0x8580 if value else 0x8583, 1, bool(value), 0, 0)
    if value is None:
        return header + query[12:end]
    data = ipaddress.ip_address(value).packed
    return header + query[12:end] + struct.pack('!3HIH', 0xc00c, kind, 1, 60, len(data)) + data


def read_answer(packet):
    number, flags, _, count, _, _ = struct.unpack_from('!6H', packet)
    _, _, at = unpack_question(packet)
    length = struct.unpack_from('!H', packet, at + 10)[0] if count else 0
    return number, flags & 15, str(ipaddress.ip_address(packet[at + 12:at + 12 + length])) if count else None


def serve(socket):
    """Answers one question, from the address that it came to."""
    question = socket.receive_message(1500)
    answer = GSock.Message.new()
    answer.add_data(make_answer(question.get_bytes().get_data()))
    answer.set_address(question.get_address())
    told, address, _ = question.get_packet_info()
    assert told
    answer.set_packet_info(address, 0)
    socket.send_message(answer)


def dig(address, port, name, kind):
    command = [peers.program('dig'), f'@{address}', '-p', str(port), '+short', '+tries=1', f'+time={peers.TIMEOUT}',
               '+noedns', '+nocookie', name, kind]
    return subprocess.run(command, capture_output=True, text=True, timeout=peers.TIMEOUT, check=True).stdout.strip()


# dig takes no answer from another address than it has asked: the socket is bound to all of them.
@peers.cases(
    ipv4=('127.0.0.1', {'local_host': '0.0.0.0', 'ip_packet_info': True}, 'A', '192.0.2.7'),
    ipv4_second_address=('127.0.0.53', {'local_host': '0.0.0.0', 'ip_packet_info': True}, 'A', '192.0.2.7'),
    ipv6=('::1', {'local_host': '::', 'ipv6_receive_packet_info': True}, 'AAAA', '2001:db8::7'),
    dual_stack=('127.0.0.53', {'local_host': '::', 'ipv6_only': False, 'ipv6_receive_packet_info': True}, 'AAAA', '2001:db8::7'),
)
def dig_asks_gsock(address, keywords, kind, wanted):
    peers.program('dig')
    with peers.receiver(**keywords) as socket:
        with peers.Thread(serve, socket):
            assert dig(address, socket.props.local_port, 'host.test', kind) == wanted


@peers.test
def dig_asks_gsock_in_vain():
    with peers.receiver(local_host='127.0.0.1', ip_packet_info=True) as socket:
        with peers.Thread(serve, socket):
            assert dig('127.0.0.1', socket.props.local_port, 'nobody.test', 'A') == ''


class Dnsmasq:
    """On a port that was free a moment ago; it tells on its output when it is ready."""

    def __enter__(self):
        with peers.receiver(local_host='127.0.0.1') as socket:
            self.port = socket.props.local_port
        command = [peers.program('dnsmasq'), '--no-daemon', '--conf-file=/dev/null', '--no-resolv', '--no-hosts',
                   '--pid-file=', f'--port={self.port}', '--listen-address=127.0.0.1', '--listen-address=::1',
                   '--bind-interfaces', '--address=/host.test/192.0.2.7', '--address=/host.test/2001:db8::7']
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if 'started' in line:
                return self
        raise peers.Skip('dnsmasq does not start here')

    def __exit__(self, *exception):
        self.process.terminate()
        self.process.wait(peers.TIMEOUT)
        self.process.stderr.close()


@peers.test
def gsock_asks_dnsmasq():
    with Dnsmasq() as server:
        for host in '127.0.0.1', '::1':
            with GSock.make_socket(type='datagram', remote_host=host, remote_port=server.port, timeout=peers.TIMEOUT) as socket:
                for number, ((name, kind), wanted) in enumerate(RECORDS.items()):
                    socket.send_to(make_query(number, name, kind))
                    assert read_answer(socket.receive_from(1500).data) == (number, 0, wanted)


# One call asks, and the answers come as they like.
@peers.test
def gsock_asks_dnsmasq_much():
    with Dnsmasq() as server, peers.receiver(local_host='127.0.0.1') as socket:
        for number in range(50):
            message = GSock.Message.new()
            message.add_data(make_query(number, 'host.test', 1))
            message.set_address(GSock.Address.new_from_host('127.0.0.1', server.port))
            socket.send_message(message)
        numbers = set()
        while len(numbers) < 50:
            message = socket.receive_message(1500)
            assert message.get_address().get_port() == server.port
            number, code, value = read_answer(message.get_bytes().get_data())
            assert (code, value) == (0, '192.0.2.7')
            numbers.add(number)


peers.main()
