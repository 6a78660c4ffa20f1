# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every operator of the library with every hostile value, in a language: prints TAP.

    abuse.py SOURCE-FOLDER PROGRAM ARGUMENT...

The program is one of the abuse_in_x of this folder. It knows the operators from the typelib and the values
from tests/data/hostile-values.tsv, and prints each call before it makes it, so that a crash names it:

    list                                  the operators, one a line
    matrix ROUNDS REPEAT SHARE OPERATOR   a SHARE of the calls of each operator, several times
    random SEED COUNT                     operators and values by chance

It runs as a child. What it may not do is crash, hang, say anything on stderr, leave descriptors open, or
have its heap grow with each round. Everything is tried with GSOCK_TEST_LONG=1; a share of it otherwise,
another one each time. GSOCK_TEST_SEED repeats one.
"""

import glob
import os
import re
import secrets
import subprocess
import sys

LONG = os.environ.get('GSOCK_TEST_LONG') == '1'
SEED = int(os.environ.get('GSOCK_TEST_SEED') or secrets.randbelow(2**31))
# One of so many calls; in how many parts the operators are given to children.
SHARE = 1 if LONG else int(os.environ.get('GSOCK_TEST_SHARE', 40))
PARTS = 16 if LONG else 3
TIMEOUT = 900 if LONG else 100
# What the languages themselves say of a callback that throws, and gjs of one that is called while it
# collects garbage, as every callback of GIO may be.
TOLD = re.compile(r'Gjs-(CRITICAL|WARNING|Message).*(JS ERROR|JS WARNING|during garbage collection|The offending callback)')


def keywords(source):
    names = set()
    for path in glob.glob(os.path.join(source, 'gsock', 'gsock-keyword-table.c')) + [os.path.join(source, 'gsock', 'gsock-request.c')]:
        with open(path, encoding='utf-8') as file:
            names.update(re.findall(r'\.name = "([a-z0-9-]+)"', file.read()))
    if len(names) < 60:
        raise RuntimeError(f'{len(names)} keywords are found in the tables')
    return ' '.join(sorted(name.replace('-', '_') for name in names)) + ' linger broadcast tcp_info'


class Tap:
    number = 0

    def case(self, name, problems):
        self.number += 1
        for problem in problems:
            print('#', problem.replace('\n', '\n# '))
        print(f'{"not ok" if problems else "ok"} {self.number} {name}', flush=True)


def run(program, *arguments):
    """What is wrong with how it ran, and how many answers and errors there were."""
    environment = {**os.environ, 'GSOCK_TEST_SEED': str(SEED)}
    command = [*program, *map(str, arguments)]
    try:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)
        status, out, err = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as expired:
        status, out, err = 'no end', expired.stdout or b'', expired.stderr or b''
    lines = out.decode('utf-8', 'replace').splitlines()
    problems = [line for line in lines if line.startswith(('leak ', 'odd '))]
    blocks = re.split(r'\n(?=\n?\(\S+:\d+\): |Gjs-)', '\n' + err.decode('utf-8', 'replace'))
    said = [block.strip() for block in blocks if block.strip() and not TOLD.search(block)]
    tried = [line for line in lines if line.startswith('try ')]
    done = [line.split() for line in lines if line.startswith('done ')]
    if status != 0 or not done:
        problems.append(f'ended with {status} in: {tried[-1] if tried else "nothing"}; GSOCK_TEST_SEED={SEED}')
    if said:
        problems.append('is said: ' + '\n'.join(said[:20]))
    return problems, [int(number) for number in done[-1][1:3]] if done else [0, 0]


def main():
    source, *program = sys.argv[1:]
    os.environ['GSOCK_TEST_KEYWORDS'] = keywords(source)
    os.environ['GSOCK_TEST_DATA'] = os.path.join(source, 'tests', 'data')
    tap = Tap()
    print('TAP version 13')
    print(f'# GSOCK_TEST_SEED={SEED}')
    listed = subprocess.run([*program, 'list'], capture_output=True, check=True, text=True).stdout.split()
    total = [0, 0]
    for part in range(PARTS):
        problems, counts = run(program, 'matrix', 4 if LONG else 2, 1, SHARE, *listed[part::PARTS])
        total = [sum(pair) for pair in zip(total, counts)]
        tap.case(f'part {part + 1} of {len(listed)} operators', problems)
    print(f'# {len(listed)} operators, {sum(total)} calls, {total[0]} answers, {total[1]} errors')
    tap.case('there are operators, answers and errors', [] if len(listed) > 100 and min(total) > 100 else [f'{len(listed)}, {total}'])
    for number in range(8 if LONG else 1):
        problems, counts = run(program, 'random', SEED + number, 20000 if LONG else 1000)
        print(f'# seed {SEED + number}: {counts[0]} answers, {counts[1]} errors')
        tap.case(f'by chance, {number + 1}', problems)
    if LONG:
        for part in range(PARTS):
            tap.case(f'the heap, part {part + 1}', run(program, 'matrix', 5, 20, 20, *listed[part::PARTS])[0])
    print(f'1..{tap.number}')


main()
