#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A chat for many, line by line, with nc and the like. Whoever comes gives a name; then each line goes to
all the others. Who does not read, or writes more than the others could read, is put out.

    chat-server.py PORT [HOST]   serves until it is interrupted
    chat-server.py               two visitors meet, and what they hear is told
"""

import asyncio
import signal
import sys

import gi
gi.require_version('GSock', '1')
from gi.repository import GSock

MOST_LINES = 50  # of one member within a second
LONGEST_LINE = 1000  # bytes
TIME_FOR_A_NAME = 60  # seconds
BACKLOG = 65536  # bytes that wait for a member who does not read, and as many in the kernel


class PutOut(Exception):
    """A member has to go; it says why."""


class Member:
    def __init__(self, connection, name):
        self.connection, self.name = connection, name
        self.reason = 'gone'
        self.second, self.lines = 0, 0
        self.sending = None

    def tell(self, line):
        """Nobody waits for a slow reader: the line is in his buffer, until that is full."""
        try:
            self.connection.write_line(line, wait=False)
            if self.sending is None or self.sending.done():
                self.sending = asyncio.create_task(self.send())
        except GSock.WouldBlock:
            self.reason = 'put out: he does not read'
            self.connection.close(abort=True)
        except GSock.SocketError:
            pass  # whoever reads from it meets that too

    async def send(self):
        try:
            await self.connection.finish_output_async()
        except GSock.SocketError:
            pass

    async def hear(self):
        """The next line, or None at the end."""
        line = await self.connection.read_line_async(maximum_length=LONGEST_LINE)
        second = int(asyncio.get_running_loop().time())
        self.lines = self.lines + 1 if second == self.second else 1
        self.second = second
        if self.lines > MOST_LINES:
            raise PutOut('put out: he writes too much')
        return line


class Chat:
    def __init__(self):
        self.members = {}

    def tell_all(self, line, speaker=None):
        for member in list(self.members.values()):
            if member is not speaker:
                member.tell(line)

    def announce(self, line):
        print(line, flush=True)
        self.tell_all(line)

    async def ask_name(self, connection):
        """One that nobody else has; None where the visitor leaves."""
        question = '* who are you?'
        while True:
            connection.write_line(question, wait=False)
            await connection.finish_output_async(timeout=TIME_FOR_A_NAME)
            line = await connection.read_line_async(maximum_length=LONGEST_LINE, timeout=TIME_FOR_A_NAME)
            if line is None:
                return None
            name = line.strip()
            if 0 < len(name) <= 20 and name.isprintable() and name not in self.members:
                return name
            question = '* that is no name, or somebody has it; who are you?'

    async def stay(self, member):
        self.members[member.name] = member
        self.announce(f'* {member.name} has come')
        try:
            while (line := await member.hear()) is not None:
                self.tell_all(f'{member.name}: {line}', member)
        except PutOut as reason:
            member.reason = str(reason)
        except GSock.MessageTooLong:
            member.reason = 'put out: his line has no end'
        except GSock.InvalidText:
            member.reason = 'put out: that is no text'
        except GSock.Closed:
            pass  # by tell
        except GSock.SocketError:
            member.reason = 'lost'
        finally:
            self.announce(f'* {member.name} is {member.reason}')
            del self.members[member.name]

    async def serve(self, connection):
        try:
            if name := await self.ask_name(connection):
                await self.stay(Member(connection, name))
            # Nobody waits for what does not go at once.
            connection.finish_output(wait=False)
            connection.close()
        except GSock.SocketError:
            pass
        finally:
            connection.close(abort=True)


async def accept_all(listener):
    """Until the listener is closed; then everybody has to go."""
    chat, visits = Chat(), set()
    while listener.is_open():
        try:
            visit = asyncio.create_task(chat.serve(await listener.accept_connection_async()))
            visits.add(visit)
            visit.add_done_callback(visits.discard)
        except GSock.TooManyFiles:
            await asyncio.sleep(0.1)  # until somebody goes
        except GSock.Closed:
            break
    for visit in visits:
        visit.cancel()
    await asyncio.gather(*visits, return_exceptions=True)


def listen(host, port):
    # What is set here holds for the connections too: with keepalive the kernel notices after a few minutes
    # that somebody who says nothing is not there any more.
    return GSock.make_socket(connect='passive', local_host=host, local_port=port, reuse_address=True, backlog=512,
                             keepalive=True, tcp_keepidle=60, nodelay=True, send_buffer=BACKLOG, output_buffer_size=BACKLOG)


async def serve(port, host='127.0.0.1'):
    with listen(host, int(port)) as listener:
        print(listener, flush=True)
        for number in signal.SIGINT, signal.SIGTERM:
            asyncio.get_running_loop().add_signal_handler(number, listener.close)
        await accept_all(listener)


# Two visitors

async def say(visitor, line):
    visitor.write_line(line)
    await visitor.finish_output_async(timeout=5)


async def hear(name, visitor):
    print(f'  {name} hears: {await visitor.read_line_async(timeout=5)}')


async def come(port, name):
    visitor = await GSock.make_socket_async(remote_host='127.0.0.1', remote_port=port)
    await hear(name, visitor)
    await say(visitor, name)
    await hear(name, visitor)
    return visitor


async def meet():
    with listen('127.0.0.1', 0) as listener:
        serving = asyncio.create_task(accept_all(listener))
        port = listener.props.local_port
        with await come(port, 'Ann') as ann, await come(port, 'Bob') as bob:
            await hear('Ann', ann)
            await say(ann, 'hello')
            await hear('Bob', bob)
            await say(bob, 'hi, Ann')
            await hear('Ann', ann)
            bob.close(abort=True)
            await hear('Ann', ann)
        listener.close()
        await serving


try:
    asyncio.run(serve(*sys.argv[1:3]) if len(sys.argv) > 1 else meet())
except (GSock.SocketError, ValueError) as error:
    sys.exit(f'{sys.argv[0]}: {error}')
