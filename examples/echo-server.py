#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sends back what it gets, to many at a time: echo-server.py [PORT]. It prints the port, and serves
until it is interrupted.
"""

import asyncio
import signal
import sys

import gi

gi.require_version('GSock', '1')
from gi.repository import GLib, GSock


async def echo(connection):
    with connection:
        try:
            while data := (await connection.receive_from_async(65536)).data:
                await connection.send_to_async(data)
        except GLib.Error as error:
            print(f'{connection!r}: {error}', file=sys.stderr)


async def serve(listener):
    served = set()
    async for connection in listener:
        task = asyncio.create_task(echo(connection))
        served.add(task)
        task.add_done_callback(served.discard)


async def main(port):
    with GSock.make_socket(connect='passive', local_host='127.0.0.1', local_port=port, nodelay=True) as listener:
        print(f'127.0.0.1:{listener.props.local_port}', flush=True)
        for number in signal.SIGINT, signal.SIGTERM:
            asyncio.get_running_loop().add_signal_handler(number, listener.close)
        await serve(listener)


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
