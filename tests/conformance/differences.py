# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where a language cannot do what a case wants, or refuses it before the library does, with the reason.

A row of differences.tsv: the languages, the case (* stands for any text), what is otherwise, and why.
Otherwise is skip, or "own" and a part of the text of an error of the language itself.
"""

import collections
import fnmatch

import manifest

Row = collections.namedtuple('Row', 'languages pattern otherwise reason')
ROWS = [Row(columns[0].split(), columns[1].replace('[', '[[]'), columns[2], columns[3])
        for columns in manifest.rows(manifest.HERE / 'differences.tsv')]


def find(language, case):
    for row in ROWS:
        if language in row.languages and fnmatch.fnmatchcase(case.name, row.pattern):
            return row
    return None


def apply(language, case):
    """The case as this language has it, and why it is not tried."""
    row = find(language, case)
    if row is None:
        return case, ''
    if row.otherwise == 'skip':
        return case, row.reason
    outcome, _, part = row.otherwise.partition(' ')
    last = case.steps[-1]._replace(outcome=outcome, part=part)
    return case._replace(steps=[*case.steps[:-1], last]), ''


def check(cases):
    """The rows that are for no case any more."""
    return [f'differences.tsv: no case is called {row.pattern.replace("[[]", "[")}' for row in ROWS
            if not any(fnmatch.fnmatchcase(case.name, row.pattern) for case in cases)]
