# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the cases that every language tries, and writes them so that a program in any of them can read it.

The cases are those of the tables in data/, and those of cases.txt. There a case is its name, and under it
its steps, further in:

    NAME = OPERATOR RECEIVER ARGUMENT... KEYWORD=VALUE... -> ANSWER
    OPERATOR RECEIVER ... ! CODE PART OF THE MESSAGE

The receiver is the name that an earlier step gave to its answer, or - for a function. ANSWER and CODE may
be left out: the operator does it, whatever it answers. "use KIND" stands for the steps of a kind of socket
in sockets.txt. A value is true, false, null, an integer, a number with a point, nan, "text" or b"bytes"
with the escapes of Python, (several values), [Class], %Enum.nick, <host:port> for an object that GIO can
resolve, $name or $name.part for an earlier answer or a part of it, $place for what stage.py has prepared,
or * for whatever it is; anything else is text.
"""

import collections
import fnmatch
import pathlib
import re

from gi.repository import GLib

HERE = pathlib.Path(__file__).parent
DATA = HERE.parent / 'data'

# A case has steps, and what the system must have for it: ipv6, root.
Case = collections.namedtuple('Case', 'name steps needs')
Step = collections.namedtuple('Step', 'variable operator receiver outcome part positional keywords answer')

# The operators that have a table of cases, and what they are given besides the keywords.
TABLES = {
    'accept-connection': ('accept-connection', ''),
    'bind-address': ('bind-address', ''),
    'connect': ('connect-to', ''),
    'listen-on': ('listen-on', ''),
    'make-socket': ('make-socket', ''),
    'make-socket-from-fd': ('make-socket-from-fd', ''),
    'make-socket-pair': ('make-socket-pair', ''),
    'receive-from': ('receive-from', '5'),
    'receive-many': ('receive-many', '5'),
    'receive-message': ('receive-message', '5'),
    'send-many': ('send-many', '(b"one" b"two" b"three")'),
    'send-message': ('send-message', 'b"hello"'),
    'send-to': ('send-to', 'b"hello"'),
}

# Those of them that can be awaited.
AWAITED = ('accept-connection', 'connect', 'make-socket', 'receive-from', 'receive-many', 'receive-message',
           'send-many', 'send-message', 'send-to')

# Descriptors that are no sockets.
DESCRIPTORS = {'none': '-1', 'closed': '987654', 'file': '$regular', 'pipe': '$pipe'}

# Whom socket-option-cases.tsv calls what; the first that a row is for is taken.
OPTION_SOCKETS = {
    'ipv4-stream': 'tcp-quiet',
    'ipv4-datagram': 'udp-connected',
    'ipv6-stream': 'tcp-ipv6',
    'ipv6-datagram': 'udp-ipv6',
    'local-stream': 'pair-stream',
    'listening-ipv4-stream': 'listener-quiet',
    'fresh-ipv4-stream': 'tcp-fresh',
    'fresh-ipv4-datagram': 'udp-unbound',
    'fresh-local-stream': 'local-stream',
    'ipv4-raw': 'raw',
    'ipv6-raw': 'raw-ipv6',
    'protocol-ipv6-raw': 'raw-ipv6-protocol',
}
# Those that only booleans have, for which there are no rows.
LEVELS = {'SOL_SOCKET': 'tcp-quiet', 'IPPROTO_TCP': 'tcp-quiet', 'IPPROTO_IP': 'udp-connected',
          'IPPROTO_IPV6': 'udp-ipv6', 'IPPROTO_UDP': 'udp-connected'}
OTHERS = {'broadcast': 'udp-connected', 'ip-header-include': 'raw', 'ip-no-defrag': 'raw', 'pass-pidfd': 'pair-stream'}
# Those that only root may set.
PRIVILEGED = {'bind-to-device', 'bind-to-interface-index', 'debug', 'ip-transparent', 'ipv6-destination-options',
              'ipv6-hop-options', 'mark', 'receive-buffer-force', 'send-buffer-force'}
# Those that a kernel may not have.
NEW = {'ip-local-port-range', 'pass-pidfd', 'peer-pidfd'}

WORD = re.compile(r'''(?:([A-Za-z_][\w-]*)=)?(b?"(?:[^"\\]|\\.)*"|[()]|[^\s()]+)''')


# Reading

def rows(path):
    for line in path.read_text().splitlines():
        if line and not line.startswith('#'):
            yield line.split('\t')


def read_blocks(path):
    """Names, and the lines that are further in under each."""
    blocks = {}
    for line in path.read_text().splitlines():
        if line.startswith(' '):
            blocks[name].append(line.strip())
        elif line and not line.startswith('#'):
            name = line.strip()
            if name in blocks:
                raise ValueError(f'{path.name}: {name} is there twice')
            blocks[name] = []
    return blocks


def split_words(text):
    """Pairs of keyword, where there is one, and word."""
    return WORD.findall(text)


def take_value(words):
    """The words of one value, which a parenthesis makes several."""
    word = words.pop(0)[1]
    if word != '(':
        return [word]
    taken = [word]
    while words[0][1] != ')':
        taken += take_value(words)
    return [*taken, words.pop(0)[1]]


def parse_step(line):
    line, refused, told = line.partition(' ! ')
    outcome, _, part = told.partition(' ')
    words = split_words(line)
    variable = '-'
    if words[1][1] == '=':
        variable = words[0][1]
        words = words[2:]
    operator, receiver = words.pop(0)[1], words.pop(0)[1]
    positional, keywords, answer = [], [], []
    while words:
        if words[0][1] == '->':
            words.pop(0)
            answer = take_value(words)
        elif words[0][0]:
            keywords.append((words[0][0], take_value(words)))
        else:
            positional += take_value(words)
    return Step(variable, operator, receiver, outcome if refused else 'ok', part, positional, keywords, answer)


SOCKETS = read_blocks(HERE / 'sockets.txt')


def parse_steps(lines):
    for line in lines:
        if line.startswith('use '):
            yield from parse_steps(SOCKETS[line.removeprefix('use ')])
        else:
            yield parse_step(line)


# The tables of data/

def without_dash(columns, number):
    return columns[number] if len(columns) > number and columns[number] != '-' else ''


def prepare_descriptor(kind, keywords):
    """Steps before make-socket-from-fd, and what it is given. One that it takes over comes through a pair."""
    if kind in DESCRIPTORS:
        return [], DESCRIPTORS[kind]
    if 'dup=false' not in keywords:
        return SOCKETS[kind], '$s.file-descriptor'
    return SOCKETS[kind] + ['way = make-socket-pair -', 'send-file-descriptor way.0 $s.file-descriptor',
                            'fd = receive-file-descriptor way.1'], '$fd'


def table_cases(table, way=''):
    operator, argument = TABLES[table]
    operator += way
    for columns in rows(DATA / f'{table}.tsv'):
        kind, outcome = columns[0], columns[2]
        keywords, part, needs = (without_dash(columns, number) for number in (1, 3, 4))
        if table == 'make-socket-from-fd':
            setup, argument = prepare_descriptor(kind, keywords)
            receiver = '-'
        else:
            setup, receiver = (SOCKETS[kind], 's') if kind != '-' else ([], '-')
        last = f'result = {operator} {receiver} {argument} {keywords}'
        if outcome != 'ok':
            last += f' ! {outcome} {part}'
        name = ' '.join(filter(None, [f'{operator}:', kind.replace('-', '') and kind, keywords]))
        yield Case(name, [*parse_steps([*setup, last])], needs)


# The tables of options

def write_variant(value):
    """As cases.txt has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f'({" ".join(map(write_variant, value))})'
    if isinstance(value, list):
        return 'b"' + ''.join(f'\\x{byte:02x}' for byte in value) + '"'
    return f'"{value}"' if isinstance(value, str) else 'null' if value is None else str(value)


def parse_variant(text):
    # Without a type they are too large for the parser.
    text = re.sub(r'(?<![\w.-])\d{10,}', lambda number: f'int64 {number[0]}', text.removeprefix('uint32 '))
    return write_variant([] if text == '[]' else GLib.Variant.parse(None, text, None, None).unpack())


def option_step(name, columns):
    """One row of socket-option-cases.tsv: what is done, the value, what comes of it."""
    do, value, outcome = columns[2], columns[3], columns[4] if len(columns) > 4 else ''
    do, _, other = do.partition(' ')
    step = f'{do}-option s "{other or name}"' + (f' {parse_variant(value)}' if do == 'set' else '')
    if '|' in outcome or name in NEW:
        return f'{step} ! any'
    if outcome.startswith('!'):
        return f'{step} ! {outcome[1:]}'
    if do == 'set':
        return step
    return f'{step} -> {"*" if outcome[0] in "*@>" else parse_variant(outcome)}'


def find_kind(patterns):
    for name, kind in OPTION_SOCKETS.items():
        if any(fnmatch.fnmatch(name, pattern) for pattern in patterns.split(',')):
            return kind
    return None


def boolean_steps(name):
    perhaps = ' ! any' if name in NEW else ''
    for value in ('true', 'false'):
        yield f'set-option s "{name}" {value}{perhaps}'
        yield f'get-option s "{name}"{perhaps or f" -> {value}"}'


def option_cases():
    told = collections.defaultdict(list)
    for columns in rows(DATA / 'socket-option-cases.tsv'):
        kind = find_kind(columns[1])
        if kind is not None:
            told[columns[0], kind].append(option_step(columns[0], columns))
    names = {name for name, _ in told}
    for name, level, _, of_type, access in rows(DATA / 'socket-options.tsv'):
        if name not in names and of_type == 'bool' and access == 'get-set':
            told[name, OTHERS.get(name, LEVELS[level])] = boolean_steps(name)
    for (name, kind), steps in told.items():
        needs = 'ipv6 ' * ('ipv6' in kind) + 'root' * (kind.startswith('raw') or name in PRIVILEGED)
        yield Case(f'option {name}: {kind}', [*parse_steps([f'use {kind}', *steps])], needs)


def written_cases():
    for name, lines in read_blocks(HERE / 'cases.txt').items():
        name, _, needs = name.partition(' needs ')
        yield Case(name, [*parse_steps(lines)], needs)


def all_cases():
    cases = [*written_cases()]
    for table in TABLES:
        cases += table_cases(table)
    for table in AWAITED:
        cases += table_cases(table, '-async')
    cases += option_cases()
    names = collections.Counter(case.name for case in cases)
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise ValueError(f'there are several cases of the name {twice}')
    return cases


# Writing

FORMS = (
    (re.compile(r'b".*"$', re.S), lambda text: 'x' + eval(text).hex()),
    (re.compile(r'".*"$', re.S), lambda text: 's' + text_of(text).encode().hex()),
    (re.compile(r'[()*]$'), lambda text: text),
    (re.compile(r'true$|false$|null$'), lambda text: text[0]),
    (re.compile(r'-?\d+$'), lambda text: 'i' + text),
    (re.compile(r'-?\d+\.\d+$|nan$'), lambda text: 'd' + text),
    (re.compile(r'\[[A-Z]\w+\]$'), lambda text: text[:-1]),
    (re.compile(r'<.*>$'), lambda text: text[:-1]),
    (re.compile(r'%[A-Z]\w+\.'), lambda text: text),
    (re.compile(r'\$[a-z]'), lambda text: text),
)


def text_of(text):
    return eval(text) if '\\' in text else text[1:-1]


def put_places(text, places):
    return re.sub(r'\$([a-z]+)', lambda found: places.get(found[1], found[0]), text)


def write_value(text, places):
    text = put_places(text, places)
    for form, write in FORMS:
        if form.match(text):
            return write(text)
    return 's' + text.encode().hex()


def write_step(step, places):
    fields = ['step', step.variable, step.operator, step.receiver, step.outcome, step.part.encode().hex()]
    fields += [write_value(text, places) for text in step.positional]
    for name, value in step.keywords:
        fields += ['=' + name, *(write_value(text, places) for text in value)]
    if step.answer:
        fields += ['->', *(write_value(text, places) for text in step.answer)]
    return '\t'.join(fields)


def write_case(case, skipped, places):
    return [f'case\t{case.name}\t{skipped}', *(write_step(step, places) for step in case.steps if not skipped)]
