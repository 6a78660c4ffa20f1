#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example of discovery: whoever asks, in each language, finds those who answer in all of them; and
Python's socket finds and is found."""

import contextlib
import os
import re
import socket
import struct
import subprocess

import peers

GROUP, HERE = '239.255.42.99', '127.0.0.1'
QUESTION = b'who is there?'
EXAMPLES = peers.in_each_language('DISCOVERY')


def output_of(variable, *arguments):
    return subprocess.run(peers.command_of(variable, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=True, timeout=peers.TIMEOUT).stdout


@contextlib.contextmanager
def member():
    """One of Python's own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.settimeout(peers.TIMEOUT)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(('0.0.0.0', 0))
        found.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack('4s4s', socket.inet_aton(GROUP), socket.inet_aton(HERE)))
        yield found


@contextlib.contextmanager
def answering(variable, name, port):
    with subprocess.Popen(peers.command_of(variable, 'answer', name, 'lo', port), stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line == f'{name}: port {port}\n', line
            yield
            assert process.poll() is None, 'it ended by itself'
        finally:
            process.kill()


@peers.cases(**EXAMPLES)
def both_on_this_machine(variable):
    lines = re.sub(r'\d+$', 'PORT', output_of(variable), flags=re.M).splitlines()
    assert lines[:2] == [f'a printer: asked by {HERE}:PORT', f'a lamp: asked by {HERE}:PORT'], lines
    assert sorted(lines[2:]) == [f'a lamp at {HERE}:PORT', f'a printer at {HERE}:PORT'], lines


@peers.test
def all_find_one_another():
    built = {language: variable for language, (variable,) in EXAMPLES.items() if variable in os.environ}
    with member() as own, contextlib.ExitStack() as stack:
        port = own.getsockname()[1]
        for language, variable in built.items():
            stack.enter_context(answering(variable, f'one in {language}', port))
        for variable in built.values():
            found = sorted(output_of(variable, 'ask', HERE, port).splitlines())
            assert found == sorted(f'one in {language} at {HERE}:{port}' for language in built), found
            assert own.recvfrom(100)[0] == QUESTION


@peers.cases(**EXAMPLES)
def what_is_no_question_is_not_answered(variable):
    with member() as own, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        port = own.getsockname()[1]
        asker.settimeout(peers.TIMEOUT)
        asker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(HERE))
        with answering(variable, 'grüß Gott', port):
            for question in b'', b'\xff\0', QUESTION + b'!', QUESTION[:-1], b'x' * 60_000, QUESTION:
                asker.sendto(question, (GROUP, port))
            answer, sender = asker.recvfrom(1000)
        assert answer.decode() == 'grüß Gott' and sender == (HERE, port), (answer, sender)
        asker.settimeout(0.05)
        try:
            raise AssertionError(asker.recvfrom(1000))
        except TimeoutError:
            pass


@peers.cases(**EXAMPLES)
def an_interface_that_is_not_there(variable):
    outcome = subprocess.run(peers.command_of(variable, 'ask', 'nosuch'), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=peers.TIMEOUT)
    assert outcome.returncode == 1 and 'nosuch' in outcome.stderr, outcome


peers.main()
