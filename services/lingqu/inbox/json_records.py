"""The hub's own topics: records of JSON, which no contract describes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lingqu.errors import Reason
from lingqu.inbox.decoding import Raw
from lingqu.inbox.handler import Received

_BROKEN = Reason("undecodable", "the record is not what its topic holds")


@dataclass(frozen=True, slots=True)
class Documents:
    """The good records of one batch; each is known by its place."""

    documents: Sequence[tuple[Raw, Mapping[str, Any]]]

    @property
    def event_ids(self) -> list[str]:
        return [f"{row.partition}-{row.offset}" for row, _ in self.documents]

    def received(self, known: Collection[str]) -> list[Received]:
        """Return the documents whose places are not known yet."""
        placed = zip(self.event_ids, self.documents, strict=True)
        return [
            Received(dict(document), row.partition, row.offset)
            for place, (row, document) in placed
            if place not in known
        ]


class JsonDecoder:
    """Reads records by a function that raises ValueError for what is none."""

    def __init__(self, read: Callable[[bytes | None], Mapping[str, Any]]) -> None:
        self._read = read

    def decode(
        self, _topic: str, records: Sequence[Raw]
    ) -> tuple[list[Documents], list[tuple[Raw, Reason]]]:
        """Return the good records, and which others are none."""
        good: list[tuple[Raw, Mapping[str, Any]]] = []
        broken: list[tuple[Raw, Reason]] = []
        for record in records:
            try:
                good.append((record, self._read(record.payload)))
            except ValueError:
                broken.append((record, _BROKEN))
        return [Documents(good)], broken
