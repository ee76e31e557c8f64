"""A page's fenced blocks: programs to save, and commands with what they print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^```(\w+) ?([\w./-]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Ids, times, ports, paths and versions differ from run to run; the words do not.
_VARIES = [(re.compile(r"(?<![\w.])/[\w./-]+"), "PATH"), (re.compile(r"\d[\d.,:-]*"), "#")]
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, the file name behind it, its text."""

    language: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a console block, and the lines that the page shows below it."""

    line: str
    shown: tuple[str, ...]


def blocks(page: str) -> Iterator[Block]:
    """Yield the named and the plain fenced blocks of a page, in order."""
    return (Block(*found.groups()) for found in _FENCE.finditer(page))


def commands(block: Block) -> Iterator[Command]:
    """Yield the commands of a console block."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        line, *shown = part.splitlines()
        yield Command(line, tuple(shown))


def stable(line: str) -> str:
    """Return what of a line is the same in every run."""
    for pattern, name in _VARIES:
        line = pattern.sub(name, line)
    return " ".join(line.split())


def missing(shown: tuple[str, ...], printed: str) -> list[str]:
    """Return the lines of a page that were not printed, in the page's order, but for … lines."""
    rest = iter([stable(line) for line in printed.splitlines()])
    wanted = [line for line in shown if line.strip() not in ("", ELLIPSIS)]
    return [line for line in wanted if stable(line) not in rest]
