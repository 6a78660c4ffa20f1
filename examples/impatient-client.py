#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client that waits a quarter of a second for an answer, asks again, and can be interrupted meanwhile. What
has come of an answer when the time is up, or when it is cancelled, is not lost.

    impatient-client.py HOST PORT [SECONDS]   asks until there is an answer, or Ctrl-C
    impatient-client.py                       asks a server that is in no hurry
"""

import asyncio
import signal
import sys

import gi
gi.require_version('GSock', '1')
from gi.repository import GSock

SECONDS = 0.25
LONGEST_LINE = 1000


async def ask(connection, seconds):
    """The answer; None where there is none any more."""
    while True:
        connection.write_line('are you there?')
        await connection.finish_output_async(timeout=SECONDS)
        try:
            return await connection.read_line_async(timeout=seconds, maximum_length=LONGEST_LINE)
        except TimeoutError:
            print(f'nothing within {seconds} seconds', flush=True)


async def visit(host, port, seconds=SECONDS):
    asking = asyncio.current_task()
    assert asking
    for number in signal.SIGINT, signal.SIGTERM:
        asyncio.get_running_loop().add_signal_handler(number, asking.cancel)
    with await GSock.make_socket_async(remote_host=host, remote_port=int(port), timeout=float(seconds)) as connection:
        answer = await ask(connection, float(seconds))
    if answer is None:
        sys.exit('the server has hung up')
    print(f'the answer: {answer}')


# The show: what the server says to each question, in pieces.
ANSWERS = ['', 'here ', 'I am\n', '', 'sorry, I was busy\n']


async def dawdle(listener):
    with await listener.accept_connection_async(timeout=5) as visitor:
        for answer in ANSWERS:
            await visitor.read_line_async(timeout=5)
            await visitor.write_text_async(answer)
            await visitor.finish_output_async(timeout=5)


async def show():
    with GSock.make_socket(connect='passive', local_host='127.0.0.1') as listener:
        serving = asyncio.create_task(dawdle(listener))
        with await GSock.make_socket_async(remote_host='127.0.0.1', remote_port=listener.props.local_port) as connection:
            print(f'the answer: {await ask(connection, SECONDS)}')
            patient = asyncio.create_task(ask(connection, -1))
            asyncio.get_running_loop().call_later(0.1, patient.cancel)
            try:
                await patient
            except asyncio.CancelledError:
                print('cancelled')
            print(f'the answer: {await ask(connection, 5)}')
        await serving


try:
    asyncio.run(visit(*sys.argv[1:4]) if len(sys.argv) > 2 else show())
except (asyncio.CancelledError, KeyboardInterrupt):
    sys.exit('interrupted')
except (GSock.SocketError, ValueError) as error:
    sys.exit(f'{sys.argv[0]}: {error}')
