"""The seam to what is derived from readings: alerts and accounts, in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from sqlalchemy.orm import Session

from lingqu_water.readings.model import Item, Key


class StoredReading(NamedTuple):
    """The statement that stands for a key; `water_class` is judged by us, None where none can be.

    `event_id` names the event that says so.
    """

    event_id: str
    section_code: str
    sampled_at_ms: int
    method: str
    data_level: str
    validity: str
    validity_reason: str | None
    withdrawn: bool
    published_class: str | None
    water_class: str | None
    partial: bool
    items: tuple[Item, ...]
    station_status: str | None
    mode: str
    reporting_region: str
    as_of_ms: int
    reviewed_by_org: str | None = None
    reviewed_at_ms: int | None = None

    @property
    def key(self) -> Key:
        return self.section_code, self.sampled_at_ms, self.method


class Change(NamedTuple):
    """What stood for a key before, None where nothing did, and what stands now.

    `live` tells whether it is another statement made live that counts now, and `apart` whether
    what stands, or did, is not that one: then `before` and `after` may be the same.
    """

    before: StoredReading | None
    after: StoredReading
    live: bool = True
    apart: bool = False


class Follower(Protocol):
    """Keeps something that is a function of the set of standing readings."""

    def follow(self, session: Session, changes: Sequence[Change]) -> None:
        """Take the changes into account, in the transaction that makes them.

        Called after the readings were stored, at most once a transaction and key, never for a
        repeat. The sections of all changes are locked. What it keeps may depend on which readings
        stand, never on the order in which they came. What it raises rolls everything back.
        """
        ...
