# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests with programs of others share: TAP, threads, and looking for the programs."""

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import traceback

import gi
gi.require_version('GSock', '1')
from gi.repository import GSock

TIMEOUT = 30
LANGUAGES = ('C', 'PYTHON', 'JS', 'LUA', 'RUBY', 'VALA')
TESTS = []


class Skip(Exception):
    """A test that cannot be run here, and why."""


def test(function):
    TESTS.append(function)
    return function


def cases(**rows):
    """One test for each row, whose values are the arguments."""
    def add(function):
        for name, row in rows.items():
            def run(row=row):
                function(*row)
            run.__name__ = f'{function.__name__}_{name}'
            TESTS.append(run)
        return function
    return add


def in_each_language(example):
    """The cases of an example: where it is found, by the names of languages."""
    return {language.lower(): (f'GSOCK_{example}_{language}',) for language in LANGUAGES}


def program(name):
    path = shutil.which(name, path=os.environ.get('PATH', '') + ':/usr/sbin:/sbin')
    if path is None:
        raise Skip(f'{name} is not installed')
    return path


def receiver(**keywords):
    return GSock.make_socket(type='datagram', timeout=TIMEOUT, **keywords)


def folder():
    return tempfile.TemporaryDirectory(prefix='gsock-')


def command_of(variable, *arguments):
    if variable not in os.environ:
        raise Skip('that example is not built')
    return [*shlex.split(os.environ[variable]), *map(str, arguments)]


@contextlib.contextmanager
def running(variable, *arguments, prefix=()):
    """The address of a server that runs meanwhile, ends when it is told to, and has nothing to say."""
    with subprocess.Popen([*prefix, *command_of(variable, *arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            port = int(re.search(r':(\d+)', process.stdout.readline()).group(1))
            yield '127.0.0.1', port
            assert process.poll() is None, 'it ended by itself'
            process.send_signal(signal.SIGTERM)
            output, errors = process.communicate(timeout=TIMEOUT)
            assert process.returncode == 0 and errors == '', errors
        except BaseException:
            process.kill()
            print(''.join(f'# {line}\n' for line in process.communicate()[1].splitlines()), end='')
            raise


class Thread(threading.Thread):
    """A thread whose exception is raised where it is joined."""

    def __init__(self, function, *arguments):
        super().__init__(target=self.work, args=(function, *arguments), daemon=True)
        self.error = None
        self.start()

    def work(self, function, *arguments):
        try:
            function(*arguments)
        except BaseException as error:
            self.error = error

    def __enter__(self):
        return self

    def __exit__(self, kind, *rest):
        if kind is None:
            self.join(TIMEOUT)
            assert not self.is_alive(), 'a thread hangs'
            if self.error is not None:
                raise self.error


def main():
    print(f'1..{len(TESTS)}')
    failed = 0
    for number, function in enumerate(TESTS, 1):
        name = function.__name__
        try:
            function()
            print(f'ok {number} {name}')
        except Skip as reason:
            print(f'ok {number} {name} # SKIP {reason}')
        except Exception:
            failed = 1
            print(''.join(f'# {line}\n' for line in traceback.format_exc().splitlines()), end='')
            print(f'not ok {number} {name}')
        sys.stdout.flush()
    sys.exit(failed)
