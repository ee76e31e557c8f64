"""A topic's payloads as the events that a service's contracts describe."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

from lingqu.contracts.model import Catalogue
from lingqu.errors import LingquError, Reason
from lingqu.inbox.handler import Received
from lingqu.wire.arrow_types import stored_type
from lingqu.wire.framing import group_by_schema
from lingqu.wire.registry import RegistryClient
from lingqu.wire.resolver import Resolver
from lingqu.wire.schema_name import SchemaName


@dataclass(frozen=True, slots=True)
class Raw:
    """One record of a topic, not looked into."""

    partition: int
    offset: int
    payload: bytes | None


class Decoded(Protocol):
    """The good records of a batch, told by their ids before they are looked into."""

    @property
    def event_ids(self) -> list[str]: ...

    def received(self, known: Collection[str]) -> list[Received]:
        """Return the events that are not known yet."""
        ...


class RecordDecoder(Protocol):
    """What a topic's records say."""

    def decode(
        self, topic: str, records: Sequence[Raw]
    ) -> tuple[Sequence[Decoded], Sequence[tuple[Raw, Reason]]]:
        """Return the good records, and why others are none; a retriable error gives up none."""
        ...


@dataclass(frozen=True, slots=True)
class Columns:
    """The good records of one batch under the contract's version; `rows` are their records."""

    batch: pa.RecordBatch
    rows: Sequence[Raw]
    resolver: Resolver

    @property
    def event_ids(self) -> list[str]:
        found: list[str] = self.batch.column("event_id").to_pylist()
        return found

    def received(self, known: Collection[str]) -> list[Received]:
        """Return the events that are not known yet."""
        fresh = [row for row, one in enumerate(self.event_ids) if one not in known]
        batch = self.batch
        if len(fresh) < batch.num_rows:
            batch = batch.take(pa.array(fresh, pa.int64()))
        events = self._rows(batch)
        places = [self.rows[row] for row in fresh]
        return [
            Received(event, place.partition, place.offset)
            for event, place in zip(events, places, strict=True)
        ]

    def _rows(self, batch: pa.RecordBatch) -> list[dict[str, Any]]:
        reader = self.resolver.reader
        if not reader.columnar:
            return reader.decode_rows(reader.encode(batch))
        plain = [column.cast(stored_type(column.type)) for column in batch.columns]
        rows: list[dict[str, Any]] = pa.RecordBatch.from_arrays(
            plain, names=batch.schema.names
        ).to_pylist()
        return rows


class Decoder:
    """Decodes topics by the schemas their records name; for one thread."""

    def __init__(self, catalogue: Catalogue, registry: RegistryClient) -> None:
        self._catalogue = catalogue
        self._registry = registry
        self._resolvers: dict[tuple[str, SchemaName], Resolver] = {}

    def decode(
        self, topic: str, records: Sequence[Raw]
    ) -> tuple[list[Columns], list[tuple[Raw, Reason]]]:
        """Return the good records as columns, and why others are none.

        Raises UnavailableError where a schema cannot be asked for: no record is given up for that.
        """
        grouped = group_by_schema([record.payload for record in records])
        broken = [(records[place], reason) for place, reason in grouped.refused.items()]
        good: list[Columns] = []
        for name, places in grouped.ids.items():
            rows = [records[place] for place in places]
            try:
                resolver = self._resolver(topic, name)
            except LingquError as error:
                if error.retriable:
                    raise
                reason = Reason("not_resolvable", str(error))
                broken += [(row, reason) for row in rows]
                continue
            payloads = [grouped.payloads[place] or b"" for place in places]
            decoded = resolver.decode_framed(payloads, trusted=True)
            broken += [(rows[place], reason) for place, reason in decoded.refused.items()]
            kept = rows if decoded.good is None else [rows[place] for place in decoded.good]
            good.append(Columns(decoded.columns, kept, resolver))
        return good, broken

    def _resolver(self, topic: str, name: SchemaName) -> Resolver:
        found = self._resolvers.get((topic, name))
        if found is None:
            contract, major = self._catalogue.by_topic(topic)
            writer = self._registry.schema(name)
            found = Resolver(writer, contract.latest(major).schema)
            self._resolvers[topic, name] = found
        return found
