"""What a batch of statements comes to, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lingqu_water.readings.change import Outcome
from lingqu_water.readings.judge import Judge, day_of
from lingqu_water.readings.ledger import Known, Raised
from lingqu_water.readings.model import Content, Item, Key, Reading
from lingqu_water.readings.places import Place
from lingqu_water.readings.publishing import Told, event_id_of
from lingqu_water.readings.rank import Rank
from lingqu_water.readings.record import Record


class Offered(NamedTuple):
    """One statement that came in; one from a topic has its event's id already."""

    reading: Reading
    mode: str
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a plan depends on beside the statements.

    `publishing` is False for statements from a topic: their events are there already.
    """

    known: Mapping[Key, Known]
    places: Mapping[str, Place]
    judge: Judge
    id_key: bytes
    now_ms: int
    publishing: bool = True

    def record(self, offered: Offered, content: Content, rank: Rank) -> Record:
        """Return the statement as its row would be, before it stands."""
        reading = offered.reading
        kind = self.places[reading.section_code].water_body(reading)
        judged = self.judge(reading.items, kind, day_of(reading.sampled_at_ms))
        return Record(
            reading.section_code,
            reading.sampled_at_ms,
            reading.method,
            offered.event_id,
            content.digest,
            reading.data_level,
            rank.as_of_ms,
            rank.ordinal,
            False,
            reading.withdrawn,
            reading.validity,
            reading.validity_reason,
            reading.published_class,
            None if reading.withdrawn else judged.water_class,
            judged.partial,
            reading.station_status,
            reading.reviewed_by_org,
            reading.reviewed_at_ms,
            offered.mode,
            reading.reporting_region,
            content.items,
            self.now_ms,
        )


class Changed(NamedTuple):
    """What stands for a key now and what stood before; `items` are those of `after`.

    `live` and `apart` are those of the Change that followers hear of.
    """

    before: Record | None
    after: Record
    items: tuple[Item, ...]
    live: bool = True
    apart: bool = False


@dataclass(slots=True)
class Plan:
    """The outcomes by place, what is to be admitted, and what to write if none of it is refused.

    What came late is no event, but held to the same rules.
    """

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    standing: list[Record] = field(default_factory=list)
    replaced: list[Key] = field(default_factory=list)
    versions: list[Record] = field(default_factory=list)
    raised: list[Raised] = field(default_factory=list)
    changes: list[Changed] = field(default_factory=list)
    beside: dict[Key, Record | None] = field(default_factory=dict)

    def tell(
        self,
        around: Circumstances,
        reading: Reading,
        record: Record,
        cause: int,
        *,
        before: Record | None,
        is_event: bool,
    ) -> Record:
        """Add what says the record stands instead of `before`; return it with its id."""
        if not around.publishing:
            return record
        supersedes = before.event_id if before else None
        record = record._replace(event_id=event_id_of(around.id_key, record, supersedes))
        change = change_of(before, record)
        place = around.places[reading.section_code]
        self.told.append(Told(reading, record, place, change, supersedes, cause, is_event))
        return record


def change_of(before: Record | None, after: Record) -> Outcome:
    """Return what the change is called: a withdrawal where a published class goes missing."""
    if before is None:
        return "first"
    class_is_gone = before.published_class is not None and after.published_class is None
    if class_is_gone or (after.withdrawn and not before.withdrawn):
        return "withdrawal"
    return "revision"
