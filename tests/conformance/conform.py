# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the cases of a manifest, one line of TAP for each; see run.py for what is in one.

Usage: conform.py MANIFEST
"""
import asyncio
import functools
import inspect
import sys

import gi
gi.require_version('GSock', '1')
from gi.repository import Gio, GLib, GObject, GSock

MODULES = {'IOCondition': GLib}


class Anything:
    """Stands for what is expected and may be whatever it is."""


class Mismatch(Exception):
    pass


# Values

def find_type(name):
    return GObject.Object if name == 'GObject' else getattr(GSock, name.removeprefix('GSock'))


def find_enum(text):
    name, nick = text.split('.')
    return getattr(getattr(MODULES.get(name, GSock), name), nick.upper().replace('-', '_'))


SCALARS = {
    't': lambda text: True,
    'f': lambda text: False,
    'n': lambda text: None,
    'i': int,
    'd': float,
    's': lambda text: bytes.fromhex(text).decode(),
    'x': bytes.fromhex,
    '[': find_type,
    '%': find_enum,
    '<': lambda text: Gio.NetworkAddress.parse(text, 1),
    '*': lambda text: Anything,
}


def read_part(value, name):
    if name.isdigit():
        return value[int(name)]
    if name == 'length':
        return len(value)
    name = name.replace('-', '_')
    if isinstance(value, dict):
        return value[name]
    if isinstance(value, GObject.Object):
        return getattr(value.props, name)
    if hasattr(value, name):
        part = getattr(value, name)
        return part() if callable(part) else part
    return getattr(value, f'get_{name}')()


class Words:
    """The words of a step, some of which are several for one value."""

    def __init__(self, words, variables):
        self.words, self.variables, self.at = words, variables, 0

    def take(self):
        self.at += 1
        return self.words[self.at - 1]

    def rest(self):
        return self.at < len(self.words)

    def value(self):
        word = self.take()
        if word == '(':
            items = []
            while self.words[self.at] != ')':
                items.append(self.value())
            self.at += 1
            return tuple(items)
        if word[0] == '$':
            name, *parts = word[1:].split('.')
            value = self.variables[name]
            for part in parts:
                value = read_part(value, part)
            return value
        return SCALARS[word[0]](word[1:])


def show(value):
    if isinstance(value, (bytes, str)) or value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, (int, GObject.GEnum, GObject.GFlags)):
        return str(int(value))
    if isinstance(value, float):
        return f'{value:g}'
    if isinstance(value, dict):
        return str(value)
    if isinstance(value, (GSock.Address, GSock.Socket)):
        return str(value)
    if isinstance(value, type):
        return value.__name__
    return f'({" ".join(map(show, value))})'


def matches(expected, actual):
    if expected is Anything:
        return True
    if isinstance(expected, tuple):
        actual = list(actual)
        return len(expected) == len(actual) and all(map(matches, expected, actual))
    return show(expected) == show(actual)


# What a case does besides calling the library

def cancelled():
    cancellable = Gio.Cancellable()
    cancellable.cancel()
    return cancellable


def call_back(begin):
    """What is called back is told the condition, once, in the main loop."""
    loop, told = GLib.MainLoop(), []

    def once(socket, condition):
        told.append(condition)
        loop.quit()
        return False
    begin(once)
    loop.run()
    return told[0]


def create_source(socket, condition):
    def begin(once):
        source = socket.create_source(condition)
        source.set_callback(once)
        source.attach()
    return call_back(begin)


# Those that call back, until they have.
CALLING_BACK = {
    'create-source': create_source,
    'watch': lambda socket, condition: call_back(functools.partial(socket.watch, condition)),
}

HELPERS = {
    'cancelled': cancelled,
    'construct': GObject.new,
    'value': lambda value: value,
    'process-id': lambda: Gio.Credentials().get_unix_pid(),
    'gsocket-address': lambda host, port: Gio.InetSocketAddress.new_from_string(host, port),
    'network': Gio.InetAddressMask.new_from_string,
}

KINDS = (GSock.Address, GSock.Message, GSock.Batch)


def find_operator(name, receiver):
    method = name.replace('-', '_')
    if name in CALLING_BACK:
        return functools.partial(CALLING_BACK[name], receiver)
    if receiver is not None:
        return getattr(receiver, method)
    if name in HELPERS:
        return HELPERS[name]
    if name.startswith('address-'):
        return getattr(GSock.Address, method.replace('address', 'new', 1))
    return getattr(GSock, method)


class Case:
    def __init__(self, name):
        self.name, self.variables, self.made = name, {}, []

    def keep(self, value):
        """Remembers the sockets in what an operator gave, to close them."""
        if isinstance(value, GSock.Socket):
            self.made.append(value)
        elif isinstance(value, (tuple, list)):
            for item in value:
                self.keep(item)

    def call(self, operator, receiver, words):
        arguments, keywords, expected = [], {}, Anything
        while words.rest():
            word = words.words[words.at]
            if word == '->':
                words.take()
                expected = words.value()
            elif word[0] == '=':
                words.take()
                keywords[word[1:].replace('-', '_')] = words.value()
            else:
                arguments.append(words.value())
        result = find_operator(operator, receiver)(*arguments, **keywords)
        if inspect.isawaitable(result):
            result = asyncio.get_event_loop().run_until_complete(result)
        self.keep(result)
        return result, expected

    def step(self, variable, operator, receiver, outcome, part, *words):
        words = Words(words, self.variables)
        target = None if receiver == '-' else Words([f'${receiver}'], self.variables).value()
        try:
            result, expected = self.call(operator, target, words)
        except Exception as error:
            return self.check_error(error, operator, outcome, bytes.fromhex(part).decode())
        if outcome not in ('ok', 'any'):
            raise Mismatch(f'{operator} answers {show(result)}, not {outcome}')
        if not matches(expected, result):
            raise Mismatch(f'{operator} answers {show(result)}, not {show(expected)}')
        self.variables[variable] = result

    def check_error(self, error, operator, outcome, part):
        if isinstance(error, GSock.SocketError):
            code = GSock.Error(error.code).value_nick
        elif isinstance(error, GLib.Error) and error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED):
            code = 'cancelled'
        else:
            code = 'own'
        # A keyword stands there as it was given.
        if outcome != 'any' and (code != outcome or part.replace('_', '-') not in str(error).replace('_', '-')):
            raise Mismatch(f'{operator} fails with {code} ({type(error).__name__}: {error}), not {outcome} {part}') from error

    def close(self):
        for socket in self.made:
            socket.close()


def run(steps, name):
    case = Case(name)
    try:
        for step in steps:
            case.step(*step)
    except Mismatch as problem:
        return str(problem)
    finally:
        case.close()
    return None


def main(path):
    with open(path) as file:
        lines = [line.rstrip('\n').split('\t') for line in file]
    cases = []
    for kind, *words in lines:
        if kind == 'case':
            cases.append((words, []))
        else:
            cases[-1][1].append(words)
    print(f'1..{len(cases)}')
    asyncio.set_event_loop(asyncio.new_event_loop())
    for number, ((name, skipped), steps) in enumerate(cases, 1):
        problem = None if skipped else run(steps, name)
        if problem:
            print('#', problem.replace('\n', ' '))
        print(f'{"not ok" if problem else "ok"} {number} {name}{f" # SKIP {skipped}" if skipped else ""}', flush=True)


main(sys.argv[1])
