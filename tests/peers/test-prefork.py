#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example whose workers share a port: every visitor is served, and no worker stays behind."""

import os
import re
import shlex
import subprocess

import peers

WORKERS, VISITORS = 3, 300


def run(variable, *arguments):
    if variable not in os.environ:
        raise peers.Skip('that example is not built')
    command = [*shlex.split(os.environ[variable]), *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        output = process.communicate(timeout=peers.TIMEOUT)[0]
    assert process.returncode == 0, output
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return output
    raise AssertionError('a worker has stayed behind')


@peers.cases(c=('GSOCK_PREFORK_C',), python=('GSOCK_PREFORK_PYTHON',))
def everybody_is_served(variable):
    output = run(variable, WORKERS, VISITORS)
    rows = re.findall(r'^(one listener|own listeners): \d+ ms; ([\d ]+)$', output, re.M)
    assert [title for title, _ in rows] == ['one listener', 'own listeners'] * 2, output
    counts = [[*map(int, numbers.split())] for _, numbers in rows]
    assert all(len(row) == WORKERS for row in counts), output
    assert [sum(row) for row in counts] == [VISITORS, VISITORS, VISITORS // 10, VISITORS // 10], output
    # By the visitors' addresses: so many do not all come to one.
    assert all(counts[1]), output


@peers.cases(c=('GSOCK_PREFORK_C',), python=('GSOCK_PREFORK_PYTHON',))
def one_worker(variable):
    output = run(variable, 1, 10)
    assert re.findall(r'; (\d+)$', output, re.M) == ['10', '10', '1', '1'], output


peers.main()
