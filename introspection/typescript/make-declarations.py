#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prepares what TypeScript is told of GSock: make-declarations.py SOURCE-FOLDER GIR OUTPUT-FOLDER

Writes GSock-1.gir, from which ts-for-gir makes declarations: it leaves out what gsock-1-override.d.ts
declares as the override for gjs has it. And gsock-1-keywords.d.ts: the keywords of each operator, the
options of sockets, and the codes of errors, from the tables in the library.
"""

import importlib.util
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

CORE = 'http://www.gtk.org/introspection/core/1.0'
C = 'http://www.gtk.org/introspection/c/1.0'
GLIB = 'http://www.gtk.org/introspection/glib/1.0'
NAMESPACES = {'': CORE, 'c': C, 'glib': GLIB}
CALLABLES = [f'{{{CORE}}}{kind}' for kind in ('method', 'function', 'constructor')]

# What the override makes a class of its own of.
REPLACED = {'Error', 'Received'}

ARGUMENTS = {
    'ADDRESS': 'Address | string', 'BOOLEAN': 'boolean', 'DOUBLE': 'number', 'FAMILY': "number | Nicks['AddressFamily']",
    'FLAG': 'boolean', 'FLAGS': 'number | string', 'INT': 'number', 'OBJECT': 'Gio.SocketConnectable', 'PROTOCOL': 'number | string',
    'STRING': 'string', 'TYPE': 'GObject.GType | Function',
}

# What set_option takes and what get_option gives.
GROUP = 'string | [group: string, interface: string | number | null]'
GROUP_SOURCE = '[group: string, source: string, interface?: string | number | null]'
INTERFACE = 'string | number | null'
OPTIONS = {
    'ADDRESS_FAMILY': ('number', 'number'),
    'BOOL': ('boolean', 'boolean'),
    'BYTES': ('Bytes', 'Uint8Array'),
    'FD': ('number', 'number'),
    'GROUP_REQ': (GROUP, None),
    'GROUP_SOURCE_REQ': (GROUP_SOURCE, None),
    'IFINDEX': (INTERFACE, 'number'),
    'INT': ('number', 'number'),
    'IPV4': (INTERFACE, 'string'),
    'LINGER': ('boolean | [on: boolean, seconds: number]', '[on: boolean, seconds: number]'),
    'MILLISECONDS': ('number', 'number'),
    'MREQ': (GROUP, None),
    'MREQ6': (GROUP, None),
    'MREQ_SOURCE': (GROUP_SOURCE, None),
    'SECONDS': ('number', 'number'),
    'SOCKET_TYPE': ('number', 'number'),
    'STRING': ('string | null', 'string'),
    'TCP_INFO': (None, 'Record<string, number | string>'),
    'UCRED': (None, '[pid: number, uid: number, gid: number]'),
    'UINT8': ('number', 'number'),
    'UINT32': ('number', 'number'),
    'UINT64': ('number', 'number'),
}

ERROR_CLASS = '''    interface Error {
        readonly code: number;
        readonly message: string;
        matches(domain: unknown, code: number): boolean;
    }

    class Error extends GLib.Error {
        constructor(details: {code: number; message: string});
        static $gtype: GObject.GType;
        static quark(): GLib.Quark;
        static from_errno(error_number: number): number;
        static to_condition(code: number): string | null;
        static to_errno(code: number): number;
'''


def load_tables(source):
    """The pages of the reference are made of the same tables."""
    spec = importlib.util.spec_from_file_location('tables', os.path.join(source, 'docs', 'generate-tables.py'))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find_declared(text):
    """Pairs of an interface (None for a function of the namespace) and a name that is declared."""
    declared, owner = set(), None
    for line in text.split('\n'):
        if match := re.match(r'    (?:interface|class) (\w+)', line):
            owner = match[1]
        elif line == '    }':
            owner = None
        elif match := re.match(r'    function (\w+)', line):
            declared.add((None, match[1]))
        elif owner and (match := re.match(r'        (\w+)[(<]', line)):
            declared.add((owner, match[1]))
    return declared


def name_in_language(element):
    return element.get('shadows') or element.get('name')


def leave_out(namespace, declared):
    for owner in [namespace, *namespace]:
        name = None if owner is namespace else owner.get('name')
        for element in list(owner):
            if element.tag in CALLABLES and (name, name_in_language(element)) in declared:
                owner.remove(element)
    for element in list(namespace):
        if element.get('name') in REPLACED:
            namespace.remove(element)


def mend(namespace):
    """ts-for-gir takes each string that is not const for one that may be null; and there codes of errors
    are numbers."""
    for parent in namespace.iter():
        kind = parent.find('type', NAMESPACES)
        if kind is None:
            continue
        if kind.get('name') == 'utf8' and parent.get('nullable') != '1' and parent.tag != f'{{{CORE}}}property':
            kind.set(f'{{{C}}}type', 'const char*')
        if kind.get('name') == 'Error':
            kind.set('name', 'gint')


def write_gir(tree, declared, path):
    for prefix, uri in NAMESPACES.items():
        ElementTree.register_namespace(prefix, uri)
    namespace = tree.getroot().find('namespace', NAMESPACES)
    leave_out(namespace, declared)
    mend(namespace)
    tree.write(path, encoding='utf-8', xml_declaration=True)


def to_camel(name):
    return re.sub(r'-(\w)', lambda match: match[1].upper(), name)


def type_of(row):
    kind = row['type'].replace('GSOCK_ARGUMENT_', '')
    if kind != 'ENUM':
        return ARGUMENTS[kind]
    name = ''.join(word.title() for word in re.sub(r'^gsock_|_get_type$', '', row['get_type']).split('_'))
    return f"{name} | Nicks['{name}']"


def keywords_interface(operator, rows, base=''):
    name = ''.join(word.title() for word in operator.split('-')) + 'Keywords'
    lines = [f'        {to_camel(row["name"])}?: {type_of(row)} | null;\n' for row in rows]
    return f'    interface {name}{base} {{\n' + ''.join(sorted(set(lines))) + '    }\n\n'


def options_interfaces(rows, taken):
    parts = []
    for name, index, convert in (('OptionInputs', 0, str), ('OptionValues', 1, str), ('OptionKeywords', 0, to_camel)):
        parts.append(f'    interface {name} {{\n')
        for row in rows:
            kind = OPTIONS[row['type'].replace('GSOCK_OPTION_', '')][index]
            if kind is not None and 'names' in row:
                kind += ' | string'
            known = convert(row['name'])
            if kind is not None and (name != 'OptionKeywords' or known not in taken):
                parts.append(f"        '{known}'{'?' if convert is to_camel else ''}: {kind};\n")
        parts.append('    }\n\n')
    return ''.join(parts)


def nicks_interface(namespace):
    lines = []
    for element in namespace.findall('enumeration', NAMESPACES):
        nicks = [member.get(f'{{{GLIB}}}nick') for member in element.findall('member', NAMESPACES)]
        if element.get('name') not in REPLACED:
            lines.append(f"        {element.get('name')}: {' | '.join(repr(nick) for nick in nicks)};\n")
    return '    interface Nicks {\n' + ''.join(lines) + '    }\n\n'


def error_class(namespace):
    """In gjs an error domain is a class, which has the codes."""
    element = next(item for item in namespace.findall('enumeration', NAMESPACES) if item.get('name') == 'Error')
    codes = [member.get('name').upper() for member in element.findall('member', NAMESPACES)]
    return ERROR_CLASS + ''.join(f'        static readonly {code}: number;\n' for code in codes) + '    }\n'


def write_keywords(source, namespace, path):
    tables = load_tables(source)
    made = tables.rows_of(tables.read(source, 'gsock', 'gsock-request.c'), 'static const GSockKeyword rows')
    options = tables.rows_of(tables.read(source, 'gsock', 'gsock-option-table.c'), 'static const GSockOption rows')
    taken = {to_camel(row['name']) for row in made}
    parts = ['// SPDX-License-Identifier: LGPL-2.1-or-later\n// Made by make-declarations.py of the tables in the library.\n\n'
             "import type Gio from './gio-2.0.js';\nimport type GLib from './glib-2.0.js';\nimport type GObject from './gobject-2.0.js';\n\n"
             "declare module './gsock-1.js' {\nexport namespace GSock {\n",
             nicks_interface(namespace), options_interfaces(options, taken),
             keywords_interface('make-socket', made, ' extends OptionKeywords')]
    for operator, rows in tables.find_operator_tables(source).items():
        if operator != 'make-socket':
            parts.append(keywords_interface(operator, rows))
    parts += [error_class(namespace), '}\n}\n']
    with open(path, 'w', encoding='utf-8') as file:
        file.write(''.join(parts))


def main(source, gir, output):
    tree = ElementTree.parse(gir)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'gsock-1-override.d.ts'), encoding='utf-8') as file:
        declared = find_declared(file.read())
    write_keywords(source, tree.getroot().find('namespace', NAMESPACES), os.path.join(output, 'gsock-1-keywords.d.ts'))
    write_gir(tree, declared, os.path.join(output, 'GSock-1.gir'))


main(*sys.argv[1:])
