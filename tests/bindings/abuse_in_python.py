# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every operator with every hostile value for every argument and keyword; see abuse.py, which runs it.

An answer or an ordinary exception is right, whatever is given. What is tried is printed before it is.
"""

import asyncio
import ctypes
import functools
import gc
import inspect
import os
import random
import sys
import time
import warnings

warnings.simplefilter('ignore')
PLAIN = sys.argv[1] == 'plain'
if PLAIN:
    sys.modules['gi.overrides.GSock'] = None

import gi  # noqa: E402

gi.require_version('GSock', '1')

from gi._gi import FunctionInfo  # noqa: E402
from gi.repository import Gio, GLib, GObject, GSock  # noqa: E402

ORDINARY = (GLib.Error, TypeError, ValueError, OverflowError, MemoryError, NotImplementedError)
LOCALHOST = '127.0.0.1'
DATA = os.environ['GSOCK_TEST_DATA']
KEYWORDS = os.environ['GSOCK_TEST_KEYWORDS'].split()


# Values

def make(**keywords):
    if not PLAIN:
        return GSock.make_socket(**keywords)
    return GSock.make_socket(list(keywords), list(keywords.values()), None)


def make_pair():
    return GSock.make_socket_pair() if not PLAIN else GSock.make_socket_pair(None, None)[1:]


def make_cancelled():
    cancellable = Gio.Cancellable()
    cancellable.cancel()
    return cancellable


def make_batch():
    batch = GSock.Batch.new()
    batch.add(b'abc', GSock.Address.new_from_text(f'{LOCALHOST}:9'))
    batch.add(b'', None)
    return batch


def make_message():
    message = GSock.Message.new()
    message.add_data(b'abc')
    return message


class Stage:
    """The sockets that operators are called on; those that a call has closed are made again."""

    MAKERS = {
        'udp': lambda: make(type='datagram', local_host=LOCALHOST),
        'listener': lambda: make(connect='passive', local_host=LOCALHOST),
        'fresh': lambda: make(type='datagram'),
        'raw': lambda: make(address_family='netlink', type='raw'),
        'left': None,
        'right': None,
    }

    # Which of them is called on, where it is not the usual one.
    another = None

    def __init__(self):
        self.held = {}
        self.closed = make(type='datagram')
        self.closed.close(True)
        self.cancelled = make_cancelled()

    def __getattr__(self, name):
        held = self.held.get(name)
        if held is None or not held.is_open():
            if name in ('left', 'right'):
                self.drop('left', 'right')
                self.held['left'], self.held['right'] = make_pair()
            else:
                self.held[name] = self.MAKERS[name]()
            # Nothing waits, whatever it is given.
            for socket in self.held.values():
                socket.set_timeout(0.0)
        return self.held[name]

    def drop(self, *names):
        for name in names:
            socket = self.held.pop(name, None)
            if socket is not None:
                socket.close(True)

    def clear(self):
        self.drop(*list(self.held))


SPECIAL = {
    'empty-list': lambda stage: [],
    'list-of-numbers': lambda stage: [1, 2, 3],
    'list-of-text': lambda stage: ['a', 'b'],
    'mixed-list': lambda stage: [b'a', None, 'x', 2**70, object()],
    'list-of-nothing': lambda stage: [None],
    'nested-list': lambda stage: [[1, [2]], (b'a', LOCALHOST, 9)],
    'empty-mapping': lambda stage: {},
    'mapping': lambda stage: {'a': 1, 5: None},
    'object': lambda stage: object(),
    'function': lambda stage: lambda *arguments: None,
    'class': lambda stage: dict,
    'type': lambda stage: GObject.TYPE_STRING,
    'socket-class': lambda stage: GSock.ActiveSocket,
    'cancellable': lambda stage: Gio.Cancellable(),
    'cancelled': lambda stage: stage.cancelled,
    'glib-bytes': lambda stage: GLib.Bytes.new(b'abc'),
    'variant': lambda stage: GLib.Variant('(sa{sv})', ('a', {'b': GLib.Variant('i', 5)})),
    'address': lambda stage: GSock.Address.new_from_text(f'{LOCALHOST}:9'),
    'empty-address': lambda stage: GSock.Address(),
    'message': lambda stage: make_message(),
    'batch': lambda stage: make_batch(),
    'condition': lambda stage: GLib.IOCondition.IN,
    'socket': lambda stage: stage.left,
    'closed-socket': lambda stage: stage.closed,
    'socket-without-init': lambda stage: GObject.Object.newv(GSock.DatagramSocket, []),
    'listener': lambda stage: stage.listener,
    'the-receiver': lambda stage: stage.receiver,
    'an-error': lambda stage: GLib.Error('broken', 'broken-domain', 5),
}


def read_text(text):
    text, star, count = text.partition('*')
    text = text.replace('\\0', '\0').replace('\\xff', '\udcff')
    return text * int(count) if star else text


KINDS = {
    'none': lambda text: None,
    'boolean': lambda text: text == 'true',
    'integer': int,
    'number': float,
    'text': read_text,
    'bytes': lambda text: bytes(int(text)),
}


def read_values():
    values = {}
    with open(os.path.join(DATA, 'hostile-values.tsv'), encoding='utf-8') as rows:
        for row in rows:
            if not row.startswith('#'):
                name, kind, text, *_ = row.rstrip('\n').split('\t') + ['', '']
                values[name] = SPECIAL[name] if kind == 'special' else functools.partial(lambda value, _: value, KINDS[kind](text))
    values['bytearray'] = lambda stage: bytearray(b'abc')
    values['memoryview'] = lambda stage: memoryview(b'abcdef')[::2]
    values['complex'] = lambda stage: 1j
    values['iterator'] = lambda stage: iter([1, 2])
    values['constructor'] = lambda stage: GSock.Message
    return values


# Arguments

def nothing(*arguments):
    return None


# What is given for an argument when it is not its turn, by its name.
BASELINES = {
    'address': lambda stage: stage.udp.get_local_address(),
    'batch': lambda stage: make_batch(),
    'callback': lambda stage: nothing,
    'channel': lambda stage: stage.left,
    'condition': lambda stage: GLib.IOCondition.IN,
    'conditions': lambda stage: [GLib.IOCondition.IN],
    'destination': lambda stage: stage.udp.get_local_address(),
    'fd': lambda stage: stage.udp.get_file_descriptor(),
    'fds': lambda stage: [stage.udp.get_file_descriptor()],
    'group': lambda stage: GSock.Address.new_from_host('239.1.2.3', 0),
    'host': lambda stage: LOCALHOST,
    'interface': lambda stage: 'lo',
    'lengths': lambda stage: (5).to_bytes(4, sys.byteorder),
    'listener': lambda stage: stage.listener,
    'message': lambda stage: make_message(),
    'name': lambda stage: 'broadcast',
    'names': lambda stage: None,
    'network': lambda stage: Gio.InetAddressMask.new_from_string('10.0.0.0/8'),
    'other': lambda stage: stage.udp.get_local_address(),
    'service': lambda stage: 'http',
    'socket': lambda stage: stage.udp,
    'sockets': lambda stage: [stage.udp],
    'socket_names': lambda stage: ['a'],
    'source': lambda stage: GSock.Address.new_from_host(LOCALHOST, 0),
    'state': lambda stage: 'READY=1',
    'text': lambda stage: '127.0.0.1:80',
    'timeout': lambda stage: 0.0,
    'type': lambda stage: GSock.DatagramSocket,
    'cls': lambda stage: GSock.DatagramSocket,
    'value': lambda stage: True,
    'values': lambda stage: None,
    'wait': lambda stage: False,
    'what': lambda stage: LOCALHOST,
}
BYTES = ('buffer', 'bytes', 'content', 'data', 'payload')
NOTHING = ('cancellable', 'protocol', 'user_data')
NUMBERS = {'level': 1, 'maximum': 4, 'most': 4, 'n_characters': 4, 'option': 2, 'port': 80, 'size': 100}


def baseline_of(name):
    if name in BASELINES:
        return BASELINES[name]
    value = b'hello' if name in BYTES else None if name in NOTHING else NUMBERS.get(name, 0)
    return lambda stage: value


def is_instant(name, value):
    return not value if name == 'wait' else isinstance(value, (int, float)) and value == 0


# What is nothing without the other one.
HALVES = (('remote_host', 'remote_port'), ('remote_port', 'remote_host'), ('port', 'host'), ('host', 'port'))
PORT = 9


# Where a host is looked up, which is nobody's business here, and what would wait for ever.
PATIENT = ('wait', 'timeout', 'host', 'remote_host', 'local_host', 'family_host', 'remote_connectable', 'what',
           'service', 'remote_service', 'local_service', 'address', 'name', 'values')


# What ends PyGObject 3.42 itself, before it calls anything: a GValue of what it cannot convert, a list of
# text that is none, and the name of a type that is no Unicode. The override stands before these.
FATAL = {
    'values': ('mixed-list', 'list-of-nothing', 'nested-list'),
    'names': ('variant',),
    'socket_names': ('variant',),
    'type': ('no-text',),
    'active_type': ('no-text',),
}


class Operator:
    def __init__(self, name, owner, call, parameters, keyworded):
        self.name, self.owner, self.call = name, owner, call
        self.parameters, self.keyworded = parameters, keyworded
        self.usual, self.keywords = {}, ()
        self.takes_cancellable = keyworded or 'cancellable' in parameters

    def learn(self, stage):
        """Which keywords it knows."""
        if self.keyworded and not PLAIN:
            self.usual = {name: value for name, value in (('wait', False), ('timeout', 0.0)) if self.knows(stage, name, value)}
            self.keywords = [name for name in KEYWORDS if self.knows(stage, name, 1j)]

    def knows(self, stage, name, value):
        try:
            finish(self.run(stage, {}, {name: value, 'cancellable': stage.cancelled}))
        except GSock.UnknownKeyword:
            return False
        except TypeError as error:
            return 'unexpected keyword' not in str(error)
        except Exception:
            pass
        return name != 'dup'

    def receiver(self, stage):
        return RECEIVERS[self.owner](stage) if self.owner else None

    def run(self, stage, hostile, keywords):
        stage.receiver = self.receiver(stage)
        if stage.another and self.owner == 'Socket':
            stage.receiver = getattr(stage, stage.another)
        given = [hostile[name](stage) if name in hostile else self.baseline_of(name)(stage) for name in self.parameters]
        for half, other in HALVES:
            if half in keywords:
                keywords = {other: PORT if other == 'remote_port' else LOCALHOST, **keywords}
        if self.owner:
            given.insert(0, hostile['self'](stage) if 'self' in hostile else stage.receiver)
        if self.keyworded and not PLAIN:
            # A baseline of what can be left out is left out.
            return self.call(*given, **{**self.usual, **keywords})
        return self.call(*given)

    def baseline_of(self, name):
        return BASELINES['host'] if name == 'name' and self.name.startswith('lookup') else baseline_of(name)

    def rows(self, values):
        """Arguments and keywords of each call."""
        for value in values:
            for name in [*self.parameters, *(['self'] if self.owner else [])]:
                if not PLAIN or value not in FATAL.get(name, ()):
                    yield name, value, {name: values[value]}, {}
            for name in self.keywords:
                yield name + '=', value, {}, {name: values[value]}


def finish(result):
    """What was given is closed."""
    if inspect.iscoroutine(result):
        try:
            result = LOOP.run_until_complete(asyncio.wait_for(result, 0.002))
        except asyncio.TimeoutError:
            return
    for item in result if isinstance(result, (list, tuple)) else [result]:
        if isinstance(item, GSock.Socket) and item is not STAGE.receiver:
            item.close(True)
        elif isinstance(item, GSock.Watch):
            item.cancel()
        elif isinstance(item, tuple):
            finish(item)


def descriptors_of(name, result):
    if name.startswith('receive_file_descriptor') and 'async' not in name:
        numbers = result if isinstance(result, list) else result[0] if isinstance(result, tuple) else [result]
        for fd in numbers:
            os.close(fd)
    if name == 'peer_pidfd':
        os.close(result)


RECEIVERS = {
    'Socket': lambda stage: stage.udp,
    'ActiveSocket': lambda stage: stage.left,
    'PassiveSocket': lambda stage: stage.listener,
    'DatagramSocket': lambda stage: stage.udp,
    'RawSocket': lambda stage: stage.raw,
    'Address': lambda stage: stage.udp.get_local_address(),
    'Batch': lambda stage: make_batch(),
    'Message': lambda stage: make_message(),
    'Interface': lambda stage: GSock.list_network_interfaces()[0],
    'Lookup': lambda stage: GSock.lookup_hostname(LOCALHOST, GSock.Ipv6Mode.YES, None),
    'Server': lambda stage: GSock.Server.new(stage.listener),
    'Watch': lambda stage: stage.udp.watch(GLib.IOCondition.IN, *watch_arguments()),
}
# On others than the first.
ANOTHER = (None, None, 'left', 'left', 'right', 'listener', 'fresh', 'raw', 'closed')
# What the reference is kept by is the language's own affair, and what closes a descriptor is its caller's.
LEFT = {'ref', 'unref', 'free', 'do_close'}


def watch_arguments():
    return (GLib.PRIORITY_DEFAULT, nothing, None) if PLAIN else (nothing,)


def parameters_of(name, item, owner):
    if isinstance(item, FunctionInfo):
        lengths = set()
        for argument in item.get_arguments():
            kind = argument.get_type()
            if kind.get_tag_as_string() == 'array':
                lengths.add(kind.get_array_length())
        names = [argument.get_name() for index, argument in enumerate(item.get_arguments())
                 if argument.get_direction() != 1 and index not in lengths]
        return names, 'names' in names
    signature = inspect.signature(item)
    keyworded = any(part.kind == part.VAR_KEYWORD for part in signature.parameters.values())
    names = [part.name for part in signature.parameters.values() if part.kind == part.POSITIONAL_OR_KEYWORD]
    return names, keyworded


def operators_of(owner, items):
    for name, item in items:
        if name.startswith('_') or name in LEFT or inspect.isclass(item) or not callable(getattr(item, '__func__', item)):
            continue
        function = getattr(item, '__func__', item)
        if not isinstance(function, FunctionInfo) and not inspect.isfunction(function):
            continue
        method = owner is not None and not isinstance(item, (staticmethod, classmethod)) and (
            function.is_method() if isinstance(function, FunctionInfo) else True)
        call = function if method else getattr(getattr(GSock, owner), name) if owner else item
        names, keyworded = parameters_of(name, function, owner)
        if method and names[:1] == ['self']:
            names = names[1:]
        yield name, method, call, names, keyworded


def find_operators():
    found = {}
    owners = [(None, GSock, [(name, getattr(GSock, name)) for name in dir(GSock)])]
    for name in dir(GSock):
        item = getattr(GSock, name)
        if inspect.isclass(item) and hasattr(item, '__info__') and not name.endswith('Class'):
            owners.append((name, item, list(vars(item).items())))
    for owner, holder, items in owners:
        for name, method, call, names, keyworded in operators_of(owner, items):
            if name.endswith('_async') and not PLAIN and name[:-6] in vars(holder):
                names = parameters_of(name, vars(holder)[name[:-6]], owner)[0]
                names = [part for part in names if part != 'self']
            full = f'{owner}.{name}' if owner else name
            found[full] = Operator(name, owner if method else None, call, names, keyworded)
    return found


# Runs

def say(*what):
    os.write(1, (' '.join(map(str, what)) + '\n').encode('utf-8', 'backslashreplace'))


def iterate():
    for _ in range(3):
        GLib.MainContext.default().iteration(False)


def attempt(operator, hostile, keywords, counts):
    if operator.takes_cancellable and any(name in PATIENT for name in [*hostile, *keywords]):
        if 'cancellable' in operator.parameters:
            hostile.setdefault('cancellable', lambda stage: stage.cancelled)
        elif not PLAIN:
            keywords['cancellable'] = STAGE.cancelled
    keywords = {name: value(STAGE) if callable(value) and name != 'cancellable' else value for name, value in keywords.items()}
    try:
        result = operator.run(STAGE, hostile, keywords)
        descriptors_of(operator.name, result)
        finish(result)
        counts['answers'] += 1
    except ORDINARY + (AttributeError,) * ('self' in hostile) as error:
        counts['errors'] += 1
        if not str(error):
            say('leak', 'an error without a word', repr(error))
    except Exception as error:
        say('odd', operator.name, repr(error), *hostile, *keywords)
    if operator.name.endswith('_async') or 'callback' in operator.parameters:
        iterate()


class Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in 'arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost'.split()]


libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Mallinfo


def heap():
    gc.collect()
    info = libc.mallinfo2()
    return info.uordblks + info.hblkhd


def link(fd):
    try:
        return os.readlink(f'/proc/self/fd/{fd}')
    except OSError:
        return ''


def open_descriptors():
    """A thread that has waited keeps one until it ends."""
    return sum('eventfd' not in link(fd) for fd in os.listdir('/proc/self/fd'))


def left_open(before):
    """What a thread is still busy with is not left."""
    for _ in range(50):
        if open_descriptors() <= before:
            return 0
        time.sleep(0.05)
    return open_descriptors() - before


def run_matrix(name, operator, values, counts, rounds, repeat, share):
    operator.learn(STAGE)
    rows = list(operator.rows(values))
    if share > 1:
        rows = CHANCE.sample(rows, max(len(rows) // share, min(len(rows), 5)))
    receivers = (None, 'left') if operator.owner == 'Socket' else (None,)
    growth, before, descriptors = [], None, None
    for number in range(rounds):
        for argument, value, hostile, keywords in rows:
            for STAGE.another in receivers:
                say('try', name, argument, value, STAGE.another or '')
                for _ in range(repeat):
                    attempt(operator, dict(hostile), dict(keywords), counts)
        STAGE.clear()
        iterate()
        now = heap()
        if before is not None:
            growth.append(now - before)
        before = now
        if number == 0:
            descriptors = open_descriptors()
    left = left_open(descriptors)
    if left > 0:
        say('leak', name, left, 'descriptors')
    # What is kept for good, as a table that grows, is kept once; an interpreter's own needs come and go.
    if repeat > 1 and min(growth[1:]) > 16 * repeat:
        say('leak', name, min(growth[1:]), 'bytes each round', *growth)


def run_random(names, operators, values, seed, count, counts):
    chance = random.Random(seed)
    for operator in operators.values():
        operator.learn(STAGE)
    listed = list(values)
    for number in range(count):
        name = chance.choice(names)
        operator = operators[name]
        hostile = {part: chance.choice(listed) for part in operator.parameters if chance.random() < 0.4}
        hostile = {part: value for part, value in hostile.items() if not PLAIN or value not in FATAL.get(part, ())}
        keywords = {part: chance.choice(listed) for part in chance.sample(list(operator.keywords), min(len(operator.keywords), chance.choice((0, 1, 2, 3))))}
        if operator.owner and chance.random() < 0.1:
            hostile['self'] = chance.choice(listed)
        STAGE.another = chance.choice(ANOTHER)
        say('try', number, name, STAGE.another or '', hostile, keywords)
        attempt(operator, {part: values[value] for part, value in hostile.items()},
                {part: values[value] for part, value in keywords.items()}, counts)
        if chance.random() < 0.02:
            STAGE.clear()
            gc.collect()
    STAGE.clear()
    iterate()


def main():
    global STAGE, LOOP, CHANCE
    CHANCE = random.Random(int(os.environ.get('GSOCK_TEST_SEED', 0)))
    LOOP = asyncio.new_event_loop()
    # Callbacks of a wrong type, which the languages themselves tell of.
    sys.unraisablehook = sys.excepthook = lambda *arguments: None
    STAGE = Stage()
    operators, values = find_operators(), read_values()
    counts = {'answers': 0, 'errors': 0}
    mode, *rest = sys.argv[2:]
    if mode == 'list':
        for name in operators:
            print(name)
        return
    if mode == 'matrix':
        for name in rest[3:]:
            run_matrix(name, operators[name], values, counts, *map(int, rest[:3]))
    else:
        # With another timeout than that of the stage, something would wait.
        run_random([name for name in operators if name != 'Socket.set_timeout'], operators, values, int(rest[0]), int(rest[1]), counts)
    say('done', counts['answers'], counts['errors'])


main()
