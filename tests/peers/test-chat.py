#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example of a chat in each language, and those who visit it: nc, and Python's socket."""

import contextlib
import os
import select
import socket
import struct
import subprocess
import time

import peers

CHATS = peers.in_each_language('CHAT_SERVER')


SHOW = '''  Ann hears: * who are you?
* Ann has come
  Ann hears: * Ann has come
  Bob hears: * who are you?
* Bob has come
  Bob hears: * Bob has come
  Ann hears: * Bob has come
  Bob hears: Ann: hello
  Ann hears: Bob: hi, Ann
* Bob is lost
  Ann hears: * Bob is lost
* Ann is gone
'''


class Visitor:
    def __init__(self, address, name=None, receive_buffer=None):
        self.socket = socket.socket()
        self.socket.settimeout(peers.TIMEOUT)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(address)
        self.lines = self.socket.makefile('r', encoding='utf-8', newline='\n')
        self.expect('* who are you?')
        if name is not None:
            self.say(name)
            self.expect(f'* {name} has come')

    def say(self, *lines):
        self.socket.sendall(''.join(line + '\n' for line in lines).encode())

    def hear(self):
        return self.lines.readline().rstrip('\n')

    def expect(self, *lines):
        for line in lines:
            heard = self.hear()
            assert heard == line, (heard, line)

    def wait_for(self, line):
        while (heard := self.hear()) != line:
            assert heard, f'the end came before {line!r}'

    def end(self):
        """Everything up to the end, or to a reset."""
        with contextlib.suppress(ConnectionResetError):
            while self.lines.readline():
                pass
        self.leave()

    def vanish(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.leave()

    def leave(self):
        self.lines.close()
        self.socket.close()


@peers.cases(**CHATS)
def two_meet(variable):
    shown = subprocess.run(peers.command_of(variable), stdout=subprocess.PIPE, check=True, timeout=peers.TIMEOUT).stdout
    assert shown.decode() == SHOW, shown


@peers.cases(**CHATS)
def a_conversation(variable):
    with peers.running(variable, 0) as address:
        ann = Visitor(address, 'Ann')
        other = Visitor(address)
        for name in 'Ann', '', ' \t', 'x' * 21, 'a\x07b':
            other.say(name)
            other.expect('* that is no name, or somebody has it; who are you?')
        other.say(' Jürgen ')
        other.expect('* Jürgen has come')
        ann.expect('* Jürgen has come')
        ann.say('grüß dich', '', 'x' * 900)
        other.expect('Ann: grüß dich', 'Ann: ', 'Ann: ' + 'x' * 900)
        other.socket.sendall(b'half a ')
        ann.say('one')
        other.expect('Ann: one')
        other.socket.sendall(b'line\nand no end')
        ann.expect('Jürgen: half a line')
        other.socket.shutdown(socket.SHUT_WR)
        ann.expect('Jürgen: and no end', '* Jürgen is gone')
        other.expect('* Jürgen is gone', '')
        other.leave()
        ann.leave()


@peers.cases(**CHATS)
def nc_takes_part(variable):
    with peers.running(variable, 0) as (host, port):
        ann = Visitor((host, port), 'Ann')
        with subprocess.Popen([peers.program('nc'), '-N', host, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as nc:
            nc.stdin.write(b'Net\nhello\n')
            nc.stdin.flush()
            ann.expect('* Net has come', 'Net: hello')
            ann.say('hello, Net')
            heard = b''.join(nc.stdout.readline() for _ in range(3))
            assert heard == b'* who are you?\n* Net has come\nAnn: hello, Net\n', heard
            nc.stdin.close()
            ann.expect('* Net is gone')
            assert nc.wait(peers.TIMEOUT) == 0
        ann.leave()


@peers.cases(**CHATS)
def two_hundred(variable):
    with peers.running(variable, 0) as address:
        visitors = [Visitor(address, f'visitor {number}') for number in range(200)]
        for speaker in 0, 100, 199:
            visitors[speaker].say('to all of you')
            for number, visitor in enumerate(visitors):
                if number != speaker:
                    visitor.wait_for(f'visitor {speaker}: to all of you')
        leaving = range(1, 200, 9)
        for number in leaving:
            visitors[number].leave()
        # Who leaves with lines that were not read is lost.
        gone = {visitors[0].hear().replace('lost', 'gone') for _ in leaving}
        assert gone == {f'* visitor {number} is gone' for number in leaving}, gone
    for visitor in visitors:
        visitor.leave()


@peers.cases(**CHATS)
def more_than_it_has_descriptors_for(variable):
    """They wait until somebody leaves."""
    with peers.running(variable, 0, prefix=[peers.program('prlimit'), '--nofile=64']) as address:
        visitors = [socket.create_connection(address, timeout=peers.TIMEOUT) for _ in range(80)]
        greeted = 0
        while select.select([visitors[greeted]], [], [], peers.TIMEOUT if greeted < 30 else 0.2)[0]:
            greeted += 1
        assert 30 <= greeted < 64, greeted
        for visitor in visitors[:30]:
            visitor.close()
        for visitor in visitors[30:60]:
            assert visitor.recv(100).startswith(b'* who are you?')
        for visitor in visitors[30:]:
            visitor.close()
        Visitor(address, 'Ann').leave()


@peers.cases(**CHATS)
def those_who_vanish(variable):
    with peers.running(variable, 0) as address:
        ann = Visitor(address, 'Ann')
        Visitor(address).vanish()
        Visitor(address).leave()
        bob = Visitor(address, 'Bob')
        ann.expect('* Bob has come')
        bob.vanish()
        ann.expect('* Bob is lost')
        Visitor(address, 'Bob').leave()
        ann.expect('* Bob has come', '* Bob is gone')
        ann.leave()


FLOODS = {
    'put out: he writes too much': b'and another line\n' * 20_000,
    'put out: his line has no end': b'x' * 1_000_000,
    'put out: that is no text': b'\xff\xfe\n',
}


@peers.cases(**CHATS)
def those_who_flood(variable):
    with peers.running(variable, 0) as address:
        ann = Visitor(address, 'Ann')
        for reason, flood in FLOODS.items():
            bob = Visitor(address, 'Bob')
            with contextlib.suppress(ConnectionError):
                bob.socket.sendall(flood)
            ann.wait_for(f'* Bob is {reason}')
            bob.end()
        nameless = Visitor(address)
        with contextlib.suppress(ConnectionError):
            nameless.socket.sendall(b'x' * 1_000_000)
        nameless.end()
        assert not select.select([ann.socket], [], [], 0.1)[0], ann.hear()
        Visitor(address, 'Cid').leave()
        ann.expect('* Cid has come', '* Cid is gone')
        ann.leave()


def hear_speeches(visitor, count):
    """So many, and whether the sleeper was put out meanwhile."""
    told = False
    while count > 0:
        line = visitor.hear()
        assert line, 'the end has come'
        count -= line.endswith('lala')
        told = told or line == '* Sleeper is put out: he does not read'
    return told


@peers.cases(**CHATS)
def one_who_does_not_read(variable):
    """Those who read are served all the time; nobody of them speaks more than is allowed in a second."""
    with peers.running(variable, 0) as address:
        ann = Visitor(address, 'Ann')
        sleeper = Visitor(address, 'Sleeper', receive_buffer=4096)
        speakers = [Visitor(address, f'speaker {number}') for number in range(20)]
        told = False
        for _ in range(200):
            for speaker in speakers:
                speaker.say('la' * 450, 'la' * 450)
            told = hear_speeches(ann, 2 * len(speakers))
            for speaker in speakers:
                hear_speeches(speaker, 2 * len(speakers) - 2)
            if told:
                break
            time.sleep(0.05)
        assert told
        for visitor in [ann, *speakers]:
            visitor.leave()
        sleeper.end()
        Visitor(address, 'Late').leave()


peers.main()
