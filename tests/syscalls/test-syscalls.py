#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which system calls an operation is made of, as strace sees them: test-syscalls.py PROGRAM."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

# What each scene of calls.c does between its last two marks. A star: the call had to wait.
EXPECTED = {
    "datagram-ready": ["recvfrom"],
    "datagram-ready-with-timeout": ["recvfrom"],
    "datagram-waits": ["recvfrom*"],
    "datagram-waits-shared": ["recvfrom", "ppoll*", "recvfrom"],
    "datagram-waits-with-cancellable": ["recvfrom", "ppoll*", "recvfrom"],
    "datagram-waits-with-timeout": ["recvfrom", "ppoll*", "recvfrom"],
    "stream-ready": ["recvfrom"],
    "stream-waits": ["recvfrom*"],
    "not-to-wait": ["recvfrom"],
    "send-by-host-and-port": ["sendto"],
    "send-to-peer": ["sendto"],
    "make-datagram": ["socket", "setsockopt", "bind", "close"],
    "make-listener": ["socket", "setsockopt", "bind", "listen", "close"],
    "connect": ["socket", "connect", "connect", "getsockname"],
    "accept": ["accept4"],
}

# Memory and locks are no matter of sockets.
IGNORED = {"futex", "mmap", "munmap", "mprotect", "madvise", "brk", "clock_gettime", "gettimeofday", "rseq"}

LINE = re.compile(r"(\d+) +(?:(\w+)\(|<\.\.\. (\w+) resumed>)(.*)")


def why_not(strace):
    """Why system calls cannot be seen here, or None."""
    if strace is None:
        return "there is no strace"
    tried = subprocess.run([strace, "-f", "-o", os.devnull, "true"], capture_output=True, text=True)
    return None if tried.returncode == 0 else "strace cannot trace: " + tried.stderr.strip().partition("\n")[0]


def read_calls(log):
    """The calls of the first thread, in their order, and where among them the marks are."""
    calls, first = [], None
    for line in log:
        match = LINE.match(line)
        if match is None:
            continue
        thread, begun, _resumed, rest = match.groups()
        first = first or thread
        if thread != first or begun is None or begun in IGNORED:
            continue
        if begun == "write" and rest.startswith('-1, "mark"'):
            calls.append("mark")
        else:
            calls.append(begun + ("*" if "<unfinished" in rest else ""))
    return calls


def between_marks(calls):
    """What lies between the last two marks."""
    marks = [i for i, call in enumerate(calls) if call == "mark"]
    if len(marks) < 2:
        return None
    return calls[marks[-2] + 1 : marks[-1]]


def is_as_expected(seen, expected):
    """A call that need not wait may still be caught in the middle by a look at another thread."""
    if seen is None or len(seen) != len(expected):
        return False
    return all(got == wanted or got.rstrip("*") == wanted for got, wanted in zip(seen, expected))


def trace(strace, program, scene):
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0", G_DEBUG="fatal-warnings,fatal-criticals")
    with tempfile.NamedTemporaryFile("r", suffix=".strace") as log:
        done = subprocess.run([strace, "-f", "-o", log.name, program, scene], env=environment, timeout=60)
        calls = read_calls(log)
    return done.returncode, between_marks(calls)


def main():
    program = sys.argv[1]
    strace = shutil.which("strace")
    reason = why_not(strace)
    if reason is not None:
        print(f"1..0 # SKIP {reason}")
        return 0

    failed = 0
    print(f"1..{len(EXPECTED)}")
    for number, (scene, expected) in enumerate(EXPECTED.items(), 1):
        status, seen = trace(strace, program, scene)
        good = status == 0 and is_as_expected(seen, expected)
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} {scene}", flush=True)
        if not good:
            print(f"# status {status}, expected {' '.join(expected)}, saw {' '.join(seen or ['no marks'])}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
