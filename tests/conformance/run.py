#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tries the same cases in every language, and prints a table of what came of it.

Usage: run.py GIR [-- LANGUAGE [COMMAND [ARGUMENT...]]]...

A command is given a file of cases as its last argument, and prints a line of TAP for each. Each case in
each language is a test, and a language without a command one that is skipped. What no case tries fails,
too: see complete.py.

The file has a line for each case, of "case", its name, and why it is skipped, where it is; and for each of
its steps, of "step", the name of the answer, the operator, the receiver, the outcome, and in hexadecimal
what is in the message. Then the arguments follow, "=" and a name before those that have one, and "->"
before the answer. Between all of them are tabs. What a value is is told by its first letter: t, f, n (true,
false, none), i (an integer), d (a number), s and x (text and bytes, in hexadecimal), [ (a class), % (a nick
of an enumeration), < (a host and a port for GIO to resolve), $ (an earlier answer), * (anything), and
several values stand between the words ( and ).
"""

import concurrent.futures
import os
import re
import socket
import subprocess
import sys
import tempfile

import complete
import differences
import manifest
import stage

LINE = re.compile(r'(not )?ok (\d+) (.*?)(?: # SKIP (.*))?$')
TIMEOUT = 280


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as one:
            one.bind(('::1', 0))
        return True
    except OSError:
        return False


MISSING = {}
if not has_ipv6():
    MISSING['ipv6'] = 'this machine has no IPv6'
if os.geteuid() != 0:
    MISSING['root'] = 'only root may make such a socket'


class Result:
    """What came of a case in a language: ok, FAIL or skipped, with its reason."""

    def __init__(self, mark='FAIL', reason='it is not tried: the program ended before'):
        self.mark, self.reason = mark, reason


def parse_tap(text, cases):
    results = {case.name: Result() for case in cases}
    comments = []
    for line in text.splitlines():
        found = LINE.match(line)
        if line.startswith('#'):
            comments.append(line[1:].strip())
        elif found and found[3] in results:
            mark = 'FAIL' if found[1] else 'skip' if found[4] else 'ok'
            results[found[3]] = Result(mark, found[4] or ' '.join(comments))
            comments = []
        elif not line.startswith('1..'):
            comments.append(line)
    return results, comments


def write_manifest(path, language, cases, prepared):
    with open(path, 'w') as file:
        for number, case in enumerate(cases):
            case, skipped = differences.apply(language, case)
            skipped = next((MISSING[need] for need in case.needs.split() if need in MISSING), skipped)
            places = {**prepared.places, **prepared.of_case(number)}
            file.write('\n'.join(manifest.write_case(case, skipped, places)) + '\n')


def try_language(language, command, cases):
    prepared = stage.Stage()
    try:
        with tempfile.NamedTemporaryFile('w', prefix='gsock-', suffix='.manifest') as file:
            write_manifest(file.name, language, cases, prepared)
            done = subprocess.run([*command, file.name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT,
                                  pass_fds=prepared.inherited, encoding='utf-8', errors='replace', stdin=subprocess.DEVNULL)
    finally:
        prepared.close()
    results, comments = parse_tap(done.stdout, cases)
    results['the program ends'] = Result() if done.returncode else Result('ok', '')
    if done.returncode:
        results['the program ends'].reason = f'it ended with {done.returncode}; ' + ' '.join(comments)[-2000:]
    return results


def print_table(results, names):
    """A row for each case, a column for each language; the reasons stand below."""
    languages = list(results)
    reasons = []
    width = max(map(len, names))
    print(f'# {"":{width}}', *(f'{language:10}' for language in languages))
    for name in names:
        cells = []
        for language in languages:
            result = results[language][name]
            mark = result.mark
            if mark != 'ok':
                if (mark, result.reason) not in reasons:
                    reasons.append((mark, result.reason))
                mark = f'{mark} [{reasons.index((mark, result.reason)) + 1}]'
            cells.append(f'{mark:10}')
        print(f'# {name:{width}}', *cells)
    for number, (mark, reason) in enumerate(reasons, 1):
        print(f'# [{number}] {mark}: {reason}')
    for language in languages:
        marks = [result.mark for result in results[language].values()]
        print(f'# {language}:', ', '.join(f'{marks.count(mark)} {mark}' for mark in ('ok', 'FAIL', 'skip')))


def split_commands(arguments):
    """The languages and their commands, between which stands --."""
    commands, command = {}, []
    for argument in [*arguments, '--']:
        if argument == '--':
            if command:
                commands[command[0]] = command[1:]
            command = []
        else:
            command.append(argument)
    return commands


def report(results, absent, names, problems):
    number = 1
    print('TAP version 13')
    print(f'1..{len(results) * len(names) + len(absent) + 1}')
    for problem in problems:
        print(f'# {problem}')
    print(f'{"not ok" if problems else "ok"} 1 everything that there is has a case')
    for language in absent:
        number += 1
        print(f'ok {number} {language} # SKIP it is not here')
    for name in names:
        for language in results:
            number += 1
            result = results[language][name]
            if result.mark == 'FAIL':
                print(f'# {result.reason}')
            skipped = f' # SKIP {result.reason}' if result.mark == 'skip' else ''
            print(f'{"not ok" if result.mark == "FAIL" else "ok"} {number} {language}: {name.replace("#", "")}{skipped}')


def main():
    gir, commands = sys.argv[1], split_commands(sys.argv[2:])
    cases = manifest.all_cases()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        futures = {language: pool.submit(try_language, language, command, cases) for language, command in commands.items() if command}
    results = {language: future.result() for language, future in futures.items()}
    problems = complete.check(gir, cases) + differences.check(cases)
    names = [case.name for case in cases] + ['the program ends']
    report(results, [language for language in commands if not commands[language]], names, problems)
    print_table(results, names)
    return bool(problems) or any(result.mark == 'FAIL' for cells in results.values() for result in cells.values())


if __name__ == '__main__':
    sys.exit(main())
