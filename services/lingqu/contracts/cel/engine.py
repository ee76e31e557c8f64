"""The engine of CEL, without the command line that its package brings along.

Nobody asks for that one here; it costs a process 10 MB and a tenth of a second.
"""

from __future__ import annotations

import sys
from types import ModuleType

_COMMAND_LINE = "cel.cli"

_left_out = _COMMAND_LINE not in sys.modules
if _left_out:
    sys.modules[_COMMAND_LINE] = ModuleType(_COMMAND_LINE)

from cel import compile as compile_rule  # noqa: E402 - only now without it

if _left_out:
    del sys.modules[_COMMAND_LINE]

__all__ = ["compile_rule"]
