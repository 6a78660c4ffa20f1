#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts what was measured into the documents: tables where "figures: NAME" stands in a comment, and charts.

Usage: publish-figures.py SOURCE-FOLDER [--check]

The figures are those of docs/benchmarks.json and of tests/instructions/instructions.tsv. --check writes nothing,
prints TAP, and fails where a document or a chart is not what the figures make it.
"""
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import charts  # noqa: E402

DOCUMENTS = ('README.md', 'docs/performance.md')
BLOCK = re.compile(r'(<!-- figures: ([a-z-]+) -->\n).*?(<!-- end -->)', re.S)

# What a growth is drawn with: is the axis of the numbers logarithmic, is that of the costs.
AXES = {'growth-watched': (True, True), 'growth-batch': (True, True), 'growth-payload': (True, False),
        'growth-keywords': (False, False), 'growth-senders': (True, False), 'growth-options': (False, False),
        'growth-memory': (True, False)}

# The scenarios of the overview, and the variant of each peer; what has no ratio to plain calls is left out.
OVERVIEW = (('datagram', 'UDP, sent and received'), ('datagram-senders', 'from 64 senders'),
            ('datagram-ping-pong', 'UDP, there and back'), ('stream-ping-pong', 'TCP, there and back'),
            ('one-way', 'TCP, 64 KiB written'), ('connection', 'TCP, connect and accept'),
            ('connection-local', 'local, connect and accept'), ('descriptor', 'a descriptor passed'),
            ('server', 'echo server, callbacks'), ('server-idle', 'with 5000 idle'))
PEERS = (('gio', ('gio', 'gio-source')), ('libuv', ('libuv',)), ('gsock', ('gsock-direct', 'gsock', 'gsock-watch')))

README_ROWS = (('datagram', 'gsock-direct', 'a UDP datagram sent and received'),
               ('datagram', 'gsock-keywords', 'the same, with keywords'),
               ('datagram-senders', 'gsock-direct', 'the same, from 64 senders'),
               ('batch', 'gsock-batch', 'the same, 64 at a time, each'),
               ('connection', 'gsock', 'a TCP connection made, accepted and closed'),
               ('descriptor', 'gsock-direct', 'a descriptor passed to another process'),
               ('watched-9000', 'gsock-watch', 'an event on one of 9000 watched sockets'),
               ('server-idle', 'gsock-watch', 'a request to an echo server with 5000 idle clients'),
               ('server-memory', 'gsock-watch', 'memory for an idle connection that is watched'))


class Figures:
    def __init__(self, root):
        with open(os.path.join(root, 'docs/benchmarks.json'), encoding='utf-8') as file:
            measured = json.load(file)
        self.machine = measured['machine']
        self.scenarios = measured['scenarios']
        self.growths = {growth['name']: growth for growth in measured['growth']}
        with open(os.path.join(root, 'tests/instructions/instructions.tsv'), encoding='utf-8') as file:
            lines = file.read().splitlines()
        self.conditions = dict(row[3:].split(': ', 1) for row in lines if row.startswith('#: '))
        self.counts = [row.split('\t') for row in lines if row and not row.startswith('#')]

    def scenario(self, name):
        return next((scenario for scenario in self.scenarios if scenario['name'] == name), None)


def variant(scenario, *names):
    return next((row for name in names for row in scenario['variants'] if row['name'] == name), None)


def unit_of(scenario):
    return scenario.get('unit', 'CPU ns')


def cost_text(value, unit):
    if unit.endswith('ns'):
        return f'{value / 1e6:.2f} ms' if value >= 1e6 else f'{value / 1000:.2f} us' if value >= 1000 else f'{value:.0f} ns'
    unit = unit.replace('CPU ', '')
    return f'{value:.0f} {unit}' if value >= 100 or unit == 'bytes' else f'{value:.1f} {unit}'


def ratio_text(row):
    if not row['ratio']:
        return ''  # to nothing
    return f'{row["ratio"]:.0f}' if row['ratio'] >= 10 else f'{row["ratio"]:.2f}'


def cell(scenario, row):
    if row is None:
        return ''
    ratio = f' ({ratio_text(row)})' if row['ratio'] not in (None, 0, 1) else ''
    return cost_text(row['ns'], unit_of(scenario)) + ratio


def table(head, rows):
    lines = ['| ' + ' | '.join(head) + ' |', '| ' + ' | '.join('---' for _ in head) + ' |']
    return '\n'.join(lines + ['| ' + ' | '.join(row) + ' |' for row in rows]) + '\n'


def machine_words(figures):
    machine = figures.machine
    return (f'{machine["processor"]}, {machine["processors"]} cores, {machine["kernel"]}, GLib {machine["glib"]}, '
            f'{machine["date"][:10]}')


def make_machine(figures):
    return f'Measured on: {machine_words(figures)}, in one process on one core.\n'


def make_bars(figures):
    rows = []
    for scenario in figures.scenarios:
        for row in scenario['variants']:
            if 'verdict' in row:
                rows.append([str(scenario['number']), scenario['title'], row['name'], cell(scenario, scenario['variants'][0]),
                             cell(scenario, variant(scenario, 'gio', 'gio-source')), cell(scenario, variant(scenario, 'libuv')),
                             cell(scenario, row), row['bar'].replace('<', '&lt;'), row['verdict']])
    return table(['', 'what', 'by gsock\'s', 'plain calls', 'GIO', 'libuv', 'gsock', 'bar', ''], rows)


def make_all(figures):
    rows = [[str(scenario['number']), scenario['name'], row['name'], cost_text(row['ns'], unit_of(scenario)),
             ratio_text(row), f'{row["ratio_noise"]:.3f}' if row['ratio_noise'] is not None else '']
            for scenario in figures.scenarios for row in scenario['variants']]
    return table(['', 'scenario', 'variant', 'cost', 'to the first', 'noise'], rows)


def make_readme(figures):
    rows = []
    for name, chosen, words in README_ROWS:
        scenario = figures.scenario(name)
        if scenario is not None:
            rows.append([words, cell(scenario, scenario['variants'][0]), cell(scenario, variant(scenario, 'gio', 'gio-source')),
                         cell(scenario, variant(scenario, 'libuv')), cell(scenario, variant(scenario, chosen))])
    return (table(['', 'plain calls', 'GIO', 'libuv', 'gsock'], rows)
            + f'\nIn processor time of one core ({machine_words(figures)}); in brackets, how often plain system calls fit.\n')


def make_instructions(figures):
    rows = [[name, str(int(call) - int(raw)), call, raw] for name, call, raw in figures.counts]
    conditions = ', '.join(f'{key} {figures.conditions[key]}' for key in ('compiler', 'glib', 'libc') if key in figures.conditions)
    return table(['call', 'more than the plain calls', 'in all', 'plain calls'], rows) + f'\n({conditions}, `-O2`)\n'


def make_growth(growth):
    names = [row['name'] for row in growth['points'][0]['variants']]
    rows = [[f'{point["n"]}'] + [cost_text(row['ns'], unit_of(growth)) for row in point['variants']] for point in growth['points']]
    return table([growth['of']] + names, rows)


def make_block(figures, name):
    makers = {'machine': make_machine, 'bars': make_bars, 'all': make_all, 'readme': make_readme, 'instructions': make_instructions}
    if name in makers:
        return makers[name](figures)
    return make_growth(figures.growths[name]) if name in figures.growths else '(not measured)\n'


def draw_growth(figures, growth):
    log_x, log_y = AXES[growth['name']]
    series = {}
    for point in growth['points']:
        for row in point['variants']:
            if row['ns']:
                series.setdefault(row['name'], []).append((point['n'], row['ns']))
    unit = 'bytes' if unit_of(growth) == 'bytes' else 'nanoseconds of CPU time'
    return charts.line_chart(growth['title'], machine_words(figures), growth['of'], unit, series, log_x, log_y)


def draw_overview(figures):
    groups = []
    for name, words in OVERVIEW:
        scenario = figures.scenario(name)
        if scenario is None:
            continue
        bars = [(peer, row['ratio']) for peer, names in PEERS for row in [variant(scenario, *names)] if row is not None]
        groups.append((words, bars))
    return charts.bar_chart('What an operation costs: plain system calls are 1', machine_words(figures), 'times plain system calls',
                            groups, 2.5, mark=1)


def draw_memory(figures):
    scenario = figures.scenario('server-memory')
    groups = [(row['name'], [(row['name'], row['ns'])]) for row in scenario['variants'][1:] if row['name'] != 'gio-service']
    return charts.bar_chart('Memory for an idle connection', machine_words(figures), 'bytes', groups, 800)


def make_files(root, figures):
    """Returns {path: contents} of all that depends on the figures."""
    files = {f'docs/images/{name}.svg': draw_growth(figures, growth) for name, growth in figures.growths.items()}
    files['docs/images/overview.svg'] = draw_overview(figures)
    if figures.scenario('server-memory') is not None:
        files['docs/images/memory.svg'] = draw_memory(figures)
    for path in DOCUMENTS:
        with open(os.path.join(root, path), encoding='utf-8') as file:
            files[path] = BLOCK.sub(lambda match: f'{match.group(1)}\n{make_block(figures, match.group(2))}\n{match.group(3)}', file.read())
    return files


def read(path):
    if not os.path.exists(path):
        return None
    with open(path, encoding='utf-8') as file:
        return file.read()


def check(root, files):
    n_stale = 0
    print(f'1..{len(files)}')
    for number, (path, contents) in enumerate(files.items(), 1):
        stale = read(os.path.join(root, path)) != contents
        n_stale += stale
        print(f'{"not ok" if stale else "ok"} {number} {path}' + (': is stale; docs/publish-figures.py . renews it' if stale else ''))
    return 1 if n_stale else 0


def write(root, files):
    for path, contents in files.items():
        os.makedirs(os.path.dirname(os.path.join(root, path)) or '.', exist_ok=True)
        with open(os.path.join(root, path), 'w', encoding='utf-8') as file:
            file.write(contents)
    return 0


def main():
    root = sys.argv[1]
    files = make_files(root, Figures(root))
    return check(root, files) if '--check' in sys.argv else write(root, files)


if __name__ == '__main__':
    sys.exit(main())
