"""The writers' schemas that have come in, each with the way from it to the contract's version."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from lingqu.errors import ContractError, PermanentError, Reason
from lingqu.wire.decoded import Decoded
from lingqu.wire.resolver import Resolver
from lingqu.wire.schema_name import SchemaName


class Writer:
    """Decodes what one writer's schema wrote into the columns of the contract's version.

    `fields` are those of the contract's that the writer fills, under whatever name.
    """

    def __init__(self, schema: str, reader: str) -> None:
        self._resolver = Resolver(schema, reader)
        written = {field["name"] for field in json.loads(schema)["fields"]}
        self.fields = frozenset(
            field["name"]
            for field in json.loads(self._resolver.reader.schema)["fields"]
            if written.intersection((field["name"], *field.get("aliases", ())))
        )

    def decode(self, payloads: Sequence[bytes]) -> Decoded:
        """Decode whole payloads of this writer's schema id, completely, and resolve them."""
        return self._resolver.decode_framed(payloads)


class Writers:
    """Writers by schema id or GUID, each compiled once: neither ever changes its schema."""

    def __init__(self, reader: str, schema_of: Callable[[SchemaName], str]) -> None:
        self._reader = reader
        self._schema_of = schema_of
        self._known: dict[SchemaName, Writer | Reason] = {}

    def of(self, name: SchemaName) -> Writer | Reason:
        """Return the writer, or why nothing of it is admitted; an unknown name is asked again."""
        found = self._known.get(name)
        if found is not None:
            return found
        try:
            schema = self._schema_of(name)
        except PermanentError as error:
            return Reason("unknown_schema", str(error))
        made = self._known[name] = self._make(schema)
        return made

    def _make(self, schema: str) -> Writer | Reason:
        try:
            return Writer(schema, self._reader)
        except (ContractError, PermanentError) as error:
            return Reason("not_resolvable", str(error))
