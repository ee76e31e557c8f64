"""What is found in a contract's files: place, cause and cure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning"]

_LINE = re.compile(r"line (\d+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to know; `line` counts from 1 and is None where it is in no one line."""

    severity: Severity
    file: Path
    line: int | None
    cause: str
    cure: str = ""

    @property
    def place(self) -> str:
        return str(self.file) if self.line is None else f"{self.file}:{self.line}"

    def __str__(self) -> str:
        said = f"{self.cause}; {self.cure}" if self.cure else self.cause
        return f"{self.place}: {said}"


def error(file: Path, sentence: str, line: int | None = None) -> Finding:
    """Return an error; the sentence is "cause; cure", and may begin with the file it is about."""
    return _finding("error", file, sentence, line)


def warning(file: Path, sentence: str, line: int | None = None) -> Finding:
    """Return a warning, of a sentence "cause; cure"."""
    return _finding("warning", file, sentence, line)


def _finding(severity: Severity, file: Path, sentence: str, line: int | None) -> Finding:
    said = sentence.removeprefix(f"{file}: ")
    if line is None and (named := _LINE.match(said)):
        line = int(named[1])
    cause, _, cure = said.rpartition("; ")
    return Finding(severity, file, line, cause or cure, cure if cause else "")
