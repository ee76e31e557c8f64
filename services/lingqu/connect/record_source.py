"""The connector API for sources that hand over rows: files of a folder, a table, pages.

The life of a record source, one an inbound connector, all calls from one thread:

1. `options_model` checks the options when an agreement is applied, before anything runs.
2. `start(context)` opens the source.
3. `settled(position)` with the position last committed, unless nothing ever was: it finishes what
   may have been left undone when the last owner died between commit and `settled`.
4. `poll(position)` again and again. What it returns is admitted; `advance(polled, refused)` then
   says what goes into the commit, and after the commit follows `settled` with that position.
5. `stop()` once, also after a failed `start`.

Admitted rows, dead letters, position and notes are one transaction on the hub's cluster, so that
each row is published exactly once if `poll` answers the same position with the same next rows. A
source that raised is stopped and started anew, as for sinks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from lingqu.connect.api import Options, anywhere
from lingqu.errors import Reason


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as JSON carries it, or the reason why it is none.

    `place` says where it stands, as a person would look for it. It goes into dead letters: no
    values in it.
    """

    place: str
    row: dict[str, Any] | None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Polled:
    """Rows in their order, and whether more are there right now.

    `source` goes into the ids of rows that bring none: the same row makes the same id again.
    `state` is for the source's own `advance`.
    """

    rows: Sequence[SourceRow]
    more: bool
    source: str = ""
    state: Any = None


@dataclass(frozen=True, slots=True)
class Advance:
    """What is committed with the rows: the position after them, and notes to keep or to forget.

    A note is a line under a name, kept until it is set to None; all are in the next context.
    """

    position: bytes
    notes: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Polling:
    """How long the hub waits between two polls that found nothing more."""

    every_s: float = 5.0


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What the hub lends a record source.

    `schema` is the contract's Avro schema, whose fields the rows are. `mappings` is the folder of
    the contract's own mapping files, if it has one. `notes` are those kept so far. `secret(name)`
    returns what an option names and no agreement may hold. `tell(sentence)` shows an operator what
    needs no stop. `permit(ip_address)` raises where the hub may not call that address: ask it of a
    connection's peer before anything is sent.
    """

    region: str
    connector: str
    topic: str
    schema: str
    options: Any
    mappings: Path | None
    notes: Mapping[str, str]
    secret: Callable[[str], str]
    tell: Callable[[str], None]
    permit: Callable[[str], None] = anywhere


class RecordSource(ABC):
    """A source that the hub polls for rows; exactly one of all workers owns it at a time."""

    options_model: ClassVar[type[Options]]

    @classmethod
    def polling(cls, options: Any) -> Polling:
        """Say how often the hub polls; asked once, before `start`."""
        del options
        return Polling()

    @abstractmethod
    def start(self, context: SourceContext) -> None:
        """Open the source. Raises RetriableError when it is away, PermanentError when wrong."""

    @abstractmethod
    def poll(self, position: bytes | None) -> Polled | None:
        """Return the rows after the position (None: from the beginning), or None for nothing new.

        May block. Nothing may change at the source: the commit may fail, and the rows be asked for
        again, by this task or by another one.
        """

    @abstractmethod
    def advance(self, polled: Polled, refused: Mapping[int, Reason]) -> Advance:
        """Return what to commit, knowing which of the rows are refused, by their place in `rows`.

        Neither blocks nor changes anything: the commit is still to come.
        """

    @abstractmethod
    def settled(self, position: bytes) -> None:
        """Do at the source what follows from a commit; asked again after a crash, so harmless then.

        May block. What it raises stops the source; the next one is asked to settle first.
        """

    @abstractmethod
    def stop(self) -> None:
        """Release what `start` opened; safe to call twice."""
