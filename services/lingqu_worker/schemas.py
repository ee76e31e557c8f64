"""Codecs and resolutions by schema, compiled once and shared by all lanes of a worker."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from lingqu.contracts.avro.problem_words import reading_problems
from lingqu.errors import ContractError
from lingqu.wire.aliases import named_as_written
from lingqu.wire.codec import AvroCodec
from lingqu.wire.decoded import Decoded
from lingqu.wire.registry import RegistryClient
from lingqu.wire.resolver import Resolver
from lingqu.wire.schema_name import SchemaName
from lingqu.wire.shape import same_bytes


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what one writer wrote as the version that a partner signed."""

    codec: AvroCodec
    resolver: Resolver | None

    @property
    def reads(self) -> AvroCodec:
        """The codec of the columns that come out."""
        return self.codec if self.resolver is None else self.resolver.reader

    def decode(self, payloads: Sequence[bytes]) -> Decoded:
        """Return columns in the reader's schema, and the reason of each payload without any."""
        return (self.resolver or self.codec).decode_framed(payloads)


class Schemas:
    """A worker's view of the registry: parsed once, kept for ever, since ids are immutable."""

    def __init__(self, registry: RegistryClient) -> None:
        self._registry = registry
        self._codecs: dict[str, AvroCodec] = {}
        self._readers: dict[tuple[SchemaName, str, str], Reader] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        self._registry.close()

    def text(self, name: SchemaName) -> str:
        """Return a schema's text. Raises UnknownSchema, or UnavailableError without a registry."""
        return self._registry.schema(name)

    def codec(self, schema: str) -> AvroCodec:
        with self._lock:
            if schema not in self._codecs:
                self._codecs[schema] = AvroCodec(schema)
            return self._codecs[schema]

    def reader(self, name: SchemaName, schema: str, needed: str) -> Reader:
        """Return how events of a writer's schema are read as `schema`, the signed version.

        Where that whole version cannot be read, what is `needed` of it is enough.
        """
        found = self._readers.get((name, schema, needed))
        if found is None:
            found = self._made(self.text(name), schema, needed)
            self._readers[name, schema, needed] = found
        return found

    def _made(self, writer: str, schema: str, needed: str) -> Reader:
        codec = self.codec(schema)
        if same_bytes(writer, schema):
            return Reader(codec, None)
        return Reader(codec, Resolver(writer, schema if _reads(schema, writer) else needed))


def _reads(schema: str, writer: str) -> bool:
    """Say whether the whole can be read; what nobody can judge is judged event by event."""
    try:
        return not reading_problems(named_as_written(schema, writer), writer)
    except ContractError:
        return True
