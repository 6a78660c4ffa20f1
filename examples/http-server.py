#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Serves the files of a folder by HTTP/1.1: http-server.py FOLDER [PORT]. It prints the port, and serves
until it is interrupted.
"""

import asyncio
import contextlib
import mimetypes
import os
import signal
import sys
import urllib.parse

import gi

gi.require_version('GSock', '1')
from gi.repository import GSock

REQUEST_MAX = 8192
IDLE_SECONDS = 30


class Refusal(Exception):
    """What is told as a status; there is no request after it."""


def find_file(folder, target):
    """No path leads out of the folder."""
    path = urllib.parse.unquote(target.partition('?')[0])
    if not path.startswith('/') or '\0' in path:
        return None
    absolute = os.path.normpath(path).lstrip('/')
    name = os.path.join(folder, absolute, 'index.html' if path.endswith('/') else '')
    name = name.rstrip('/')
    return name if os.path.isfile(name) else None


def understand(first, *others):
    """The method, the target, and whether it is the last request."""
    words, fields = first.split(' '), [field.lower() for field in others]
    if len(words) != 3 or not words[2].startswith('HTTP/1.'):
        raise Refusal('400 Bad Request')
    if words[0] not in ('GET', 'HEAD'):
        raise Refusal('405 Method Not Allowed')
    last = 'connection: close' in fields or (words[2] == 'HTTP/1.0' and 'connection: keep-alive' not in fields)
    return words[0], words[1], last


def head_of(status, kind, length, last):
    closing = 'Connection: close\r\n' if last else ''
    return (f'HTTP/1.1 {status}\r\nServer: gsock\r\nContent-Type: {kind}\r\n'
            f'Content-Length: {length}\r\n{closing}\r\n').encode()


def answer(folder, method, target, last):
    name = find_file(folder, target)
    if name is None:
        return head_of('404 Not Found', 'text/plain', 0, last)
    with open(name, 'rb') as file:
        body = file.read()
    kind = mimetypes.guess_type(name)[0] or 'application/octet-stream'
    return head_of('200 OK', kind, len(body), last) + (body if method == 'GET' else b'')


async def read_request(connection):
    """Its lines up to the empty one; none when the peer has gone."""
    lines, room = [], REQUEST_MAX
    while line := await connection.read_line_async(maximum_length=room, timeout=IDLE_SECONDS):
        lines.append(line)
        room = max(room - len(line), 1)
    return lines if line is not None else []


async def requests(connection):
    try:
        while lines := await read_request(connection):
            yield understand(*lines)
    except GSock.MessageTooLong:
        raise Refusal('431 Request Header Fields Too Large') from None


async def answer_all(connection, folder):
    try:
        async for method, target, last in requests(connection):
            await connection.send_to_async(answer(folder, method, target, last), timeout=IDLE_SECONDS)
            if last:
                break
    except Refusal as refusal:
        await connection.send_to_async(head_of(refusal, 'text/plain', 0, True), timeout=IDLE_SECONDS)


async def serve(connection, folder):
    # Who has gone, or says nothing for too long, is not told.
    with connection, contextlib.suppress(GSock.SocketError):
        await answer_all(connection, folder)


async def accept(listener, folder):
    served = set()
    async for connection in listener:
        task = asyncio.create_task(serve(connection, folder))
        served.add(task)
        task.add_done_callback(served.discard)


async def main(folder, port):
    with GSock.make_socket(connect='passive', local_host='127.0.0.1', local_port=port, nodelay=True,
                           external_format='iso-8859-1/crlf') as listener:
        print(f'http://127.0.0.1:{listener.props.local_port}/', flush=True)
        for number in signal.SIGINT, signal.SIGTERM:
            asyncio.get_running_loop().add_signal_handler(number, listener.close)
        await accept(listener, folder)


asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0))
