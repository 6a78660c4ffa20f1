#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the instructions of the hot calls, compares them with the baseline, and prints TAP.

Usage: compare.py VALGRIND PROGRAM BASELINE [--update | --print | --profile CALL]

What is compared is what a call takes more than the plain system calls. More than 3 in 100 and more than 4
instructions above the baseline is a failure; so is a call that the baseline does not have. Counts of another
compiler, GLib, C library, valgrind or processor are others, and nothing is compared then. --update writes the
baseline anew, --print only prints the counts, --profile tells which functions those of one call are in.
"""
import os
import re
import subprocess
import sys
import tempfile

TOLERANCE = 0.03
FEW = 4
HEADER = '''# Instructions of a call, and those of the plain system calls that do the same, outside the kernel.
# Written by: tests/benchmarks/count-instructions --update
'''


def run(*command):
    # The name of the locale and the length of the environment are counted too, where a call looks at them.
    environment = {'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8'}
    return subprocess.run(command, env=environment, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def features():
    """What the C library chooses its functions by."""
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        flags = re.search(r'^flags\s*:(.*)$', file.read(), re.M)
    has = flags.group(1).split() if flags else []
    return ' '.join(name for name in ('sse4_2', 'avx2', 'bmi2', 'erms', 'fsrm') if name in has)


def describe(valgrind, program):
    conditions = dict(line.split('\t') for line in run(program, '--describe').stdout.splitlines())
    conditions['valgrind'] = run(valgrind, '--version').stdout.strip()
    conditions['processor'] = features()
    return int(conditions.pop('calls')), conditions


def count_all(valgrind, program):
    """Returns what callgrind wrote: a part for each call."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'out')
        run(valgrind, '--tool=callgrind', '--collect-atstart=no', '--combine-dumps=yes', '--dump-line=no',
            '--callgrind-out-file=' + out, program)
        with open(out, encoding='utf-8') as file:
            return file.read()


def count(valgrind, program):
    """Returns {name: (instructions of the call, of the system calls)}, for each call."""
    n_calls, conditions = describe(valgrind, program)
    parts = re.findall(r'^desc: Trigger: Client Request: ([^\n]*)$.*?^totals: (\d+)$', count_all(valgrind, program), re.M | re.S)
    each = {}
    for name, total in parts:
        # The least is when nobody was late.
        each[name] = min(each.get(name, sys.maxsize), round(int(total) / n_calls))
    return conditions, {name: (each[name], each.get('raw ' + name, 0)) for name in each if not name.startswith('raw ')}


def profile(valgrind, program, name):
    """Prints the instructions of a call by function, without those of the functions that it calls."""
    n_calls, _ = describe(valgrind, program)
    out = count_all(valgrind, program)
    # A name is written once, and is a number from then on.
    names = dict(re.findall(r'^c?(?:fn|ob)=(\(\d+\)) (.+)$', out, re.M))
    objects = dict(re.findall(r'^c?ob=(\(\d+\)) (.+)$', out, re.M))
    part = re.search(r'^desc: Trigger: Client Request: ' + re.escape(name) + r'$(.*?)^totals: ', out, re.M | re.S)
    if part is None:
        sys.exit(f'There is no call "{name}".')
    costs, function, library, is_of_call = {}, None, None, False
    for line in part.group(1).splitlines():
        if line.startswith('ob='):
            library = os.path.basename(objects.get(line[3:].split(' ')[0], '?'))
        elif line.startswith('fn='):
            function = re.sub(r"'.*|@.*", '', names[line[3:].split(' ')[0]])
        elif line.startswith('calls='):
            is_of_call = True
        elif re.match(r'[+*\d-]', line):
            if not is_of_call:
                costs[function, library] = costs.get((function, library), 0) + int(line.split()[1])
            is_of_call = False
    for (function, library), cost in sorted(costs.items(), key=lambda item: -item[1]):
        if cost * 100 >= n_calls:
            print(f'{cost / n_calls:8.2f}  {function}  ({library})')


def read_baseline(filename):
    conditions, counts = {}, {}
    if os.path.exists(filename):
        with open(filename, encoding='utf-8') as file:
            for line in file:
                if line.startswith('#: '):
                    key, value = line[3:].rstrip('\n').split(': ', 1)
                    conditions[key] = value
                elif not line.startswith('#') and line.strip():
                    name, call, raw = line.rstrip('\n').split('\t')
                    counts[name] = int(call), int(raw)
    return conditions, counts


def write_baseline(filename, conditions, counts):
    with open(filename, 'w', encoding='utf-8') as file:
        file.write(HEADER)
        for key, value in conditions.items():
            file.write(f'#: {key}: {value}\n')
        for name, (call, raw) in counts.items():
            file.write(f'{name}\t{call}\t{raw}\n')


def print_counts(counts):
    print(f'{"":50} {"more":>7} {"call":>7} {"raw":>7}')
    for name, (call, raw) in counts.items():
        print(f'{name:50} {call - raw:7} {call:7} {raw:7}')


def verdict(name, counts, baseline):
    """Returns whether the call costs what it may, and what there is to say of it."""
    if name not in counts:
        return False, 'is in the baseline and was not counted; --update'
    now = counts[name][0] - counts[name][1]
    if name not in baseline:
        return False, f'{now}, is not in the baseline; --update'
    then = baseline[name][0] - baseline[name][1]
    rise = now - then
    return rise <= max(FEW, TOLERANCE * abs(then)), f'{now} instructions, {rise:+d} to the baseline'


def compare(counts, baseline):
    names = list(dict.fromkeys(list(baseline) + list(counts)))
    n_failed = 0
    print(f'1..{len(names)}')
    for number, name in enumerate(names, 1):
        good, remark = verdict(name, counts, baseline)
        n_failed += not good
        print(f'{"ok" if good else "not ok"} {number} {name}: {remark}')
    return 1 if n_failed else 0


def main():
    valgrind, program, filename = sys.argv[1:4]
    mode = sys.argv[4] if len(sys.argv) > 4 else None
    if mode == '--profile':
        profile(valgrind, program, sys.argv[5])
        return 0
    then, baseline = read_baseline(filename)
    if mode is None:
        others = [f'{key} is {value}, the baseline has {then.get(key)}'
                  for key, value in describe(valgrind, program)[1].items() if then.get(key) != value]
        if others:
            print('1..1\nok 1 instructions # SKIP counted under other conditions: ' + '; '.join(others))
            return 0
    conditions, counts = count(valgrind, program)
    if mode is None and not all(verdict(name, counts, baseline)[0] for name in baseline):
        again = count(valgrind, program)[1]
        counts = {name: min(counts[name], again[name], key=lambda pair: pair[0] - pair[1]) for name in counts}
    if mode == '--update':
        write_baseline(filename, conditions, counts)
    if mode is not None:
        print_counts(counts)
        return 0
    return compare(counts, baseline)


if __name__ == '__main__':
    sys.exit(main())
