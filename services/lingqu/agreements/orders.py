"""What an operator orders of a feed beside its stream, as the workers need to know it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import ConfigDict

OrderKind = Literal["redrive", "replay", "backfill", "offsets"]

_CLOSED = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events an order means; what is None or empty leaves nothing out.

    Times are those of the records on their topic, or of the letters; `until_ms` is the first moment
    that is not meant any more, `last_sequence` the last number that is. `offsets` says for an
    order of that kind where each partition, by its number as text, goes on.
    """

    from_ms: int | None = None
    until_ms: int | None = None
    first_sequence: int | None = None
    last_sequence: int | None = None
    partition: int | None = None
    reason: str | None = None
    key_digest: str | None = None
    letters: tuple[str, ...] = ()
    quarantined: bool = False
    offsets: dict[str, int] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED


@dataclass(frozen=True, slots=True)
class OrderState:
    """One order as control publishes it within its agreement, as long as it is not done.

    `number` counts the feed's orders from 1 on. A dry run counts what the same order would send.
    `rate` is how many events a second leave at most, None for as many as can.
    """

    number: int
    kind: OrderKind
    at_ms: int
    selection: Selection
    dry_run: bool = False
    rate: float | None = None

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    @property
    def attempt(self) -> int:
        """What tells its deliveries from the first ones, whose attempt is 1, and each other."""
        return self.number + 1
