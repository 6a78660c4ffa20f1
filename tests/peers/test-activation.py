#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Examples that systemd starts when their first visitor comes, and a manager that hears of it."""

import array
import os
import shlex
import signal
import socket
import subprocess
import time

import peers

PASSED_ON = ('GI_TYPELIB_PATH', 'LD_LIBRARY_PATH', 'PYTHONPATH', 'GJS_PATH', 'G_DEBUG', 'ASAN_OPTIONS', 'PYTHONDONTWRITEBYTECODE')
LONG = '1000'


def every_language(function):
    """One test for each language that the example is written in."""
    names = {language: f'GSOCK_ACTIVATED_{language.upper()}' for language in ('c', 'python', 'js')}
    return peers.cases(**{language: (name,) for language, name in names.items()})(function)


def command(variable, seconds=LONG):
    if variable not in os.environ:
        raise peers.Skip('that example is not built')
    return [*shlex.split(os.environ[variable]), seconds]


class Manager:
    """systemd-socket-activate, which becomes the example when somebody comes. It is ended, or comes
    to its end after so many seconds without a visitor."""

    def __init__(self, variable, *options, seconds=LONG, **environment):
        self.ends_itself = seconds != LONG
        passed_on = [f'--setenv={name}' for name in PASSED_ON if name in os.environ]
        given = [f'--setenv={name}={value}' for name, value in environment.items()]
        program = peers.program('systemd-socket-activate')
        self.process = subprocess.Popen([program, *options, *passed_on, *given, *command(variable, seconds)],
                                        stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *rest):
        if kind is not None or not self.ends_itself:
            self.process.kill()
        errors = self.process.communicate(timeout=peers.TIMEOUT)[1]
        assert kind is not None or self.process.returncode == (0 if self.ends_itself else -signal.SIGKILL), errors


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def visit(family, kind, address):
    """What a visitor is told; the manager may still be about to listen."""
    deadline = time.monotonic() + peers.TIMEOUT
    while True:
        with socket.socket(family, kind) as visitor:
            visitor.settimeout(peers.TIMEOUT)
            try:
                if kind == socket.SOCK_DGRAM and family == socket.AF_UNIX:
                    visitor.bind('')
                visitor.connect(address)
                if kind == socket.SOCK_DGRAM:
                    visitor.send(b'hi')
                return visitor.recv(100).decode()
            except (ConnectionRefusedError, FileNotFoundError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)


@every_language
def streams(variable):
    """Two listeners, each with its name, and more than one visitor."""
    with peers.folder() as folder:
        port, path = free_port(socket.SOCK_STREAM), os.path.join(folder, 'socket')
        with Manager(variable, f'--listen=127.0.0.1:{port}', f'--listen={path}', '--fdname=tcp:a local one'):
            for _ in range(3):
                assert visit(socket.AF_INET, socket.SOCK_STREAM, ('127.0.0.1', port)) == 'hello from tcp\n'
                assert visit(socket.AF_UNIX, socket.SOCK_STREAM, path) == 'hello from a local one\n'


@every_language
def datagrams(variable):
    with peers.folder() as folder:
        port, path = free_port(socket.SOCK_DGRAM), os.path.join(folder, 'socket')
        with Manager(variable, '--datagram', f'--listen=127.0.0.1:{port}', f'--listen={path}', '--fdname=udp:local'):
            assert visit(socket.AF_INET, socket.SOCK_DGRAM, ('127.0.0.1', port)) == 'hello from udp\n'
            assert visit(socket.AF_UNIX, socket.SOCK_DGRAM, path) == 'hello from local\n'


@every_language
def packets(variable):
    """A connection with boundaries, at an abstract address, without a name."""
    name = f'@gsock-{os.getpid()}-{variable}'
    with Manager(variable, '--seqpacket', f'--listen={name}'):
        assert visit(socket.AF_UNIX, socket.SOCK_SEQPACKET, '\0' + name[1:]).startswith('hello from ')


@every_language
def manager_is_told(variable):
    with peers.folder() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        path, heard_at = os.path.join(folder, 'socket'), os.path.join(folder, 'notify')
        notify.bind(heard_at)
        notify.settimeout(peers.TIMEOUT)
        with Manager(variable, f'--listen={path}', NOTIFY_SOCKET=heard_at):
            assert visit(socket.AF_UNIX, socket.SOCK_STREAM, path).startswith('hello')
            assert notify.recv(100) == b'READY=1'


@every_language
def nobody_comes_any_more(variable):
    with peers.folder() as folder:
        path = os.path.join(folder, 'socket')
        with Manager(variable, f'--listen={path}', seconds='0.2'):
            assert visit(socket.AF_UNIX, socket.SOCK_STREAM, path).startswith('hello')


@every_language
def without_a_manager(variable):
    done = subprocess.run(command(variable), stderr=subprocess.PIPE, text=True, timeout=peers.TIMEOUT, check=False)
    assert done.returncode == 1 and 'systemd-socket-activate' in done.stderr, done


@every_language
def nonsense(variable):
    environment = dict(os.environ, LISTEN_FDS='-1', LISTEN_PID='1')
    done = subprocess.run(command(variable), env=environment, stderr=subprocess.PIPE, text=True, timeout=peers.TIMEOUT, check=False)
    assert done.returncode != 0 and 'LISTEN_FDS is "-1"' in done.stderr, done


STORE = '''
import gi
gi.require_version('GSock', '1')
from gi.repository import GSock
kept = dict(GSock.file_descriptors_from_activation())
if not kept:
    near, far = GSock.make_socket_pair()
    near.send_to(b'left behind')
    GSock.store_file_descriptors([near, far], 'conversation', timeout=5)
    GSock.wait_for_service_manager(5)
    near.close(), far.close()
else:
    with GSock.make_socket_from_fd(kept['conversation'], dup=False) as far:
        print(far.receive_from(size=100).data.decode())
    GSock.remove_stored_file_descriptors('conversation')
'''


def receive(notify):
    data, control, _, _ = notify.recvmsg(4096, socket.CMSG_SPACE(4 * 10))
    fds = array.array('i')
    for _, _, rights in control:
        fds.frombytes(rights)
    return data.decode(), list(fds)


def run_store(environment, fds=()):
    """The shell gives the program the number that the manager names, and the descriptor the number 3."""
    script = 'LISTEN_PID=$$ exec "$@"' + ''.join(f' {3 + i}<&{fd}' for i, fd in enumerate(fds))
    return subprocess.Popen(['sh', '-c', script, 'sh', '/usr/bin/python3', '-c', STORE], env=dict(os.environ, **environment),
                            pass_fds=fds, stdout=subprocess.PIPE, text=True)


@peers.test
def store_outlives_the_program():
    """What one process leaves with its manager, the next one finds."""
    with peers.folder() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        heard_at = os.path.join(folder, 'notify')
        notify.bind(heard_at)
        notify.settimeout(peers.TIMEOUT)
        with run_store({'NOTIFY_SOCKET': heard_at}) as first:
            text, stored = receive(notify)
            assert text == 'FDSTORE=1\nFDNAME=conversation' and len(stored) == 2, (text, stored)
            text, (barrier,) = receive(notify)
            assert text == 'BARRIER=1'
            assert first.poll() is None, 'it has not waited'
            os.close(barrier)
        assert first.returncode == 0
        kept = os.dup2(stored[1], 9)
        with run_store({'NOTIFY_SOCKET': heard_at, 'LISTEN_FDS': '1', 'LISTEN_FDNAMES': 'conversation'}, (kept,)) as second:
            assert second.communicate(timeout=peers.TIMEOUT)[0] == 'left behind\n'
        assert second.returncode == 0
        assert receive(notify) == ('FDSTOREREMOVE=1\nFDNAME=conversation', [])
        for fd in (*stored, kept):
            os.close(fd)


peers.main()
