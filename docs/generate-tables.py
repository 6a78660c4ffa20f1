#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the reference pages that are tables, from the tables in the source of the library.

Usage: generate-tables.py SOURCE-FOLDER OUTPUT-FOLDER

Writes keywords.md, options.md, errors.md and message-flags.md. What a keyword means is taken from
the doc comment of the property of the same name; the few that are no property have their meaning
here, and a keyword without one is an error.
"""

import glob
import os
import re
import sys

# Keywords that are no property, or that mean something else where a call is given them.
MEANINGS = {
    'backlog': 'how many connections may wait to be accepted',
    'connect': '`active`, the default, for one end of a conversation; `passive` to listen',
    'dup': 'whether the socket gets a close-on-exec duplicate of its own, the default, or takes the descriptor over',
    'end': 'where in the buffer to stop; the end of the buffer by default',
    'external-format': 'how text is encoded and how its lines end; by default that of the socket, or `utf-8`',
    'flags': 'several [flags](message-flags.html) at once, as a number',
    'gid': 'the group to claim to be; the effective one by default',
    'host': 'another spelling of `remote-host`',
    'input-buffer-size': 'the size of the buffer that text and bytes are read through',
    'output-buffer-size': 'the size of the buffer that text and bytes are written through',
    'maximum-length': 'the most bytes that a line may have, in UTF-8; 1048576 by default',
    'partial': 'whether fewer will do, as soon as there is anything; false by default',
    'pid': 'the process to claim to be; this one by default',
    'pidfd': 'whether to give a descriptor of the process that sent, false by default',
    'port': 'another spelling of `remote-port`',
    'protocol': 'the protocol, by number or name; 0 is the one that the type usually has',
    'remote-address': 'the address, ready made',
    'remote-connectable': 'what to connect to, as GIO has it',
    'remote-filename': 'the file of a local socket; a leading `@` stands for the abstract namespace',
    'remote-host': 'the address or host name, together with `remote-port`',
    'remote-port': 'the port, together with `remote-host`',
    'remote-service': 'the port by its name in the services database',
    'reuse-address': 'sets the option of that name first',
    'reuse-port': 'sets the option of that name first',
    'size': 'the most bytes of one datagram; by default what the batch has room for',
    'start': 'where in the buffer to begin; 0 by default',
    'timeout': 'how long to wait, in seconds; fractions count, negative is for ever; by default that of the socket',
    'type': 'the type of the socket, a stream by default',
    'unset-environment': 'whether to remove the variables and take the descriptors over, the default, or to leave all for a later call',
    'uid': 'the user to claim to be; the effective one by default',
    'wait': 'whether to wait, true by default; where there is nothing to do without waiting the error is `would-block`',
}
OPERATOR_MEANINGS = {
    ('receive-file-descriptors', 'size'): 'how many bytes of payload to receive with them, 1 by default',
    ('send-socket', 'unlink-on-close'): 'whether the receiver is to remove the file of a local socket when it closes, '
                                        'and this socket is not any more; false by default',
    ('receive-socket', 'unlink-on-close'): 'whether to take the duty over to remove the file of a local socket, '
                                           'where the sender gave it along; false by default',
    ('receive-many', 'size'): 'the most bytes of each datagram; by default as many as it has',
    ('bind-address', 'host'): 'another spelling of `local-host`',
    ('bind-address', 'port'): 'another spelling of `local-port`',
    ('make-socket-from-fd', 'connect'): 'active or passive; found out by asking the kernel where it is not given',
    ('send-many', 'end'): 'the datagram to stop before; the end of the batch by default',
    ('send-many', 'start'): 'the datagram to begin with; 0 by default',
    ('make-socket', 'type'): 'the type of the socket: with `connect` it chooses the class. It reads back as the property `socket-type`',
    ('make-socket', 'wait'): 'whether to wait for the connection, true by default; otherwise the socket that comes back '
                             'is still connecting, and [method@Socket.finish_connect] tells the outcome',
}
KEYWORD_ONLY = ('type', 'connect', 'wait')
TYPES = {
    'BOOLEAN': 'boolean', 'INT': 'integer', 'DOUBLE': 'number', 'STRING': 'string', 'FLAGS': 'integer',
    'FLAG': 'boolean', 'PROTOCOL': 'integer or name', 'ADDRESS': '[struct@Address]',
}
LINKS = {
    'g_socket_connectable_get_type': '[iface@Gio.SocketConnectable]',
    'gsock_active_socket_get_type': 'type of [class@ActiveSocket]',
    'gsock_address_family_get_type': '[enum@AddressFamily] or a number',
    'gsock_ipv6_mode_get_type': '[enum@Ipv6Mode]',
    'gsock_role_get_type': '[enum@Role]',
    'gsock_socket_type_get_type': '[enum@SocketType]',
}
OPTION_TYPES = {
    'BOOL': 'boolean', 'INT': 'integer', 'UINT8': 'integer, 0 to 255', 'UINT32': 'integer', 'UINT64': 'integer',
    'SECONDS': 'seconds', 'MILLISECONDS': 'seconds', 'LINGER': 'linger', 'STRING': 'string', 'BYTES': 'bytes',
    'ADDRESS_FAMILY': 'address family', 'SOCKET_TYPE': 'socket type', 'UCRED': '(pid, uid, gid)',
    'MREQ': 'membership', 'MREQ_SOURCE': 'membership with a source', 'MREQ6': 'membership',
    'IPV4': 'address or interface', 'IFINDEX': 'interface', 'GROUP_REQ': 'membership',
    'GROUP_SOURCE_REQ': 'membership with a source', 'TCP_INFO': 'dictionary', 'FD': 'descriptor',
}
PHASES = {
    'BEFORE_BIND': 'before bind', 'BEFORE_LISTEN': 'before listen', 'BEFORE_CONNECT': 'before connect',
    'ANY': 'any time', 'AFTER': 'after connect',
}
KINDS = {'ACTIVE': 'active', 'PASSIVE': 'passive', 'DATAGRAM': 'datagram', 'RAW': 'raw',
         'STREAM': 'active, passive', 'ANY': 'all'}


def fail(text):
    sys.exit(f'generate-tables.py: {text}')


def read(*path):
    with open(os.path.join(*path), encoding='utf-8') as file:
        return file.read()


def fields(row):
    """{ .name = "x", .type = Y } as a dictionary."""
    return {key: value.strip().strip('"') for key, value in re.findall(r'\.(\w+) = ("[^"]*"|[^,}]+)', row)}


def rows_of(text, declaration):
    """The rows of designated initialisers of one table."""
    match = re.search(declaration + r'\[\] = \{\n(.*?)^\};', text, re.S | re.M)
    if match is None:
        fail(f'no table {declaration}')
    return [fields(row) for row in re.findall(r'^  (\{ \.name.*\}),$', match[1], re.M)]


def comment_lines(body):
    return '\n'.join(re.sub(r'^ \* ?', '', line) for line in body.split('\n'))


def doc_paragraphs(body):
    return [' '.join(part.split()) for part in comment_lines(body).split('\n\n') if part.strip()]


def find_properties(source):
    """(class, property): the paragraphs of its doc comment."""
    found = {}
    for path in sorted(glob.glob(os.path.join(source, 'gsock', '*.c'))):
        for name, prop, body in re.findall(r'/\*\*\n \* GSock(\w+):([\w-]+):[^\n]*\n(.*?)\n \*/', read(path), re.S):
            found[name, prop] = [part for part in doc_paragraphs(body) if not part.startswith('Since:')]
    return found


def enum_members(text, prefix):
    """Nick: its line in the doc comment of the enumeration."""
    lines = re.sub(r'\n \*   ', ' ', text)
    return {nick.lower().replace('_', '-'): meaning
            for nick, meaning in re.findall(r'^ \* @' + prefix + r'_(\w+): (.*)$', lines, re.M)}


def table(header, rows):
    lines = ['| ' + ' | '.join(header) + ' |', '|' + ' --- |' * len(header)]
    return '\n'.join(lines + ['| ' + ' | '.join(cell.replace('|', '\\|') for cell in row) + ' |' for row in rows]) + '\n'


def type_of(row):
    return LINKS.get(row.get('get_type')) or TYPES[row['type'].replace('GSOCK_ARGUMENT_', '')]


def first_sentence(text):
    return re.split(r'(?<=[.])\s', text, maxsplit=1)[0].rstrip('.')


def property_of(properties, name):
    for owner in ('Socket', 'ActiveSocket', 'PassiveSocket', 'DatagramSocket', 'RawSocket'):
        if (owner, name) in properties:
            return owner, properties[owner, name]
    return None, None


def status_of(name, paragraphs):
    word = re.match(r'Construct-only|Live|Read-only', paragraphs[-1])
    if word is None:
        fail(f'the doc comment of the property {name} does not end with Construct-only, Live or Read-only')
    return word[0].lower()


def known_meaning(operator, name):
    return OPERATOR_MEANINGS.get((operator, name)) or MEANINGS.get(name)


def make_socket_row(row, properties):
    name = row['name']
    kinds = KINDS[row['kinds'].replace('GSOCK_CLASS_', '')]
    if name in KEYWORD_ONLY:
        return [f'`{name}`', type_of(row), kinds, 'keyword only', known_meaning('make-socket', name)]
    owner, paragraphs = property_of(properties, name)
    if owner is None:
        fail(f'the keyword {name} of make-socket is no documented property')
    return [f'[`{name}`](property.{owner}.{name}.html)', type_of(row), kinds, status_of(name, paragraphs), ' '.join(paragraphs[:-1])]


def meaning_of(operator, row, properties, flags):
    name = row['name']
    if row['type'] == 'GSOCK_ARGUMENT_FLAG':
        return f'the flag of that name: {flags[name]}'
    if known_meaning(operator, name) is not None:
        return known_meaning(operator, name)
    _, paragraphs = property_of(properties, name)
    if paragraphs is None:
        fail(f'the keyword {name} of {operator} has no meaning: add it to MEANINGS')
    sentence = first_sentence(paragraphs[0])
    return sentence[0].lower() + sentence[1:]


def operator_tables(text):
    """Operator name: its rows, in the order of the file."""
    for name, rows in re.findall(r'\.operator_name = "([\w-]+)",\n  \.rows = (\w+),', text):
        yield name, rows_of(text, 'static const GSockKeyword ' + rows)


def find_operator_tables(source):
    found = {}
    for path in sorted(glob.glob(os.path.join(source, 'gsock', '*.c'))):
        if os.path.basename(path) != 'gsock-request.c':
            found.update(operator_tables(read(path)))
    return found


def keywords_page(source):
    properties = find_properties(source)
    flags = enum_members(read(source, 'gsock', 'gsock-types.h'), 'GSOCK_MESSAGE_FLAGS')
    page = ['''Title: Keywords

# Keywords

Every operator takes keywords. Names are written with `-` or `_` as a language likes it, and in
JavaScript in camel case. Enumerations are given by value or by nick. A keyword that an operator
does not know is refused with the nearest names that it does know, and so is a value of the wrong
type; both before anything has happened on the wire.

## make-socket

The keywords of [func@make_socket_with_keywords] are properties of the class that is made, so a class
derived from it that adds a property adds a keyword. Those that are marked *construct-only* say what
is wanted and afterwards read what has become of it; *live* ones can be set at any time. Beside
these, every [socket option](options.html) is a keyword, and is set when the kernel wants it.
''']
    rows = rows_of(read(source, 'gsock', 'gsock-request.c'), 'static const GSockKeyword rows')
    rows = sorted((row for row in rows if row['name'] != 'socket-type'), key=lambda row: row['name'])
    page.append(table(['keyword', 'type', 'classes', '', 'meaning'], [make_socket_row(row, properties) for row in rows]))
    for operator, rows in find_operator_tables(source).items():
        page.append(f'## {operator}\n')
        page.append(table(['keyword', 'type', 'meaning'],
                          [[f'`{row["name"]}`', type_of(row), meaning_of(operator, row, properties, flags)]
                           for row in sorted(rows, key=lambda row: row['name'])]))
    return '\n'.join(page)


def kind_sets(source):
    """The macros of the option table, as sets of words."""
    words = {'IPV4', 'IPV6', 'LOCAL', 'OTHER_FAMILY', 'STREAM', 'DATAGRAM', 'RAW', 'SEQPACKET'}
    known = {f'GSOCK_KIND_{word}': {word} for word in words}
    texts = [read(source, 'gsock', 'gsock-option-private.h'), read(source, 'gsock', 'gsock-option-table.c')]
    definitions = re.findall(r'(GSOCK_KIND_\w+) = (GSOCK_KIND_[\w| ]+),', texts[0])
    definitions += re.findall(r'^#define (\w+) \(?(GSOCK_KIND_[\w| ]+)\)?$', texts[1], re.M)
    for name, expression in definitions:
        known[name] = set().union(*(known[part.strip()] for part in expression.split('|')))
    return known


def describe_kinds(kinds):
    families = kinds & {'IPV4', 'IPV6', 'LOCAL', 'OTHER_FAMILY'}
    types = kinds - families
    shown = sorted(word.lower().replace('other_family', 'others') for word in families)
    if len(families) == 4:
        shown = ['any']
    elif {'IPV4', 'IPV6'} <= families:
        shown = ['internet'] + [word for word in shown if not word.startswith('ipv')]
    text = ', '.join(shown)
    return text if len(types) == 4 else f'{text}: {", ".join(sorted(word.lower() for word in types))}'


def options_page(source):
    text = read(source, 'gsock', 'gsock-option-table.c')
    kinds = kind_sets(source)
    constants = read(source, 'gsock', 'sys', 'gsock-sys-constants.h')
    rows, named = [], {}
    for row in rows_of(text, 'static const GSockOption rows'):
        kind = OPTION_TYPES[row['type'].replace('GSOCK_OPTION_', '')]
        if 'names' in row:
            named.setdefault(row['names'], []).append(row['name'])
            kind += ', or a name'
        absent = re.search(rf'#define {row["constant"]} \(-1\)', constants) is not None
        rows.append([f'`{row["name"]}`', f'`{row["constant"]}`', kind,
                     row['access'].replace('GSOCK_ACCESS_', '').lower().replace('_', ', '),
                     PHASES[row['phase'].replace('GSOCK_PHASE_', '')],
                     describe_kinds(kinds[row['kinds']]) + ('; not on Linux' if absent else '')])
    page = ['''Title: Socket options

# Socket options

What [method@Socket.set_option] and [method@Socket.get_option] know by name, by the constant that C
has for it, or as a keyword of make-socket. The first two say which values a type takes. An option that is
given to make-socket is set in the phase that is shown. Anything else can be reached by level and number with [method@Socket.set_option_int],
[method@Socket.set_option_bytes] and their counterparts.
''', table(['option', 'constant', 'type', 'access', 'phase', 'sockets'], rows), '## Named values\n']
    for names, options in named.items():
        match = re.search(rf'GSockOptionName {names}\[\] = \{{\n(.*?)\n\}};', text, re.S)
        words = re.findall(r'\{ "([\w-]+)", ([\w]+) \}', match[1])
        page.append('Of ' + ', '.join(f'`{option}`' for option in options) + ': '
                    + ', '.join(f'`{word}`' for word, _ in words) + '.\n')
    return '\n'.join(page)


def errors_page(source):
    meanings = enum_members(read(source, 'gsock', 'gsock-error.h'), 'GSOCK_ERROR')
    text = read(source, 'gsock', 'gsock-error.c')
    pattern = r'\{ (\w+), GSOCK_ERROR_(\w+), ("[\w-]+"|NULL) \}'
    numbers, conditions = {}, {}
    for number, code, condition in re.findall(pattern, text):
        nick = code.lower().replace('_', '-')
        if number != '0':
            numbers.setdefault(nick, []).append(number)
        if condition != 'NULL':
            conditions[nick] = condition.strip('"')
    page = '''Title: Errors

# Errors

Every error is one of [error@Error], with the operation, the address and the reason in its message,
as in `connect to [::1]:80: Connection refused`. The one exception is a wait that was cancelled: that
is `G_IO_ERROR_CANCELLED`, as everywhere in GIO. The last column is the condition that IOlib signals
in the same case.

'''
    rows = [[f'`{nick}`', ' '.join(numbers.get(nick, [])), meaning, f'`{conditions[nick]}`' if nick in conditions else '']
            for nick, meaning in meanings.items()]
    return page + table(['error', 'errno', 'meaning', 'IOlib'], rows)


def flags_page(source):
    meanings = enum_members(read(source, 'gsock', 'gsock-types.h'), 'GSOCK_MESSAGE_FLAGS')
    text = read(source, 'gsock', 'gsock-message-flags.c').replace('BOTH', 'GSOCK_FLAG_SEND | GSOCK_FLAG_RECEIVE')
    rows = [[f'`{row["name"]}`', f'`{row["constant"]}`']
            + ['yes' if f'GSOCK_FLAG_{use}' in row['uses'] else '' for use in ('SEND', 'RECEIVE', 'RETURNED')]
            + [meanings[row['name']]]
            for row in rows_of(text, 'static const GSockFlagRow rows')]
    page = '''Title: Message flags

# Message flags

Each flag is a keyword of the operators that take it, and a bit of [flags@MessageFlags]. A flag that
has no business in a call is refused. No call ever raises SIGPIPE.

'''
    return page + table(['flag', 'constant', 'send', 'receive', 'returned', 'meaning'], rows)


def main():
    source, output = sys.argv[1:]
    for name, page in (('keywords.md', keywords_page), ('options.md', options_page),
                       ('errors.md', errors_page), ('message-flags.md', flags_page)):
        with open(os.path.join(output, name), 'w', encoding='utf-8') as file:
            file.write(page(source))


if __name__ == '__main__':
    main()
