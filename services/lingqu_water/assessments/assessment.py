"""The assessment of one section in one month, as a document."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import orjson

from lingqu_water.judgement.pollutants import Pollutant

Status = Literal["assessed", "insufficient"]
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class ItemMean:
    """One item's mean; it is `counted` when it stands on enough values."""

    code: str
    unit: str
    mean: float
    count: int
    method: str
    counted: bool
    water_class: str | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is said of a section's month: a class and how it was found, or what it lacks."""

    section_code: str
    month: str
    section_name: str
    reporting_region: str
    basin: str | None
    river: str | None
    water_body: str
    status: Status
    reason: str | None
    final_readings: int
    expected_readings: int
    manual_readings: int
    excluded_readings: int
    water_class: str | None
    label: str | None
    target_class: str | None
    met: bool | None
    partial: bool
    items: tuple[ItemMean, ...]
    pollutants: tuple[Pollutant, ...]
    standard: str | None
    standard_valid_from: str | None
    evaluation: str

    def document(self) -> dict[str, Any]:
        """Return the fields of the contract, without envelope and version."""
        lists = {
            "items": list(map(asdict, self.items)),
            "pollutants": list(map(asdict, self.pollutants)),
        }
        return asdict(self) | lists


def digest_of(document: Mapping[str, Any]) -> bytes:
    """Return what names the content: an assessment of the same digest says nothing new."""
    text = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=_DIGEST_BYTES).digest()
