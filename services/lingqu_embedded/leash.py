"""Run a command that ends when its parent does: `python leash.py PARENT_PID COMMAND…`.

Run by path and importing next to nothing, since every child of the hub starts through it. Linux
sends the signal itself (PR_SET_PDEATHSIG survives exec); elsewhere the next `up` or `down` cleans.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def leashed(command: list[str]) -> list[str]:
    """Return the command that runs `command` on a leash held by this process."""
    return [sys.executable, "-I", "-S", str(Path(__file__)), str(os.getpid()), *command]


def main(parent: int, command: list[str]) -> None:
    """Become the command, unless the parent has gone already."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - the command is ours


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
