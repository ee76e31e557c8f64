"""What an import asks of the service whose files it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from sqlalchemy.orm import Session

from lingqu.domain_service.imports.form import Form
from lingqu.errors import Reason
from lingqu.sheets.table import IsHeading

S = TypeVar("S")

Mode = Literal["live", "backfill", "snapshot"]
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: the file's own name, its form (or "auto"), the lane.

    `collected_on` is the day on which a table was taken whose times have no year.
    """

    name: str
    form: str = AUTO
    mode: Mode = "live"
    collected_on: date | None = None


class Outcomes(Protocol):
    """What became of each statement of a batch, and why some were refused, by place.

    `noted` is what people shall know of those that were taken: sentences with a `{count}`, and of
    how many statements each holds.
    """

    @property
    def outcomes(self) -> Sequence[str]: ...
    @property
    def refused(self) -> Mapping[int, Reason]: ...
    @property
    def noted(self) -> Mapping[str, int]: ...


class Forms(Protocol[S]):
    """The forms of files that a service reads, and what takes the statements in them."""

    def open(self, upload: Path, request: Request, now: datetime) -> Form[S]:
        """Find out the file's form. Raises InputError with the cure where it has none."""
        ...

    def take(self, session: Session, form: str, statements: Sequence[S], mode: Mode) -> Outcomes:
        """Take a batch in the caller's transaction, each statement by itself."""
        ...

    def recognises(self, form: str) -> IsHeading:
        """Return what tells the heading of a table of this form."""
        ...
