# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the library has, by its own tables and its introspection data, and no case tries.

A row of untried.tsv: what it is, its name (* stands for any text), and why no case tries it.
"""

import fnmatch
import re
import xml.etree.ElementTree as ElementTree

import manifest

CORE = '{http://www.gtk.org/introspection/core/1.0}'
SOURCES = manifest.HERE.parent.parent / 'gsock'
CLASSES = ('Socket', 'ActiveSocket', 'PassiveSocket', 'DatagramSocket', 'RawSocket')
RECORDS = ('Address', 'Interface')
# The keywords of make-socket that are no properties, for they only choose the class or are the call's.
CHOOSING = ('type', 'connect', 'wait')
# Operators that the tables of keywords call otherwise.
OTHERWISE = {'connect': 'connect-to'}


def dashes(name):
    return name.lower().replace('_', '-')


# What the library has

def read_gir(path):
    return ElementTree.parse(path).getroot().find(f'{CORE}namespace')


def callables(owner):
    for kind in ('function', 'method', 'constructor'):
        for one in owner.findall(CORE + kind):
            if one.get('introspectable') != '0' and 'shadowed-by' not in one.attrib:
                yield one.get('shadows') or one.get('name')


def operators(namespace):
    for name in callables(namespace):
        yield 'operator', dashes(name)
    for one in namespace:
        name = one.get('name')
        if name in CLASSES or name in RECORDS:
            for method in callables(one):
                yield 'operator', re.sub(r'^new-?', 'address-', dashes(method)) if name == 'Address' else dashes(method)


def keywords_of_make_socket(namespace):
    for one in namespace:
        if one.get('name') in CLASSES:
            for spec in one.findall(f'{CORE}property'):
                if spec.get('writable') == '1':
                    yield 'keyword', f'make-socket {dashes(spec.get("name"))}'
    for name in CHOOSING:
        yield 'keyword', f'make-socket {name}'


def keywords_of_operators():
    text = (SOURCES / 'gsock-keyword-table.c').read_text()
    rows = {name: re.findall(r'\.name = "([\w-]+)"', body)
            for name, body in re.findall(r'GSockKeyword (\w+)\[\] = \{(.*?)\n\};', text, re.S)}
    for operator, table in re.findall(r'\.operator_name = "([\w-]+)",\s*\.rows = (\w+)', text):
        for keyword in rows[table]:
            yield 'keyword', f'{OTHERWISE.get(operator, operator)} {keyword}'


def members(namespace, what, name):
    for one in namespace:
        if one.get('name') == name and one.tag in (f'{CORE}enumeration', f'{CORE}bitfield'):
            for member in one.findall(f'{CORE}member'):
                yield what, dashes(member.get('name'))


def options():
    for name, _, _, of_type, _ in manifest.rows(manifest.DATA / 'socket-options.tsv'):
        yield 'option', name
        yield 'type of option', of_type


def all_there_is(gir):
    namespace = read_gir(gir)
    return {*operators(namespace), *keywords_of_make_socket(namespace), *keywords_of_operators(), *options(),
            *members(namespace, 'error', 'Error'), *members(namespace, 'flag', 'MessageFlags')}


# What the cases try

def tried_by(step):
    yield 'operator', step.operator
    if step.outcome not in ('ok', 'any'):
        yield 'error', step.outcome
        return
    for name, value in step.keywords:
        yield 'keyword', f'{step.operator} {dashes(name)}'
        if value == ['true']:
            yield 'flag', dashes(name)
        if name == 'flags':
            yield from (('flag', dashes(flag)) for flag in re.split(r'[|, ]+', value[0].strip('"')))
    for value in step.positional + step.answer:
        if value.startswith('%MessageFlags.'):
            yield 'flag', value.removeprefix('%MessageFlags.')


def all_tried(cases):
    types = {columns[0]: columns[3] for columns in manifest.rows(manifest.DATA / 'socket-options.tsv')}
    for case in cases:
        for step in case.steps:
            yield from tried_by(step)
            if step.operator in ('get-option', 'set-option'):
                name = step.positional[0].strip('"')
                yield 'option', name
                yield 'type of option', types.get(name)


def check(gir, cases):
    """What is neither tried nor excused, and what is excused but tried."""
    there_is, tried = all_there_is(gir), {*all_tried(cases)}
    excused = [(columns[0], columns[1]) for columns in manifest.rows(manifest.HERE / 'untried.tsv')]
    missing = there_is - tried
    problems = [f'no case tries the {what} {name}' for what, name in sorted(missing)
                if not any(what == kind and fnmatch.fnmatchcase(name, pattern) for kind, pattern in excused)]
    problems += [f'untried.tsv: there is no {what} {pattern} that is not tried' for what, pattern in excused
                 if not any(what == kind and fnmatch.fnmatchcase(name, pattern) for kind, name in missing)]
    return problems
