#!/usr/bin/env python3
"""ledger.py [--check]: which tests prove which row of the feature ledger.

Reads tests/ledger.tbl (id, tier, words, what is open) and every test of the tree for ids such as F12, B06, P05, VR01, and writes
tests/ledger.md: row -> tests. --check only compares: exit 1 when the page is stale."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLACES = ['tests', 'apps', 'web/src', 'web/tests']
KINDS = ('.c', '.h', '.sh', '.mjs', '.ts', '.py', '.json')
PASSED_OVER = {'node_modules', 'golden', 'corpus', 'demo', 'seed', 'forms', 'enums', 'roles'}
ID = re.compile(r'(?<![A-Za-z0-9_#/+=\-])(F|B|D|P|VR)([0-9]{2})(?![A-Za-z0-9=/+\-])')


def rows():
    with open(os.path.join(ROOT, 'tests/ledger.tbl'), encoding='utf-8') as f:
        return [(line.rstrip('\n').split('\t') + [''])[:4] for line in f if line.strip() and not line.startswith('#')]


def is_test(path):
    """Everything under tests/, an app's tests/, and the pages' *.test.ts."""
    if not path.endswith(KINDS):
        return False
    return path.startswith('tests/') or '/tests/' in path or path.endswith('.test.ts')


def files():
    for place in PLACES:
        for folder, below, names in os.walk(os.path.join(ROOT, place)):
            below[:] = sorted(d for d in below if d not in PASSED_OVER or folder.endswith('/tests'))
            for name in sorted(names):
                path = os.path.relpath(os.path.join(folder, name), ROOT)
                if is_test(path):
                    yield path


def proofs(known):
    """id -> the tests that name it. A JSON test names it in its texts only; a fixture folder is named by its rule."""
    found = {}
    for path in files():
        fixture = re.match(r'tests/fixtures/verify/(VR[0-9]{2})/', path)
        if fixture:
            found.setdefault(fixture.group(1), set()).add('tests/unit/test_verify.c')
            continue
        if path.startswith('tests/fixtures/') or path.startswith('tests/vectors/'):
            continue
        with open(os.path.join(ROOT, path), encoding='utf-8', errors='replace') as f:
            text = f.read()
        if path.endswith('.json'):
            text = '\n'.join(re.findall(r'"(?:test|label|note|scenario|zh-CN|en)": *"([^"]*)"', text))
        for kind, number in ID.findall(text):
            row = kind + number
            if row in known:
                found.setdefault(row, set()).add(path)
    return found


def page(table, found):
    out = ['# Ledger: row → tests', '',
           'Written by `tools/ledger.py` from `tests/ledger.tbl` and the ids that tests name; do not edit it.', '']
    proved = sum(1 for row in table if row[0] in found)
    must = [row for row in table if row[1] == 'M']
    whole = sum(1 for row in must if row[0] in found and not row[3])
    out += ['%d of %d rows are named by tests; of the %d of tier M %d, %d of them for the whole of the row.' %
            (proved, len(table), len(must), sum(1 for row in must if row[0] in found), whole), '',
            '| row | tier | what | tests | not proved yet |', '|---|---|---|---|---|']
    for row, tier, words, left in table:
        tests = ', '.join('`%s`' % path for path in sorted(found.get(row, [])))
        out.append('| %s | %s | %s | %s | %s |' % (row, tier, words.replace('|', '/'), tests, left))
    return '\n'.join(out) + '\n'


def main():
    table = rows()
    found = proofs({row[0] for row in table})
    silent = [row[0] for row in table if row[1] == 'M' and row[0] not in found and not row[3]]
    if silent:
        print('no test names %s, and tests/ledger.tbl does not say why' % ', '.join(silent))
        return 1
    text = page(table, found)
    path = os.path.join(ROOT, 'tests/ledger.md')
    try:
        with open(path, encoding='utf-8') as f:
            old = f.read()
    except FileNotFoundError:
        old = ''
    if '--check' not in sys.argv[1:]:
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        return 0
    if old != text:
        print('tests/ledger.md is stale: run tools/ledger.py and commit it')
        for line in sorted(set(text.split('\n')) - set(old.split('\n'))):
            print('+ ' + line)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
