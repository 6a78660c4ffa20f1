#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prefork: several processes serve one port, by a listener that all have inherited or by one of their
own each. With the first the kernel gives a visitor to whoever asks next; with the second it picks a
listener by the visitor's address, busy or not. How long it took, and what each worker got, is printed
for both; and again with one worker that is slow, for whom visitors wait in the second case.

  prefork.py [WORKERS [VISITORS]]
"""

import collections
import contextlib
import os
import signal
import sys
import time

import gi
gi.require_version('GSock', '1')
from gi.repository import GSock

AT_A_TIME = 50
SLOW = 0.005


def work(listener, number, pause):
    """What a worker tells each visitor is its number."""
    for visitor in listener:
        with visitor:
            if pause:
                time.sleep(pause)
            try:
                visitor.send_to(bytes([number]))
            except GSock.SocketError as error:
                print(f'worker {number}: {error}', file=sys.stderr)


def start_worker(number, make_listener, pause):
    """A worker says when it is ready: whoever comes before would be refused."""
    parent, child = GSock.make_socket_pair()
    pid = os.fork()
    if pid == 0:
        try:
            listener = make_listener()
            child.send_to(b'r')
            work(listener, number, pause)
        finally:
            os._exit(1)
    child.close()
    with parent:
        if not parent.receive_from(size=1).data:
            raise RuntimeError(f'worker {number} does not start')
    return pid


@contextlib.contextmanager
def workers(pauses, make_listener):
    pids = []
    try:
        for number, pause in enumerate(pauses):
            pids.append(start_worker(number, make_listener, pause))
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)


def visit(port, count):
    """So many connections at the same time, each of which is told who serves it."""
    with contextlib.ExitStack() as stack:
        visitors = [stack.enter_context(GSock.make_socket(remote_host='127.0.0.1', remote_port=port)) for _ in range(count)]
        return [visitor.receive_from(size=1, timeout=10).data[0] for visitor in visitors]


def measure(title, pauses, visitors, bound, make_listener):
    port = bound.props.local_port
    served = collections.Counter()
    with bound, workers(pauses, make_listener):
        start = time.monotonic()
        while served.total() < visitors:
            served.update(visit(port, min(AT_A_TIME, visitors - served.total())))
        elapsed = time.monotonic() - start
    print(f'{title}: {elapsed * 1000:.0f} ms; ' + ' '.join(str(served[number]) for number in range(len(pauses))))


def compare(pauses, visitors):
    slow = ', the first of them slow' if any(pauses) else ''
    print(f'{len(pauses)} workers{slow}, {visitors} visitors', flush=True)
    listener = GSock.make_socket(connect='passive', local_host='127.0.0.1')
    measure('one listener', pauses, visitors, listener, lambda: listener)
    # With reuse-port, and without listening, it keeps the port for the others and gets no visitors.
    keeper = GSock.make_socket(local_host='127.0.0.1', reuse_port=True)
    port = keeper.props.local_port
    measure('own listeners', pauses, visitors, keeper,
            lambda: GSock.make_socket(connect='passive', local_host='127.0.0.1', local_port=port, reuse_port=True))


def main(count=4, visitors=2000):
    compare([0] * count, visitors)
    compare([SLOW] + [0] * (count - 1), max(visitors // 10, 1))


main(*map(int, sys.argv[1:]))
