"""Masks as data: what an agreement says about one field, and what the worker does to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, SerializerFunctionWrapHandler, model_serializer

MaskName = Literal[
    "drop", "redact", "keep_first", "keep_last", "pseudonym", "truncate_time", "round"
]
TimeUnit = Literal["minute", "hour", "day", "month", "year"]

# Of what nobody may be given, or nobody has graded, not even the ends or the likeness get out.
TELLS_NOTHING: tuple[MaskName, ...] = ("drop", "redact")

LEGAL_STEPS: tuple[tuple[MaskName, ...], ...] = (
    ("drop",),
    ("redact",),
    ("pseudonym",),
    ("truncate_time",),
    ("round",),
    ("keep_first",),
    ("keep_last",),
    ("keep_first", "keep_last"),
    ("keep_last", "keep_first"),
)


@dataclass(frozen=True, slots=True)
class MaskStep:
    """One mask of a field.

    `n` is how many characters keep_first or keep_last keep; for round, how many digits stay behind
    the point: 0 rounds to whole numbers, -3 to thousands. `to` is what truncate_time cuts down to,
    in China's time.
    """

    mask: MaskName
    n: int = 0
    to: TimeUnit | None = None

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    @model_serializer(mode="wrap")
    def _without_absent(self, serialized: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `to` out where there is none: agreements signed before it was known stay so."""
        return {name: value for name, value in serialized(self).items() if value is not None}

    def problem(self) -> str | None:
        """Say what is wrong with the step alone."""
        keeps = self.mask.startswith("keep_")
        if keeps and self.n < 1:
            return f"{self.mask} needs n, the number of characters to keep, of 1 or more"
        if not keeps and self.mask != "round" and self.n:
            return f"{self.mask} takes no n"
        if self.mask == "truncate_time" and self.to is None:
            return "truncate_time needs to, one of minute, hour, day, month and year"
        if self.mask != "truncate_time" and self.to is not None:
            return f"{self.mask} takes no to"
        return None


@dataclass(frozen=True, slots=True)
class FieldMask:
    """The masks of one field, compiled.

    `path` goes through records by name (`items.value`); arrays, maps and unions are entered without
    being named, on the way and at its end, and the mask acts on every value it reaches. keep_first
    and keep_last together keep both ends of the text. `nulls`: redact makes the whole field null,
    since its type is nullable and not a string. A null stays null under every mask, and the keys
    of a map stay as they are: data in keys is withheld with the whole map.
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
