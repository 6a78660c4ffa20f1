#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example of a client that does not wait for long, and servers that answer late, never, or badly."""

import contextlib
import signal
import socket
import subprocess

import peers

EXAMPLES = peers.in_each_language('IMPATIENT_CLIENT')
SHOW = '''nothing within 0.25 seconds
nothing within 0.25 seconds
the answer: here I am
cancelled
the answer: sorry, I was busy
'''


def client(variable, *arguments):
    return subprocess.Popen(peers.command_of(variable, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def outcome(process):
    output, errors = process.communicate(timeout=peers.TIMEOUT)
    return process.returncode, output, errors


@contextlib.contextmanager
def visited(variable, seconds):
    """The server's side of a conversation, and the client."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        listener.settimeout(peers.TIMEOUT)
        with client(variable, '127.0.0.1', listener.getsockname()[1], seconds) as process:
            try:
                with listener.accept()[0] as connection:
                    connection.settimeout(peers.TIMEOUT)
                    yield connection, process
            finally:
                process.kill()


def expect_question(connection):
    question = b''
    while not question.endswith(b'\n'):
        question += connection.recv(1)
    assert question == b'are you there?\n', question


@peers.cases(**EXAMPLES)
def both_sides(variable):
    assert outcome(client(variable)) == (0, SHOW, '')


@peers.cases(**EXAMPLES)
def an_answer_that_comes_late(variable):
    with visited(variable, 0.05) as (connection, process):
        for part in b'', b'Wait', b' a m', b'inute.\n':
            expect_question(connection)
            connection.sendall(part)
        assert outcome(process) == (0, 'nothing within 0.05 seconds\n' * 3 + 'the answer: Wait a minute.\n', '')


@peers.cases(**EXAMPLES)
def one_that_is_interrupted(variable):
    for number in signal.SIGINT, signal.SIGTERM:
        with visited(variable, 100) as (connection, process):
            expect_question(connection)
            process.send_signal(number)
            assert outcome(process) == (1, '', 'interrupted\n')
            assert connection.recv(1) == b''


@peers.cases(**EXAMPLES)
def a_server_that_hangs_up(variable):
    with visited(variable, 100) as (connection, process):
        expect_question(connection)
        connection.shutdown(socket.SHUT_WR)
        code, output, errors = outcome(process)
        assert code == 1 and output == '' and errors.endswith('the server has hung up\n'), (code, output, errors)


@peers.cases(**EXAMPLES)
def a_server_that_goes_on_and_on(variable):
    with visited(variable, 100) as (connection, process):
        expect_question(connection)
        connection.sendall(b'x' * 2000)
        code, output, errors = outcome(process)
        assert code == 1 and output == '' and 'read-line' in errors, (code, output, errors)


@peers.cases(**EXAMPLES)
def a_server_with_a_full_queue(variable):
    with socket.create_server(('127.0.0.1', 0), backlog=0) as listener, contextlib.ExitStack() as stack:
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        code, output, errors = outcome(client(variable, '127.0.0.1', listener.getsockname()[1], 0.1))
        assert code == 1 and output == '' and 'connect' in errors, (code, output, errors)


@peers.cases(**EXAMPLES)
def nobody(variable):
    with socket.socket() as bound:
        bound.bind(('127.0.0.1', 0))
        code, output, errors = outcome(client(variable, '127.0.0.1', bound.getsockname()[1]))
        assert code == 1 and output == '' and 'Connection refused' in errors, (code, output, errors)


peers.main()
