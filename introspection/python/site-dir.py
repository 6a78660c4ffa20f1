# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the first directory below PREFIX/lib where this interpreter looks for modules, if any."""

import site
import sys

below = sys.argv[1].rstrip('/') + '/lib'
print(next((path for path in site.getsitepackages() if path.startswith(below)), ''))
