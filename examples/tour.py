#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A tour of gsock: five small conversations, each told as it happens."""

import os
import sys
import tempfile

import gi
gi.require_version('GSock', '1')
from gi.repository import GSock


def hear(name, socket):
    print(f'  {name} hears:', socket.receive_from(size=100, timeout=5).data.decode())


def tcp_echo():
    with GSock.make_socket(connect='passive', local_host='127.0.0.1') as server, \
            GSock.make_socket(remote_host='127.0.0.1', remote_port=server.props.local_port) as client, \
            server.accept_connection(timeout=5) as peer:
        print('  server:', server)
        print('  client:', client)
        print('  accepted:', peer)
        client.send_to(b'hello, TCP')
        peer.send_to(peer.receive_from(size=100, timeout=5).data)
        hear('client', client)


def udp_with_sender():
    with GSock.make_socket(type='datagram', local_host='127.0.0.1') as alice, \
            GSock.make_socket(type='datagram', local_host='127.0.0.1') as bob:
        print('  alice:', alice)
        print('  bob:', bob)
        bob.send_to(b'hello, UDP', remote_host='127.0.0.1', remote_port=alice.props.local_port)
        data, host, port = alice.receive_from(size=1500, timeout=5)
        print(f'  alice hears: {data.decode()}, from {host} port {port}')


def local_stream():
    with tempfile.TemporaryDirectory(prefix='gsock-tour-') as folder:
        file = os.path.join(folder, 'socket')
        with GSock.make_socket(connect='passive', local_filename=file, file_mode=0o600) as server, \
                GSock.make_socket(remote_filename=file) as client, \
                server.accept_connection(timeout=5) as peer:
            print('  server:', server)
            client.send_to(b'hello, local stream')
            hear('server', peer)
        print('  after the block the file is', 'still there' if os.path.exists(file) else 'gone')


def socket_pair():
    left, right = GSock.make_socket_pair()
    with left, right:
        print('  left:', left)
        left.send_to(b'hello, other half')
        hear('right', right)


def worker(inbox):
    """Another process: all that it has of the conversation comes out of its inbox."""
    fd, = inbox.receive_file_descriptors(1)
    with GSock.make_socket_from_fd(fd, dup=False) as client:
        name = f'process {os.getpid()}'
        print(f'  {name}:', client)
        hear(name, client)
        client.send_to(b'read by the worker')


def hand_over(outbox):
    """The server accepts and hands the open connection to the worker."""
    with GSock.make_socket(connect='passive', local_host='127.0.0.1') as server, \
            GSock.make_socket(remote_host='127.0.0.1', remote_port=server.props.local_port) as client:
        with server.accept_connection(timeout=5) as peer:
            outbox.send_file_descriptors([peer.fileno()])
        client.send_to(b'hello, worker')
        hear('client', client)


def descriptor_to_another_process():
    outbox, inbox = GSock.make_socket_pair()
    with outbox, inbox:
        print('  this is process', os.getpid())
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            worker(inbox)
            sys.stdout.flush()
            os._exit(0)
        hand_over(outbox)
        if os.waitpid(pid, 0)[1] != 0:
            sys.exit('the other process failed')


for title, run in (('A TCP echo', tcp_echo),
                   ("UDP with the sender's address", udp_with_sender),
                   ('A local stream', local_stream),
                   ('A socket pair', socket_pair),
                   ('A descriptor passed to another process', descriptor_to_another_process)):
    print(title)
    run()
