#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts what meson's test logs say was executed: "N passed, N failed, N skipped".

Usage: count-results.py BUILD-FOLDER...

Each line of TAP is a test; a program that prints none is one. Exits 1 where one failed or none ran.
"""
import json
import pathlib
import re
import sys

TAP_LINE = re.compile(r"^(not )?ok\b(.*#\s*SKIP\b.*)?", re.IGNORECASE | re.MULTILINE)


def count_program(entry):
    """Returns (passed, failed, skip reasons) of one test program."""
    passed, failed, skipped = 0, 0, []
    for line in TAP_LINE.finditer(entry.get("stdout") or ""):
        if line.group(2):
            skipped.append(line.group(0))
        elif line.group(1):
            failed += 1
        else:
            passed += 1
    if entry["result"] == "SKIP" and not skipped:
        skipped.append(entry["name"])
    elif entry["result"] not in ("OK", "SKIP", "EXPECTEDFAIL") and not failed:
        failed += 1  # it died between two lines
    elif not passed and not skipped and not failed:
        passed += 1
    return passed, failed, skipped


def main():
    total = [0, 0, 0]
    for folder in sys.argv[1:]:
        for line in (pathlib.Path(folder) / "meson-logs" / "testlog.json").read_text().splitlines():
            entry = json.loads(line)
            passed, failed, skipped = count_program(entry)
            total[0] += passed
            total[1] += failed
            total[2] += len(skipped)
            if failed:
                print(f"failed: {folder}: {entry['name']} ({entry['result']})")
            for reason in skipped:
                print(f"skipped: {entry['name']}: {reason}")
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return 1 if total[1] or not total[0] else 0


if __name__ == "__main__":
    sys.exit(main())
