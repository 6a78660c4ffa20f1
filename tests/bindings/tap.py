# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the unittest cases of a file and prints TAP; a descriptor that a case leaves open fails it."""

import gc
import os
import sys
import traceback
import unittest

import gi

gi.require_version('GSock', '1')


# Each thread that has waited keeps one until it ends, which is a little after Python has joined it.
KEPT = 'anon_inode:[eventfd]'


def descriptors():
    gc.collect()
    gc.collect()
    links = {fd: link(fd) for fd in os.listdir('/proc/self/fd')}
    return {fd: target for fd, target in links.items() if target != KEPT}


def link(fd):
    try:
        return os.readlink(f'/proc/self/fd/{fd}')
    except OSError:
        return 'the listing itself'


class Result(unittest.TestResult):
    """Prints one line for each case. What is wrong with it stands in comments before."""

    count = 0

    def startTest(self, test):
        super().startTest(test)
        self.problem = self.skipped_for = None
        self.before = descriptors()

    def stopTest(self, test):
        super().stopTest(test)
        after = descriptors()
        if self.problem is None and len(after) > len(self.before):
            left = [target for fd, target in after.items() if self.before.get(fd) != target]
            self.problem = f'descriptors are left open: {left}'
        for line in (self.problem or '').splitlines():
            print('#', line)
        self.count += 1
        skip = f' # SKIP {self.skipped_for}' if self.skipped_for else ''
        print(f'{"not ok" if self.problem else "ok"} {self.count} {test.id().split(".", 1)[1]}{skip}', flush=True)

    def addError(self, test, error):
        self.problem = ''.join(traceback.format_exception(*error))

    addFailure = addError

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.problem = (self.problem or '') + f'{subtest}\n' + ''.join(traceback.format_exception(*error))

    def addSkip(self, test, reason):
        self.skipped_for = reason


def warm_up():
    """What a thread or GLib opens once and keeps is not to count as left open."""
    from gi.repository import GLib, GSock
    loop = GLib.MainLoop()
    GSock.lookup_hostname_async('127.0.0.1', GSock.Ipv6Mode.YES, None, lambda *arguments: loop.quit())
    loop.run()
    pair = GSock.make_socket_pair()[-2:]
    for socket in pair:
        try:
            socket.wait_for(GLib.IOCondition.IN, 0.001, None)
        except GLib.Error:
            pass
        socket.close(False)


def main():
    warm_up()
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules['__main__'])
    print('TAP version 13')
    print(f'1..{suite.countTestCases()}')
    suite.run(Result())
