"""Masks as data: what an agreement says about one field, and what the worker does to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import ConfigDict

MaskName = Literal["drop", "redact", "keep_first", "keep_last", "pseudonym"]

LEGAL_STEPS: tuple[tuple[MaskName, ...], ...] = (
    ("drop",),
    ("redact",),
    ("pseudonym",),
    ("keep_first",),
    ("keep_last",),
    ("keep_first", "keep_last"),
    ("keep_last", "keep_first"),
)


@dataclass(frozen=True, slots=True)
class MaskStep:
    """One mask of a field; `n` is how many characters keep_first or keep_last keep."""

    mask: MaskName
    n: int = 0

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    def problem(self) -> str | None:
        """Say what is wrong with the step alone."""
        keeps = self.mask.startswith("keep_")
        if keeps and self.n < 1:
            return f"{self.mask} needs n, the number of characters to keep, of 1 or more"
        if not keeps and self.n:
            return f"{self.mask} takes no n"
        return None


@dataclass(frozen=True, slots=True)
class FieldMask:
    """The masks of one field, compiled.

    `path` goes through records by name (`items.value`); arrays, maps and unions are entered without
    being named, on the way and at its end, and the mask acts on every value it reaches. keep_first
    and keep_last together keep both ends of the text. `nulls`: redact makes the whole field null,
    since its type is nullable and not a string. A null stays null under every mask.
    """

    path: str
    steps: tuple[MaskStep, ...]
    nulls: bool = False

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    @property
    def names(self) -> tuple[MaskName, ...]:
        return tuple(step.mask for step in self.steps)


def problem_of(steps: tuple[MaskStep, ...]) -> str | None:
    """Say what is wrong with the masks of one field together."""
    for step in steps:
        if problem := step.problem():
            return problem
    if tuple(step.mask for step in steps) not in LEGAL_STEPS:
        named = ", ".join(step.mask for step in steps) or "none"
        return f"{named} do not go together; only keep_first and keep_last stand side by side"
    return None
