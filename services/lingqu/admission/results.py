"""What admission answers: what may be published, and why the rest may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lingqu.errors import Reason


@dataclass(frozen=True, slots=True)
class EncodedRow:
    """One admitted row: its place in what was given, and the record to publish.

    `digest` names the content as it was given, apart from `event_id`: two rows of one id and two
    digests are not repeats of one event.
    """

    index: int
    event_id: str
    key: str
    payload: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Admitted:
    """Rows that were admitted, in the order given, and the reason for each that was not."""

    accepted: Sequence[EncodedRow]
    refused: Mapping[int, Reason]


@dataclass(frozen=True, slots=True)
class AdmittedBatch:
    """Admitted payloads under the hub's schema id: parallel lists, in the order given."""

    indices: Sequence[int]
    keys: Sequence[bytes]
    payloads: Sequence[bytes]
    refused: Mapping[int, Reason]
