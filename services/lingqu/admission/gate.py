"""Admission of one contract's events: rows or payloads, one set of checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyarrow as pa

from lingqu.admission.checks import Checks
from lingqu.admission.entry import Entry
from lingqu.admission.identity import Identity
from lingqu.admission.region import RegionScope
from lingqu.admission.results import Admitted, AdmittedBatch, EncodedRow
from lingqu.admission.rows import RowReader
from lingqu.admission.writers import Writers
from lingqu.contracts.model import Contract, RuleSpec
from lingqu.contracts.rules import Rule, compile_rule
from lingqu.errors import Reason
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import group_by_schema


class Admission:
    """The one gate to a contract's topic: what is refused gets a reason and harms no other event.

    The checks: it decodes completely (a row: it fits the schema), it resolves to the contract's
    version, and then environment, origin, identity, rules, record key and size. What is admitted is
    encoded anew, canonically, under the hub's own schema id. For one thread at a time.
    """

    def __init__(
        self,
        contract: Contract,
        major: int,
        *,
        scope: RegionScope,
        environment: str,
        schema_of: Callable[[int], str],
        schema_id: int,
        id_key: bytes | None = None,
    ) -> None:
        """Compile. `schema_of` raises PermanentError for an id nobody knows; `id_key` makes ids."""
        version = contract.latest(major)
        self.scope = scope
        self._environment = environment
        self._codec = AvroCodec(version.schema)
        self._writers = Writers(version.schema, schema_of)
        self._reader = RowReader(version.schema, derived=frozenset({"event_id"}))
        self._identity = Identity(contract, self._reader.defaults, id_key)
        checks = Checks(map(_compiled, contract.rules), scope, environment)
        self._entry = Entry(self._codec, schema_id, contract.key, checks)

    def admit_rows(self, rows: Sequence[object], source: str = "gateway") -> Admitted:
        """Admit rows as JSON carries them; one without `event_id` gets the same one each time."""
        refused: dict[int, Reason] = {}
        places: list[int] = []
        digests: list[bytes] = []
        read: list[dict[str, Any]] = []
        for place, row in enumerate(rows):
            converted = self._convert(row, source)
            if isinstance(converted, Reason):
                refused[place] = converted
                continue
            places.append(place)
            read.append(converted[0])
            digests.append(converted[1])
        if not read:
            return Admitted((), refused)
        decoded = self._codec.decode(self._reader.encode(read), trusted=True)
        entered = self._entry.enter(decoded.columns, self._reader.fields)
        refused.update((places[row], reason) for row, reason in entered.refused.items())
        parts = zip(entered.rows, entered.event_ids, entered.keys, entered.payloads, strict=True)
        accepted = [
            EncodedRow(places[row], event_id, key.decode(), payload, digests[row])
            for row, event_id, key, payload in parts
        ]
        return Admitted(accepted, refused)

    def admit_payloads(
        self, payloads: Sequence[bytes | None], keys: Sequence[bytes | None] | None = None
    ) -> AdmittedBatch:
        """Admit framed Avro of any known schema, given in source order and returned so.

        A given key must be that of the event; where the writer's schema withholds a key field, the
        given key stands for it. Raises UnavailableError when a schema cannot be asked for.
        """
        grouped = group_by_schema(payloads)
        refused = dict(grouped.refused)
        admitted: list[tuple[int, bytes, bytes]] = []
        for schema_id, places in grouped.ids.items():
            framed = [payloads[place] or b"" for place in places]
            given = None if keys is None else [keys[place] for place in places]
            admitted += self._admit_group(schema_id, places, framed, given, refused)
        admitted.sort(key=_place)
        return AdmittedBatch(*_columns(admitted), refused)

    def _convert(self, row: object, source: str) -> tuple[dict[str, Any], bytes] | Reason:
        read = self._reader.read(row)
        if isinstance(read, Reason):
            return read
        digest, reason = self._identity.give(read, source)
        read.setdefault("environment", self._environment)
        return reason or (read, digest)

    def _admit_group(
        self,
        schema_id: int,
        places: Sequence[int],
        framed: Sequence[bytes],
        keys: Sequence[bytes | None] | None,
        refused: dict[int, Reason],
    ) -> Iterable[tuple[int, bytes, bytes]]:
        writer = self._writers.of(schema_id)
        if isinstance(writer, Reason):
            refused.update(dict.fromkeys(places, writer))
            return ()
        decoded = writer.decode(framed)
        refused.update((places[row], reason) for row, reason in decoded.refused.items())
        good = range(len(places)) if decoded.good is None else decoded.good
        given = None if keys is None else pa.array([keys[row] for row in good], pa.binary())
        entered = self._entry.enter(decoded.columns, writer.fields, given)
        refused.update((places[good[row]], reason) for row, reason in entered.refused.items())
        rows = [places[good[row]] for row in entered.rows]
        return zip(rows, entered.keys, entered.payloads, strict=True)


def _compiled(rule: RuleSpec) -> tuple[Rule, Reason]:
    compiled = compile_rule(rule.name, rule.expression)
    return compiled, Reason("rule_broken", rule.message, rule.name)


def _place(admitted: tuple[int, bytes, bytes]) -> int:
    return admitted[0]


def _columns(
    admitted: Sequence[tuple[int, bytes, bytes]],
) -> tuple[Sequence[int], Sequence[bytes], Sequence[bytes]]:
    places, keys, payloads = zip(*admitted, strict=True) if admitted else ((), (), ())
    return places, keys, payloads
