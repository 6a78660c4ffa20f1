# SPDX-License-Identifier: LGPL-2.1-or-later
def check(gir, cases):
    return []
