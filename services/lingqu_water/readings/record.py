"""A statement as its row holds it."""

from __future__ import annotations

from typing import NamedTuple

from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.model import Item, Key, load_items
from lingqu_water.readings.rank import Rank, stored_rank

CONTESTED = "同一时刻两份陈述不一致,待审核"


class Record(NamedTuple):
    """The columns of a statement's row, in their order; `items` are text until they are read."""

    section_code: str
    sampled_at_ms: int
    method: str
    event_id: str | None
    digest: bytes
    data_level: str
    as_of_ms: int
    ordinal: int
    contested: bool
    withdrawn: bool
    validity: str
    validity_reason: str | None
    published_class: str | None
    water_class: str | None
    partial: bool
    station_status: str | None
    reviewed_by_org: str | None
    reviewed_at_ms: int | None
    mode: str
    reporting_region: str
    items: str
    recorded_at_ms: int

    @property
    def key(self) -> Key:
        return self.section_code, self.sampled_at_ms, self.method

    @property
    def rank(self) -> Rank:
        return stored_rank(self.data_level, self.as_of_ms, self.ordinal)

    def ranked(self, rank: Rank) -> Record:
        """Return the same statement under a higher rank of its level."""
        if rank == self.rank:
            return self
        return self._replace(as_of_ms=rank.as_of_ms, ordinal=rank.ordinal)

    def stored(self, items: tuple[Item, ...] | None = None) -> StoredReading:
        """Return the statement as others read it: a contested one is doubtful.

        `items` spares reading them from their text where they are at hand.
        """
        validity, reason = judged_validity(self.validity, self.validity_reason, self.contested)
        return StoredReading(
            event_id=self.event_id or "",
            section_code=self.section_code,
            sampled_at_ms=self.sampled_at_ms,
            method=self.method,
            data_level=self.data_level,
            validity=validity,
            validity_reason=reason,
            withdrawn=bool(self.withdrawn),
            published_class=self.published_class,
            water_class=self.water_class,
            partial=bool(self.partial),
            items=load_items(self.items) if items is None else items,
            station_status=self.station_status,
            mode=self.mode,
            reporting_region=self.reporting_region,
            as_of_ms=self.as_of_ms,
            reviewed_by_org=self.reviewed_by_org,
            reviewed_at_ms=self.reviewed_at_ms,
        )


def judged_validity(validity: str, reason: str | None, contested: bool) -> tuple[str, str | None]:
    """Return the validity and its reason as published."""
    if not contested:
        return validity, reason
    doubted = "doubtful" if validity == "valid" else validity
    return doubted, f"{reason};{CONTESTED}" if reason else CONTESTED
