#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that can be replaced while it runs, without a visitor noticing. It answers each visitor what he
says. Started a second time with the same path, the new process takes the sockets of the one that runs,
which ends once the new one serves. So do the others of this name: each can follow on each.

    handover.py PATH [PORT]   serves until it is interrupted, or replaced
    handover.py               starts itself twice, and visits
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile

import gi
gi.require_version('GSock', '1')
from gi.repository import GSock

SECONDS = 30


def make_sockets(path, port):
    """Only this user may ask for them."""
    return {
        'server': GSock.make_socket(connect='passive', local_host='127.0.0.1', local_port=port),
        'control': GSock.make_socket(connect='passive', type='seqpacket', local_filename=path,
                                     file_mode=0o600, replace_stale=True),
    }


def get_sockets(path, port):
    """Where nobody runs, or has died and left its file behind, this is the first."""
    try:
        channel = GSock.make_socket(type='seqpacket', remote_filename=path)
    except (FileNotFoundError, ConnectionRefusedError):
        return make_sockets(path, port)
    with channel:
        sockets = dict(GSock.handover_take(channel, SECONDS))
        # Whatever a visitor may need is made ready before this.
        GSock.handover_complete(channel, sockets, SECONDS)
    return sockets


async def answer(visitor):
    try:
        with visitor:
            data = (await visitor.receive_from_async(1000, timeout=SECONDS)).data
            await visitor.send_to_async(data, timeout=SECONDS)
    except GSock.SocketError:
        pass  # the visitor has gone


async def answer_all(server):
    """Until it is closed; then what has begun is ended."""
    visits = set()
    async for visitor in server:
        visit = asyncio.create_task(answer(visitor))
        visits.add(visit)
        visit.add_done_callback(visits.discard)
    await asyncio.gather(*visits)


async def await_successor(sockets):
    """Whatever goes wrong with one, this process goes on. Meanwhile it serves."""
    async for channel in sockets['control']:
        with channel:
            try:
                await GSock.handover_give_async(channel, sockets, SECONDS)
                return
            except GSock.SocketError as error:
                print(error, file=sys.stderr)


async def serve(path, port=0):
    sockets = get_sockets(path, int(port))
    print(f'process {os.getpid()} serves port {sockets["server"].props.local_port}', flush=True)
    serving = asyncio.create_task(answer_all(sockets['server']))
    for number in signal.SIGINT, signal.SIGTERM:
        asyncio.get_running_loop().add_signal_handler(number, sockets['control'].close)
    await await_successor(sockets)
    for socket in sockets.values():
        socket.close()
    await serving


# The show

def start(path):
    process = subprocess.Popen([sys.executable, __file__, path], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    line = process.stdout.readline()
    print(line, end='', flush=True)
    return process, int(line.split()[-1])


def visit(port):
    with GSock.make_socket(remote_host='127.0.0.1', remote_port=port, timeout=5) as visitor:
        visitor.send_to(b'hello')
        print(f'  it answers: {visitor.receive_from(size=1000).data.decode()}')


def show():
    with tempfile.TemporaryDirectory(prefix='gsock-handover-') as folder:
        path = os.path.join(folder, 'control')
        processes = []
        try:
            for _ in range(2):
                process, port = start(path)
                processes.append(process)
                visit(port)
            processes[0].wait(SECONDS)
            print('the first has ended')
        finally:
            for process in processes:
                process.terminate()
                process.wait()
                process.stdout.close()
        if os.listdir(folder):
            sys.exit('the file is still there')


try:
    asyncio.run(serve(*sys.argv[1:3])) if len(sys.argv) > 1 else show()
except (GSock.SocketError, ValueError) as error:
    sys.exit(f'{sys.argv[0]}: {error}')
