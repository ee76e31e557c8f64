"""What a report says of where it was made."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import psutil

_ROOT = Path(__file__).parents[2]


def machine() -> str:
    """Return the machine in a line: its processor, cores, memory and system."""
    memory = round(psutil.virtual_memory().total / 2**30)
    return f"{processor()}, {psutil.cpu_count()} cores, {memory} GiB, {platform.system()}"


def processor() -> str:
    """Return the processor's name, as the kernel has it where it has."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    models = [text.partition(":")[2].strip() for text in lines if text.startswith("model name")]
    return models[0] if models else platform.processor()


def commit() -> str:
    """Return the short name of the commit that is checked out."""
    command = ["git", "-C", str(_ROOT), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
