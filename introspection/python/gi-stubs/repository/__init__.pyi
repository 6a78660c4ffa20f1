# SPDX-License-Identifier: LGPL-2.1-or-later
# What nobody else has typed may be anything.

from typing import Any

def __getattr__(name: str) -> Any: ...
