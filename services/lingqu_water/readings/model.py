"""A reading, as somebody states it."""

from __future__ import annotations

import hashlib
from operator import itemgetter
from typing import Literal, NamedTuple

import orjson

SAMPLE_TOPIC = "water.sample.v1"
LIVE = "live"  # the mode of what was not filled in afterwards

Flag = Literal["measured", "not_measured", "no_value", "filtered", "below_detection"]
Key = tuple[str, int, str]

_DIGEST_BYTES = 16
_BY_CODE = itemgetter(0)


class Item(NamedTuple):
    """One measured item by its code; `flag` says why there is no value."""

    code: str
    value: float | None
    unit: str
    flag: str
    detection_limit: float | None = None


class Reading(NamedTuple):
    """One statement about one section at one time, as somebody made it.

    `as_of_ms` is when it was collected or stated, `ordinal` its place among the statements of that
    moment; both are 0-based ranks, not facts about the water. `unordered` statements of one reply
    have no order among each other, and so all have the ordinal 0.
    """

    section_code: str
    section_name: str
    reporting_region: str
    basin: str | None
    river: str | None
    water_body: str
    sampled_at_ms: int
    published_class: str | None
    station_status: str | None
    method: str
    data_level: str
    validity: str
    validity_reason: str | None
    reviewed_by_org: str | None
    reviewed_at_ms: int | None
    items: tuple[Item, ...]
    as_of_ms: int
    ordinal: int = 0
    unordered: bool = False
    withdrawn: bool = False
    operator_name: str | None = None
    operator_phone: str | None = None

    @property
    def key(self) -> Key:
        """Return what it is a statement about."""
        return self.section_code, self.sampled_at_ms, self.method


class Content(NamedTuple):
    """What a statement says: the text of its items, in the order of their codes, and a digest.

    Two statements of one digest say the same of one key. The section's own attributes (name, basin,
    river, kind) and the operator are no part of it.
    """

    items: str
    digest: bytes


def content_of(reading: Reading) -> Content:
    """Return what the statement says."""
    items = orjson.dumps(sorted(map(tuple, reading.items), key=_BY_CODE))
    told = (
        reading.data_level,
        reading.published_class,
        reading.station_status,
        reading.validity,
        reading.validity_reason,
        reading.reviewed_by_org,
        reading.reviewed_at_ms,
        reading.withdrawn,
    )
    digest = hashlib.blake2b(items + orjson.dumps(told), digest_size=_DIGEST_BYTES).digest()
    return Content(items.decode(), digest)


def content_digest(reading: Reading) -> bytes:
    """Return what names the statement's content."""
    return content_of(reading).digest


def load_items(text: str) -> tuple[Item, ...]:
    """Return the items of a content's text."""
    return tuple(Item(*row) for row in orjson.loads(text))
