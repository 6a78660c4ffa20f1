#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""socat and Python's own sockets exchange datagrams with gsock, both ways."""

import os
import socket as python
import struct
import subprocess
import time

import peers
from peers import GSock

WAYS = {'ipv4': ('127.0.0.1', 'UDP4'), 'ipv6': ('::1', 'UDP6')}


def socat(*arguments, **keywords):
    return subprocess.Popen([peers.program('socat'), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **keywords)


def finish(process, text):
    out, _ = process.communicate(text, timeout=peers.TIMEOUT)
    return out


def answer_one(socket, wanted, answer):
    received = socket.receive_from(1500)
    assert received.data == wanted, received.data
    message = GSock.Message.new()
    message.add_data(answer)
    message.set_address(received.address)
    socket.send_message(message)


def bracketed(host):
    return f'[{host}]' if ':' in host else host


@peers.cases(**WAYS)
def socat_asks_gsock(host, kind):
    peers.program('socat')
    with peers.receiver(local_host=host) as socket, peers.Thread(answer_one, socket, b'question', b'answer'):
        process = socat('-t', '2', '-', f'{kind}:{bracketed(host)}:{socket.props.local_port}')
        process.stdin.write(b'question')
        process.stdin.flush()
        assert process.stdout.read(6) == b'answer'
        finish(process, None)


# socat says nothing of when it is ready: what comes too early is refused, or answered by nobody.
def ask_until_answered(socket, text):
    for _ in range(200):
        try:
            socket.send_to(text)
            return socket.receive_from(1500, timeout=0.1).data
        except (GSock.ConnectionRefused, GSock.TimedOut):
            time.sleep(0.02)
    raise AssertionError('no answer')


def free_port(host):
    with peers.receiver(local_host=host) as socket:
        return socket.props.local_port


@peers.cases(**WAYS)
def gsock_asks_socat(host, kind):
    peers.program('socat')
    port = free_port(host)
    process = socat(f'{kind}-RECVFROM:{port},bind={bracketed(host)},fork', 'EXEC:tr a-z A-Z')
    try:
        with GSock.make_socket(type='datagram', remote_host=host, remote_port=port) as socket:
            assert ask_until_answered(socket, b'loud') == b'LOUD'
    finally:
        process.terminate()
        finish(process, None)


@peers.test
def socat_asks_gsock_over_files():
    peers.program('socat')
    with peers.folder() as folder:
        theirs, ours = os.path.join(folder, 'theirs'), os.path.join(folder, 'ours')
        with peers.receiver(local_filename=ours) as socket, peers.Thread(answer_one, socket, b'question', b'answer'):
            process = socat('-t', '2', '-', f'UNIX-SENDTO:{ours},bind={theirs}')
            process.stdin.write(b'question')
            process.stdin.flush()
            assert process.stdout.read(6) == b'answer'
            finish(process, None)


FAMILIES = {'ipv4': (python.AF_INET, '127.0.0.1'), 'ipv6': (python.AF_INET6, '::1')}


def python_socket(family, address):
    socket = python.socket(family, python.SOCK_DGRAM)
    socket.settimeout(peers.TIMEOUT)
    socket.bind(address)
    return socket


@peers.cases(**FAMILIES)
def python_and_gsock(family, host):
    with peers.receiver(local_host=host) as ours, python_socket(family, (host, 0)) as theirs:
        port = theirs.getsockname()[1]
        ours.send_to(b'to python', remote_host=host, remote_port=port)
        data, sender = theirs.recvfrom(100)
        assert (data, sender[:2]) == (b'to python', (host, ours.props.local_port))
        theirs.sendto(b'to gsock', sender)
        assert tuple(ours.receive_from(100)) == (b'to gsock', host, port)


@peers.test
def python_and_gsock_over_files():
    with peers.folder() as folder:
        names = [os.path.join(folder, name) for name in ('ours', 'theirs')]
        with peers.receiver(local_filename=names[0]) as ours, python_socket(python.AF_UNIX, names[1]) as theirs:
            ours.send_to(b'to python', remote_filename=names[1])
            assert theirs.recvfrom(100) == (b'to python', names[0])
            theirs.sendto(b'to gsock', names[0])
            data, filename, _ = ours.receive_from(100)
            assert (data, filename) == (b'to gsock', names[1])


@peers.test
def python_and_gsock_empty():
    with peers.receiver(local_host='127.0.0.1') as ours, python_socket(python.AF_INET, ('127.0.0.1', 0)) as theirs:
        theirs.sendto(b'', ('127.0.0.1', ours.props.local_port))
        data, host, port = ours.receive_from(100)
        assert (data, port) == (b'', theirs.getsockname()[1])
        ours.send_to(b'', remote_host=host, remote_port=port)
        assert theirs.recvfrom(100)[0] == b''


# Ancillary data means the same to both.
@peers.test
def python_and_gsock_hops():
    with peers.receiver(local_host='127.0.0.1') as ours, python_socket(python.AF_INET, ('127.0.0.1', 0)) as theirs:
        theirs.setsockopt(python.IPPROTO_IP, python.IP_RECVTOS, 1)
        ours.options['ip-receive-ttl'] = True
        theirs.sendmsg([b'a', b'bc'], [(python.IPPROTO_IP, python.IP_TTL, struct.pack('i', 33))], 0,
                       ('127.0.0.1', ours.props.local_port))
        received = ours.receive_message(100)
        assert (received.get_bytes().get_data(), received.get_ttl()) == (b'abc', 33)
        answer = GSock.Message.new()
        answer.add_data(b'd')
        answer.add_data(b'ef')
        answer.set_address(received.get_address())
        answer.set_traffic_class(0x2e)
        ours.send_message(answer)
        data, ancillary, _, _ = theirs.recvmsg(100, 100)
        assert (data, ancillary) == (b'def', [(python.IPPROTO_IP, python.IP_TOS, b'\x2e')])


def pair():
    one, other = python.socketpair(python.AF_UNIX, python.SOCK_DGRAM)
    with one:
        return GSock.make_socket_from_fd(one.fileno()), other


@peers.test
def python_and_gsock_descriptors():
    ours, theirs = pair()
    with ours, theirs:
        reader, writer = os.pipe()
        python.send_fds(theirs, [b'reader'], [reader])
        os.close(reader)
        message = ours.receive_message(100)
        assert message.get_bytes().get_data() == b'reader'
        (received,) = message.take_file_descriptors()
        os.write(writer, b'x')
        assert os.read(received, 1) == b'x'
        answer = GSock.Message.new()
        answer.add_data(b'writer')
        answer.add_file_descriptor(writer)
        os.close(writer)
        ours.send_message(answer)
        data, (back,), _, _ = python.recv_fds(theirs, 100, 4)
        assert data == b'writer'
        os.write(back, b'y')
        assert os.read(received, 1) == b'y'
        os.close(back)
        os.close(received)


peers.main()
